// proxmox/power.cc — see power.h.
#include "hypervisor/proxmox/power.h"

#include <algorithm>

#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/step_parts.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;
using provider::Power;

const ListedTask* shutting_down(const There& there) {
  const auto task =
      std::ranges::find_if(there.running, [](const ListedTask& each) { return each.upid.type == "qmshutdown"; });
  return task == there.running.end() ? nullptr : &*task;
}

Step ask(const There& there, const MachineRef& ref, const std::string& verb, Form form = {}) {
  return call(verb, "POST", machine_path(there, ref, {"status", verb}), std::move(form), /*is_task=*/true);
}

Step stop(const There& there, const MachineRef& ref) { return ask(there, ref, "stop", {{"overrule-shutdown", "1"}}); }

// Once asked, it is done: a machine that stops again at once is not started again and again. HA does it later.
Step last(const There& there, Step step) {
  step.is_last = !there.status.ha_managed;
  return step;
}
Step when_asked(const There& there) {
  return there.status.ha_managed ? Step{.kind = Step::Kind::kPause, .name = "wait for HA", .pause = kHaPause}
                                 : Step{.name = "done"};
}

}  // namespace

Result<There> see_ours(const Host& host, const MachineRef& ref, const Call& call) {
  There there = TRY(see(host, ref, {}, call, host.seen_on));
  TRY(check_ours(there.config, ref));
  return there;
}

Status power_on(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  bool asked = false;
  const Decide decide = [&](const There& there) -> Result<Step> {
    TRY(check_ours(there.config, ref));
    if (const ListedTask* task = shutting_down(there)) TRY(cancel_task(host.session, task->upid, call));
    if (auto waiting = somebody_at_work(there)) return *waiting;
    if (there.status.power == Power::kOn) return Step{.name = "on"};
    if (asked) return when_asked(there);
    asked = true;
    return last(there, ask(there, ref, there.status.running ? "resume" : "start"));
  };
  return run_rounds(host, ref, {}, decide, progress, call);
}

Status power_off(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  bool asked = false;
  const Decide decide = [&](const There& there) -> Result<Step> {
    TRY(check_ours(there.config, ref));
    if (there.status.power == Power::kOff) return Step{.name = "off"};
    // One that sleeps on disk has no power to be cut: it is woken for it.
    if (!there.status.running) return ask(there, ref, "resume");
    if (asked) return when_asked(there);
    asked = true;
    return last(there, stop(there, ref));
  };
  return run_rounds(host, ref, {}, decide, progress, call);
}

Result<std::string> shut_down(const Host& host, const MachineRef& ref, WallTime hard_at, const Call& call) {
  There there = TRY(see_ours(host, ref, call));
  if (there.status.power == Power::kOff) return std::string();
  if (const ListedTask* task = shutting_down(there)) return task->upid.text;
  const auto nobody = [](const provider::TaskProgress&) {};
  if (there.status.power != Power::kOn) TRY(carry_out(host, ask(there, ref, "resume"), nobody, call));
  const auto left = std::chrono::ceil<std::chrono::seconds>(hard_at - host.clock.wall());
  const Step step = left.count() <= 0
                        ? stop(there, ref)
                        : ask(there, ref, "shutdown", {{"timeout", std::to_string(left.count())}, {"forceStop", "1"}});
  const json::Value answer = TRY(host.session.send(step.call, call));
  return std::string(answer.text({}));
}

Status reboot(const Host& host, const MachineRef& ref, WallTime if_booted_before,
              const std::function<WallTime(const There&)>& booted_at, const OnProgress& progress, const Call& call) {
  bool asked = false;
  int looks = 0;
  const Decide decide = [&](const There& there) -> Result<Step> {
    TRY(check_ours(there.config, ref));
    if (auto waiting = somebody_at_work(there)) return *waiting;
    if (!there.status.running) {
      if (!asked) return Error(Code::kFailedPrecondition, "reboot '" + ref.id + "': it is off");
      // The task ends when it is off. The start is another one's: qmeventd's, which sees that (qemu-server vm_reboot).
      if (++looks > kStartLooksMax) return last(there, ask(there, ref, "start"));
      return Step{.kind = Step::Kind::kPause, .name = "wait for its start", .pause = kStartPause};
    }
    // Within a second of the boot before, the times do not tell the two apart.
    if (asked || booted_at(there) >= if_booted_before) return Step{.name = "rebooted"};
    asked = true;
    return ask(there, ref, "reboot", {{"timeout", std::to_string(kRebootGrace / std::chrono::seconds(1))}});
  };
  const Status done = run_rounds(host, ref, {}, decide, progress, call);
  if (done.ok() || !done.error().is(Code::kDeadlineExceeded) || call.stop.stop_requested()) return done;
  TRY(power_off(host, ref, progress, call));
  return power_on(host, ref, progress, call);
}

}  // namespace rig::proxmox
