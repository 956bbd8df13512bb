// proxmox/source.cc — see source.h.
#include "hypervisor/proxmox/source.h"

#include <algorithm>

#include "base/text.h"
#include "hypervisor/proxmox/step_parts.h"

namespace rig::proxmox {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool takes(const StorageSighting& storage, std::string_view content) {
  const std::vector<std::string> kinds = split(storage.content, ',');
  return storage.available && std::ranges::find(kinds, content) != kinds.end();
}

std::string told(const Sighting& machine) { return machine.vmid + " ('" + machine.name + "', " + machine.node + ")"; }

std::string told(const std::vector<Sighting>& machines) {
  std::vector<std::string> all;
  for (const Sighting& machine : machines) all.push_back(told(machine));
  return all.empty() ? "none" : join(all, ", ");
}

bool is_shared(const Inventory& inventory, std::string_view storage) {
  return std::ranges::any_of(inventory.storages,
                             [&](const StorageSighting& each) { return each.name == storage && each.shared; });
}

Result<bool> has_volume(Session& session, const std::string& node, const std::string& volume, const Call& call) {
  ApiCall list;
  list.path = path_of({"nodes", node, "storage", std::string(storage_of(volume)), "content"});
  const json::Value data = TRY(session.send(list, call));
  const auto* volumes = data.as<json::Array>();
  if (volumes == nullptr) return Error(Code::kDataLoss, "the content of a storage is no list");
  return std::ranges::any_of(*volumes, [&](const json::Value& each) { return each.text({"volid"}) == volume; });
}

Origin from_template(const Sighting& from, const TemplateDisks& disks, bool is_linked) {
  Origin origin;
  if (is_linked) {
    Template linked{.vmid = from.vmid, .node = from.node, .root_option = option_of(disks.boot), .seed = disks.seed};
    for (const auto& [slot, drive] : disks.all) linked.drives.push_back(option_of(slot));
    origin.source.linked = std::move(linked);
    return origin;
  }
  origin.source.root_option = option_of(disks.boot);
  for (const auto& [slot, drive] : disks.all) {
    if (slot == disks.boot)
      origin.source.root = drive.volume;
    else if (slot.bus != Bus::kTpm)  // its keys are that machine's own
      origin.source.more.emplace_back(option_of(slot), drive.volume);
  }
  return origin;
}

}  // namespace

Result<Sighting> find_template(const Inventory& inventory, const std::string& name, const std::string& node) {
  std::vector<Sighting> fitting, templates;
  for (const auto& [vmid, machine] : inventory.machines) {
    if (machine.is_template) templates.push_back(machine);
    const bool is_named = is_number(name) ? vmid == name : machine.is_template && machine.name == name;
    if (is_named && (node.empty() || machine.node == node)) fitting.push_back(machine);
  }
  const std::string where = node.empty() ? "" : " on node '" + node + "'";
  if (fitting.empty())
    return Error(Code::kNotFound, "template '" + name + "' is not there" + where + "; there are: " + told(templates))
        .with_hint("The account needs VM.Audit on a template to see it.");
  if (fitting.size() > 1)
    return Error(Code::kFailedPrecondition, "several templates are named '" + name + "': " + told(fitting))
        .with_hint("Name one by its VMID (templateID), or its node.");
  if (!fitting.front().is_template)
    return Error(Code::kFailedPrecondition, "VM " + told(fitting.front()) + " is no template")
        .with_hint("Make it one (qm template " + name + "), or name another; there are: " + told(templates) + ".");
  return fitting.front();
}

Result<TemplateDisks> disks_of_template(Session& session, const Sighting& from, const Call& call) {
  ApiCall ask;
  ask.path = path_of({"nodes", from.node, "qemu", from.vmid, "config"});
  const json::Value data = TRY(session.send(ask, call));
  const Config config = TRY(parse_config(data));
  auto drives = TRY(drives_of(config));
  const std::string boot = boot_disk(config, drives);
  const auto stamp = TRY(find_stamp(config.text("description")));
  const std::string seed = stamp && stamp->disks.contains(kSeed) ? stamp->disks.at(kSeed) : "";
  std::erase_if(drives, [&](const auto& each) {
    return each.first.bus == Bus::kUnused || !is_disk(each.second) || is_cloud_init(each.second) ||
           option_of(each.first) == seed;
  });
  const auto slot = slot_of(boot);
  if (!slot) return Error(Code::kFailedPrecondition, "template " + told(from) + " has no disk to boot from");
  return TemplateDisks{*slot, std::move(drives), seed};
}

Result<Found> find_volume(Session& session, const Inventory& inventory, const std::string& volume, const Call& call) {
  const std::string storage(storage_of(volume));
  std::string away;
  for (const StorageSighting& each : inventory.storages) {
    if (each.name != storage) continue;
    if (!each.available) {
      away = each.node;
      continue;
    }
    if (TRY(has_volume(session, each.node, volume, call))) return Found{each.node, each.shared};
    if (each.shared) return Found{};
  }
  if (away.empty()) return Found{};
  return Error(Code::kUnavailable,
               "'" + volume + "' may be on storage '" + storage + "' of node '" + away + "', which is not available");
}

Result<Origin> find_origin(Session& session, const Inventory& inventory, const std::string& location,
                           const Call& call) {
  if (location.empty()) return Origin{};
  const bool is_linked = location.starts_with(kLinked);
  if (!is_linked && location.find(':') != std::string::npos) {
    const Found found = TRY(find_volume(session, inventory, location, call));
    if (found.node.empty())
      return Error(Code::kNotFound, "image '" + location + "' is on no node of the cluster")
          .with_hint("It was removed, perhaps: prepare it anew, or name another image.");
    Origin origin;
    origin.source.root = location;
    if (!found.is_shared) origin.node = found.node;
    return origin;
  }
  const std::string name = is_linked ? location.substr(kLinked.size()) : location;
  const Sighting from = TRY(find_template(inventory, name, ""));
  const TemplateDisks disks = TRY(disks_of_template(session, from, call));
  Origin origin = from_template(from, disks, is_linked);
  const bool reaches_all = std::ranges::all_of(
      disks.all, [&](const auto& each) { return is_shared(inventory, storage_of(each.second.volume)); });
  if (!reaches_all) origin.node = from.node;
  return origin;
}

std::string storage_for_disks(const Inventory& inventory, std::string_view node) {
  const StorageSighting* best = nullptr;
  for (const StorageSighting& each : inventory.storages) {
    if (each.node != node || !takes(each, "images")) continue;
    if (best == nullptr || each.bytes - each.used_bytes > best->bytes - best->used_bytes) best = &each;
  }
  return best == nullptr ? "" : best->name;
}

std::string storage_for_imports(const Inventory& inventory) {
  const StorageSighting* best = nullptr;
  for (const StorageSighting& each : inventory.storages) {
    if (!takes(each, "import")) continue;
    const bool is_better =
        best == nullptr || (each.shared && !best->shared) || (each.shared == best->shared && each.name < best->name);
    if (is_better) best = &each;
  }
  return best == nullptr ? "" : best->name;
}

}  // namespace rig::proxmox
