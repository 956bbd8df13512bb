// runtime/work_queue.h — which keys need work, and when.
//
// client-go's rules (util/workqueue): a key added many times before it is taken is taken once; a key is never taken
// by two workers at once; a key added while being worked on is taken again after done(); of two delays for one key
// the earlier wins; retry delay is 5 ms * 2^failures, at most 60 s, cleared by forget(). Ours on top: a lane per
// Provider that holds at most `lane_max` workers, so that a slow hypervisor delays only its own machines; and three
// priorities (a user's change before an event before what comes due by itself), within which the oldest comes first.
// What was begun for a user stays his: a worker that took a key as a user's change and asks for another look gets the
// next one, by an event or when it is due, with that priority too.
//
// WorkQueueCore has the rules and no lock, thread or clock: the simulator drives it. WorkQueue adds a mutex and a
// condition variable, and nothing else.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "base/object_key.h"
#include "base/result.h"

namespace rig::runtime {

enum class Priority : std::uint8_t { kUser, kEvent, kDue };

class WorkQueueCore {
 public:
  // `lane_max`: workers that one lane may hold at once. Keys without a lane ("") are not limited.
  explicit WorkQueueCore(std::size_t lane_max = 4) : lane_max_(lane_max) {}

  void set_lane(const ObjectKey& key, std::string lane);  // known from then on; "" clears
  void add(const ObjectKey& key, Priority priority);
  void add_at(const ObjectKey& key, Time when);  // of two times for one key the earlier wins
  void add_failed(const ObjectKey& key, Time now, Duration at_least = {});
  void forget(const ObjectKey& key);        // clears the count of failures
  void wake_lane(const std::string& lane);  // its delayed keys are ready now, without waiting
  std::optional<ObjectKey> take(Time now);  // never a key that is being worked on
  void done(const ObjectKey& key);
  std::optional<Time> next_delayed() const;
  std::size_t depth() const;  // ready keys
  bool idle() const;          // nothing ready or worked on (delayed ones may wait)

 private:
  struct State {
    bool working = false;
    Priority taken_as = Priority::kDue;  // by the worker
    std::optional<Priority> wanted;      // of what is ready or, while being worked on, comes again
    std::uint64_t turn = 0;              // place among the ready keys
    std::uint32_t failures = 0;
    std::string lane;
    std::optional<Time> delayed;
    Priority delayed_as = Priority::kDue;
  };
  using Turns = std::map<std::uint64_t, ObjectKey>;     // the oldest first
  using Lanes = std::map<std::string, Turns>;           // only lanes that have ready keys
  void make_ready(const ObjectKey& key, State& state);  // wanted, not worked on
  void unmake_ready(const State& state);
  void end_delay(const ObjectKey& key, Priority priority);
  void let_go_of_lane(const std::string& lane);
  void drop_if_unused(const ObjectKey& key);
  bool has_room(const std::string& lane) const;

  std::size_t lane_max_;
  std::map<ObjectKey, State> states_;
  std::array<Lanes, 3> ready_;  // by priority
  std::uint64_t next_turn_ = 0;
  std::set<std::pair<Time, ObjectKey>> delayed_;
  std::map<std::string, std::size_t> working_in_lane_;
  std::size_t working_ = 0;
};

// The same verbs, locked.
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t lane_max = 4) : core_(lane_max) {}
  void set_lane(const ObjectKey& key, std::string lane) {
    edit([&](auto& c) { c.set_lane(key, std::move(lane)); });
  }
  void add(const ObjectKey& key, Priority priority) {
    edit([&](auto& c) { c.add(key, priority); });
  }
  void add_at(const ObjectKey& key, Time when) {
    edit([&](auto& c) { c.add_at(key, when); });
  }
  void add_failed(const ObjectKey& key, Time now) {
    edit([&](auto& c) { c.add_failed(key, now); });
  }
  void forget(const ObjectKey& key) {
    edit([&](auto& c) { c.forget(key); });
  }
  void wake_lane(const std::string& lane) {
    edit([&](auto& c) { c.wake_lane(lane); });
  }
  void done(const ObjectKey& key) {
    edit([&](auto& c) { c.done(key); });
  }
  std::size_t depth() const {
    const std::lock_guard lock(mutex_);
    return core_.depth();
  }
  std::optional<ObjectKey> take(std::stop_token stop);  // blocks until a key is ready; nullopt means stop

  // Several verbs in one step.
  template <class F>
  void edit(F f) {
    {
      const std::lock_guard lock(mutex_);
      f(core_);
      ++edits_;
    }
    changed_.notify_one();  // whoever takes a key wakes the next: one is always awake, or waits for the earliest delay
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  WorkQueueCore core_;       // guarded by mutex_
  std::uint64_t edits_ = 0;  // guarded by mutex_
};

}  // namespace rig::runtime
