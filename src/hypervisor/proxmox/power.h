// proxmox/power.h — switching machines on and off. Each may be repeated, and may be cut off at any line.
//
// All of it is for machines of ours: kNotFound: it is gone; kFailedPrecondition: it is not ours, or not whole.
//
// A graceful shutdown belongs to the task that Proxmox VE has for it: that waits for the guest, and cuts the power at
// its own time whatever becomes of us. Where HA manages a machine, it is asked instead, and acts at its next round.
//
// Sources: qemu-server src/PVE/API2/Qemu.pm (vm_start, vm_stop, vm_shutdown, vm_reboot, vm_resume), recorded exchanges.
#pragma once

#include "hypervisor/proxmox/rounds.h"

namespace rig::proxmox {

Result<There> see_ours(const Host& host, const provider::MachineRef& ref, const Call& call);

// Starts, resumes or wakes. A shutdown that runs is taken back.
Status power_on(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);
Status power_off(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);

// Asks the guest, and answers the task that cuts the power at `hard_at`, rounded up to a second; "" : it is off. One
// that runs already is answered as it is, so a repeat does not extend it.
Result<std::string> shut_down(const Host& host, const provider::MachineRef& ref, WallTime hard_at, const Call& call);

// `booted_at`: of what was just looked at. Asks the guest; one that does not obey within kRebootGrace is stopped and
// started.
Status reboot(const Host& host, const provider::MachineRef& ref, WallTime if_booted_before,
              const std::function<WallTime(const There&)>& booted_at, const OnProgress& progress, const Call& call);

}  // namespace rig::proxmox
