// vsphere/operations.h — what is done to machines. Each may be repeated, and may be cut off at any line.
//
// They run one at a time per machine (TaskRunner). Each looks, takes the next step of steps.h or apply.h, does it, and
// looks again, so what others do meanwhile is seen, and what was done before a crash is not done again.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "hypervisor/vsphere/apply.h"
#include "hypervisor/vsphere/session.h"
#include "provider/task_runner.h"

namespace rig::vsphere {

using OnProgress = std::function<void(const provider::TaskProgress&)>;

struct Host {  // where things are done
  Session& session;
  const Clock& clock;
  provider::Placement defaults;  // of the Provider: where a machine is that does not say so
  bool hot_add = true;
};

// Makes the machine, or goes on with it; leaves it off. Answers the object's id. kAlreadyExists: its name, in its
// folder, is another's.
Result<std::string> create_machine(const Host& host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                                   const OnProgress& progress, const Call& call);

// Ends when it is proven gone.
Status remove_machine(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);

// Its stamp names nobody from then on; nothing else changes. Fine when nothing of it is ours.
Status release_machine(const Host& host, const provider::MachineRef& ref, const Call& call);

Result<provider::Plan> plan_changes(const Host& host, const provider::MachineRef& ref,
                                    const provider::MachineSpec& spec, const Call& call);
Status apply_plan(const Host& host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                  const provider::Plan& plan, const OnProgress& progress, const Call& call);

Status power_on(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);
Status power_off(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);

// A shutdown with a deadline. First its time is written into the machine's stamp, unless an earlier one stands there:
// so the power is cut in time even when this process ends now. Nothing is asked of the machine yet.
Status promise_power_off(const Host& host, const provider::MachineRef& ref, WallTime hard_at, const Call& call);
// Then this, now and again (shutdown.h): asks what runs on it to shut down, or cuts its power when the time has come.
// Without VMware Tools it hears nothing. True: that was all, for it is off, gone, or was taken back by a power on.
Result<bool> go_on_shutting_down(const Host& host, const provider::MachineRef& ref, WallTime hard_at,
                                 const OnProgress& progress, const Call& call);
// Does nothing when it was started after that, or is off. Without VMware Tools it is reset. That it is rebooted is
// written down before, so that no repeat reboots it twice; cut off in between, it is not rebooted at all.
Status reboot(const Host& host, const provider::MachineRef& ref, WallTime if_booted_before, const OnProgress& progress,
              const Call& call);

}  // namespace rig::vsphere
