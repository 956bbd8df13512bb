// fakes/pve/power.h — on, off and what is between, as other calls need it: create with start=1, rollback, delete.
#pragma once

#include "fakes/pve/call.h"

namespace rig::fakes::pve {

Status start(Cluster& cluster, const std::string& node, int vmid, Task& task);
void stop(Vm& vm);  // what was pending is true from now on

}  // namespace rig::fakes::pve
