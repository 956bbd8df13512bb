// fakes/pve/create_calls.cc — making a machine and taking it away.
//
// qemu-server PVE/API2/Qemu.pm, create_vm: the file is reserved with nothing but "lock: create" before the call
// answers; name, smbios1, description and all else are written once, when the disks are there. Dying between leaves the
// lock.
#include "base/text.h"
#include "fakes/pve/power.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

Status check_free(const Cluster& cluster, int vmid) {
  const auto found = cluster.vms.find(vmid);
  if (found == cluster.vms.end()) return {};
  const std::string id = std::to_string(vmid);
  return die("unable to create VM " + id + " - VM " + id + " already exists on node '" + found->second.node + "'");
}

Texts finished(Cluster& cluster, const Texts& settings, const Made& made) {
  Texts out = made.config;
  for (const auto& [key, value] : settings)
    if (!is_drive(key)) out[key] = completed(cluster, key, value);
  if (!out.contains("boot")) out["boot"] = default_boot_order(out);
  if (!out.contains("smbios1")) out["smbios1"] = "uuid=" + cluster.new_uuid();
  if (value_of(out, "vmgenid").empty() || out["vmgenid"] == "1") out["vmgenid"] = cluster.new_uuid();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(cluster.now().time_since_epoch()).count();
  out["meta"] = "creation-qemu=10.0.13,ctime=" + std::to_string(seconds);
  return out;
}

Result<Answer> post_machine(Cluster& cluster, const Asked& asked) {
  if (asked.has("archive")) return die("the fake restores no backups");
  if (cluster.denied.contains("VM.Allocate") && !asked.caller.is_root()) return refuse(403, "Permission check failed");
  const Texts settings = settings_in(asked);
  TRY(check_settings(cluster, asked, settings));
  TRY(check_free(cluster, asked.vmid()));
  const auto made = std::make_shared<Made>();
  made->node = asked.node();
  made->vmid = asked.vmid();
  Vm reserved;
  reserved.id = made->vmid;
  reserved.node = made->node;
  reserved.guest = cluster.guest;
  reserved.config["lock"] = "create";
  cluster.vms[made->vmid] = std::move(reserved);

  Task task = asked.task("qmcreate", asked.text("vmid"));
  for (const Drive& drive : drives_of(settings))
    for (Step& step : drive_steps(cluster, drive.key, settings.at(drive.key), made))
      task.steps.push_back(std::move(step));
  task.steps.push_back({.takes = {}, .act = [&cluster, settings, made, asked](Task& t) -> Status {
                          Vm& vm = *TRY(cluster.machine(made->node, made->vmid));
                          vm.config = finished(cluster, settings, *made);
                          if (asked.is_true("ha-managed")) cluster.ha["vm:" + t.id] = {};
                          made->volumes.clear();  // from here on they are the machine's
                          return asked.is_true("start") ? start(cluster, made->node, made->vmid, t) : Status();
                        }});
  task.undo = [&cluster, made](const Error& error) {
    if (const auto vm = cluster.vms.find(made->vmid); vm != cluster.vms.end() && vm->second.value("lock") == "create")
      cluster.vms.erase(vm);
    remove_made(cluster, *made);
    return die("unable to create VM " + std::to_string(made->vmid) + " - " + error.message());
  };
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Status check_removable(const Cluster& cluster, const Vm& vm, bool purges) {
  const std::string id = std::to_string(vm.id);
  if (vm.value("protection") == "1") return die("can't remove VM " + id + " - protection mode enabled");
  if (cluster.is_ha_managed(vm.id) && !purges)
    return die("unable to remove VM " + id + " - used in HA resources and purge parameter not set.");
  if (vm.is_running()) return die("VM " + id + " is running - destroy failed");
  return {};
}

// Its own volumes that its file names, and, where that is asked, those that it does not name.
Status remove_volumes(Cluster& cluster, const Vm& vm, bool and_unreferenced, Task& task) {
  const std::vector<Drive> drives = drives_of(vm.config, true);
  for (const Drive& drive : drives)
    if (owner_of(drive.volume()) == vm.id && cluster.is_in_use_as_base(vm.node, drive.volume()))
      return die("base volume '" + drive.volume() + "' is still in use by linked cloned");
  for (const Drive& drive : drives) {
    const std::string& id = drive.volume();
    if (owner_of(id) != vm.id) continue;
    const auto storage = cluster.storages.find(storage_of(id));
    if (storage != cluster.storages.end() && !storage->second.remove(vm.node, id) && storage->second.has_files())
      task.log.push_back("disk image '" + storage->second.path_of(id) + "' does not exist");
  }
  if (!and_unreferenced) return {};
  for (auto& [name, storage] : cluster.storages) {
    std::vector<std::string> ids;
    for (const Volume* volume : storage.all(vm.node))
      if (volume->owner == vm.id) ids.push_back(volume->id);
    for (const std::string& id : ids) storage.remove(vm.node, id);
  }
  return {};
}

Result<Answer> delete_machine(Cluster& cluster, const Asked& asked) {
  if (asked.has("skiplock") && !asked.caller.is_root())
    return bad_parameters({{"skiplock", "Only root may use this option."}});
  const Vm& found = *TRY(cluster.machine(asked.node(), asked.vmid()));
  TRY(check_removable(cluster, found, asked.is_true("purge")));
  Task task = asked.task("qmdestroy", asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps.push_back({.takes = {}, .act = [&cluster, asked](Task& t) -> Status {
                          Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
                          TRY(check_unlocked(vm, asked.is_true("skiplock")));
                          TRY(check_removable(cluster, vm, asked.is_true("purge")));
                          TRY(remove_volumes(cluster, vm, asked.is_true("destroy-unreferenced-disks"), t));
                          vm.config = {{"lock", "destroyed"}};
                          return {};
                        }});
  task.steps.push_back({.takes = cluster.timing.stop, .act = [&cluster, asked](Task& t) -> Status {
                          if (asked.is_true("purge")) {
                            t.log.push_back("purging VM " + t.id + " from related configurations..");
                            cluster.ha.erase("vm:" + t.id);
                          }
                          cluster.vms.erase(asked.vmid());
                          return {};
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

constexpr Row kRows[] = {
    {"POST /nodes/{node}/qemu", post_machine},
    {"DELETE /nodes/{node}/qemu/{vmid}", delete_machine},
};

}  // namespace

std::span<const Row> create_calls() { return kRows; }

}  // namespace rig::fakes::pve
