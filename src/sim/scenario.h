// sim/scenario.h — what users and administrators do, and what must hold once everything has calmed down.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "sim/world.h"

namespace rig::sim {

// One Provider with its Secret, two classes, an image, a network; and on its host a machine that is not ours. Users
// make, change and delete VirtualMachines and change a class; administrators use the host's own tools.
class Scenario {
 public:
  explicit Scenario(World& world);
  void user_acts();
  void administrator_acts();
  // For a settled world: what is wrong, one line each. Every VirtualMachine has exactly one machine that is as its
  // spec says, or says that it was lost; what was lost is not made again unasked; nothing is left over; nobody else's
  // machine was touched.
  std::vector<std::string> broken_promises() const;

 private:
  void erase(const provider::Machine& machine);

  World& world_;
  std::set<std::string> lost_;  // machine ids: existed, were erased, and nobody has asked for a new one
};

}  // namespace rig::sim
