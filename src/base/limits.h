// base/limits.h — the limits of this room, each reached by a test.
#pragma once

#include <cstddef>

namespace rig {

inline constexpr std::size_t kLogLinesKept = 200;  // for crash reports
inline constexpr std::size_t kYamlDepthMax = 64;
inline constexpr std::size_t kYamlValuesMax = 1'000'000;  // aliases count as often as they are used
inline constexpr std::size_t kYamlDocumentsMax = 10'000;

inline constexpr std::size_t kRanBytesMax = 4U << 20;  // of each output of a program

}  // namespace rig
