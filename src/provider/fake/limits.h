// provider/fake/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/result.h"

namespace rig::provider::fake {

inline constexpr std::size_t kEventsKept = 1000;                      // older resume tokens are kOutOfRange
inline constexpr Duration kWatchLook = std::chrono::milliseconds(5);  // a waiting watch looks at the clock this often
inline constexpr Duration kEventLatency = std::chrono::milliseconds(100);  // what capabilities() claim
inline constexpr std::int64_t kUnlistedImageBytes = 1LL << 30;             // size of an image that sources do not list

}  // namespace rig::provider::fake
