// vsphere/follow.cc — see follow.h.
#include "hypervisor/vsphere/follow.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {
namespace {

using TaskPhase = provider::TaskState::Phase;

provider::TaskState state_of(const TaskInfo& info) {
  provider::TaskState state;
  state.step = info.description_id;
  state.percent = info.progress;
  state.result_id = info.result.id;
  if (info.state == "success") state.phase = TaskPhase::kDone;
  if (info.state == "error") {
    state.phase = TaskPhase::kFailed;
    state.error = fault_error(info.error.value_or(LocalizedFault{}), "task " + info.description_id);
  }
  return state;
}

}  // namespace

bool pause(Duration time, const Call& call) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  const Time end = std::min(call.deadline, Time(std::chrono::steady_clock::now() + time));
  std::condition_variable_any().wait_until(lock, call.stop, end, [] { return false; });
  return !call.stop.stop_requested() && std::chrono::steady_clock::now() < call.deadline;
}

Result<provider::TaskState> poll_task(Session& session, const MoRef& task, const Call& call) {
  FilterSpec spec;
  spec.props = {{"Task", property_paths<TaskProps>()}};
  spec.objects = {{task, std::nullopt, {}}};
  auto objects = retrieve(session, spec, call);
  if (!objects.ok() && says_gone(objects.error(), task)) {
    provider::TaskState forgotten;
    forgotten.phase = TaskPhase::kForgotten;
    return forgotten;
  }
  if (!objects.ok()) return objects.take_error();
  TaskProps props;
  for (const ObjectContent& object : *objects) TRY(take_properties(object.props, props).context("task " + task.id));
  if (props.info.state.empty())
    return Error(Code::kUnavailable, "task " + task.id + ": the answer does not speak of it");
  return state_of(props.info);
}

Status follow_task(Session& session, const MoRef& task,
                   const std::function<void(const provider::TaskProgress&)>& progress, const Call& call,
                   Duration first_pause) {
  for (Duration time = first_pause;; time = std::min<Duration>(time * 2, kTaskPauseMax)) {
    const provider::TaskState state = TRY(poll_task(session, task, call));
    if (state.phase == TaskPhase::kDone) return {};
    if (state.phase == TaskPhase::kFailed) return *state.error;
    if (state.phase == TaskPhase::kForgotten)
      return Error(Code::kUnavailable, "task " + task.id + ": vCenter no longer knows it, nor how it ended");
    progress({state.step, state.percent, 0, 0});
    if (pause(time, call)) continue;
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    return Error(Code::kDeadlineExceeded, "task " + task.id + " has not ended");
  }
}

Status cancel_task(Session& session, const MoRef& task, const Call& call) {
  auto cancelled = ask(session, CancelTask{task}, call);
  if (cancelled.ok() || says_gone(cancelled.error(), task) || is_fault(cancelled.error(), "InvalidState")) return {};
  return cancelled.take_error();
}

}  // namespace rig::vsphere
