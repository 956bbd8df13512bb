// proxmox/apply.h — carrying out a plan, one call at a time. Pure.
//
// As with steps.h nobody remembers how far he came: what the plan says and the machine does not show yet is still to
// do. All that is only configuration goes in one request, under the digest of what was looked at, so all of it or
// nothing of it is done; then sizes, then disks that come, then disks that go. What a running machine cannot take over
// at once waits in Proxmox VE for its next start, and nobody restarts it.
//
// Sources: qemu-server src/PVE/API2/Qemu.pm, update_vm (delete with force removes the volume, too) and resize_vm.
#pragma once

#include "hypervisor/proxmox/steps.h"

namespace rig::proxmox {

// `begun`: the first step of this plan has been done, so that the machine's version is no longer the plan's.
// kAborted: the machine was changed since the plan was made; kOutOfRange, kFailedPrecondition: what the plan asks
// cannot be done, or the machine is not ours.
Result<Step> next_apply_step(const There& there, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                             const provider::Plan& plan, bool begun, const CreateSettings& settings);

// The plan that leads from what is there to the wish. kFailedPrecondition: the machine is not ours.
Result<provider::Plan> make_plan(const There& there, const provider::MachineRef& ref,
                                 const provider::MachineSpec& spec);

}  // namespace rig::proxmox
