// proxmox/inventory.h — a whole cluster in one list, and what of it has to be looked at closer. Pure.
//
// /cluster/resources is filled by a daemon about every ten seconds: a machine is in it at once, what it does may lag.
// It shows only what the account may see, as 200 and without a word. What is written into a configuration changes
// neither this list nor that of tasks unless it shows here (name, tags, lock, cores, memory): the rest is found by
// reading.
//
// Source: recorded exchanges (tests/golden/proxmox/cluster.json), API schema of 9.2.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/json/json.h"
#include "hypervisor/proxmox/task.h"

namespace rig::proxmox {

struct Sighting {  // of a machine; without what changes while it runs (load, traffic, age)
  std::string vmid, node, name, status, lock, tags, ha_state;
  std::int64_t cpus = 0, memory_bytes = 0, disk_bytes = 0;
  bool is_template = false;
  bool operator==(const Sighting&) const = default;
};
struct NodeSighting {
  std::string name;
  bool online = false;
  std::int64_t memory_bytes = 0, memory_used_bytes = 0, cpus = 0;
};
struct StorageSighting {
  std::string node, name, type, content;  // content: "images,import,iso"
  bool available = false, shared = false;
  std::int64_t bytes = 0, used_bytes = 0;
};
struct Inventory {
  std::map<std::string, Sighting> machines;  // by VMID
  std::vector<NodeSighting> nodes;
  std::vector<StorageSighting> storages;
};
Result<Inventory> read_resources(const json::Value& data);  // kDataLoss: it is no list of resources

// Whether the list would have the machine if it was there: it lacks it, and was made by a cluster that is awake. Proof
// only together with the node's own word (errors.h), which a caller without rights does not get.
bool lacks(const Inventory& inventory, std::string_view vmid);

// Which machines to read again: those that are new, look different, moved, are gone from the list, or had a task that
// is not in `before_tasks` or has ended since. Sorted, each once.
std::vector<std::string> to_read(const Inventory& before, const Inventory& now,
                                 std::span<const ListedTask> before_tasks, std::span<const ListedTask> now_tasks);
bool carries_our_tag(const Sighting& sighting);

// The tasks that are at work on a machine, as far as their names say so: a clone's names its source.
std::vector<ListedTask> running_on(std::span<const ListedTask> tasks, std::string_view vmid);

// Where a new machine goes: of the nodes that may have it (none named: of all) the online one with that storage and
// most free memory. kNotFound: no such node or storage, with what there is; kUnavailable: it is not online. `storage`
// "": any.
Result<std::string> choose_node(const Inventory& inventory, const std::vector<std::string>& wanted,
                                std::string_view storage);

}  // namespace rig::proxmox
