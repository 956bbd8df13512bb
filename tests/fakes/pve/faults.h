// fakes/pve/faults.h — what goes wrong on the way to the cluster. Paths are as in PVE's documentation, without
// /api2/json.
#pragma once

#include "fakes/faults.h"

namespace rig::fakes::pve {

class Cluster;
using Fault = fakes::Fault<Cluster>;
using Faults = fakes::Faults<Cluster>;

}  // namespace rig::fakes::pve
