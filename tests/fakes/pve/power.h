// fakes/pve/power.h — starting a machine with all that may hinder it, as other calls need it: create, rollback.
#pragma once

#include "fakes/pve/call.h"

namespace rig::fakes::pve {

Status start(Cluster& cluster, const std::string& node, int vmid, Task& task);

}  // namespace rig::fakes::pve
