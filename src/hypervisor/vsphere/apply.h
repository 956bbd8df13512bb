// vsphere/apply.h — carrying out a plan. Pure.
//
// As with steps.h nobody remembers how far he came: what the plan says and the machine does not show yet is still to
// do. All of it is one change of the configuration, under the version of what was looked at: all of it is done, or
// nothing. What a running machine cannot take over waits in its stamp for the next power_on(), and nobody restarts it.
// Two things are steps of their own: raising the hardware's version, and writing down which devices the new disks and
// cards are, once vSphere has made them. What hangs where a disk of ours was is not touched when it is another.
#pragma once

#include "hypervisor/vsphere/steps.h"

namespace rig::vsphere {

// The plan that leads from what is there to the wish. kFailedPrecondition: the machine is not ours, or has no stamp.
Result<provider::Plan> make_plan(const std::optional<Sight>& there, const provider::MachineRef& ref,
                                 const provider::MachineSpec& spec);

// `begun`: the first step of this plan has been done, so that the machine's version is no longer the plan's.
// kAborted: the machine was changed since the plan was made; kOutOfRange, kFailedPrecondition: what the plan asks
// cannot be done, or the machine is not ours.
Result<Step> next_apply_step(const std::optional<Sight>& there, const provider::MachineRef& ref,
                             const provider::MachineSpec& spec, const provider::Plan& plan, bool begun,
                             const Parts& parts);

}  // namespace rig::vsphere
