// cloudinit/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <cstddef>

namespace rig::cloudinit {

inline constexpr std::size_t kDocumentBytesMax = 2U << 20;  // one document of a seed, merged; a Secret holds 1 MiB
inline constexpr std::size_t kSeedFilesMax = 12;            // files in one image: all fit in one directory sector

}  // namespace rig::cloudinit
