// libvirt/prices.cc — one row per kind of change.
#include "hypervisor/libvirt/prices.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "provider/differences.h"

namespace rig::libvirt {
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
constexpr std::array kRows = {
    Row{"cpus", Cost::kOnline, Cost::kPowerCycle, "a running machine keeps the number it was started with"},
    Row{"memory_mib", Cost::kOnline, Cost::kPowerCycle, "a running machine keeps the size it was started with"},
    Row{"root_disk_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].size_bytes", Cost::kOnline, Cost::kOnline, ""},
    Row{"disks[].storage", Cost::kImpossible, Cost::kImpossible, "a disk is not moved to another pool"},
    Row{"placement.storage", Cost::kImpossible, Cost::kImpossible, "a disk is not moved to another pool"},
    Row{"nics[]", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].network", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].bridge", Cost::kOnline, Cost::kOnline, ""},
    Row{"nics[].mac", Cost::kOnline, Cost::kPowerCycle, "the device is made anew at the next start"},
    Row{"nics[].model", Cost::kOnline, Cost::kPowerCycle, "the device is made anew at the next start"},
    Row{"nics[].vlan", Cost::kOnline, Cost::kPowerCycle, "the device is made anew at the next start"},
    Row{"nics[].mtu", Cost::kOnline, Cost::kPowerCycle, "the device is made anew at the next start"},
};

// A device that is connected in another way is another device.
bool changes_kind(const MachineSpec& is, const MachineSpec& wish, std::string_view path) {
  const auto named = [&](const MachineSpec& spec) -> const provider::NicSpec* {
    for (const provider::NicSpec& nic : spec.nics) {
      if (path.starts_with("nics[" + nic.name + "]")) return &nic;
    }
    return nullptr;
  };
  const provider::NicSpec *before = named(is), *after = named(wish);
  return before != nullptr && after != nullptr &&
         (before->network.empty() != after->network.empty() || before->bridge.empty() != after->bridge.empty());
}

void set_price(Change& change, const Standing& standing, const MachineSpec& wish) {
  const std::string path = without_names(change.path);
  const auto row = std::ranges::find(kRows, std::string_view(path), &Row::path);
  if (row == kRows.end()) {
    change.cost = Cost::kRecreate;
    change.why = "it is chosen when the machine is made";
    return;
  }
  change.cost = standing.running ? row->when_running : row->cost;
  if (change.cost != Cost::kOnline) change.why = row->why;
  if ((path == "root_disk_bytes" || path == "disks[].size_bytes") && shrinks(change)) {
    change.cost = Cost::kImpossible;
    change.why = "disks do not shrink";
  }
  if ((path == "nics[].network" || path == "nics[].bridge") && standing.running &&
      changes_kind(standing.configured, wish, change.path)) {
    change.cost = Cost::kPowerCycle;
    change.why = "the device is made anew at the next start";
  }
}

// What this provider does not act on (fields.cc), or cannot read back, differs from nothing.
MachineSpec comparable(const MachineSpec& configured, const MachineSpec& wish) {
  MachineSpec is = configured;
  is.display_name = wish.display_name;
  is.tags = wish.tags;
  is.extra_config = wish.extra_config;
  is.limits = wish.limits;
  is.placement = wish.placement;
  is.placement.storage = configured.placement.storage;
  if (is.image.location.empty()) is.image.location = wish.image.location;  // the root disk stands on its own by now
  for (provider::DiskSpec& disk : is.disks) {
    const auto wished = std::ranges::find(wish.disks, disk.name, &provider::DiskSpec::name);
    if (wished != wish.disks.end()) disk.provisioning = wished->provisioning;
  }
  return is;
}

}  // namespace

std::vector<Change> priced_changes(const Standing& standing, const MachineSpec& wish) {
  MachineSpec wanted = wish;
  if (wanted.root_disk_bytes != 0) wanted.root_disk_bytes = std::max(wanted.root_disk_bytes, standing.image_bytes);
  std::vector<Change> changes = provider::differences(comparable(standing.configured, wanted), wanted);
  for (Change& change : changes) set_price(change, standing, wanted);
  return changes;
}

}  // namespace rig::libvirt
