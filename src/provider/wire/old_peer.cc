// provider/wire/old_peer.cc — a client of the reference's own provider, in its own words.
//
// Such a provider has no stamps: a machine is found by its display name, which carries eight digits of its machine
// id. It names machines itself; the name is learned from Create's reply, or from ListVMs when that reply was lost,
// and travels to the caller as the task's result_id.
#include "base/json/json.h"
#include "base/text.h"
#include "provider/differences.h"
#include "provider/wire/internal/clients.h"
#include "provider/wire/internal/convert.h"
#include "provider/wire/internal/reference_json.h"

namespace rig::provider::wire {
namespace {

Error cannot(std::string_view what) {
  return Error(Code::kUnimplemented, "this provider is of the reference and has no " + std::string(what));
}

// TaskId::text of a creation: the machine's id and the peer's task, each percent-encoded.
TaskId creation(const std::string& id, const std::string& task) {
  return {"create/" + percent_encode(id) + "/" + percent_encode(task)};
}
struct Creation {
  std::string id, task;
};
Result<std::optional<Creation>> parse_creation(const TaskId& task) {
  const std::vector<std::string> parts = split(task.text, '/');
  if (parts.size() != 3 || parts[0] != "create") return std::optional<Creation>();
  Creation creation;
  creation.id = TRY(percent_decode(parts[1]));
  creation.task = TRY(percent_decode(parts[2]));
  return std::optional(std::move(creation));
}

std::map<std::string, std::string> facts_in(const std::string& raw_json) {
  std::map<std::string, std::string> facts;
  const auto raw = json::parse(raw_json.empty() ? "{}" : raw_json);
  const auto* object = raw.ok() ? raw->as<json::Object>() : nullptr;
  if (object == nullptr) return facts;
  for (const auto& [key, value] : *object)
    facts[key] = value.is_string() ? *value.as<std::string>() : json::to_text(value);
  return facts;
}

class OldPeer final : public Provider, Images, Console {
 public:
  explicit OldPeer(std::shared_ptr<Peer> peer) : peer_(std::move(peer)) {}

