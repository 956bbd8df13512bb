// vsphere/sample_test.h — one machine as vSphere shows it, its owner, and an inventory around it.
#pragma once

#include "hypervisor/vsphere/catalogue.h"
#include "hypervisor/vsphere/machine.h"

namespace rig::vsphere {

inline constexpr char kMachineId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";
inline constexpr char kCopyUuid[] = "051bcd28-8192-489e-8eb6-0bb76fcce29c";

provider::MachineRef sample_ref();  // of vm-96
Stamp sample_stamp();               // of a machine of that owner, ready
Sight sample_sight();               // of that machine: root at scsi0:0, one card on a standard network, off
void set_stamp(Sight& sight, const Stamp& stamp);

// Two datacenters, DC0 and DC1, each with a cluster C0 of two hosts, a pool, two datastores in a cluster, networks of
// every kind, and in DC0 folders "vm/templates" and "vm/web%2fold".
Catalogue sample_catalogue();
Entity sample_source();  // a template in DC0/vm/templates

}  // namespace rig::vsphere
