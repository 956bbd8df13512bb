// fakes/pve/snapshot_calls.cc — snapshots of a machine's file; what they keep of its disks is not modelled.
#include <algorithm>

#include "base/text.h"
#include "fakes/pve/power.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

Error missing(const std::string& name) { return die("snapshot '" + name + "' does not exist"); }

Result<Answer> begin(Cluster& cluster, const Asked& asked, std::string type,
                     Status (*act)(Cluster&, const Asked&, Vm&, Task&)) {
  Task task = asked.task(std::move(type), asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps.push_back({.takes = cluster.timing.allocate, .act = [&cluster, asked, act](Task& t) -> Status {
                          Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
                          return act(cluster, asked, vm, t);
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Status save_memory(Cluster& cluster, const Vm& vm, const std::string& name, Texts& snapshot, Task& task) {
  Made made;
  made.node = vm.node;
  made.vmid = vm.id;
  const std::string id = TRY(allocate(cluster, made, "local", cluster.look_at(vm).memory_bytes * 2 + (500 << 20), "raw",
                                      "state-" + name, task));
  task.log.emplace_back("saving VM state and RAM using storage 'local'");
  snapshot["vmstate"] = id;
  return {};
}

Status take(Cluster& cluster, const Asked& asked, Vm& vm, Task& task) {
  const std::string& name = asked.text("snapname");
  TRY(check_unlocked(vm));
  if (vm.snapshots.contains(name)) return die("snapshot name '" + name + "' already used");
  if (!can_snapshot(cluster, vm)) return die("snapshot feature is not available");
  Texts snapshot = vm.config;
  if (asked.is_true("vmstate") && vm.is_running()) TRY(save_memory(cluster, vm, name, snapshot, task));
  for (const Drive& drive : drives_of(vm.config))
    if (!is_cdrom(drive.properties))
      task.log.push_back("snapshotting 'drive-" + drive.key + "' (" + drive.volume() + ")");
  snapshot["snaptime"] = std::to_string(seconds(cluster.now()));
  snapshot.erase("description");
  if (asked.has("description")) snapshot["description"] = asked.text("description");
  vm.snapshots[name] = std::move(snapshot);
  vm.config["parent"] = name;
  return {};
}

Status drop(Cluster& cluster, const Asked& asked, Vm& vm, Task&) {
  const std::string& name = asked.text("snapname");
  const auto found = vm.snapshots.find(name);
  if (found == vm.snapshots.end()) return missing(name);  // before the lock is looked at (recorded: 04a)
  TRY(check_unlocked(vm));
  const std::string parent = value_of(found->second, "parent");
  if (const std::string state = value_of(found->second, "vmstate"); !state.empty())
    cluster.remove_volume(vm.node, state);
  vm.snapshots.erase(found);
  const auto relink = [&](Texts& config) {
    if (value_of(config, "parent") != name) return;
    config.erase("parent");
    if (!parent.empty()) config["parent"] = parent;
  };
  relink(vm.config);
  for (auto& [other, config] : vm.snapshots) relink(config);
  return {};
}

Status roll_back(Cluster& cluster, const Asked& asked, Vm& vm, Task& task) {
  const std::string& name = asked.text("snapname");
  const auto found = vm.snapshots.find(name);
  if (found == vm.snapshots.end()) return missing(name);
  TRY(check_unlocked(vm));
  if (vm.is_running()) cluster.power_off(vm);
  const std::string description = vm.value("description");
  vm.config = found->second;
  for (const std::string_view key : {"snaptime", "vmstate", "description"}) vm.config.erase(std::string(key));
  if (!description.empty()) vm.config["description"] = description;
  vm.config["parent"] = name;
  vm.config["vmgenid"] = cluster.new_uuid();
  return asked.is_true("start") ? start(cluster, vm.node, vm.id, task) : Status();
}

Result<Answer> post_snapshot(Cluster& cluster, const Asked& asked) {
  const std::string& name = asked.text("snapname");
  if (name == "current" || name == "pending") return die("unable to use snapshot name '" + name + "' (reserved name)");
  return begin(cluster, asked, "qmsnapshot", take);
}
Result<Answer> delete_snapshot(Cluster& cluster, const Asked& asked) {
  return begin(cluster, asked, "qmdelsnapshot", drop);
}
Result<Answer> post_rollback(Cluster& cluster, const Asked& asked) {
  return begin(cluster, asked, "qmrollback", roll_back);
}

Result<Answer> get_snapshots(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  std::vector<std::pair<std::string, Texts>> sorted(vm.snapshots.begin(), vm.snapshots.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.at("snaptime") < b.second.at("snaptime"); });
  json::Array out;
  for (const auto& [name, snapshot] : sorted) {
    json::Object row{{"name", name},
                     {"description", value_of(snapshot, "description")},
                     {"snaptime", shown("snaptime", snapshot.at("snaptime"))},
                     {"vmstate", snapshot.contains("vmstate") ? 1 : 0}};
    if (snapshot.contains("parent")) row["parent"] = snapshot.at("parent");
    out.emplace_back(std::move(row));
  }
  json::Object now{{"name", "current"},
                   {"description", "You are here!"},
                   {"digest", vm.digest()},
                   {"running", vm.is_running() ? 1 : 0}};
  if (vm.config.contains("parent")) now["parent"] = vm.value("parent");
  out.emplace_back(std::move(now));
  return Answer(std::move(out));
}

Result<Answer> get_snapshot(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  const auto found = vm.snapshots.find(asked.text("snapname"));
  if (found == vm.snapshots.end()) return missing(asked.text("snapname"));
  json::Object out;
  for (const auto& [key, value] : found->second)
    out[key] = key == "cipassword" ? json::Value(value) : shown(key, value);  // not hidden here (recorded: 03)
  return Answer(std::move(out));
}

Result<Answer> put_snapshot(Cluster& cluster, const Asked& asked) {
  Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  const auto found = vm.snapshots.find(asked.text("snapname"));
  if (found == vm.snapshots.end()) return missing(asked.text("snapname"));
  if (asked.has("description")) found->second["description"] = asked.text("description");
  return Answer(json::Value());
}

constexpr Row kRows[] = {
    {"GET /nodes/{node}/qemu/{vmid}/snapshot", get_snapshots},
    {"POST /nodes/{node}/qemu/{vmid}/snapshot", post_snapshot},
    {"DELETE /nodes/{node}/qemu/{vmid}/snapshot/{snapname}", delete_snapshot},
    {"GET /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config", get_snapshot},
    {"PUT /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/config", put_snapshot},
    {"POST /nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback", post_rollback},
};

}  // namespace

std::span<const Row> snapshot_calls() { return kRows; }

}  // namespace rig::fakes::pve
