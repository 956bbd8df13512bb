// base/mutex.h — mutexes whose rules clang checks (-Wthread-safety); plain std types for g++.
#pragma once

#include <mutex>

#if defined(__clang__)
#define RIG_TS(x) __attribute__((x))
#else
#define RIG_TS(x)
#endif
#define GUARDED_BY(m) RIG_TS(guarded_by(m))
#define REQUIRES(m) RIG_TS(requires_capability(m))
#define EXCLUDES(m) RIG_TS(locks_excluded(m))

namespace rig {

class RIG_TS(capability("mutex")) Mutex {
 public:
  void lock() RIG_TS(acquire_capability()) { mutex_.lock(); }
  void unlock() RIG_TS(release_capability()) { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class RIG_TS(scoped_lockable) Lock {
 public:
  explicit Lock(Mutex& mutex) RIG_TS(acquire_capability(mutex)) : mutex_(mutex) { mutex_.lock(); }
  ~Lock() RIG_TS(release_capability()) { mutex_.unlock(); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  // For std::condition_variable_any, which unlocks while it waits.
  void lock() RIG_TS(acquire_capability()) { mutex_.lock(); }
  void unlock() RIG_TS(release_capability()) { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace rig
