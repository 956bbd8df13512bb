// vsphere/shutdown.cc — see shutdown.h.
#include "hypervisor/vsphere/shutdown.h"

#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {

Status promise_power_off(const Host& host, const provider::MachineRef& ref, WallTime hard_at, const Call& call) {
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    const auto there = TRY(look(host.session, ref, call));
    const Step step = TRY(next_power_off_step(there, ref, hard_at, /*asked=*/true, host.clock.wall()));
    const auto* write = std::get_if<Reconfigure>(&step.order);
    if (write == nullptr) return {};
    const auto task = ask(host.session, *write, call);
    const Status done = task.ok() ? follow_task(
                                        host.session, *task, [](const auto&) {}, call)
                                  : Status(task.error());
    if (!done.ok() && !done.error().is(Code::kAborted)) return done;  // else somebody was quicker
  }
  return Error(Code::kUnavailable, "machine '" + ref.owner.name + "' is changed by somebody all the time");
}

Result<std::optional<WallTime>> promised_power_off(const Host& host, const provider::MachineRef& ref,
                                                   const Call& call) {
  const auto there = TRY(look(host.session, ref, call));
  if (!there) return std::optional<WallTime>();
  const auto stamp = TRY(own_stamp(*there));
  return stamp && is_of(*stamp, ref) ? stamp->power_off_at : std::nullopt;
}

}  // namespace rig::vsphere
