// kube/limits.h — the limits of this room, each reached by a test.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::kube::limits {

inline constexpr std::int64_t kListPageItems = 500;           // as client-go's pager
inline constexpr std::size_t kWatchLineBytesMax = 16U << 20;  // one event; etcd refuses objects above 1.5 MiB
inline constexpr Duration kListTimeout = std::chrono::minutes(1);
inline constexpr Duration kWatchTimeoutMin = std::chrono::minutes(5);  // the server's; drawn from [min, 2 * min)
inline constexpr Duration kWatchGrace = std::chrono::seconds(30);      // ours beyond the server's

inline constexpr Duration kBackoffMin = std::chrono::milliseconds(800);
inline constexpr Duration kBackoffMax = std::chrono::seconds(30);  // before jitter, which adds up to as much again
inline constexpr Duration kHealthyAfter = std::chrono::minutes(2);
inline constexpr Duration kWatchTooShort = std::chrono::seconds(1);

inline constexpr Duration kEventWindow = std::chrono::minutes(10);  // equal events within it are one
inline constexpr std::size_t kEventsRemembered = 4096;
inline constexpr std::size_t kEventMessageBytes = 1024;  // events.k8s.io allows no longer note
inline constexpr Duration kTokenRenewEarly = std::chrono::minutes(1);
inline constexpr Duration kExecLoginTimeout = std::chrono::seconds(60);  // some open a browser
inline constexpr std::size_t kExecErrorBytes = 1024;

inline constexpr Duration kEventTimeout = std::chrono::seconds(5);

}  // namespace rig::kube::limits