  Result<Health> check(const Call& call) override {
    ref::ValidateResponse response;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->Validate(&c, {}, &response); }));
    return Health{response.ok(), response.message(), std::chrono::system_clock::now()};
  }

  // proves_absence and event_latency stay false and 0: its "exists: false" may mean anything, and it has no events.
  Result<Capabilities> capabilities(const Call& call) override {
    ref::GetCapabilitiesResponse told;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->GetCapabilities(&c, {}, &told); }));
    return decode(told);
  }

  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    const std::string id = TRY(find_id(spec.display_name, call));
    return MachineRef{owner, machine_id, id, /*legacy=*/false};
  }

  Result<TaskId> create(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    // Its Proxmox makes a second machine when asked twice, so every create looks first.
    const std::string known = TRY(find_id(spec.display_name, call));
    if (!known.empty()) return known == machine.id ? TaskId{} : creation(known, "");
    ReferenceTexts texts = write_reference(spec);
    ref::CreateRequest request;
    request.set_name(spec.display_name);
    request.set_user_data(spec.seed.user_data);
    request.set_meta_data(spec.seed.meta_data);
    request.set_class_json(std::move(texts.class_json));
    request.set_image_json(std::move(texts.image_json));
    request.set_networks_json(std::move(texts.networks_json));
    request.set_disks_json(std::move(texts.disks_json));
    request.set_placement_json(std::move(texts.placement_json));
    request.mutable_tags()->Assign(spec.tags.begin(), spec.tags.end());
    ref::CreateResponse response;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->Create(&c, request, &response); }));
    return creation(response.id(), response.task().id());
  }

  Result<Machine> describe(const MachineRef& machine, const Call& call) override {
    Machine found;
    found.ref = machine;
    if (machine.id.empty()) return found;
    ref::DescribeRequest request;
    request.set_id(machine.id);
    ref::DescribeResponse response;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->Describe(&c, request, &response); }));
    if (!response.exists()) return found;
    found.existence = Existence::kOurs;
    found.power = response.power_state() == "On" ? Power::kOn : Power::kOff;
    found.addresses = {response.ips().begin(), response.ips().end()};
    if (!found.addresses.empty()) found.addresses_read_at = std::chrono::system_clock::now();
    found.console_url = response.console_url();
    found.facts = facts_in(response.provider_raw_json());
    return found;
  }

  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> machines, const Call& call) override {
    std::vector<Machine> all;
    for (const MachineRef& machine : machines) all.push_back(TRY(describe(machine, call)));
    return all;
  }

  Status watch(const std::string&, const std::string&, const OnEvent&, const Call&) override {
    return cannot("events");
  }

  // Only what its Reconfigure is known to do: processors and memory.
  Result<Plan> plan(const MachineRef& machine, const MachineSpec& spec, const Call& call) override {
    const auto is_it = [&](const ref::VMInfo& vm) { return vm.id() == machine.id; };
    const auto vm = TRY(find(is_it, call));
    if (!vm) return Error(Code::kNotFound, "no machine " + machine.id);
    MachineSpec is = spec;
    is.cpus = vm->cpu();
    is.memory_mib = vm->memory_mib();
    return Plan{"", differences(is, spec)};
  }

  Result<TaskId> apply(const MachineRef& machine, const MachineSpec& spec, const Plan& plan,
                       const Call& call) override {
    if (plan.changes.empty()) return TaskId{};
    ref::ReconfigureRequest request;
    request.set_id(machine.id);
    request.set_desired_json(write_desired(spec));
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Reconfigure(&c, request, &response); });
  }

  Result<TaskId> power_on(const MachineRef& machine, const Call& call) override {
    return power(machine, ref::POWER_OP_ON, 0, call);
  }
  // It knows seconds from now only: a repeat brings what is left.
  Result<TaskId> power_off(const MachineRef& machine, std::optional<WallTime> hard_at, const Call& call) override {
    const WallTime now = std::chrono::system_clock::now();
    if (!hard_at || *hard_at <= now) return power(machine, ref::POWER_OP_OFF, 0, call);
    const auto left = std::chrono::ceil<std::chrono::seconds>(*hard_at - now).count();
    return power(machine, ref::POWER_OP_SHUTDOWN_GRACEFUL, static_cast<std::int32_t>(left), call);
  }
  Result<TaskId> reboot(const MachineRef& machine, WallTime, const Call& call) override {
    return power(machine, ref::POWER_OP_REBOOT, 0, call);
  }

  Result<TaskId> remove(const MachineRef& machine, const Call& call) override {
    if (machine.id.empty()) return TaskId{};
    ref::DeleteRequest request;
    request.set_id(machine.id);
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Delete(&c, request, &response); });
  }
  Result<TaskId> release(const MachineRef&, const Call&) override { return cannot("stamp to take off a machine"); }

  Result<TaskState> poll(const TaskId& id, const Call& call) override {
    TaskState state;
    std::string task = id.text;
    if (const auto created = TRY(parse_creation(id))) {
      state.result_id = created->id;
      task = created->task;
    }
    state.phase = TaskState::Phase::kDone;
    if (task.empty()) return state;
    ref::TaskStatusRequest request;
    request.mutable_task()->set_id(task);
    ref::TaskStatusResponse response;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->TaskStatus(&c, request, &response); }));
    if (!response.error().empty()) {
      state.phase = TaskState::Phase::kFailed;
      state.error = Error(Code::kUnknown, response.error());
    } else if (!response.done()) {
      state.phase = TaskState::Phase::kRunning;
    }
    return state;
  }

  Status cancel(const TaskId&, const Call&) override { return cannot("way to cancel a task"); }
  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  Result<PreparedImage> prepare(const ImageRequest& image, const Call& call) override {
    ref::ImagePrepareRequest request;
    request.set_image_json(write_image_source(image));
    request.set_target_name(image.name);
    request.set_storage_hint(image.storage);
    ref::ImagePrepareResponse response;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->ImagePrepare(&c, request, &response); }));
    const std::string& path = response.prepared_image_path();
    return PreparedImage{path.empty() ? response.prepared_image_id() : path, image.format, 0,
                         TaskId{response.task().id()}};
  }

  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef&, const Call&) override { return cannot("console"); }

  Result<std::optional<ref::VMInfo>> find(const std::function<bool(const ref::VMInfo&)>& is_it, const Call& call) {
    ref::ListVMsResponse list;
    TRY(peer_->ask(call, [&](auto& c) { return peer_->provider->ListVMs(&c, {}, &list); }));
    for (const ref::VMInfo& vm : list.vms())
      if (is_it(vm)) return std::optional(vm);
    return std::optional<ref::VMInfo>();
  }

  // "" when there is none of that name.
  Result<std::string> find_id(const std::string& display_name, const Call& call) {
    const auto vm = TRY(find([&](const ref::VMInfo& known) { return known.name() == display_name; }, call));
    return vm ? vm->id() : std::string();
  }

  template <class Method>
  Result<TaskId> task(const Call& call, Method method) {
    ref::TaskResponse response;
    TRY(peer_->ask(call, [&](grpc::ClientContext& context) { return method(context, response); }));
    return TaskId{response.task().id()};
  }

  Result<TaskId> power(const MachineRef& machine, ref::PowerOp op, std::int32_t seconds, const Call& call) {
    ref::PowerRequest request;
    request.set_id(machine.id);
    request.set_op(op);
    request.set_graceful_timeout_seconds(seconds);
    return task(call, [&](auto& c, auto& response) { return peer_->provider->Power(&c, request, &response); });
  }

  const std::shared_ptr<Peer> peer_;
};

}  // namespace

std::unique_ptr<Provider> client_of_old_peer(std::shared_ptr<Peer> peer) {
  return std::make_unique<OldPeer>(std::move(peer));
}

}  // namespace rig::provider::wire
