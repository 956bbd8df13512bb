// provider/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/result.h"

namespace rig::provider {

inline constexpr Duration kTaskKept = std::chrono::hours(1);            // a finished task can be polled this long
inline constexpr std::size_t kTasksKeptMax = 10'000;                    // the oldest finished ones are forgotten first
inline constexpr Duration kTaskTimeMax = std::chrono::hours(24);        // deadline of one piece of work
inline constexpr Duration kTaskRetryAfter = std::chrono::seconds(5);    // advice when the queue is full
inline constexpr std::size_t kDescribeManyMax = 500;                    // machines per describe_many()
inline constexpr Duration kCredentialsFresh = std::chrono::seconds(1);  // then their folder is looked at again

}  // namespace rig::provider
