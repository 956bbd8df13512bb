// provider/task_runner.h — tasks for hypervisors whose calls block and have no task of their own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::provider {

struct TaskProgress {
  std::string step;
  std::optional<int> percent;
  std::int64_t bytes_done = 0, bytes_total = 0;
  std::string result_id = {};  // kept from then on; "" : not known yet
};

// What tells one machine's work from another's. A machine that an older manager knows has no id of ours.
std::string key_of(const MachineRef& machine);

// Work on one machine runs one at a time, in the order submitted. Submitting a verb that is already queued or
// running for the machine is the same task. Nothing is persisted: after a restart poll() says kForgotten, the
// controller describes the machine and decides again. Finished tasks are kept for one hour. Thread-safe.
// Other work has a key in the machine's place, which is no machine's id.
class TaskRunner {
 public:
  // Honours call.stop, which is requested by cancel() and stop(). May block.
  using Work = std::function<Status(const Call& call, const std::function<void(const TaskProgress&)>& progress)>;

  TaskRunner(int threads, std::size_t queued_max, const Clock& clock);
  ~TaskRunner();  // stop(0)

  // kResourceExhausted with retry_after: the queue is full.
  Result<TaskId> submit(const MachineRef& machine, std::string_view verb, Work work);
  Result<TaskId> submit(const std::string& key, std::string_view verb, Work work);
  TaskState poll(const TaskId& task) const;
  void cancel(const TaskId& task);
  void cancel(const MachineRef& machine, std::string_view verb);  // if it is queued or running
  void stop(Duration grace);  // takes no more; waits, then requests stop of what runs

  // Called when a task of a machine is over, by the worker's thread or by the one that cancels it. Set once, before
  // the first submit().
  using OnEnd = std::function<void(const MachineRef& machine, const TaskId&, const TaskState&)>;
  void on_end(OnEnd callback);

 private:
  Result<TaskId> submit(const std::string& key, std::optional<MachineRef> machine, std::string_view verb, Work work);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::provider
