// transfer/stall_watch.h — notices that the other side of a transfer has fallen silent, by a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/clock.h"

namespace rig::transfer {

// Requests stop() when fed() was not called for `patience`, but for while is_busy(): then we are who is waited for.
class StallWatch {
 public:
  explicit StallWatch(Duration patience) : patience_(patience) {
    thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
  }
  void fed() {
    last_ = std::chrono::steady_clock::now().time_since_epoch();
    busy_ = false;
  }
  void is_busy() { busy_ = true; }
  bool has_stalled() const { return stalled_; }
  std::stop_source& stop() { return stop_; }

 private:
  void watch(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      if (busy_) fed_by_us();
      const Time until = Time(last_.load()) + patience_;
      if (std::chrono::steady_clock::now() >= until) {
        stalled_ = true;
        stop_.request_stop();
        return;
      }
      ended_.wait_until(lock, stop, until, [] { return false; });
    }
  }

  void fed_by_us() { last_ = std::chrono::steady_clock::now().time_since_epoch(); }

  const Duration patience_;
  std::atomic<bool> busy_{false};
  std::atomic<Duration> last_{std::chrono::steady_clock::now().time_since_epoch()};
  std::atomic<bool> stalled_{false};
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable_any ended_;
  std::jthread thread_;
};

}  // namespace rig::transfer
