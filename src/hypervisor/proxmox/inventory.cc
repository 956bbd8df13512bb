// proxmox/inventory.cc — see inventory.h.
#include "hypervisor/proxmox/inventory.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/stamp.h"

namespace rig::proxmox {
namespace {

std::string text(const json::Value& entry, std::string_view member) { return std::string(entry.text({member})); }

Sighting read_machine_entry(const json::Value& entry) {
  Sighting sighting;
  sighting.vmid = std::to_string(entry.integer({"vmid"}));
  sighting.node = text(entry, "node");
  sighting.name = text(entry, "name");
  sighting.status = text(entry, "status");
  sighting.lock = text(entry, "lock");
  sighting.tags = text(entry, "tags");
  sighting.ha_state = text(entry, "hastate");
  sighting.cpus = entry.integer({"maxcpu"});
  sighting.memory_bytes = entry.integer({"maxmem"});
  sighting.disk_bytes = entry.integer({"maxdisk"});
  sighting.is_template = entry.integer({"template"}) != 0;
  return sighting;
}

NodeSighting read_node_entry(const json::Value& entry) {
  return {text(entry, "node"), entry.text({"status"}) == "online", entry.integer({"maxmem"}), entry.integer({"mem"}),
          entry.integer({"maxcpu"})};
}

StorageSighting read_storage_entry(const json::Value& entry) {
  return {text(entry, "node"),
          text(entry, "storage"),
          text(entry, "plugintype"),
          text(entry, "content"),
          entry.text({"status"}) == "available",
          entry.integer({"shared"}) != 0,
          entry.integer({"maxdisk"}),
          entry.integer({"disk"})};
}

std::int64_t free_memory(const NodeSighting& node) { return node.memory_bytes - node.memory_used_bytes; }

bool has_storage(const Inventory& inventory, std::string_view node, std::string_view storage) {
  return storage.empty() || std::ranges::any_of(inventory.storages, [&](const StorageSighting& one) {
           return one.node == node && one.name == storage && one.available;
         });
}

template <class Items>
std::string names(const Items& items) {
  std::set<std::string> all;
  for (const auto& item : items) all.insert(item.name);
  const std::vector<std::string> sorted(all.begin(), all.end());
  return sorted.empty() ? "none" : join(sorted, ", ");
}

}  // namespace

Result<Inventory> read_resources(const json::Value& data) {
  const auto* list = data.as<json::Array>();
  if (list == nullptr)
    return Error(Code::kDataLoss, "the list of resources is " + std::string(json::type_name(data)) + ", wanted a list");
  Inventory inventory;
  for (const json::Value& entry : *list) {
    const std::string_view type = entry.text({"type"});
    if (type == "qemu") {
      Sighting sighting = read_machine_entry(entry);
      inventory.machines.insert_or_assign(sighting.vmid, std::move(sighting));
    } else if (type == "node") {
      inventory.nodes.push_back(read_node_entry(entry));
    } else if (type == "storage") {
      inventory.storages.push_back(read_storage_entry(entry));
    }
  }
  return inventory;
}

bool lacks(const Inventory& inventory, std::string_view vmid) {
  const bool awake = std::ranges::any_of(inventory.nodes, [](const NodeSighting& node) { return node.online; });
  return awake && !inventory.machines.contains(std::string(vmid));
}

bool carries_our_tag(const Sighting& sighting) {
  const std::vector<std::string> tags = parse_tags(sighting.tags);
  return std::ranges::find(tags, kTag) != tags.end();
}

std::vector<std::string> to_read(const Inventory& before, const Inventory& now,
                                 std::span<const ListedTask> before_tasks, std::span<const ListedTask> now_tasks) {
  std::set<std::string> vmids;
  for (const auto& [vmid, sighting] : now.machines) {
    const auto old = before.machines.find(vmid);
    if (old == before.machines.end() || old->second != sighting) vmids.insert(vmid);
  }
  for (const auto& [vmid, sighting] : before.machines)
    if (!now.machines.contains(vmid)) vmids.insert(vmid);
  for (const ListedTask& task : now_tasks) {
    const auto old = std::ranges::find_if(before_tasks, [&](const ListedTask& b) { return b.upid == task.upid; });
    const bool changed = old == before_tasks.end() || old->running != task.running;
    if (changed && (now.machines.contains(task.upid.id) || before.machines.contains(task.upid.id)))
      vmids.insert(task.upid.id);
  }
  return {vmids.begin(), vmids.end()};
}

std::vector<ListedTask> running_on(std::span<const ListedTask> tasks, std::string_view vmid) {
  std::vector<ListedTask> found;
  for (const ListedTask& task : tasks)
    if (task.running && task.upid.id == vmid) found.push_back(task);
  return found;
}

Result<std::string> choose_node(const Inventory& inventory, const std::vector<std::string>& wanted,
                                std::string_view storage) {
  const std::string named = join(wanted, "' or '");
  const auto is_wanted = [&](const NodeSighting& node) {
    return wanted.empty() || std::ranges::find(wanted, node.name) != wanted.end();
  };
  if (std::ranges::none_of(inventory.nodes, is_wanted)) {
    return Error(Code::kNotFound, "node '" + named + "' is not in the cluster; there are: " + names(inventory.nodes));
  }
  const NodeSighting* best = nullptr;
  bool any_online = false;
  for (const NodeSighting& node : inventory.nodes) {
    if (!is_wanted(node) || !node.online) continue;
    any_online = true;
    const bool fits = has_storage(inventory, node.name, storage);
    if (fits && (best == nullptr || free_memory(node) > free_memory(*best))) best = &node;
  }
  if (best != nullptr) return best->name;
  const std::string where = wanted.empty() ? "no node" : "node '" + named + "'";
  if (!any_online) return Error(Code::kUnavailable, where + (wanted.empty() ? " is online" : " is not online"));
  return Error(Code::kNotFound, where + (wanted.empty() ? " has" : " has not") + " storage '" + std::string(storage) +
                                    "' at hand; there are: " + names(inventory.storages));
}

}  // namespace rig::proxmox
