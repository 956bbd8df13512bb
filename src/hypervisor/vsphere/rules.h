// vsphere/rules.h — which machines can be asked for here at all. Pure.
//
// Source of the limits: VMware configuration maximums of 7.0 (name, cards, disks' sizes).
#pragma once

#include "provider/machine.h"

namespace rig::vsphere {

// All that is wrong with the spec, in one error: kInvalidArgument.
Status check_spec(const provider::MachineSpec& spec);

}  // namespace rig::vsphere
