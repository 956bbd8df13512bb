// provider/wire/old_manager.cc — the reference's manager, which knows neither owners nor machine ids, is understood.
//
// What it expects beyond the contract was recorded: tests/golden/wire, and proto/README.md for the rules.
#include <condition_variable>

#include "base/json/json.h"
#include "base/uuid.h"
#include "provider/wire/internal/convert.h"
#include "provider/wire/internal/reference_json.h"
#include "provider/wire/internal/services.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

// The namespace of the UUIDs that stand for (Provider, name); never changes.
constexpr std::string_view kNamesOfOldManagers = "5c1d0f6e-8a43-5d1c-9f1b-3f0f5a1f7c52";

bool is_old_managers(const MachineRef& stamp) {
  return stamp.owner.cluster_id.empty() && stamp.owner.uid == stamp.machine_id;
}

std::string raw_json(const Machine& machine) {
  json::Object raw;
  for (const auto& [key, value] : machine.facts) raw[key] = value;
  raw["id"] = machine.ref.id;
  raw["name"] = machine.configured.display_name;
  if (!machine.host.empty()) raw["host"] = machine.host;
  if (!machine.guest_hostname.empty()) raw["hostname"] = machine.guest_hostname;
  return json::to_text(raw);
}

// Less when the call is stopped.
void wait_a_moment(const Call& call) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, call.stop, kOldTaskLook, [] { return false; });
}

}  // namespace

std::string OldManager::name_id(const std::string& what) const {
  return name_uuid(kNamesOfOldManagers, provider_key_ + "/" + what);
}

Status OldManager::create(const ref::CreateRequest& request, ref::CreateResponse& response, const Call& call) {
  if (request.name().empty()) return Error(Code::kInvalidArgument, "name: is empty");
  ReferenceSpec said = TRY(read_reference({request.class_json(), request.image_json(), request.networks_json(),
                                           request.disks_json(), request.placement_json()}));
  MachineSpec& spec = said.spec;
  spec.display_name = spec.hostname = request.name();
  spec.seed = {request.user_data(), request.meta_data(), ""};
  spec.tags = {request.tags().begin(), request.tags().end()};
  if (spec.image.location.empty() && !said.image.url.empty()) {
    const std::string key = name_id("image/" + said.image.url);
    const PreparedImage image = TRY(provider_.images().prepare(
        {key, request.name(), "", said.image.url, "", said.image.checksum, said.image.checksum_type, ""}, call));
    TRY(wait_for(image.task, call).context("prepare " + said.image.url));
    spec.image = {image.location, image.format};
  }
  const std::string machine_id = name_id(request.name());
  const Owner owner{"", "", request.name(), machine_id};
  const MachineRef machine = TRY(provider_.reserve(owner, machine_id, spec, call));
  const TaskId task = TRY(provider_.create(machine, spec, call));
  if (machine.id.empty()) {  // the hypervisor chooses it, and the manager goes by what this answer says
    TRY(wait_for(task, call).context("create " + request.name()));
    response.set_id(TRY(provider_.describe(machine, call)).ref.id);
    return {};
  }
  response.set_id(machine.id);
  if (!task.text.empty()) response.mutable_task()->set_id(task.text);
  return {};
}

Result<Machine> OldManager::machine(const std::string& id, const Call& call) {
  MachineRef by_id;
  by_id.id = id;
  by_id.legacy = true;
  Machine found = TRY(provider_.describe(by_id, call));
  if (found.existence != Existence::kForeign) return found;
  if (!is_old_managers(found.ref))
    return Error(Code::kFailedPrecondition, "machine " + id + ": " + found.detail)
        .with_hint("Its owner has to release it first.");
  return provider_.describe(found.ref, call);
}

Status OldManager::remove(const std::string& id, const Call& call) {
  const Machine found = TRY(machine(id, call));
  if (found.existence == Existence::kGone) return {};
  return wait_for(TRY(provider_.remove(found.ref, call)), call);
}

Result<TaskId> OldManager::power(const ref::PowerRequest& request, const Call& call) {
  const Machine found = TRY(machine(request.id(), call));
  if (found.existence == Existence::kGone) return Error(Code::kNotFound, "no machine " + request.id());
  const WallTime now = std::chrono::system_clock::now();
  switch (request.op()) {
    case ref::POWER_OP_ON: return provider_.power_on(found.ref, call);
    case ref::POWER_OP_OFF: return provider_.power_off(found.ref, std::nullopt, call);
    case ref::POWER_OP_SHUTDOWN_GRACEFUL:  // sent again and again; the provider keeps the first deadline
      return provider_.power_off(found.ref, now + std::chrono::seconds(request.graceful_timeout_seconds()), call);
    case ref::POWER_OP_REBOOT: return provider_.reboot(found.ref, now, call);
    default: return Error(Code::kInvalidArgument, "op: found " + std::to_string(request.op()));
  }
}

Result<TaskId> OldManager::reconfigure(const ref::ReconfigureRequest& request, const Call& call) {
  const Machine found = TRY(machine(request.id(), call));
  if (found.existence == Existence::kGone) return Error(Code::kNotFound, "no machine " + request.id());
  const MachineSpec spec = TRY(read_desired(request.desired_json(), found.configured));
  const Plan plan = TRY(provider_.plan(found.ref, spec, call));
  return provider_.apply(found.ref, spec, plan, call);
}

Status OldManager::describe(const std::string& id, ref::DescribeResponse& response, const Call& call) {
  const Machine found = TRY(machine(id, call));
  // One that was cut off half-way is created again, which goes on with it.
  response.set_exists(found.existence == Existence::kOurs);
  if (!response.exists()) return {};
  // Its CRD knows these two words and no other.
  response.set_power_state(found.power == Power::kOn ? "On" : "Off");
  for (const std::string& address : found.addresses) response.add_ips(address);
  response.set_console_url(found.console_url);
  response.set_provider_raw_json(raw_json(found));
  return {};
}

Status OldManager::prepare_image(const ref::ImagePrepareRequest& request, ref::ImagePrepareResponse& response,
                                 const Call& call) {
  ImageRequest image = TRY(read_image_source(request.image_json()));
  image.key = name_id("image/" + request.target_name() + "/" + image.path + image.url + image.template_name);
  image.name = request.target_name();
  if (!request.storage_hint().empty()) image.storage = request.storage_hint();
  const PreparedImage prepared = TRY(provider_.images().prepare(image, call));
  // The manager hands the path back as Create's image_json.Path.
  response.set_prepared_image_id(prepared.location);
  response.set_prepared_image_path(prepared.location);
  if (!prepared.task.text.empty()) response.mutable_task()->set_id(prepared.task.text);
  return {};
}

Status OldManager::wait_for(const TaskId& task, const Call& call) {
  while (!task.text.empty()) {
    const TaskState state = TRY(provider_.poll(task, call));
    if (state.phase == TaskState::Phase::kFailed) return *state.error;
    if (state.phase == TaskState::Phase::kDone) break;
    if (state.phase == TaskState::Phase::kForgotten)
      return Error(Code::kUnavailable, "the provider was restarted in the middle; ask again");
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "the caller left, or the provider is stopping");
    if (std::chrono::steady_clock::now() >= call.deadline)
      return Error(Code::kDeadlineExceeded, "not finished in time; ask again");
    wait_a_moment(call);
  }
  return {};
}

}  // namespace rig::provider::wire
