// transfer/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rig::transfer {

inline constexpr std::int64_t kVirtualBytesMax = 64LL << 40;  // of a disk image
inline constexpr std::int64_t kFetchBytesMax = 4LL << 40;     // of a download
inline constexpr std::size_t kBlockBytes = 1U << 20;          // one read of a source
inline constexpr std::size_t kHeaderBytes = 128U << 10;       // of a file, enough to judge what it is

}  // namespace rig::transfer
