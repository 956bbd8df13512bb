// libvirt/rules.h — which machines can be asked for here at all. Pure.
#pragma once

#include "provider/machine.h"

namespace rig::libvirt {

// All that is wrong with the spec, in one error: kInvalidArgument.
Status check_spec(const provider::MachineSpec& spec);

bool is_thick(const provider::DiskSpec& disk);  // takes all its space at once

}  // namespace rig::libvirt
