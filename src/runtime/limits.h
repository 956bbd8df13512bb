// runtime/limits.h — the limits of this room, each reached by a test.
#pragma once

#include "base/result.h"

namespace rig::runtime::limits {

inline constexpr Duration kRetryMin = std::chrono::milliseconds(5);  // client-go's, doubled by each failure
inline constexpr Duration kRetryMax = std::chrono::minutes(1);       // client-go waits up to 1000 s: too long to watch
inline constexpr Duration kUserFixDelay = std::chrono::minutes(5);   // the user's edit usually comes first

inline constexpr Duration kLeaseCallTimeout = std::chrono::seconds(5);

inline constexpr Duration kSyncPoll = std::chrono::milliseconds(5);  // how often a start asks its caches

}  // namespace rig::runtime::limits
