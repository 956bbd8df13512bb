// proxmox/prices.h — what each change of a machine costs here. Pure.
//
// Sources: what waits for a power cycle and what does not: recorded exchanges (pending.json: cores, memory);
// qemu-server src/PVE/QemuServer.pm, vmconfig_hotplug_pending (network and disks come and go while a machine runs,
// unless its option `hotplug` says otherwise); disks do not shrink: recorded.
#pragma once

#include "provider/machine.h"

namespace rig::proxmox {

// How the machine stands: what its next start will use, and what the configuration says beside it.
struct Standing {
  provider::MachineSpec configured;
  bool running = false;
  std::int64_t image_bytes = 0;  // Stamp::image_bytes
  bool hotplug = true;           // network and disk are in its option `hotplug`, or it has none
};
std::vector<provider::Change> priced_changes(const Standing& standing, const provider::MachineSpec& wish);

// Whether a plan can be carried out at all: kOutOfRange for what is impossible, kFailedPrecondition for what needs
// another machine.
Status check_costs(const provider::Plan& plan);

}  // namespace rig::proxmox
