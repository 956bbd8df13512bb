// runtime/reconciler.h — what a controller of one kind is, and the one way it is called.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "base/object_key.h"
#include "base/result.h"
#include "runtime/work_queue.h"

namespace rig::runtime {

// What to do after a reconcile that did not fail.
class Action {
 public:
  static Action wait_for_change() { return Action(std::nullopt); }
  static Action look_again_in(Duration delay) { return Action(delay); }
  std::optional<Duration> delay() const { return delay_; }

 private:
  explicit Action(std::optional<Duration> delay) : delay_(delay) {}
  std::optional<Duration> delay_;
};

// Level-triggered: given the name of an object, make the world match it. Never told what changed or why. Called again
// after a crash at any line, so every line must be safe to run twice. At most one external mutation per call.
class Reconciler {
 public:
  virtual ~Reconciler() = default;
  virtual std::string_view kind() const = 0;  // for logs and metrics
  virtual Result<Action> reconcile(const ObjectKey& key) = 0;
};

// Decides when to look at a key again, counts and logs the outcome, and gives the key back with done(). Worker threads
// call it with the core of a WorkQueue, the simulator with its own; there is no other path. A user's mistake is looked
// at again when something changes, or after five minutes; everything else backs off, for at least the error's
// retry_after.
void settle(const ObjectKey& key, std::string_view kind, const Result<Action>& result, WorkQueueCore& queue, Time now);

}  // namespace rig::runtime
