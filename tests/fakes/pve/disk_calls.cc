// fakes/pve/disk_calls.cc — disks of a machine: larger, elsewhere, gone; and what they are able to.
#include <algorithm>

#include "base/text.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

Status resize(Cluster& cluster, const Asked& asked) {
  Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  if (asked.has("digest") && asked.text("digest") != vm.digest())
    return die("checksum mismatch (file change by other user?)");
  TRY(check_unlocked(vm, asked.is_true("skiplock")));
  const std::string& key = asked.text("disk");
  if (!vm.config.contains(key)) return die("disk '" + key + "' does not exist");
  Texts drive = parse_drive(vm.config.at(key));
  Volume* volume = cluster.volume(vm.node, drive.at("file"));
  if (volume == nullptr) return die("volume '" + drive.at("file") + "' does not exist");
  const std::string& wanted = asked.text("size");
  const std::int64_t bytes =
      wanted.starts_with("+") ? volume->size_bytes + parse_size(wanted.substr(1)) : parse_size(wanted);
  if (bytes < volume->size_bytes) return die("shrinking disks is not supported");
  volume->size_bytes = bytes;
  drive["size"] = print_size(bytes);
  vm.config[key] = print_drive(drive);
  return {};
}

Result<Answer> put_resize(Cluster& cluster, const Asked& asked) {
  if (asked.has("skiplock") && !asked.caller.is_root())
    return bad_parameters({{"skiplock", "Only root may use this option."}});
  TRY(cluster.machine(asked.node(), asked.vmid()));
  Task task = asked.task("resize", asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps.push_back(
      {.takes = cluster.timing.allocate, .act = [&cluster, asked](Task&) { return resize(cluster, asked); }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Status finish_move(Cluster& cluster, const Asked& asked, const Made& made, Task& task) {
  Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  const std::string& key = asked.text("disk");
  const std::string old = parse_drive(vm.config.at(key)).at("file");
  vm.config[key] = made.config.at(key);
  if (!asked.is_true("delete")) {
    keep_as_unused(vm, old);
    return {};
  }
  task.log.push_back("removing source volume '" + old + "' after successful copy");
  cluster.remove_volume(vm.node, old);
  return {};
}

Result<Answer> move_to_storage(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  if (asked.has("digest") && asked.text("digest") != vm.digest())
    return die("checksum mismatch (file change by other user?)");
  TRY(check_unlocked(vm));
  const std::string& key = asked.text("disk");
  if (!vm.config.contains(key)) return die("disk '" + key + "' does not exist");
  TRY(cluster.storage(asked.text("storage")));
  const auto made = std::make_shared<Made>();
  made->node = asked.node();
  made->vmid = asked.vmid();
  Texts options = parse_drive(vm.config.at(key));
  const std::string source = options.at("file");
  options.erase("size");
  Task task = asked.task("qmmove", asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps =
      copy_steps(cluster, {key, source, asked.node(), asked.text("storage"), asked.text("format"), options}, made);
  task.steps.push_front({.takes = {}, .act = [source, to = asked.text("storage")](Task& t) -> Status {
                           t.log.push_back("copying volume '" + source + "' from current storage '" +
                                           storage_of(source) + "' to target storage '" + to + "'");
                           return {};
                         }});
  task.steps.push_back({.takes = {}, .act = [&cluster, asked, made](Task& t) -> Status {
                          TRY(finish_move(cluster, asked, *made, t));
                          made->volumes.clear();
                          return {};
                        }});
  task.undo = [&cluster, made](const Error& error) {
    remove_made(cluster, *made);
    return die("storage migration failed: " + error.message());
  };
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Result<Answer> post_move(Cluster& cluster, const Asked& asked) {
  if (!asked.has("target-vmid")) return move_to_storage(cluster, asked);
  if (!cluster.vms.contains(asked.vmid())) return die("could not find VM " + asked.text("vmid"));
  const auto target = static_cast<int>(asked.integer("target-vmid"));
  if (!cluster.vms.contains(target)) return die("could not find target VM " + asked.text("target-vmid"));
  return die("the fake gives no disk to another machine");
}

Result<Answer> put_unlink(Cluster& cluster, const Asked& asked) {
  Asked as_config = asked;
  as_config.parameters.erase("idlist");
  as_config.parameters["delete"] = asked.text("idlist");
  const Change change = change_in(as_config);
  TRY(check_change(cluster, as_config, change));
  const auto made = std::make_shared<Made>();
  TRY(run_now(change_steps(cluster, change, made)));
  return Answer(json::Value());
}

bool can_be_linked(const Vm& vm) {
  const std::vector<Drive> drives = drives_of(vm.config);
  return std::all_of(drives.begin(), drives.end(),
                     [](const Drive& drive) { return is_cdrom(drive.properties) || is_base(drive.volume()); });
}

Result<Answer> get_feature(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  const std::string& feature = asked.text("feature");
  const bool has = feature == "copy" || (feature == "snapshot" ? can_snapshot(cluster, vm) : can_be_linked(vm));
  json::Array nodes{vm.node};
  return Answer(json::Object{{"hasFeature", has ? 1 : 0}, {"nodes", std::move(nodes)}});
}

constexpr Row kRows[] = {
    {"PUT /nodes/{node}/qemu/{vmid}/resize", put_resize},
    {"POST /nodes/{node}/qemu/{vmid}/move_disk", post_move},
    {"PUT /nodes/{node}/qemu/{vmid}/unlink", put_unlink},
    {"GET /nodes/{node}/qemu/{vmid}/feature", get_feature},
};

}  // namespace

std::span<const Row> disk_calls() { return kRows; }

}  // namespace rig::fakes::pve
