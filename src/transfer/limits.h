// transfer/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::transfer {

inline constexpr std::int64_t kVirtualBytesMax = 64LL << 40;     // of a disk image
inline constexpr std::size_t kHeaderBytes = 128U << 10;          // of a file, enough to judge what it is
inline constexpr Duration kStallMax = std::chrono::seconds(60);  // a server that sends nothing for so long is given up
inline constexpr Duration kSizeQuestionMax = std::chrono::seconds(15);
inline constexpr int kRedirectsMax = 5;
inline constexpr std::size_t kReadAheadBytes = 1U << 20;  // that wait for a reader

}  // namespace rig::transfer
