// proxmox/rules.h — which machines can be asked for here at all. Pure.
//
// Source of the limits: API schema of 9.2 (memory, cores, tags, formats of names), slots of drives and interfaces.
#pragma once

#include "provider/machine.h"

namespace rig::proxmox {

// All that is wrong with the spec, in one error: kInvalidArgument.
Status check_spec(const provider::MachineSpec& spec);

}  // namespace rig::proxmox
