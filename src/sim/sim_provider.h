// sim/sim_provider.h — the way to a hypervisor, in bad weather.
#pragma once

#include <memory>

#include "provider/provider.h"

namespace rig::sim {

class World;

// Events do not come this way: whoever simulates a stream reads the host itself.
std::shared_ptr<provider::Provider> sim_provider(World& world, provider::Provider& host);

}  // namespace rig::sim
