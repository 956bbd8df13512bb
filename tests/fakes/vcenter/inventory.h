// fakes/vcenter/inventory.h — what a new fake has: two datacenters, as govmomi's simulator names them.
//
//   DC0  cluster DC0_C0 (hosts DC0_C0_H0, _H1; pools Resources, and DC0_C0_RP1 below it), host DC0_H0, folders vm,
//        vm/team and vm/team/inner; datastores LocalDS_0, tiny (64 MiB), and DC0_POD0 with PodDS_0 and PodDS_1;
//        networks "VM Network", the port groups DC0_DVPG0 and DC0_DVPG1 of the switch DVS0, the opaque one
//        "nsx-segment"; the template "template" and the machine DC0_C0_RP0_VM0
//   DC1  cluster DC1_C0 with one host, the datastore LocalDS_1, the network "VM Network"
#pragma once

#include "fakes/vcenter/center.h"

namespace rig::fakes::vcenter {

void furnish(Center& center);

}  // namespace rig::fakes::vcenter
