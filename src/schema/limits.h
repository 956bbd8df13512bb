// schema/limits.h — the limits of this room, each reached by a test.
#pragma once

#include <cstddef>

namespace rig::schema {

inline constexpr std::size_t kHintsMax = 100;  // unknown members of one document that get a near miss; each costs time

}  // namespace rig::schema
