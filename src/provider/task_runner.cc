// provider/task_runner.cc — threads around TaskRunnerCore.
#include "provider/task_runner.h"

#include <condition_variable>
#include <map>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/uuid.h"
#include "provider/limits.h"
#include "provider/task_runner_core.h"

namespace rig::provider {

struct TaskRunner::Impl {
  struct Job {
    Work work;
    std::stop_source stop;
  };

  Impl(std::size_t queued_max, const Clock& c) : clock(c), core("task-" + random_suffix(8), queued_max) {}

  const Clock& clock;
  std::function<void(const std::string&, const TaskId&, const TaskState&)> changed;  // set before the first submit()
  mutable Mutex mutex;
  std::condition_variable_any wake;  // a task was added or ended, or everything stops
  TaskRunnerCore core GUARDED_BY(mutex);
  std::map<TaskId, Job> jobs GUARDED_BY(mutex);  // queued or running
  bool stopping GUARDED_BY(mutex) = false;
  std::vector<std::jthread> workers;

  void serve(const std::stop_token& stop);
  void run(const TaskId& id, const Job& job);
  void tell(const TaskId& id);
};

void TaskRunner::Impl::serve(const std::stop_token& stop) {
  Lock lock(mutex);
  while (!stop.stop_requested()) {
    const std::optional<TaskId> id = core.take();
    if (!id) {
      wake.wait(lock, stop, [] { return true; });
      wake.wait(lock);
      continue;
    }
    const Job job = jobs.at(*id);
    lock.unlock();
    run(*id, job);
    lock.lock();
  }
}

}  // namespace rig::provider
