// vsphere/machine.h — what a machine is, and whose, from its properties. Pure.
//
// Sources: recorded exchanges (tests/golden/vsphere); that a copy gets an instanceUuid of its own and keeps
// extraConfig: vSphere Web Services SDK, VirtualMachineConfigInfo.
#pragma once

#include <optional>
#include <string>

#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/stamp.h"
#include "provider/machine.h"

namespace rig::vsphere {

struct Sight {  // one machine as it is now
  MoRef self;
  MachineProps props;
  std::string host;  // name of where it runs
  bool operator==(const Sight&) const = default;
};

// vSphere knows no configuration of it: it is being made, or its host or datastore is away.
bool is_blank(const MachineProps& props);

// The stamp, when it is worth something (stamp.h says when). None: there is none, or it came with a copy. kDataLoss: it
// cannot be read.
Result<std::optional<Stamp>> own_stamp(const Sight& sight);

struct Judgement {
  provider::Existence existence = provider::Existence::kForeign;  // never kGone: there is something
  std::string detail;                                             // why, when it is not kOurs
  std::optional<Stamp> stamp;                                     // own_stamp()
};
// kUnavailable: its configuration is not known now, so nobody can say whose it is. kDataLoss: as own_stamp().
Result<Judgement> judge(const Sight& sight, const provider::MachineRef& ref);

provider::Power power_of(const MachineProps& props);
std::optional<WallTime> booted_at(const MachineProps& props, const std::optional<Stamp>& stamp);

provider::Limits limits_of(const MachineProps& props);  // what vSphere keeps for it, and withholds
// What it is now. Disks and cards have their names from the stamp; without one the root disk is the first one. Texts of
// guestinfo are never read back.
provider::MachineSpec spec_of(const MachineProps& props, const std::optional<Stamp>& stamp);
// What it will be after its next start.
provider::MachineSpec configured_spec(const provider::MachineSpec& now, const Pending& pending);

// `ref` says whose it should be, and is answered as found.
Result<provider::Machine> read_machine(const Sight& sight, const provider::MachineRef& ref, WallTime now);

}  // namespace rig::vsphere
