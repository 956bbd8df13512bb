// proxmox/operations.cc — see operations.h.
#include "hypervisor/proxmox/operations.h"

#include <algorithm>
#include <array>

#include "cloudinit/iso9660.h"
#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/look.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;
using provider::MachineSpec;

// The upload of a machine's seed, where there is one.
Result<std::string> find_seed(const Host& host, const MachineRef& ref, const std::string& node, const Call& call) {
  if (host.settings.import_storage.empty()) return std::string();
  ApiCall list;
  list.path = path_of({"nodes", node, "storage", host.settings.import_storage, "content"});
  list.form = {{"content", "import"}};
  const json::Value data = TRY(host.session.send(list, call));
  const auto* volumes = data.as<json::Array>();
  if (volumes == nullptr) return Error(Code::kDataLoss, "the content of a storage is no list");
  const std::string name = "/" + seed_file_name(ref.machine_id);
  for (const json::Value& volume : *volumes)
    if (volume.text({"volid"}).ends_with(name)) return std::string(volume.text({"volid"}));
  return std::string();
}

// The seed as a small disk: an image of ISO 9660 is one, and cloud-init goes by its label.
Result<ApiCall> seed_upload(const Host& host, const MachineRef& ref, const std::string& node,
                            const provider::Seed& seed) {
  const std::array files = {cloudinit::IsoFile{"user-data", seed.user_data},
                            cloudinit::IsoFile{"meta-data", seed.meta_data},
                            cloudinit::IsoFile{"network-config", seed.network_config}};
  // An empty network-config would mean: no network.
  const std::size_t count = seed.network_config.empty() ? 2 : 3;
  std::string image = TRY(cloudinit::iso9660("cidata", std::span(files).first(count)));
  return upload_call(node, host.settings.import_storage, "import", seed_file_name(ref.machine_id), std::move(image));
}

// Sends the call; where its answer is the name of a task, waits for its end.
Status carry_out(const Host& host, const Step& step, const OnProgress& progress, const Call& call) {
  const json::Value answer = TRY(host.session.send(step.call, call).context(step.name));
  if (!step.is_task || !answer.is_string()) return {};  // what needs no work has no task
  const Upid task = TRY(parse_upid(*answer.as<std::string>()));
  const auto tell = [&](provider::TaskProgress now) {
    now.step = step.name;
    progress(now);
  };
  return follow_task(host.session, task, tell, call).context(step.name);
}

// Until that task has ended, however it ends: what it left is looked at next.
Status wait_for(const Host& host, const Upid& task, const Call& call) {
  const Status ended = follow_task(
      host.session, task, [](const auto&) {}, call);
  if (ended.ok()) return {};
  const bool ours = ended.error().is(Code::kCancelled) || ended.error().is(Code::kDeadlineExceeded);
  return ours ? ended : Status();
}

using Decide = std::function<Result<Step>(const There&)>;
struct Round {
  std::string node;        // for a machine that is not there
  bool with_seed = false;  // whether uploads matter
  const provider::Seed* seed = nullptr;
};

// Looks, decides, acts, until it is done.
Status run(const Host& host, const MachineRef& ref, const Round& round, const Decide& decide,
           const OnProgress& progress, const Call& call) {
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    auto seen = see(host, ref, round.node, round.with_seed, call);
    if (!seen.ok()) return seen.take_error();  // no TRY: g++ 12 sees a false free of what it moves
    const There& there = *seen;
    const Step step = TRY(decide(there));
    progress({step.name, std::nullopt, 0, 0});
    switch (step.kind) {
      case Step::Kind::kDone: return {};
      case Step::Kind::kWait: TRY(wait_for(host, there.running.front().upid, call)); break;
      case Step::Kind::kCall: TRY(carry_out(host, step, progress, call)); break;
      case Step::Kind::kUploadSeed: {
        Step upload{.name = step.name, .is_task = true};
        upload.call = TRY(seed_upload(host, ref, there.node, *round.seed));
        TRY(carry_out(host, upload, progress, call));
        break;
      }
    }
  }
  return Error(Code::kUnavailable, "machine '" + ref.id + "': not done after " + std::to_string(kRoundsMax) +
                                       " steps; somebody changes it all the time");
}

}  // namespace

