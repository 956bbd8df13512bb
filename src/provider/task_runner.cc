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
  std::condition_variable_any work_came, work_ended;
  TaskRunnerCore core GUARDED_BY(mutex);
  std::map<TaskId, Job> jobs GUARDED_BY(mutex);  // queued or running
  bool stopping GUARDED_BY(mutex) = false;
  std::vector<std::jthread> workers;

  void serve(const std::stop_token& stop);
  Status run(const TaskId& id, const Job& job);
  void tell(const TaskId& id);
  void end(Duration grace);
};

void TaskRunner::Impl::serve(const std::stop_token& stop) {
  Lock lock(mutex);
  std::optional<TaskId> id;
  const auto take = [&]() REQUIRES(mutex) { return (id = core.take()).has_value(); };
  while (work_came.wait(lock, stop, take)) {
    const Job job = jobs.at(*id);
    lock.unlock();
    tell(*id);
    const Status outcome = run(*id, job);
    lock.lock();
    core.finish(*id, outcome, clock.now());
    jobs.erase(*id);
    work_came.notify_all();  // the machine is free for its next task
    work_ended.notify_all();
    lock.unlock();
    tell(*id);
    lock.lock();
  }
}

Status TaskRunner::Impl::run(const TaskId& id, const Job& job) {
  const Call call{clock.now() + kTaskTimeMax, job.stop.get_token(), id.text};
  return job.work(call, [&](const TaskProgress& progress) {
    {
      const Lock lock(mutex);
      core.progress(id, progress);
    }
    tell(id);
  });
}

void TaskRunner::Impl::tell(const TaskId& id) {
  if (!changed) return;
  std::string machine;
  TaskState state;
  {
    const Lock lock(mutex);
    machine = core.machine_of(id);
    state = core.poll(id, clock.now());
  }
  changed(machine, id, state);
}

void TaskRunner::Impl::end(Duration grace) {
  std::set<TaskId> dropped;
  {
    Lock lock(mutex);
    stopping = true;
    dropped = core.drop_queued(clock.now());
    for (const TaskId& id : dropped) jobs.erase(id);
    work_ended.wait_for(lock, grace, [this]() REQUIRES(mutex) { return core.running() == 0; });
    for (auto& [id, job] : jobs) job.stop.request_stop();
  }
  for (const TaskId& id : dropped) tell(id);
  for (std::jthread& worker : workers) worker.request_stop();
  workers.clear();  // joins
}

TaskRunner::TaskRunner(int threads, std::size_t queued_max, const Clock& clock)
    : impl_(std::make_unique<Impl>(queued_max, clock)) {
  for (int i = 0; i < threads; ++i)
    impl_->workers.emplace_back([impl = impl_.get()](const std::stop_token& stop) { impl->serve(stop); });
}

TaskRunner::~TaskRunner() { stop(Duration::zero()); }

Result<TaskId> TaskRunner::submit(const std::string& machine, std::string_view verb, Work work) {
  const Lock lock(impl_->mutex);
  if (impl_->stopping)
    return Error(Code::kUnavailable, std::string(verb) + " of machine " + machine + ": the provider is stopping");
  const TaskRunnerCore::Submitted submitted = TRY(impl_->core.submit(machine, verb, impl_->clock.now()));
  if (!submitted.joined) {
    impl_->jobs[submitted.id] = {std::move(work), {}};
    impl_->work_came.notify_one();
  }
  return submitted.id;
}

TaskState TaskRunner::poll(const TaskId& task) const {
  const Lock lock(impl_->mutex);
  return impl_->core.poll(task, impl_->clock.now());
}

void TaskRunner::cancel(const TaskId& task) {
  bool ended = false;
  {
    const Lock lock(impl_->mutex);
    const auto job = impl_->jobs.find(task);
    if (job == impl_->jobs.end()) return;
    if (impl_->core.cancel(task, impl_->clock.now())) {
      job->second.stop.request_stop();
    } else {
      impl_->jobs.erase(job);
      ended = true;
    }
  }
  if (ended) impl_->tell(task);
}

void TaskRunner::stop(Duration grace) { impl_->end(grace); }

void TaskRunner::on_change(std::function<void(const std::string&, const TaskId&, const TaskState&)> callback) {
  impl_->changed = std::move(callback);
}

}  // namespace rig::provider
