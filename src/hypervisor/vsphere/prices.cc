// vsphere/prices.cc — one row per kind of change.
#include "hypervisor/vsphere/prices.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/vsphere/hardware.h"
#include "provider/differences.h"

namespace rig::vsphere {
namespace {

using provider::Change;
using provider::Cost;
using provider::MachineSpec;
using provider::without_names;

struct Row {
  std::string_view path;  // names in brackets left out
  Cost cost, when_running;
  std::string_view why;
};
constexpr std::string_view kNotAdded = "a running machine takes more of it only with hot-add, and never less";
constexpr std::string_view kKept = "a running machine keeps what it was started with";
constexpr std::string_view kNotMoved = "a disk is not moved to another datastore";
constexpr std::string_view kNotAnother = "it would be another card: remove it, and add one of another name";
constexpr std::array kRows = {
    Row{"cpus", Cost::kOnline, Cost::kPowerCycle, kNotAdded},
    Row{"memory_mib", Cost::kOnline, Cost::kPowerCycle, kNotAdded},
    Row{"nested_virtualization", Cost::kOnline, Cost::kPowerCycle, kKept},
    Row{"limits.cpu_reservation_mhz", Cost::kOnline, Cost::kOnline, ""},
    Row{"limits.cpu_limit_mhz", Cost::kOnline, Cost::kOnline, ""},
    Row{"limits.cpu_shares", Cost::kOnline, Cost::kOnline, ""},
    Row{"limits.memory_reservation_mib", Cost::kOnline, Cost::kOnline, ""},
    Row{"limits.memory_limit_mib", Cost::kOnline, Cost::kOnline, ""},
    Row{"extra_config[]", Cost::kOnline, Cost::kPowerCycle, kKept},
    Row{"root_disk_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].size_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].storage", Cost::kImpossible, Cost::kImpossible, kNotMoved},
    Row{"placement.storage", Cost::kImpossible, Cost::kImpossible, kNotMoved},
    Row{"nics[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].network", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].mac", Cost::kImpossible, Cost::kImpossible, kNotAnother},
    Row{"nics[].model", Cost::kImpossible, Cost::kImpossible, kNotAnother},
};

void set_price(Change& change, const Standing& standing, const MachineSpec& wish) {
  const std::string path = without_names(change.path);
  const auto row = std::ranges::find(kRows, std::string_view(path), &Row::path);
  if (row == kRows.end()) {
    change.cost = Cost::kRecreate;
    change.why = "it is chosen when the machine is made";
    return;
  }
  change.cost = standing.is_on ? row->when_running : row->cost;
  if (path == "cpus" && standing.cpu_hot_add && wish.cpus >= standing.running.cpus) change.cost = Cost::kOnline;
  if (path == "memory_mib" && standing.memory_hot_add && wish.memory_mib >= standing.running.memory_mib)
    change.cost = Cost::kOnline;
  if (path == "extra_config[]" && change.to == standing.hardware) change.cost = Cost::kOnline;
  if (change.cost != Cost::kOnline) change.why = row->why;
  const auto from = parse_int(change.from), to = parse_int(change.to);
  if ((path == "root_disk_bytes" || path == "disks[].size_bytes") && from.ok() && to.ok() && *to < *from) {
    change.cost = Cost::kImpossible;
    change.why = "disks do not shrink";
  }
}

// What this provider does not act on, or cannot read back, differs from nothing. Where a machine runs is vSphere's
// matter once it is made, and so is the VLAN of a network.
MachineSpec comparable(const MachineSpec& configured, const MachineSpec& wish) {
  MachineSpec is = configured;
  is.display_name = wish.display_name;
  is.extra_config = wish.extra_config;
  is.tags = wish.tags;
  is.placement = wish.placement;
  is.placement.storage = configured.placement.storage;
  if (is.image.location.empty()) is.image.location = wish.image.location;
  for (provider::DiskSpec& disk : is.disks) {
    const auto wished = std::ranges::find(wish.disks, disk.name, &provider::DiskSpec::name);
    if (wished != wish.disks.end()) disk.provisioning = wished->provisioning;
  }
  if (wish.nics.empty()) is.nics.clear();  // the template's are kept
  for (provider::NicSpec& nic : is.nics) {
    const auto wished = std::ranges::find(wish.nics, nic.name, &provider::NicSpec::name);
    if (wished == wish.nics.end()) continue;
    nic.bridge = wished->bridge;
    nic.vlan = wished->vlan;
    nic.mtu = wished->mtu;
  }
  return is;
}

}  // namespace

std::vector<Change> priced_changes(const Standing& standing, const MachineSpec& wish) {
  MachineSpec wanted = wish;
  if (wanted.root_disk_bytes != 0) wanted.root_disk_bytes = std::max(wanted.root_disk_bytes, standing.image_bytes);
  for (provider::NicSpec& nic : wanted.nics)  // a bridge is a network here
    if (nic.network.empty()) nic.network = nic.bridge;
  wanted.limits = with_taken_back(wish.limits, standing.running.limits, standing.our_limits);
  std::vector<Change> changes = provider::differences(comparable(standing.configured, wanted), wanted);
  const std::string raised = hardware_to_raise_to(standing.hardware, wish);
  if (raised != standing.hardware_to_be) {
    const bool is_taken_back = raised.empty();  // before it was done
    changes.push_back({"extra_config[" + std::string(kHardwareVersion) + "]",
                       is_taken_back ? standing.hardware_to_be : standing.hardware,
                       is_taken_back ? standing.hardware : raised, Cost::kOnline, ""});
  }
  for (Change& change : changes) set_price(change, standing, wanted);
  return changes;
}

Status check_costs(const provider::Plan& plan) {
  for (const Change& change : plan.changes) {
    const std::string what = change.path + " from " + change.from + " to " + change.to + ": " + change.why;
    if (change.cost == Cost::kImpossible) return Error(Code::kOutOfRange, what);
    if (change.cost == Cost::kRecreate)
      return Error(Code::kFailedPrecondition, what).with_hint("Remove the machine and make it anew.");
  }
  return {};
}

}  // namespace rig::vsphere
