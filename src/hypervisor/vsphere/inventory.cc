// vsphere/inventory.cc — see inventory.h.
#include "hypervisor/vsphere/inventory.h"

#include <algorithm>

#include "hypervisor/vsphere/codec.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/errors.h"

namespace rig::vsphere {

namespace {

// Of a machine's devices those that read_machine() reads: the others (keyboard, PCI bridges, video card, ...) would be
// most of what a provider keeps.
bool is_told(const Device& device) {
  return is_disk(device) || is_nic(device) || !bus_of(device).empty() || device.xsi_type == "VirtualTPM";
}

}  // namespace

std::vector<PropertySpec> inventory_specs() {
  return {{"VirtualMachine", property_paths<MachineProps>()}, {"HostSystem", property_paths<HostProps>()}};
}

Result<Happenings> Inventory::take(const UpdateSet& updates) {
  Happenings happened;
  for (const FilterUpdate& filter : updates.filters) {
    for (const ObjectUpdate& update : filter.objects) {
      if (update.obj.type == "VirtualMachine") TRY(take_machine(update, happened));
      if (update.obj.type == "HostSystem") TRY(take_host(update, happened));
    }
  }
  std::ranges::sort(happened.changed);
  const auto twice = std::ranges::unique(happened.changed);
  happened.changed.erase(twice.begin(), twice.end());
  return happened;
}

Status Inventory::take_machine(const ObjectUpdate& update, Happenings& happened) {
  if (update.kind == "leave") {
    machines_.erase(update.obj);
    unreadable_.erase(update.obj);
    std::erase(happened.changed, update.obj);
    happened.left.push_back(update.obj);
    return {};
  }
  const Status missing = check_missing(update.missing, "machine " + update.obj.id);
  if (!missing.ok() && missing.error().is(Code::kUnauthenticated)) return missing;
  // What is missing for want of a right is no absence; what the machine just has not is.
  if (!missing.ok() && missing.error().is(Code::kPermissionDenied)) {
    unreadable_.insert_or_assign(update.obj, missing.error());
  } else if (update.kind == "enter") {
    unreadable_.erase(update.obj);
  }
  std::erase(happened.left, update.obj);
  Sight& sight = machines_[update.obj];
  if (update.kind == "enter") sight = {update.obj, {}, ""};
  sight.self = update.obj;
  TRY(take_properties(update.changes, sight.props).context("machine " + update.obj.id));
  if (std::erase_if(sight.props.devices, [](const Device& device) { return !is_told(device); }) > 0)
    sight.props.devices.shrink_to_fit();
  const auto host = hosts_.find(sight.props.host);
  sight.host = host == hosts_.end() ? "" : host->second;
  happened.changed.push_back(update.obj);
  return {};
}

// Hosts may come after their machines.
Status Inventory::take_host(const ObjectUpdate& update, Happenings& happened) {
  if (update.kind == "leave") {
    hosts_.erase(update.obj);
    return {};
  }
  HostProps props;
  TRY(take_properties(update.changes, props));
  if (props.name.empty()) return {};
  hosts_[update.obj] = props.name;
  for (auto& [self, sight] : machines_) {
    if (sight.props.host != update.obj || sight.host == props.name) continue;
    sight.host = props.name;
    happened.changed.push_back(self);
  }
  return {};
}

const Sight* Inventory::find(const MoRef& self) const {
  const auto found = machines_.find(self);
  return found == machines_.end() || unreadable_.contains(self) ? nullptr : &found->second;
}

}  // namespace rig::vsphere
