#include "fakes/pve/task.h"

#include <array>
#include <cstdio>

namespace rig::fakes::pve {
namespace {

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string hex8(std::int64_t value) {
  std::array<char, 24> out{};
  std::snprintf(out.data(), out.size(), "%08llX", static_cast<unsigned long long>(value));
  return out.data();
}

}  // namespace

std::string Tasks::begin(Task task, WallTime now) {
  task.pid = ++last_pid_;
  task.pstart = seconds(now) % 10000000 * 100 + task.pid % 100;
  task.begun = now;
  task.upid = "UPID:" + task.node + ":" + hex8(task.pid) + ":" + hex8(task.pstart) + ":" + hex8(seconds(now)) + ":" +
              task.type + ":" + task.id + ":" + task.who() + ":";
  if (const auto planned = killed_.find(task.type); planned != killed_.end()) {
    task.steps_until_death = planned->second;
    killed_.erase(planned);
  }
  if (auto planned = failed_.find(task.type); planned != failed_.end()) {
    const std::string text = planned->second.front();
    task.steps.clear();
    task.steps.push_back({.takes = {}, .act = [text](Task&) -> Status { return Error(Code::kUnknown, text); }});
    task.undo = [text, undo = std::move(task.undo)](Error error) {
      if (undo) (void)undo(std::move(error));
      return Error(Code::kUnknown, text);
    };
    planned->second.pop_front();
    if (planned->second.empty()) failed_.erase(planned);
  }
  const bool waits = task.lock != 0 && is_locked(task.lock);
  if (waits) task.log.emplace_back("trying to acquire lock...");
  task.has_lock = task.lock != 0 && !waits;
  task.next = waits ? now + kLockWait : now + (task.steps.empty() ? Duration{} : task.steps.front().takes);
  tasks_.push_back(std::move(task));
  return tasks_.back().upid;
}

bool Tasks::is_locked(int vmid) const {
  for (const Task& task : tasks_)
    if (task.is_running && task.has_lock && task.lock == vmid) return true;
  return false;
}

Task* Tasks::find(std::string_view upid) {
  for (Task& task : tasks_)
    if (task.upid == upid) return &task;
  return nullptr;
}

Task* Tasks::running_on(int vmid, std::string_view type) {
  for (Task& task : tasks_)
    if (task.is_running && task.type == type && task.id == std::to_string(vmid)) return &task;
  return nullptr;
}

Task* Tasks::next_due(WallTime now, WallTime& when) {
  Task* first = nullptr;
  for (Task& task : tasks_)
    if (task.is_running && task.next <= now && (first == nullptr || task.next < first->next)) first = &task;
  if (first != nullptr) when = first->next;
  return first;
}

void Tasks::run(WallTime now) {
  WallTime when{};
  while (Task* task = next_due(now, when)) advance(*task, when);
}

void Tasks::advance(Task& task, WallTime when) {
  if (task.lock != 0 && !task.has_lock) {
    return fail(task,
                Error(Code::kUnknown, "can't lock file '/var/lock/qemu-server/lock-" + std::to_string(task.lock) +
                                          ".conf' - got timeout"),
                when);
  }
  if (task.steps_done == task.steps_until_death) return die(task, when);
  if (task.steps.empty()) return end(task, "OK", when);
  const Step step = std::move(task.steps.front());
  task.steps.pop_front();
  const Status done = step.act(task);
  ++task.steps_done;
  if (!done.ok()) return fail(task, done.error(), when);
  task.next = when + (task.steps.empty() ? Duration{} : task.steps.front().takes);
}

void Tasks::fail(Task& task, Error error, WallTime when) {
  if (task.undo) error = task.undo(std::move(error));
  end(task, error.message(), when);
}

void Tasks::end(Task& task, std::string exit, WallTime when) {
  task.log.push_back(exit == "OK" || exit.starts_with("WARNINGS: ") ? "TASK " + exit : "TASK ERROR: " + exit);
  task.exit = std::move(exit);
  task.ended = when;
  task.is_running = false;
  if (!std::exchange(task.has_lock, false)) return;
  for (Task& waiting : tasks_) {
    if (!waiting.is_running || waiting.has_lock || waiting.lock != task.lock) continue;
    waiting.log.emplace_back(" OK");
    waiting.has_lock = true;
    waiting.next = when + (waiting.steps.empty() ? Duration{} : waiting.steps.front().takes);
    return;
  }
}

void Tasks::cancel(Task& task, WallTime now) {
  if (task.is_running) fail(task, Error(Code::kUnknown, "received interrupt"), now);
}

// PVE::Tools::upid_read_status: the last line of the log is none of those that a task ends with.
void Tasks::die(Task& task, WallTime now) {
  if (!task.is_running) return;
  end(task, task.log.empty() ? "unable to read tail (got 0 bytes)" : "unexpected status", now);
  task.log.pop_back();
}

void Tasks::forget_ended() {
  tasks_.remove_if([](const Task& task) { return !task.is_running; });
}

}  // namespace rig::fakes::pve
