// vsphere/hardware.h — what a machine lacks of what it shall be, as one change of its configuration. Pure.
//
// The same question is asked of a template before it is cloned (the change goes with the clone) and of the machine
// after that, so whatever vSphere did not take over with the clone is made good by the next change.
//
// Sources: vSphere Web Services SDK, VirtualMachineConfigSpec (what is unset stays as it is); keys of guestinfo: cloud-
// init, DataSourceVMware; that a clone inherits extraConfig: recorded exchanges.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "hypervisor/vsphere/catalogue.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/machine.h"

namespace rig::vsphere {

struct Store {
  MoRef self;
  std::string name;
};
struct Parts {                              // what the names in a spec stand for
  std::map<std::string, Backing> networks;  // by name of the card; none: the template's own is kept
  std::map<std::string, Store> stores;      // by name of the disk; none: beside the machine
};

// `stamp` with an address for every disk that has none.
Result<Stamp> with_addresses(Devices devices, const provider::MachineSpec& spec, Stamp stamp);

// Writes down which disk is at each address, where nothing is written yet.
void mark_disks(Devices devices, Stamp& stamp);
// The disks that the image has beside its root disk, of a machine that has just been made.
std::vector<DiskMark> image_disks(Devices devices, const Stamp& stamp);
// Those that neither we nor the image have brought: somebody has attached them.
std::vector<Device> disks_of_others(Devices devices, const Stamp& stamp);
// kFailedPrecondition: another disk is at its address now; nothing may happen to that one.
Status check_same_disk(Devices devices, const std::string& name, const DiskMark& mark);

// Which device each wished card is: the first in the order of keys that fits and is nobody's yet. A card that is not
// there has no entry. `taken`: keys that are others'.
std::map<std::string, std::int32_t> match_nics(Devices devices, const std::vector<provider::NicSpec>& wish,
                                               const Parts& parts, std::vector<std::int32_t> taken = {});

// Which of a template's cards each wished one takes over: those that fit, then those that only need another network. A
// card that will be new has no entry.
std::map<std::string, std::int32_t> assign_nics(Devices devices, const std::vector<provider::NicSpec>& wish,
                                                const Parts& parts);

// Adds disks that are not at their address, with a controller where there is none. `next_key` is for new devices.
Status add_disk(Devices devices, const provider::DiskSpec& disk, const Stamp& stamp, const Parts& parts,
                std::int32_t& next_key, std::vector<DeviceChange>& changes);
// Grows a disk; kInternal: it is not there.
Status grow_disk(Devices devices, const DiskMark& mark, std::int64_t bytes, std::vector<DeviceChange>& changes);
// kInvalidArgument: nobody says what it shall be connected to.
Status add_nic(const provider::NicSpec& nic, const Parts& parts, std::int32_t& next_key,
               std::vector<DeviceChange>& changes);
DeviceChange plug_nic(const Device& nic, const Backing& backing);  // into another network

// The version of its hardware that it is to be raised to, "vmx-19"; "" : it has that already, or none is wished. What
// has a newer one keeps it: it is the least that is wished, and hardware does not get older. The wish is the class's
// extraConfig kHardwareVersion, "19" or "vmx-19". Source: UpgradeVM_Task, of machines that are off.
std::string hardware_to_raise_to(std::string_view is, const provider::MachineSpec& wish);
std::optional<int> hardware_number(std::string_view version);  // "vmx-19", "19": 19; none: neither

// What vSphere keeps for a machine, and withholds. `wish` with what takes back those of `ours` (what we have set) that
// are still so and that nobody wishes any more; and the change that makes what is into what is wished: none where
// nothing is wished or all is so.
provider::Limits with_taken_back(provider::Limits wish, const provider::Limits& is, const provider::Limits& ours);
void add_limits(const provider::Limits& is, const provider::Limits& wish, ConfigSpec& config);

struct Wanting {
  bool hot_add = true;    // CPUs and memory can be added while it runs
  bool of_clone = false;  // disks are not grown within a clone's call
};
// Without stamp and version; ConfigSpec{}: it lacks nothing. `stamp` has all addresses.
Result<ConfigSpec> lacking(const MachineProps& is, const provider::MachineSpec& wish, const Stamp& stamp,
                           const Parts& parts, const Wanting& wanting);

// The seed, under the keys that cloud-init reads. Those that are not wished are emptied: a clone inherits them.
std::vector<OptionValue> guestinfo(const provider::Seed& seed, const std::string& machine_id);

}  // namespace rig::vsphere
