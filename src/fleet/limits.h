// fleet/limits.h — how many, how long.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/result.h"

namespace rig::fleet {

inline constexpr std::size_t kProvidersMax = 200;
inline constexpr Duration kRestartMin = std::chrono::milliseconds(200);  // after a process died, doubled each time
inline constexpr Duration kRestartMax = std::chrono::seconds(30);
inline constexpr Duration kHealthyAfter = std::chrono::seconds(30);  // a process that lived so long starts afresh
inline constexpr Duration kStartTimeout = std::chrono::seconds(15);  // until it answers
inline constexpr Duration kApiCallTimeout = std::chrono::seconds(30);
inline constexpr Duration kStopGrace = std::chrono::seconds(5);  // then it is killed
inline constexpr std::size_t kSocketPathMax = 107;               // sockaddr_un's 108 bytes less the end mark
inline constexpr std::size_t kLabelMax = 63;                     // a DNS label
inline constexpr int kProviderPort = 9443;                       // unless the Provider says otherwise
inline constexpr int kBreakerFailures = 10;                      // the reference's figures
inline constexpr Duration kBreakerReset = std::chrono::seconds(60);
inline constexpr int kBreakerProbes = 3;

}  // namespace rig::fleet
