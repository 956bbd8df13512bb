// provider/task_runner_core.h — the rules of TaskRunner: order, joining, exclusion per machine, remembering.
//
// No thread, lock or clock: the caller brings the time and does the work.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "provider/provider.h"

namespace rig::provider {

struct TaskProgress;

class TaskRunnerCore {
 public:
  // `prefix` makes ids differ between processes, so that a restarted one never answers for an older one's task.
  TaskRunnerCore(std::string prefix, std::size_t queued_max);

  struct Submitted {
    TaskId id;
    bool joined;  // the verb was already queued or running for this machine
  };
  Result<Submitted> submit(const std::string& machine, std::string_view verb, Time now);

  // The oldest queued task whose machine has nothing running; it runs from now on. nullopt: none.
  std::optional<TaskId> take();
  void progress(const TaskId& task, const TaskProgress& progress);
  void finish(const TaskId& task, const Status& outcome, Time now);

  // Queued: over at once, kFailed with kCancelled. True when it is running, so that its work must be told.
  bool cancel(const TaskId& task, Time now);
  std::set<TaskId> drop_queued(Time now);  // cancels them all

  TaskState poll(const TaskId& task, Time now) const;                                     // kForgotten when unknown
  std::optional<TaskId> active(const std::string& machine, std::string_view verb) const;  // queued or running
  std::size_t queued() const { return queue_.size(); }
  std::size_t running() const { return running_.size(); }

 private:
  struct Entry {
    std::string machine, verb;
    TaskState state;
    std::optional<Time> finished_at;
  };
  Entry* find(const TaskId& task);
  void end(const TaskId& task, Entry& entry, std::optional<Error> error, Time now);
  void forget_old(Time now);

  std::string prefix_;
  std::size_t queued_max_;
  std::uint64_t last_ = 0;
  std::map<std::string, Entry> entries_;
  std::deque<TaskId> queue_;                                      // oldest first
  std::map<std::string, TaskId> running_;                         // by machine
  std::map<std::pair<std::string, std::string>, TaskId> active_;  // (machine, verb), queued or running
  std::deque<TaskId> finished_;                                   // oldest first
};

}  // namespace rig::provider
