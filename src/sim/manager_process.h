// sim/manager_process.h — the manager's own controllers as a Process.
#pragma once

#include <memory>

#include "sim/process.h"

namespace rig::sim {

std::unique_ptr<Process> manager_process(World& world, Replica& manager);

}  // namespace rig::sim
