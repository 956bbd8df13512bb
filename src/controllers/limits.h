// controllers/limits.h — how long and how often.
#pragma once

#include <chrono>

#include "base/result.h"

namespace rig::controllers {

inline constexpr Duration kProviderCallTimeout = std::chrono::seconds(30);  // a call that reads or submits
inline constexpr Duration kApiCallTimeout = std::chrono::seconds(30);
inline constexpr Duration kTaskPoll = std::chrono::seconds(2);             // a task event usually comes first
inline constexpr Duration kImagePollMin = std::chrono::milliseconds(250);  // at first; kTaskPoll at most
inline constexpr Duration kProgressAfter = std::chrono::seconds(5);  // what is done sooner is not worth a write a step
inline constexpr Duration kCountAfter =
    std::chrono::seconds(1);  // who uses a class, a network, a Provider: once for many
inline constexpr Duration kRetryMin = std::chrono::seconds(1);  // after a failed task, doubled each time
inline constexpr Duration kRetryMax = std::chrono::seconds(60);
inline constexpr Duration kAddressPoll = std::chrono::seconds(5);     // a machine that is on and has no address yet
inline constexpr Duration kAddressPollMax = std::chrono::minutes(5);  // thereafter only events
inline constexpr Duration kHealthIntervalMin = std::chrono::seconds(1);
inline constexpr std::size_t kDisplayNameMax = 54;  // before "-" and 8 hex digits: 63 in all, a DNS label

}  // namespace rig::controllers
