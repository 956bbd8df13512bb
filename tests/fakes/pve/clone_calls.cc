// fakes/pve/clone_calls.cc — copies of machines, templates, and moves to another node.
//
// qemu-server PVE/API2/Qemu.pm, clone_vm: the new file has only "lock: clone" until the first disk is copied; then all
// that the source's has, with new MACs and a new UUID. The task is called after the source; the target stands only in
// its log.
#include <algorithm>

#include "base/text.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

struct CloneJob {
  int source = 0, target = 0;
  std::string source_node, target_node;
  bool is_full = false;
  Texts config;  // of the source, or of a snapshot of it
  std::string name, description, storage, format;
  bool has_description = false;
};

Status check_linked(const CloneJob& job, const Vm& source) {
  for (const Drive& drive : drives_of(job.config)) {
    if (is_cdrom(drive.properties)) continue;
    if (!source.is_template() || !is_base(drive.volume()))
      return die("Linked clone feature is not supported for '" + drive.volume() + "' (" + drive.key + ")");
  }
  if (!job.storage.empty()) return die("parameter 'storage' not allowed for linked clones");
  if (!job.format.empty()) return die("parameter 'format' not allowed for linked clones");
  return {};
}

Status check_target(Cluster& cluster, const CloneJob& job) {
  if (!job.storage.empty()) TRY(cluster.storage(job.storage));
  if (cluster.node(job.target_node) == nullptr) return die("no such cluster node '" + job.target_node + "'");
  if (job.target_node != job.source_node) {
    for (const Drive& drive : drives_of(job.config)) {
      if (drive.volume().find(':') == std::string::npos) continue;
      const std::string& name = job.storage.empty() ? storage_of(drive.volume()) : job.storage;
      if (!TRY(cluster.storage(name))->is_shared()) return die("can't clone to non-shared storage '" + name + "'");
    }
  }
  if (!cluster.vms.contains(job.target)) return {};
  const std::string id = std::to_string(job.target);
  return die("unable to create VM " + id + " - VM " + id + " already exists on node '" +
             cluster.vms.at(job.target).node + "'");
}

Result<CloneJob> job_in(Cluster& cluster, const Asked& asked) {
  const auto found = cluster.vms.find(asked.vmid());
  if (found == cluster.vms.end() || found->second.node != asked.node())
    return die("unable to find configuration file for VM " + asked.text("vmid") + " on node '" + asked.node() + "'");
  const Vm& source = found->second;
  TRY(check_unlocked(source));
  CloneJob job;
  job.source = source.id;
  job.target = static_cast<int>(asked.integer("newid"));
  job.source_node = asked.node();
  job.target_node = asked.has("target") ? asked.text("target") : asked.node();
  job.is_full = asked.has("full") ? asked.is_true("full") : !source.is_template();
  job.config = source.config;
  if (asked.has("snapname")) {
    const auto snapshot = source.snapshots.find(asked.text("snapname"));
    if (snapshot == source.snapshots.end()) return die("snapshot '" + asked.text("snapname") + "' does not exist");
    job.config = snapshot->second;
  }
  job.name = asked.has("name") ? asked.text("name") : "Copy-of-VM-" + source.value("name");
  job.has_description = asked.has("description");
  job.description = asked.text("description");
  job.storage = asked.text("storage");
  job.format = asked.text("format");
  if (!job.is_full) TRY(check_linked(job, source));
  TRY(check_target(cluster, job));
  return job;
}

// "virtio=BC:24:11:00:00:01,bridge=vmbr0" -> "virtio,bridge=vmbr0"
std::string without_mac(const std::string& net) {
  std::vector<std::string> parts = split(net, ',');
  for (std::string& part : parts)
    if (std::count(part.begin(), part.end(), ':') == 5) part = part.substr(0, part.find('='));
  return join(parts, ",");
}

// What is not a drive: all of it, but for what makes a machine itself.
Texts inherited(Cluster& cluster, const CloneJob& job) {
  Texts out;
  for (const auto& [key, value] : job.config) {
    const bool is_its_own = key == "lock" || key == "parent" || key == "template" || key == "vmstate" ||
                            key == "snaptime" || key == "vmgenid" || key == "smbios1";
    if (is_its_own || is_drive(key) || is_of_family(key, "unused")) continue;
    if (is_network(key)) {
      out[key] = completed(cluster, key, without_mac(value));
      continue;
    }
    out[key] = value;
  }
  out["name"] = job.name;
  if (job.has_description) out["description"] = job.description;
  Texts smbios = parse_properties(value_of(job.config, "smbios1"), "uuid");
  smbios["uuid"] = cluster.new_uuid();
  std::string text;
  for (const auto& [key, value] : smbios) text += (text.empty() ? "" : ",") + key + "=" + value;
  out["smbios1"] = text;
  out["vmgenid"] = cluster.new_uuid();
  return out;
}

