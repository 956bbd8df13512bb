// fakes/pve/config_calls.cc — reading and changing a machine's file.
#include "base/text.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

constexpr Duration kLockWait = Tasks::kLockWait;

json::Object as_json(const Texts& config) {
  std::vector<json::Member> members;
  for (const auto& [key, value] : config) members.emplace_back(key, shown(key, value));
  return json::Object(std::move(members));
}

Result<Answer> get_config(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  if (asked.has("snapshot")) {
    const auto found = vm.snapshots.find(asked.text("snapshot"));
    if (found == vm.snapshots.end()) return die("snapshot '" + asked.text("snapshot") + "' does not exist");
    return Answer(as_json(found->second));
  }
  json::Object out = as_json(asked.is_true("current") ? vm.config : vm.merged());
  out["digest"] = vm.digest();
  return Answer(std::move(out));
}

Result<Answer> get_pending(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  Texts all = vm.pending;
  all.insert(vm.config.begin(), vm.config.end());
  all["digest"] = vm.digest();
  json::Array out;
  for (const auto& [key, value] : all) {
    json::Object row{{"key", key}};
    if (vm.config.contains(key)) row["value"] = shown(key, vm.config.at(key));
    if (key == "digest") row["value"] = value;
    if (vm.pending.contains(key)) row["pending"] = shown(key, vm.pending.at(key));
    if (vm.pending_deletes.contains(key)) row["delete"] = 1;
    out.emplace_back(std::move(row));
  }
  return Answer(std::move(out));
}

// A known key that is not set is deleted without a word.
Status check_names(const Asked& asked, const std::string& parameter, const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    if (!is_setting(asked, key)) return bad_parameters({{parameter, "unknown option '" + key + "'"}});
  return {};
}

Status check(Cluster& cluster, const Asked& asked, const Change& change) {
  TRY(check_change(cluster, asked, change));
  TRY(check_names(asked, "delete", change.deletes));
  return check_names(asked, "revert", change.reverts);
}

MadePtr nothing_made(const Change& change) {
  auto made = std::make_shared<Made>();
  made->node = change.node;
  made->vmid = change.vmid;
  return made;
}

Result<Answer> put_config(Cluster& cluster, const Asked& asked) {
  const Change change = change_in(asked);
  TRY(check(cluster, asked, change));
  if (cluster.tasks.is_locked(change.vmid))
    return refuse(500, "can't lock file '/var/lock/qemu-server/lock-" + asked.text("vmid") + ".conf' - got timeout", {},
                  kLockWait);
  const MadePtr made = nothing_made(change);
  const Status done = run_now(change_steps(cluster, change, made));
  if (!done.ok()) {
    remove_made(cluster, *made);
    return done.error();
  }
  return Answer(json::Value());
}

std::string told(const Change& change) {
  std::string out;
  for (const auto& [key, value] : change.settings)
    out.append(" -").append(key).append(" ").append(key == "cipassword" ? "<hidden>" : value);
  for (const std::string& key : change.deletes) out.append(" -delete ").append(key);
  return out;
}

Result<Answer> post_config(Cluster& cluster, const Asked& asked) {
  const Change change = change_in(asked);
  TRY(check(cluster, asked, change));
  const MadePtr made = nothing_made(change);
  Task task = asked.task("qmconfig", asked.text("vmid"));
  task.lock = change.vmid;
  task.steps = change_steps(cluster, change, made);
  task.steps.push_front({.takes = {}, .act = [line = "update VM " + task.id + ":" + told(change)](Task& t) -> Status {
                           t.log.push_back(line);
                           return {};
                         }});
  task.undo = [&cluster, made](Error error) {
    remove_made(cluster, *made);
    return error;
  };
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Result<Answer> get_cloudinit(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  json::Array out;
  for (const std::string key : {"cicustom", "cipassword", "citype", "ciuser", "nameserver", "searchdomain", "sshkeys"})
    if (vm.merged().contains(key))
      out.emplace_back(json::Object{{"key", key}, {"value", shown(key, vm.merged().at(key))}});
  return Answer(std::move(out));
}

Result<Answer> put_cloudinit(Cluster& cluster, const Asked& asked) {
  TRY(cluster.machine(asked.node(), asked.vmid()));
  return Answer(json::Value());
}

constexpr Row kRows[] = {
    {"GET /nodes/{node}/qemu/{vmid}/config", get_config},
    {"PUT /nodes/{node}/qemu/{vmid}/config", put_config},
    {"POST /nodes/{node}/qemu/{vmid}/config", post_config},
    {"GET /nodes/{node}/qemu/{vmid}/pending", get_pending},
    {"GET /nodes/{node}/qemu/{vmid}/cloudinit", get_cloudinit},
    {"PUT /nodes/{node}/qemu/{vmid}/cloudinit", put_cloudinit},
};

}  // namespace

std::span<const Row> config_calls() { return kRows; }

}  // namespace rig::fakes::pve
