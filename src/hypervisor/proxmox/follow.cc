// proxmox/follow.cc — see follow.h.
#include "hypervisor/proxmox/follow.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/log.h"

namespace rig::proxmox {
namespace {

using Phase = provider::TaskState::Phase;

ApiCall ask(const Upid& task, const std::string& what, Form form = {}) {
  return {.method = "GET",
          .path = path_of({"nodes", task.node, "tasks", task.text, what}),
          .form = std::move(form),
          .content_type = {},
          .body = {}};
}

// The lines behind those that were seen.
class Log {
 public:
  Status read_on(Session& session, const Upid& task, const Call& call) {
    const json::Value data = TRY(session.send(
        ask(task, "log", {{"start", std::to_string(seen_)}, {"limit", std::to_string(kLogLinesAsked)}}), call));
    for (std::string& line : read_log(data)) {
      lines_.push_back(std::move(line));
      ++seen_;
    }
    if (lines_.size() > kLogLinesKept)
      lines_.erase(lines_.begin(), lines_.end() - static_cast<std::ptrdiff_t>(kLogLinesKept));
    return {};
  }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
  std::size_t seen_ = 0;
};

Result<provider::TaskState> poll(Session& session, const Upid& task, Log& log, const Call& call) {
  auto status = session.send(ask(task, "status"), call);
  if (!status.ok() && status.error().is(Code::kNotFound)) {
    provider::TaskState forgotten;
    forgotten.phase = Phase::kForgotten;
    return forgotten;
  }
  if (!status.ok()) return status.take_error();
  // How it ended, the status says.
  if (status->text({"status"}) == "running" && tells_progress(task)) {
    const Status read = log.read_on(session, task, call);
    if (!read.ok() && !read.error().is(Code::kNotFound)) return read.error();
  }
  return read_task(task, *status, log.lines());
}

}  // namespace

bool pause(Duration time, const Call& call) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  const Time end = std::min(call.deadline, Time(std::chrono::steady_clock::now() + time));
  std::condition_variable_any().wait_until(lock, call.stop, end, [] { return false; });
  return !call.stop.stop_requested() && std::chrono::steady_clock::now() < call.deadline;
}

Result<provider::TaskState> poll_task(Session& session, const Upid& task, const Call& call) {
  Log log;
  return poll(session, task, log, call);
}

Status follow_task(Session& session, const Upid& task,
                   const std::function<void(const provider::TaskProgress&)>& progress, const Call& call,
                   Duration first_pause) {
  Log log;
  for (Duration time = first_pause;; time = std::min<Duration>(time * 2, kTaskPauseMax)) {
    const provider::TaskState state = TRY(poll(session, task, log, call));
    if (state.phase == Phase::kDone) return {};
    if (state.phase == Phase::kFailed) return *state.error;
    if (state.phase == Phase::kForgotten)
      return Error(Code::kUnavailable, "task " + task.text + ": its node no longer knows it, nor how it ended");
    progress({state.step, state.percent, state.bytes_done, state.bytes_total});
    if (pause(time, call)) continue;
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    return Error(Code::kDeadlineExceeded, "task " + task.text + " still runs");
  }
}

Status follow_or_give_up(Session& session, const Upid& task, const IsGivenUp& is_given_up,
                         const std::function<void(const provider::TaskProgress&)>& progress, const Call& call) {
  Status ended = follow_task(session, task, progress, call);
  if (call.stop.stop_requested() && is_given_up && is_given_up()) {
    const Call last{std::chrono::steady_clock::now() + kGiveUpMax, {}, call.request_id};
    const Status told = cancel_task(session, task, last);
    if (!told.ok()) log::warn("a task goes on that was given up", {{"task", task.text}, {"error", told.error()}});
  }
  return ended;
}

Status cancel_task(Session& session, const Upid& task, const Call& call) {
  const ApiCall what{.method = "DELETE",
                     .path = path_of({"nodes", task.node, "tasks", task.text}),
                     .form = {},
                     .content_type = {},
                     .body = {}};
  const auto answer = session.send(what, call);
  if (!answer.ok() && !answer.error().is(Code::kNotFound)) return answer.error();
  return {};
}

}  // namespace rig::proxmox