Step linked_step(Cluster& cluster, const Drive& drive, const MadePtr& made, const std::string& source_node) {
  return {.takes = cluster.timing.allocate, .act = [&cluster, drive, made, source_node](Task& task) -> Status {
            const Volume* base = cluster.volume(source_node, drive.volume());
            if (base == nullptr) return die("volume '" + drive.volume() + "' does not exist");
            task.log.push_back("create linked clone of drive " + drive.key + " (" + drive.volume() + ")");
            Storage& storage = *TRY(cluster.storage(storage_of(drive.volume())));
            const std::string own = storage.free_id(made->node, made->vmid, "disk", base->format);
            Volume clone = *base;
            clone.base = base->id;
            clone.owner = made->vmid;
            clone.file_bytes = 0;
            clone.created = cluster.now();
            clone.id = storage.has_files() ? base->id + "/" + own.substr(own.find(':') + 1) : own;
            Texts properties = drive.properties;
            properties["file"] = clone.id;
            made->config[drive.key] = print_drive(properties);
            made->volumes.push_back(clone.id);
            storage.add(made->node, std::move(clone));
            return {};
          }};
}

// The file is written after each drive, with what there is by then: before the first it has not even a name.
Step write_step(Cluster& cluster, const CloneJob& job, const Texts& config, const MadePtr& made, bool is_last) {
  return {.takes = {}, .act = [&cluster, job, config, made, is_last](Task&) -> Status {
            Vm& vm = *TRY(cluster.machine(made->node, job.target));
            vm.config = config;
            for (const auto& [key, value] : made->config) vm.config[key] = value;
            if (!is_last) vm.config["lock"] = "clone";
            if (is_last) made->volumes.clear();
            return {};
          }};
}

std::deque<Step> clone_steps(Cluster& cluster, const CloneJob& job, const MadePtr& made) {
  std::deque<Step> out;
  out.push_back({.takes = {}, .act = [job](Task& task) -> Status {
                   task.log.push_back("creating a clone of VM " + task.id + " with ID " + std::to_string(job.target));
                   return {};
                 }});
  const Texts config = inherited(cluster, job);
  for (const Drive& drive : drives_of(job.config)) {
    const std::string& id = drive.volume();
    if (id.find(':') == std::string::npos || (is_cdrom(drive.properties) && !is_cloudinit(drive.properties))) {
      made->config[drive.key] = job.config.at(drive.key);
      continue;
    }
    if (!job.is_full && !is_cdrom(drive.properties)) {
      out.push_back(linked_step(cluster, drive, made, job.source_node));
    } else {
      Texts options = drive.properties;
      options.erase("size");
      const std::string storage = job.storage.empty() ? storage_of(id) : job.storage;
      for (Step& step : copy_steps(cluster, {drive.key, id, job.source_node, storage, job.format, options}, made))
        out.push_back(std::move(step));
    }
    out.push_back(write_step(cluster, job, config, made, false));
  }
  out.push_back(write_step(cluster, job, config, made, true));
  return out;
}

