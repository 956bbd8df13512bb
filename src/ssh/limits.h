// ssh/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/result.h"

namespace rig::ssh {

inline constexpr std::size_t kOutputBytesMax = 16U << 20;                 // of a command, out and err together
inline constexpr Duration kLookInterval = std::chrono::milliseconds(50);  // between two looks at stop and deadline

}  // namespace rig::ssh
