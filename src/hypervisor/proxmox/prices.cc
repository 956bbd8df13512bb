// proxmox/prices.cc — one row per kind of change.
#include "hypervisor/proxmox/prices.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/proxmox/nic.h"
#include "provider/differences.h"

namespace rig::proxmox {
namespace {

using provider::Change;
using provider::Cost;
using provider::MachineSpec;
using provider::shrinks;
using provider::without_names;

struct Row {
  std::string_view path;  // names in brackets left out
  Cost cost, when_running;
  std::string_view why;
};
constexpr std::string_view kKept = "a running machine keeps what it was started with";
constexpr std::string_view kNotMoved = "a disk is not moved to another storage";
constexpr std::array kRows = {
    Row{"cpus", Cost::kOnline, Cost::kPowerCycle, kKept},
    Row{"memory_mib", Cost::kOnline, Cost::kPowerCycle, kKept},
    Row{"nested_virtualization", Cost::kOnline, Cost::kPowerCycle, kKept},
    Row{"root_disk_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].size_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].storage", Cost::kImpossible, Cost::kImpossible, kNotMoved},
    Row{"placement.storage", Cost::kImpossible, Cost::kImpossible, kNotMoved},
    Row{"nics[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].bridge", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].vlan", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].mac", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].model", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].mtu", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].firewall", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].rateLimit", Cost::kOnline, Cost::kOnline, ""},
    Row{"tags", Cost::kOnline, Cost::kOnline, ""},
};

bool is_device(std::string_view path) { return path == "disks[]" || path.starts_with("nics[]"); }

void set_price(Change& change, const Standing& standing) {
  const std::string path = without_names(change.path);
  const auto row = std::ranges::find(kRows, std::string_view(path), &Row::path);
  if (row == kRows.end()) {
    change.cost = Cost::kRecreate;
    change.why = "it is chosen when the machine is made";
    return;
  }
  change.cost = standing.running ? row->when_running : row->cost;
  if (change.cost != Cost::kOnline) change.why = row->why;
  if (standing.running && !standing.hotplug && is_device(path)) {
    change.cost = Cost::kPowerCycle;
    change.why = "the machine's option hotplug is without network or disk";
  }
  if ((path == "root_disk_bytes" || path == "disks[].size_bytes") && shrinks(change)) {
    change.cost = Cost::kImpossible;
    change.why = "disks do not shrink";
  }
}

// What Proxmox VE alone has of interfaces; a wish without that subtree leaves it as it is.
void add_native_differences(const MachineSpec& configured, const MachineSpec& wish, std::vector<Change>& changes) {
  const auto add = [&](const std::string& name, const std::string& field, const std::string& from,
                       const std::string& to) {
    if (from != to)
      changes.push_back({.path = "nics[" + name + "]." + field, .from = from, .to = to, .cost = {}, .why = {}});
  };
  for (const provider::NicSpec& nic : wish.nics) {
    const auto is = std::ranges::find(configured.nics, nic.name, &provider::NicSpec::name);
    if (is == configured.nics.end() || !nic.native.is_object()) continue;
    add(nic.name, "firewall", has_firewall(*is) ? "true" : "false", has_firewall(nic) ? "true" : "false");
    add(nic.name, "rateLimit", rate_of(*is), rate_of(nic));
  }
}

// What this provider does not act on, or cannot read back, differs from nothing. Where a machine runs is the cluster's
// matter once it is made.
MachineSpec comparable(const MachineSpec& configured, const MachineSpec& wish) {
  MachineSpec is = configured;
  is.display_name = wish.display_name;
  is.extra_config = wish.extra_config;
  is.limits = wish.limits;
  is.placement = wish.placement;
  is.placement.storage = configured.placement.storage;
  if (is.image.location.empty()) is.image.location = wish.image.location;
  std::ranges::sort(is.tags);
  for (provider::DiskSpec& disk : is.disks) {
    const auto wished = std::ranges::find(wish.disks, disk.name, &provider::DiskSpec::name);
    if (wished != wish.disks.end()) disk.provisioning = wished->provisioning;
  }
  for (provider::NicSpec& nic : is.nics) {
    const auto wished = std::ranges::find(wish.nics, nic.name, &provider::NicSpec::name);
    if (wished != wish.nics.end() && wished->bridge.empty()) nic.network = nic.bridge;  // a network is a bridge here
  }
  return is;
}

}  // namespace

std::vector<Change> priced_changes(const Standing& standing, const MachineSpec& wish) {
  MachineSpec wanted = wish;
  std::ranges::sort(wanted.tags);  // as Proxmox VE keeps them
  if (wanted.root_disk_bytes != 0) wanted.root_disk_bytes = std::max(wanted.root_disk_bytes, standing.image_bytes);
  std::vector<Change> changes = provider::differences(comparable(standing.configured, wanted), wanted);
  add_native_differences(standing.configured, wanted, changes);
  for (Change& change : changes) set_price(change, standing);
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

}  // namespace rig::proxmox
