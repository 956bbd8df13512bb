// vsphere/prices.h — what each change of a machine costs here. Pure.
//
// Sources: vSphere Web Services SDK: CPUs and memory grow while a machine runs when it was started with hot-add, and
// never shrink then; disks grow and come and go, cards too; disks do not shrink. The hardware's version is raised while
// it is off.
#pragma once

#include "provider/machine.h"

namespace rig::vsphere {

struct Standing {  // how the machine stands
  provider::MachineSpec running, configured;
  bool is_on = false, cpu_hot_add = false, memory_hot_add = false;
  std::int64_t image_bytes = 0;          // Stamp::image_bytes
  std::string hardware, hardware_to_be;  // "vmx-19"; the second waits for its next start, "" : none does
  provider::Limits our_limits;           // Stamp::limits
};
std::vector<provider::Change> priced_changes(const Standing& standing, const provider::MachineSpec& wish);

// Whether a plan can be carried out at all: kOutOfRange for what is impossible, kFailedPrecondition for what needs
// another machine.
Status check_costs(const provider::Plan& plan);

}  // namespace rig::vsphere
