// sim/sim_transport.h — a manager's way to the API server, in bad weather.
#pragma once

#include <memory>

#include "kube/transport.h"

namespace rig::sim {

class Replica;
class World;

// Watches do not come this way: see EventPump.
std::unique_ptr<kube::Transport> sim_transport(World& world, const Replica& manager, kube::Transport& api);

}  // namespace rig::sim
