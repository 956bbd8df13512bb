// provider/task_runner_core.cc — order, joining, exclusion per machine, remembering.
#include "provider/task_runner_core.h"

#include <algorithm>

#include "base/check.h"
#include "provider/limits.h"
#include "provider/task_runner.h"

namespace rig::provider {

TaskRunnerCore::TaskRunnerCore(std::string prefix, std::size_t queued_max)
    : prefix_(std::move(prefix)), queued_max_(queued_max) {}

Result<TaskRunnerCore::Submitted> TaskRunnerCore::submit(const std::string& machine, std::string_view verb, Time now) {
  forget_old(now);
  const std::pair<std::string, std::string> what(machine, verb);
  if (const auto known = active_.find(what); known != active_.end()) return Submitted{known->second, /*joined=*/true};
  if (queue_.size() >= queued_max_)
    return Error(Code::kResourceExhausted,
                 what.second + " of machine " + machine + ": " + std::to_string(queue_.size()) + " tasks are waiting")
        .with_retry_after(kTaskRetryAfter);

  TaskId id{prefix_ + "-" + std::to_string(++last_)};
  Entry& entry = entries_[id.text];
  entry.machine = machine;
  entry.verb = verb;
  entry.state.step = "queued";
  active_[what] = id;
  queue_.push_back(id);
  return Submitted{std::move(id), /*joined=*/false};
}

std::optional<TaskId> TaskRunnerCore::take() {
  const auto free = std::find_if(queue_.begin(), queue_.end(),
                                 [this](const TaskId& id) { return !running_.contains(entries_[id.text].machine); });
  if (free == queue_.end()) return std::nullopt;
  TaskId id = *free;
  queue_.erase(free);
  Entry& entry = entries_[id.text];
  entry.state.step = entry.verb;
  running_[entry.machine] = id;
  return id;
}

void TaskRunnerCore::progress(const TaskId& task, const TaskProgress& progress) {
  Entry* entry = find(task);
  if (entry == nullptr || entry->finished_at) return;
  entry->state.step = progress.step;
  entry->state.percent = progress.percent;
  entry->state.bytes_done = progress.bytes_done;
  entry->state.bytes_total = progress.bytes_total;
  if (!progress.result_id.empty()) entry->state.result_id = progress.result_id;
}

void TaskRunnerCore::finish(const TaskId& task, const Status& outcome, Time now) {
  Entry* entry = find(task);
  CHECK(entry != nullptr && running_[entry->machine] == task);
  running_.erase(entry->machine);
  end(task, *entry, outcome.ok() ? std::nullopt : std::optional(outcome.error()), now);
}

bool TaskRunnerCore::cancel(const TaskId& task, Time now) {
  Entry* entry = find(task);
  if (entry == nullptr || entry->finished_at) return false;
  const auto queued = std::find(queue_.begin(), queue_.end(), task);
  if (queued == queue_.end()) return true;
  queue_.erase(queued);
  end(task, *entry, Error(Code::kCancelled, entry->verb + " was cancelled before it began"), now);
  return false;
}

std::set<TaskId> TaskRunnerCore::drop_queued(Time now) {
  const std::set<TaskId> dropped(queue_.begin(), queue_.end());
  for (const TaskId& id : dropped) cancel(id, now);
  return dropped;
}

TaskState TaskRunnerCore::poll(const TaskId& task, Time now) const {
  const auto known = entries_.find(task.text);
  const bool is_too_old =
      known != entries_.end() && known->second.finished_at && now - *known->second.finished_at > kTaskKept;
  if (known == entries_.end() || is_too_old) {
    TaskState forgotten;
    forgotten.phase = TaskState::Phase::kForgotten;
    return forgotten;
  }
  return known->second.state;
}

std::optional<TaskId> TaskRunnerCore::active(const std::string& machine, std::string_view verb) const {
  const auto known = active_.find({machine, std::string(verb)});
  return known == active_.end() ? std::nullopt : std::optional(known->second);
}

TaskRunnerCore::Entry* TaskRunnerCore::find(const TaskId& task) {
  const auto known = entries_.find(task.text);
  return known == entries_.end() ? nullptr : &known->second;
}

void TaskRunnerCore::end(const TaskId& task, Entry& entry, std::optional<Error> error, Time now) {
  entry.state.phase = error ? TaskState::Phase::kFailed : TaskState::Phase::kDone;
  if (!error) entry.state.percent = 100;
  entry.state.error = std::move(error);
  entry.finished_at = now;
  active_.erase({entry.machine, entry.verb});
  finished_.push_back(task);
  forget_old(now);
}

void TaskRunnerCore::forget_old(Time now) {
  while (!finished_.empty()) {
    const bool is_too_old = now - *entries_[finished_.front().text].finished_at > kTaskKept;
    if (!is_too_old && finished_.size() <= kTasksKeptMax) return;
    entries_.erase(finished_.front().text);
    finished_.pop_front();
  }
}

}  // namespace rig::provider
