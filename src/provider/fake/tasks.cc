// provider/fake/tasks.cc — tasks whose steps take effect when they are due.
#include <algorithm>
#include <limits>

#include "provider/fake/internal/world.h"
#include "provider/task_runner.h"

namespace rig::provider::fake {
namespace {

// The queue has no limit of its own: every machine's task runs at once, so that only a machine's next verbs wait.
TaskRunnerCore core_of(int process) {
  return TaskRunnerCore("fake-" + std::to_string(process), std::numeric_limits<std::size_t>::max());
}

}  // namespace

World::World(const Clock& clock, Options options) : host(std::move(options)), clock_(clock), core_(core_of(1)) {
  host.touched = [this](const Record& record, bool is_gone) {
    Machine machine = host.show(record, wall());
    if (is_gone) machine.existence = Existence::kGone;
    tell(record.ref.owner.cluster_id, std::move(machine));
    const auto waiting = waiting_.find(record.ref.machine_id);
    if (waiting != waiting_.end()) set_due(waiting->second, jobs_.at(waiting->second), now());  // it may have it now
  };
}

Result<TaskId> World::submit(const std::string& lane, Job job) {
  const auto [id, joined] = TRY(core_.submit(lane, job.verb, now()));
  if (!joined) jobs_[id] = std::move(job);
  const int process_before = process;
  advance();
  if (is_killed || process != process_before) return Error(Code::kUnavailable, "the provider process ended");
  const TaskState now = state(id);
  if (now.phase == TaskState::Phase::kFailed) return *now.error;
  return now.phase == TaskState::Phase::kDone ? TaskId{} : id;
}

std::optional<Time> World::advance() {
  while (const std::optional<TaskId> id = core_.take()) begin(*id);
  for (;;) {
    const std::optional<WallTime> timer = host.next_timer();
    std::optional<Time> due = timer ? std::optional(at(*timer)) : std::nullopt;
    const bool is_job = !due_.empty() && (!due || due_.begin()->first < *due);
    if (is_job) due = due_.begin()->first;
    if (!due || *due > clock_.now()) return due;
    as_of_ = due;
    if (is_job)
      step(TaskId(due_.begin()->second));
    else
      host.run_timer(*timer);
    while (const std::optional<TaskId> id = core_.take()) begin(*id);
    as_of_.reset();
  }
}

void World::set_due(const TaskId& id, Job& job, Time due) {
  due_.erase({job.due, id});
  job.due = due;
  due_.insert({due, id});
}

void World::drop(const TaskId& id) {
  const auto job = jobs_.find(id);
  if (job == jobs_.end()) return;
  due_.erase({job->second.due, id});
  if (job->second.waits) waiting_.erase(job->second.ref.machine_id);
  jobs_.erase(job);
}

void World::begin(const TaskId& id) {
  Job& job = jobs_.at(id);
  job.began = now();
  set_due(id, job, job.began + job.steps.front().after);
  const Status allowed = on_task ? on_task(job.verb, job.ref) : Status();
  if (!allowed.ok()) return end(id, allowed);
  core_.progress(id, {job.steps.front().name, 0, 0, job.bytes_total});
}

void World::step(const TaskId& id) {
  Job& job = jobs_.at(id);
  const Step& step = job.steps[job.next];
  const std::int64_t mutations_before = host.mutations;
  const auto again = step.run();
  if (!again.ok()) {
    if (job.undo) job.undo();
    return end(id, again.error());
  }
  const After after = on_effect && host.mutations != mutations_before ? on_effect(job.verb, step.name) : After::kGoOn;
  if (after == After::kKilled) {
    restart();
    is_killed = true;
    return;
  }
  if (after == After::kReplyLost)
    return end(id, Error(Code::kUnavailable, job.verb + " of " + job.ref.id + ": no reply after " + step.name));
  if (*again) {
    job.waits = true;
    waiting_[job.ref.machine_id] = id;
    return set_due(id, job, at(**again));
  }
  if (job.waits) waiting_.erase(job.ref.machine_id);
  job.waits = false;
  if (++job.next == job.steps.size()) return end(id, {});
  set_due(id, job, job.began + job.steps[job.next].after);
  core_.progress(id, {job.steps[job.next].name, {}, 0, job.bytes_total});
}

void World::end(TaskId id, const Status& outcome) {
  const MachineRef ref = jobs_.at(id).ref;
  drop(id);
  core_.finish(id, outcome, now());
  tell_task(id, ref);
}

TaskState World::state(const TaskId& id) const {
  TaskState state = core_.poll(id, now());
  const auto job = jobs_.find(id);
  if (job == jobs_.end() || job->second.began == Time{}) return state;
  const Duration whole = job->second.steps.back().after, passed = now() - job->second.began;
  const double done = whole > Duration::zero()
                          ? std::min(1.0, static_cast<double>(passed.count()) / static_cast<double>(whole.count()))
                          : 0;
  state.percent = static_cast<int>(100 * done);
  state.bytes_total = job->second.bytes_total;
  state.bytes_done = static_cast<std::int64_t>(done * static_cast<double>(state.bytes_total));
  return state;
}

void World::restart() {
  ++process;
  core_ = core_of(process);
  jobs_.clear();
  due_.clear();
  waiting_.clear();
  first_event_ += events_.size();
  events_.clear();
  is_killed = false;
}

}  // namespace rig::provider::fake
