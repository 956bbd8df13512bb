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
    for (auto& [id, job] : jobs_)
      if (job.waits && job.ref.machine_id == record.ref.machine_id) job.due = now();  // it may have what it waits for
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
    const auto first = std::min_element(jobs_.begin(), jobs_.end(), [](const auto& a, const auto& b) {
      const bool a_runs = a.second.began != Time{}, b_runs = b.second.began != Time{};
      return a_runs != b_runs ? a_runs : a.second.due < b.second.due;
    });
    std::optional<Time> due = next_timer();
    const bool is_job = first != jobs_.end() && first->second.began != Time{} && (!due || first->second.due < *due);
    if (is_job) due = first->second.due;
    if (!due || *due > clock_.now()) return due;
    as_of_ = due;
    if (is_job)
      step(first->first);
    else
      run_timers(*due);
    while (const std::optional<TaskId> id = core_.take()) begin(*id);
    as_of_.reset();
  }
}

void World::begin(const TaskId& id) {
  Job& job = jobs_.at(id);
  job.began = now();
  job.due = job.began + job.steps.front().after;
  const Status allowed = on_task ? on_task(job.verb, job.ref) : Status();
  if (!allowed.ok()) return end(id, allowed);
  core_.progress(id, {job.steps.front().name, 0, 0, job.bytes_total});
  tell_task(id, job.ref);
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
  job.waits = again->has_value();
  if (job.waits) {
    job.due = at(**again);
    return;
  }
  if (++job.next == job.steps.size()) return end(id, {});
  job.due = job.began + job.steps[job.next].after;
  core_.progress(id, {job.steps[job.next].name, {}, 0, job.bytes_total});
  tell_task(id, job.ref);
}

void World::end(TaskId id, const Status& outcome) {
  const MachineRef ref = jobs_.at(id).ref;
  jobs_.erase(id);
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
  first_event_ += events_.size();
  events_.clear();
  is_killed = false;
}

// What happens on the host by itself: a machine shuts down, a machine gets its addresses.
bool World::run_timers(Time now) {
  for (auto& [id, record] : host.machines) {
    if (record.off_at && at(*record.off_at) <= now) {
      host.power_off(record);
      return true;
    }
    if (record.power == Power::kOn && !record.addresses_told && at(*record.booted_at + host.options.boot) <= now) {
      record.addresses_told = true;
      host.touched(record, /*is_gone=*/false);
      return true;
    }
  }
  return false;
}

std::optional<Time> World::next_timer() const {
  std::optional<Time> next;
  const auto consider = [&](WallTime wall) { next = next ? std::min(*next, at(wall)) : at(wall); };
  for (const auto& [id, record] : host.machines) {
    if (record.off_at) consider(*record.off_at);
    if (record.power == Power::kOn && !record.addresses_told) consider(*record.booted_at + host.options.boot);
  }
  return next;
}

}  // namespace rig::provider::fake
