// vsphere/inventory.h — all machines of a vCenter, kept by what its property collector tells. Pure.
//
// Source: vSphere Web Services SDK, PropertyCollector.WaitForUpdatesEx; recorded exchanges.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "hypervisor/vsphere/machine.h"

namespace rig::vsphere {

struct Happenings {            // of one answer
  std::vector<MoRef> changed;  // machines that came or changed
  std::vector<MoRef> left;     // that are no longer there
  bool operator==(const Happenings&) const = default;
};

class Inventory {
 public:
  // kUnauthenticated: nothing of it can be believed; other errors: the answer cannot be read. Start again with a new
  // one.
  Result<Happenings> take(const UpdateSet& updates);

  // Null: there is none, or the account may not read it, which is not known to be the same.
  const Sight* find(const MoRef& self) const;
  const std::map<MoRef, Sight>& machines() const { return machines_; }
  const std::map<MoRef, Error>& unreadable() const { return unreadable_; }

 private:
  Status take_machine(const ObjectUpdate& update, Happenings& happened);
  Status take_host(const ObjectUpdate& update, Happenings& happened);

  std::map<MoRef, Sight> machines_;
  std::map<MoRef, std::string> hosts_;
  std::map<MoRef, Error> unreadable_;
};

// What is asked of machines and their hosts.
std::vector<PropertySpec> inventory_specs();

}  // namespace rig::vsphere