Result<Answer> post_clone(Cluster& cluster, const Asked& asked) {
  const CloneJob job = TRY(job_in(cluster, asked));
  const auto made = std::make_shared<Made>();
  made->node = job.target_node;
  made->vmid = job.target;
  Vm reserved;
  reserved.id = job.target;
  reserved.node = job.target_node;
  reserved.guest = cluster.guest;
  reserved.config["lock"] = "clone";
  cluster.vms[job.target] = std::move(reserved);
  Task task = asked.task("qmclone", asked.text("vmid"));
  task.steps = clone_steps(cluster, job, made);
  task.undo = [&cluster, made](const Error& error) {
    remove_made(cluster, *made);
    cluster.vms.erase(made->vmid);
    return die("clone failed: " + error.message());
  };
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Status make_template(Cluster& cluster, Vm& vm) {
  for (const Drive& drive : drives_of(vm.config)) {
    if (is_cdrom(drive.properties) || is_base(drive.volume())) continue;
    const auto storage = cluster.storages.find(storage_of(drive.volume()));
    Volume* volume = storage == cluster.storages.end() ? nullptr : storage->second.find(vm.node, drive.volume());
    if (volume == nullptr) return die("volume '" + drive.volume() + "' does not exist");
    Volume base = *volume;
    base.id = base_name(base.id);
    storage->second.remove(vm.node, drive.volume());
    Texts properties = drive.properties;
    properties["file"] = base.id;
    vm.config[drive.key] = print_drive(properties);
    storage->second.add(vm.node, std::move(base));
  }
  vm.config["template"] = "1";
  return {};
}

Result<Answer> post_template(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  TRY(check_unlocked(vm));
  if (!vm.snapshots.empty()) return die("unable to create template, because VM contains snapshots");
  if (vm.is_template() && !asked.has("disk")) return die("you can't convert a template to a template");
  if (vm.is_running()) return die("you can't convert a VM to template if VM is running");
  Task task = asked.task("qmtemplate", asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps.push_back({.takes = {}, .act = [&cluster, asked](Task&) -> Status {
                          Vm& now = *TRY(cluster.machine(asked.node(), asked.vmid()));
                          return make_template(cluster, now);
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

json::Object local_disk(const Drive& drive, const Volume& volume) {
  const auto flag = [](bool is) { return is ? 1 : 0; };
  return {{"volid", volume.id},
          {"drivename", drive.key},
          {"size", volume.size_bytes},
          {"cdrom", flag(is_cdrom(drive.properties))},
          {"is_cloudinit", flag(is_cloudinit(drive.properties))},
          {"is_tpmstate", flag(is_of_family(drive.key, "tpmstate"))},
          {"is_unused", flag(is_of_family(drive.key, "unused"))},
          {"is_attached", flag(is_drive(drive.key))},
          {"is_vmstate", 0},
          {"replicate", 1},
          {"shared", 0}};
}

Result<Answer> get_migrate(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  json::Array disks, allowed;
  for (const Drive& drive : drives_of(vm.config, true)) {
    const Volume* volume = cluster.volume(vm.node, drive.volume());
    if (volume != nullptr && !cluster.storages.at(storage_of(volume->id)).is_shared())
      disks.emplace_back(local_disk(drive, *volume));
  }
  for (const Node& node : cluster.nodes)
    if (node.name != vm.node && node.is_online) allowed.emplace_back(node.name);
  json::Object out{{"local_disks", std::move(disks)},     {"local_resources", json::Array{}},
                   {"mapped-resources", json::Array{}},   {"mapped-resource-info", json::Object{}},
                   {"not_allowed_nodes", json::Object{}}, {"has-dbus-vmstate", 1},
                   {"running", vm.is_running() ? 1 : 0}};
  if (!vm.is_running()) out["allowed_nodes"] = std::move(allowed);
  return Answer(std::move(out));
}

Status migrate(Cluster& cluster, Vm& vm, const std::string& to) {
  for (const Drive& drive : drives_of(vm.config, true)) {
    const auto storage = cluster.storages.find(storage_of(drive.volume()));
    if (storage == cluster.storages.end() || storage->second.is_shared()) continue;
    Volume* volume = storage->second.find(vm.node, drive.volume());
    if (volume == nullptr) continue;
    if (!volume->base.empty() || is_base(volume->id))
      return die("can't migrate '" + volume->id + "' as it's a clone of '" + volume->base + "'");
    storage->second.add(to, *volume);
    storage->second.remove(vm.node, drive.volume());
  }
  vm.node = to;
  return {};
}

Result<Answer> post_migrate(Cluster& cluster, const Asked& asked) {
  const std::string to = asked.text("target");
  if (to == asked.node()) return bad_parameters({{"target", "target is local node."}});
  if (cluster.node(to) == nullptr) return die("no such cluster node '" + to + "'");
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  TRY(check_unlocked(vm));
  if (vm.is_running() && !asked.is_true("online")) return die("can't migrate running VM without --online");
  Task task = asked.task("qmigrate", asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps.push_back({.takes = cluster.timing.stop, .act = [&cluster, asked, to](Task&) -> Status {
                          Vm& now = *TRY(cluster.machine(asked.node(), asked.vmid()));
                          TRY(check_unlocked(now));
                          return migrate(cluster, now, to);
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

constexpr Row kRows[] = {
    {"POST /nodes/{node}/qemu/{vmid}/clone", post_clone},
    {"POST /nodes/{node}/qemu/{vmid}/template", post_template},
    {"GET /nodes/{node}/qemu/{vmid}/migrate", get_migrate},
    {"POST /nodes/{node}/qemu/{vmid}/migrate", post_migrate},
};

}  // namespace

std::span<const Row> clone_calls() { return kRows; }

}  // namespace rig::fakes::pve
