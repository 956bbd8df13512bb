// sim/scenario.h — what users and administrators do, and what must hold once everything has calmed down.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/v1beta1/virtual_machine.h"
#include "sim/world.h"

namespace rig::sim {

// One Provider with its Secret, two classes, an image, a network; and on its host a machine that is not ours. Users
// make, change and delete VirtualMachines and change a class; administrators use the host's own tools.
class Scenario {
 public:
  explicit Scenario(World& world);
  void user_acts();           // something of what follows
  void administrator_acts();  // and of what is done with the host's own tools

  void create_machine(const std::string& name, std::string_view vm_class, std::string_view power);
  void change_machine(const api::v1beta1::VirtualMachine& vm, std::string_view field, json::Value value);
  void delete_machine(const api::v1beta1::VirtualMachine& vm);
  void ask_to_recreate(const api::v1beta1::VirtualMachine& vm);
  void release_machine(const api::v1beta1::VirtualMachine& vm);
  // `kubectl get -o yaml` of it, applied under another name: here, because there is one control plane.
  void copy_machine(const api::v1beta1::VirtualMachine& vm, const std::string& name);
  void erase(const provider::Machine& machine);
  std::optional<provider::Machine> machine_of(const api::v1beta1::VirtualMachine& vm) const;

  // For a settled world: what is wrong, one line each. Every VirtualMachine has exactly one machine that is as its
  // spec says, or says that it was lost; what was lost is not made again unasked; nothing is left over; nobody else's
  // machine was touched. What was released is whoever's, or nobody's.
  std::vector<std::string> broken_promises() const;

 private:
  World& world_;
  std::set<std::string> released_;  // machine ids that somebody asked to give up
  std::set<std::string> lost_;      // machine ids: existed, were erased, and nobody has asked for a new one
};

}  // namespace rig::sim
