// proxmox/rounds.cc — see rounds.h.
#include "hypervisor/proxmox/rounds.h"

#include <array>

#include "cloudinit/iso9660.h"
#include "hypervisor/proxmox/errors.h"
#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/look.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;

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

// It was changed, or went away, since it was looked at; perhaps by a call of ours that the client sent twice.
bool has_moved_on(const Error& error) { return error.is(Code::kAborted) || says_machine_is_missing(error); }

// Until that task has ended, however it ends: what it left is looked at next.
Status wait_for(const Host& host, const Upid& task, const Call& call) {
  const Status ended = follow_or_give_up(
      host.session, task, host.is_given_up, [](const auto&) {}, call);
  const bool ours = call.stop.stop_requested() || std::chrono::steady_clock::now() >= call.deadline;
  return ours ? ended : Status();
}

}  // namespace

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

Status carry_out(const Host& host, const Step& step, const OnProgress& progress, const Call& call) {
  const json::Value answer = TRY(host.session.send(step.call, call).context(step.name));
  if (!step.is_task || !answer.is_string()) return {};  // what needs no work has no task
  const Upid task = TRY(parse_upid(*answer.as<std::string>()));
  const auto tell = [&](provider::TaskProgress now) {
    now.step = step.name;
    progress(now);
  };
  return follow_or_give_up(host.session, task, host.is_given_up, tell, call).context(step.name);
}

Result<There> see(const Host& host, const MachineRef& ref, const Goal& goal, const Call& call,
                  const std::string& seen_on, Who who) {
  There there;
  there.node = goal.node;
  const auto sight = TRY(look(host.session, ref.id, seen_on, host.clock, call));
  if (sight) {
    there.node = sight->node;
    there.config = sight->configs.configured;
    there.status = sight->status;
  }
  const bool is_locked = there.config && !there.config->text("lock").empty();
  if (who == Who::kSelf && !is_locked) return there;
  const std::vector<ListedTask> tasks = TRY(list_tasks(host.session, call));
  there.running = running_on(tasks, ref.id);
  if (there.running.empty() && there.config && there.config->text("lock") == "clone") {
    for (ListedTask& task : running_on(tasks, goal.cloned_from))
      if (task.upid.type == "qmclone") there.running.push_back(std::move(task));
  }
  return there;
}

Status run_rounds(const Host& host, const MachineRef& ref, const Goal& goal, const Decide& decide,
                  const OnProgress& progress, const Call& call) {
  std::string seen_on = host.seen_on;
  Who who = Who::kAnybody;
  std::optional<std::string> seed;  // the upload; none: not known
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    There there = rounds == 0 && goal.first ? *goal.first : TRY(see(host, ref, goal, call, seen_on, who));
    if (goal.seed != nullptr && !seed) seed = TRY(find_seed(host, ref, there.node, call));
    there.seed_volume = seed.value_or("");
    seen_on = there.node;
    who = Who::kAnybody;
    const Step step = TRY(decide(there));
    progress({step.name, std::nullopt, 0, 0});
    switch (step.kind) {
      case Step::Kind::kDone: return {};
      case Step::Kind::kWait: TRY(wait_for(host, there.running.front().upid, call)); break;
      case Step::Kind::kPause:
        if (!pause(step.pause, call) && !call.stop.stop_requested())
          return Error(Code::kDeadlineExceeded, step.name + ": not done in time");
        break;
      case Step::Kind::kCall: {
        Status done = carry_out(host, step, progress, call);
        if (done.ok() && step.is_last) return {};
        if (!done.ok() && !(goal.looks_again && has_moved_on(done.error()))) return done;
        if (done.ok()) who = Who::kSelf;
        break;
      }
      case Step::Kind::kUploadSeed: {
        Step upload{.name = step.name, .is_task = true};
        upload.call = TRY(seed_upload(host, ref, there.node, *goal.seed));
        TRY(carry_out(host, upload, progress, call));
        who = Who::kSelf;
        seed.reset();
        break;
      }
    }
    if (who == Who::kAnybody) seed.reset();
  }
  return Error(Code::kUnavailable, "machine '" + ref.id + "': not done after " + std::to_string(kRoundsMax) +
                                       " steps; somebody changes it all the time");
}

}  // namespace rig::proxmox
