// base/eventually_test.h — waiting for what nobody tells: a program of somebody else, a file, a host. It is looked at
// again and again. Where something can tell (a promise, a condition, a clock that is stepped) a test waits for that.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

#include "base/clock.h"

namespace rig {

// Between two looks. What was under way meanwhile is not over because of it.
inline void pause_between_looks() {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable nobody;
  nobody.wait_for(lock, std::chrono::milliseconds(10));
}

// False: it did not hold within that time.
inline bool eventually(Duration time, const std::function<bool()>& holds) {
  const Time end = std::chrono::steady_clock::now() + time;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    pause_between_looks();
  }
  return true;
}

}  // namespace rig
