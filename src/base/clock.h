// base/clock.h — where code that decides about time reads it, so that tests and the simulator can step it.
#pragma once

#include <mutex>

#include "base/result.h"

namespace rig {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;       // deadlines, delays, leases
  virtual WallTime wall() const = 0;  // what is stored or shown
};

// The machine's clocks.
class SystemClock final : public Clock {
 public:
  Time now() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override { return std::chrono::system_clock::now(); }
};

// Stands still until it is moved. Starts at 2026-01-01T00:00:00Z, so that printed times are readable.
class StepClock final : public Clock {
 public:
  Time now() const override {
    const std::lock_guard lock(mutex_);
    return Time(kBoot + since_start_);
  }
  WallTime wall() const override {
    const std::lock_guard lock(mutex_);
    return WallTime(std::chrono::seconds(1767225600)) + since_start_;
  }
  void advance(Duration by) {
    const std::lock_guard lock(mutex_);
    since_start_ += by;
  }

 private:
  mutable std::mutex mutex_;
  static constexpr Duration kBoot = std::chrono::hours(1);  // not zero, so that Time{} means "never"
  Duration since_start_{};                                  // guarded by mutex_
};

}  // namespace rig
