// libvirt/prices.h — what each change of a machine costs here. Pure.
#pragma once

#include "provider/machine.h"

namespace rig::libvirt {

// How the machine stands: what its next start will use, and what only the host knows.
struct Standing {
  provider::MachineSpec configured;
  bool running = false;
  std::int64_t image_bytes = 0;  // of the disk that the root disk is based on; it cannot be smaller
};
std::vector<provider::Change> priced_changes(const Standing& standing, const provider::MachineSpec& wish);

}  // namespace rig::libvirt
