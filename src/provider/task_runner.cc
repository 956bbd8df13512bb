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

std::string key_of(const MachineRef& machine) { return machine.legacy ? "legacy " + machine.id : machine.machine_id; }

struct TaskRunner::Impl {
  struct Job {
    Work work;
    std::optional<MachineRef> machine;
    std::stop_source stop = {};
  };

  Impl(std::size_t queued_max, const Clock& c) : clock(c), core("task-" + random_suffix(8), queued_max) {}

  const Clock& clock;
  OnEnd ended;  // set before the first submit()
  mutable Mutex mutex;
  std::condition_variable_any work_came, work_ended;
  TaskRunnerCore core GUARDED_BY(mutex);
  std::map<TaskId, Job> jobs GUARDED_BY(mutex);  // queued or running
  bool stopping GUARDED_BY(mutex) = false;
  std::vector<std::jthread> workers;

  void serve(const std::stop_token& stop);
  Status run(const TaskId& id, const Job& job);
  void tell(const TaskId& id, const Job& job);
  void end(Duration grace);
};

void TaskRunner::Impl::serve(const std::stop_token& stop) {
  Lock lock(mutex);
  std::optional<TaskId> id;
  const auto take = [&]() REQUIRES(mutex) { return (id = core.take()).has_value(); };
  while (work_came.wait(lock, stop, take)) {
    const Job job = jobs.at(*id);
    lock.unlock();
    const Status outcome = run(*id, job);
    lock.lock();
    core.finish(*id, outcome, clock.now());
    jobs.erase(*id);
    work_came.notify_all();  // the machine is free for its next task
    work_ended.notify_all();
    lock.unlock();
    tell(*id, job);
    lock.lock();
  }
}

Status TaskRunner::Impl::run(const TaskId& id, const Job& job) {
  const Call call{clock.now() + kTaskTimeMax, job.stop.get_token(), id.text};
  return job.work(call, [&](const TaskProgress& progress) {
    const Lock lock(mutex);
    core.progress(id, progress);
  });
}

void TaskRunner::Impl::tell(const TaskId& id, const Job& job) {
  if (!ended || !job.machine) return;
  TaskState state;
  {
    const Lock lock(mutex);
    state = core.poll(id, clock.now());
  }
  ended(*job.machine, id, state);
}

void TaskRunner::Impl::end(Duration grace) {
  std::map<TaskId, Job> dropped;
  {
    Lock lock(mutex);
    stopping = true;
    for (const TaskId& id : core.drop_queued(clock.now())) dropped.insert(jobs.extract(id));
    work_ended.wait_for(lock, grace, [this]() REQUIRES(mutex) { return core.running() == 0; });
    for (auto& [id, job] : jobs) job.stop.request_stop();
  }
  for (const auto& [id, job] : dropped) tell(id, job);
  for (std::jthread& worker : workers) worker.request_stop();
  workers.clear();  // joins
}

TaskRunner::TaskRunner(int threads, std::size_t queued_max, const Clock& clock)
    : impl_(std::make_unique<Impl>(queued_max, clock)) {
  for (int i = 0; i < threads; ++i)
    impl_->workers.emplace_back([impl = impl_.get()](const std::stop_token& stop) { impl->serve(stop); });
}

TaskRunner::~TaskRunner() { stop(Duration::zero()); }

Result<TaskId> TaskRunner::submit(const MachineRef& machine, std::string_view verb, Work work) {
  return submit(key_of(machine), machine, verb, std::move(work));
}

Result<TaskId> TaskRunner::submit(const std::string& key, std::string_view verb, Work work) {
  return submit(key, std::nullopt, verb, std::move(work));
}

Result<TaskId> TaskRunner::submit(const std::string& key, std::optional<MachineRef> machine, std::string_view verb,
                                  Work work) {
  const Lock lock(impl_->mutex);
  if (impl_->stopping)
    return Error(Code::kUnavailable, std::string(verb) + " of " + key + ": the provider is stopping");
  const TaskRunnerCore::Submitted submitted = TRY(impl_->core.submit(key, verb, impl_->clock.now()));
  if (!submitted.joined) {
    impl_->jobs[submitted.id] = {std::move(work), std::move(machine)};
    impl_->work_came.notify_one();
  }
  return submitted.id;
}

TaskState TaskRunner::poll(const TaskId& task) const {
  if (task.text.empty()) {
    TaskState done;
    done.phase = TaskState::Phase::kDone;
    return done;
  }
  const Lock lock(impl_->mutex);
  return impl_->core.poll(task, impl_->clock.now());
}

void TaskRunner::cancel(const TaskId& task) {
  Impl::Job ended;
  {
    const Lock lock(impl_->mutex);
    const auto job = impl_->jobs.find(task);
    if (job == impl_->jobs.end()) return;
    if (impl_->core.cancel(task, impl_->clock.now())) {
      job->second.stop.request_stop();
    } else {
      ended = std::move(impl_->jobs.extract(job).mapped());
    }
  }
  impl_->tell(task, ended);  // without the lock: it may ask us
}

void TaskRunner::cancel(const MachineRef& machine, std::string_view verb) {
  std::optional<TaskId> task;
  {
    const Lock lock(impl_->mutex);
    task = impl_->core.active(key_of(machine), verb);
  }
  if (task) cancel(*task);
}

void TaskRunner::stop(Duration grace) { impl_->end(grace); }

void TaskRunner::on_end(OnEnd callback) { impl_->ended = std::move(callback); }

}  // namespace rig::provider
