// sim/scenario.h — what users and administrators do, and what must hold once everything has calmed down.
#pragma once

#include <string>
#include <vector>

#include "sim/world.h"

namespace rig::sim {

// One Provider with its Secret, two classes, an image, a network; and on the host a machine that is not ours. What is
// there already stays.
void set_up(World& world);
void one_user_action(World& world);
void one_administrator_action(World& world);

// For a settled world: what is wrong, one line each. Every VirtualMachine has exactly one machine that is as its spec
// says, or says that it was lost; nothing is left over; nobody else's machine was touched.
std::vector<std::string> broken_promises(World& world);

}  // namespace rig::sim