Result<std::string> next_id(const Host& host, const Call& call) {
  ApiCall ask;
  ask.path = "/cluster/nextid";
  const json::Value answer = TRY(host.session.send(ask, call));
  if (const auto* text = answer.as<std::string>()) return *text;
  if (const auto* number = answer.as<std::int64_t>()) return std::to_string(*number);
  return Error(Code::kDataLoss, "/cluster/nextid: found " + std::string(json::type_name(answer)) + ", wanted a number");
}

Result<There> see(const Host& host, const MachineRef& ref, const std::string& node, bool with_seed, const Call& call) {
  There there;
  there.node = node;
  const auto sight = TRY(look(host.session, ref.id, /*node=*/"", host.clock, call));
  if (sight) {
    there.node = sight->node;
    there.config = sight->configs.configured;
    there.status = sight->status;
  }
  const std::vector<ListedTask> tasks = TRY(list_tasks(host.session, call));
  there.running = running_on(tasks, ref.id);
  if (with_seed) there.seed_volume = TRY(find_seed(host, ref, there.node, call));
  return there;
}

Status create_machine(const Host& host, const MachineRef& ref, const MachineSpec& spec, const Source& source,
                      const std::string& node, const OnProgress& progress, const Call& call) {
  const Round round{node, !spec.seed.empty(), &spec.seed};
  const Decide decide = [&](const There& there) -> Result<Step> {
    There with_clones = there;
    if (source.linked && there.running.empty()) {
      const std::vector<ListedTask> tasks = TRY(list_tasks(host.session, call));
      for (ListedTask& task : running_on(tasks, source.linked->vmid))
        if (task.upid.type == "qmclone") with_clones.running.push_back(std::move(task));
    }
    return next_create_step(with_clones, ref, spec, source, host.settings);
  };
  return run(host, ref, round, decide, progress, call);
}

Status remove_machine(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  const Decide decide = [&](const There& there) { return next_remove_step(there, ref); };
  TRY(run(host, ref, {}, decide, progress, call));
  // An upload lies where the machine was to be made, and that may have been another node.
  const Inventory inventory = TRY(read_inventory(host.session, call));
  for (const StorageSighting& storage : inventory.storages) {
    if (storage.name != host.settings.import_storage || !storage.available) continue;
    There there;
    there.node = storage.node;
    there.seed_volume = TRY(find_seed(host, ref, storage.node, call));
    const Step step = TRY(next_remove_step(there, ref));
    if (step.kind == Step::Kind::kCall) TRY(carry_out(host, step, progress, call));
  }
  return {};
}

Status release_machine(const Host& host, const MachineRef& ref, const Call& call) {
  auto seen = see(host, ref, "", /*with_seed=*/false, call);
  if (!seen.ok()) return seen.take_error();  // no TRY: as above
  const There& there = *seen;
  if (!there.config) return {};
  const Judgement judgement = TRY(judge(*there.config, ref));
  if (judgement.existence != provider::Existence::kOurs || !judgement.stamp) return {};
  Stamp stamp = *judgement.stamp;
  stamp.owner = {};
  const Step step = TRY(stamp_step(there, ref, stamp, "release"));
  return carry_out(
      host, step, [](const auto&) {}, call);
}

Status apply_plan(const Host& host, const MachineRef& ref, const MachineSpec& spec, const provider::Plan& plan,
                  const OnProgress& progress, const Call& call) {
  bool begun = false;
  const Decide decide = [&](const There& there) {
    auto step = next_apply_step(there, ref, spec, plan, begun, host.settings);
    if (step.ok() && step->kind == Step::Kind::kCall) begun = true;
    return step;
  };
  return run(host, ref, {}, decide, progress, call);
}

}  // namespace rig::proxmox
