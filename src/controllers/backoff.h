// controllers/backoff.h — how long to leave an object alone after a task of its failed.
//
// Kept in memory only: a restart tries again at once, which is safe because every effect may be repeated. A new
// generation of the object ends the wait. Thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "base/mutex.h"
#include "base/object_key.h"
#include "controllers/limits.h"

namespace rig::controllers {

class Backoff {
 public:
  void failed(const ObjectKey& key, std::int64_t generation, Time now) {
    const Lock lock(mutex_);
    Entry& entry = entries_[key];
    if (entry.generation != generation) entry = {.generation = generation, .failures = 0, .until = {}};
    entry.until = now + std::min<Duration>(kRetryMax, kRetryMin * (std::int64_t{1} << std::min(entry.failures, 10)));
    ++entry.failures;
  }
  void succeeded(const ObjectKey& key) {
    const Lock lock(mutex_);
    entries_.erase(key);
  }
  // How long still to wait; nullopt: go ahead.
  std::optional<Duration> remaining(const ObjectKey& key, std::int64_t generation, Time now) const {
    const Lock lock(mutex_);
    const auto it = entries_.find(key);
    if (it == entries_.end() || it->second.generation != generation || it->second.until <= now) return std::nullopt;
    return it->second.until - now;
  }

 private:
  struct Entry {
    std::int64_t generation = 0;
    int failures = 0;
    Time until{};
  };
  mutable Mutex mutex_;
  std::map<ObjectKey, Entry> entries_ GUARDED_BY(mutex_);
};

}  // namespace rig::controllers
