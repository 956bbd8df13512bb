// proxmox/provider.cc — the interface, put together from this room's parts.
#include "hypervisor/proxmox/provider.h"

#include <algorithm>
#include <set>

#include "base/mutex.h"
#include "base/uuid.h"
#include "hypervisor/proxmox/apply.h"
#include "hypervisor/proxmox/fields.h"
#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/images.h"
#include "hypervisor/proxmox/leases.h"
#include "hypervisor/proxmox/look.h"
#include "hypervisor/proxmox/observer.h"
#include "hypervisor/proxmox/operations.h"
#include "hypervisor/proxmox/power.h"
#include "hypervisor/proxmox/rules.h"
#include "hypervisor/proxmox/side_by_side.h"
#include "hypervisor/proxmox/source.h"
#include "hypervisor/proxmox/step_parts.h"
#include "provider/limits.h"
#include "provider/no_console.h"
#include "provider/task_runner.h"

namespace rig::proxmox {
namespace {

using provider::Capabilities;
using provider::Existence;
using provider::Health;
using provider::Machine;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Owner;
using provider::Plan;
using provider::TaskId;
using provider::TaskState;

constexpr std::string_view kReboot = "reboot";  // a task that may wait for a minute, which what comes then cannot

// Tasks of Proxmox VE are handed on by their own names: they live longer than we do.
constexpr std::string_view kUpidPrefix = "UPID:";

// Of a machine that is being made: another attempt would end in the same way.
bool is_definite(Code code) {
  return code == Code::kResourceExhausted || code == Code::kInvalidArgument || code == Code::kOutOfRange ||
         code == Code::kNotFound;
}

class ProxmoxProvider final : public provider::Provider {
 public:
  ProxmoxProvider(const Options& options, const Clock& clock)
      : clock_(clock),
        options_(options),
        connection_(connect({options.endpoint, options.insecure_skip_verify, options.credentials_folder,
                             options.otherwise, options.patience},
                            clock)),
        known_(kEventsKept),
        observer_(connection_, known_, clock, options.interval, options.look_max,
                  [this](const std::string& vmid) { ask_agent(vmid); }),
        agents_(kAgentThreads, kAgentQueuedMax, clock),
        tasks_(kTaskThreads, kTasksQueuedMax, clock),
        images_(connection_, tasks_, {options.import_storage, options.nodes},
                [this](const TaskId& task) { return is_given_up(task); }) {
    tasks_.on_end([this](const MachineRef& ref, const TaskId& id, const TaskState& state) {
      known_.feed.task({ref, id, state});
    });
    observer_.start();
  }
  ~ProxmoxProvider() override { observer_.stop(); }  // it hands work to the agents

  Result<Health> check(const Call&) override { return connection_.health(); }
  Result<Capabilities> capabilities(const Call&) override;
  Result<MachineRef> reserve(const Owner&, const std::string& machine_id, const MachineSpec&, const Call&) override;
  Result<TaskId> create(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<Machine> describe(const MachineRef&, const Call&) override;
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef>, const Call&) override;
  Status watch(const std::string& cluster_id, const std::string& resume, const provider::OnEvent& on_event,
               const Call& call) override {
    return known_.feed.watch(cluster_id, resume, on_event, call);
  }
  Result<Plan> plan(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<TaskId> apply(const MachineRef&, const MachineSpec&, const Plan&, const Call&) override;
  Result<TaskId> power_on(const MachineRef&, const Call&) override;
  Result<TaskId> power_off(const MachineRef&, std::optional<WallTime> hard_at, const Call&) override;
  Result<TaskId> reboot(const MachineRef&, WallTime if_booted_before, const Call&) override;
  Result<TaskId> remove(const MachineRef&, const Call&) override;
  Result<TaskId> release(const MachineRef&, const Call&) override;
  Result<TaskState> poll(const TaskId&, const Call&) override;
  Status cancel(const TaskId&, const Call&) override;
  provider::Images& images() override { return images_; }
  provider::Console& console() override { return console_; }

 private:
  using Operation = std::function<Status(Host&, const OnProgress&, const Call&)>;  // tells where it made a machine

  // Runs it on a task's thread with the session of that moment, then has the machine looked at.
  enum class Needs : std::uint8_t { kNothing, kStorages };  // to know, before it begins
  Result<TaskId> submit(const MachineRef& ref, std::string_view verb, Needs needs, Operation operation);
  // Where the options name none.
  void choose_storages(const Inventory& inventory, const std::string& node, CreateSettings& settings) const;
  // What is gone or another's is refused in the call, not in its task. One call; its task looks at all of it.
  Result<std::optional<Config>> config_of(const MachineRef& ref, const Call& call);
  Status check_ours(const MachineRef& ref, const Call& call);
  Status make(Host& at, const MachineRef& ref, const MachineSpec& spec, const OnProgress& progress, const Call& call);
  bool is_given_up(const TaskId& task) const {
    const Lock lock(mutex_);
    return given_up_.contains(task);
  }
  // The VMID of a machine that is known by nothing but its machine id; "" : there is none.
  Result<std::string> find(Session& session, const std::string& machine_id, const Call& call);
  void ask_agent(const std::string& vmid);

  const Clock& clock_;
  const Options options_;
  Connection connection_;
  Knowledge known_;
  Leases leases_;
  Observer observer_;  // tasks wake it, so it lives longer than they do
  mutable Mutex mutex_;
  std::set<TaskId> given_up_ GUARDED_BY(mutex_);  // by cancel()
  provider::TaskRunner agents_, tasks_;
  ProxmoxImages images_;
  provider::NoConsole console_{"Proxmox VE", "Its own web interface has one: the machine, Console."};
};

Result<Capabilities> ProxmoxProvider::capabilities(const Call&) {
  Capabilities can;
  can.disk_expansion_online = can.linked_clones = can.image_import = true;
  can.disk_types = {"thin"};
  can.network_types = {"bridge"};
  can.import_formats = {"qcow2", "raw", "vmdk", "ova"};
  can.event_latency = options_.interval + kStatisticsLag;
  can.mac_prefix = provider::kMacPrefix;
  const Health health = connection_.health();
  if (health.ok) can.hypervisor_version = health.message;
  for (const std::string_view field : unsupported_fields()) can.unsupported_fields.emplace_back(field);
  return can;
}

Result<std::string> ProxmoxProvider::find(Session& session, const std::string& machine_id, const Call& call) {
  std::string vmid = known_.sightings.vmid_of(machine_id);
  if (!vmid.empty()) return vmid;
  // It may have come since we looked last.
  for (const auto& [id, machine] : TRY(read_inventory(session, call)).machines) {
    if (!carries_our_tag(machine) || !known_.sightings.machine_of(id).empty()) continue;
    TRY(publish(session, id, known_, clock_, call));
    if (known_.sightings.machine_of(id) == machine_id) return id;
  }
  return std::string();
}

Result<MachineRef> ProxmoxProvider::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                            const Call& call) {
  if (!is_uuid(machine_id)) return Error(Code::kInvalidArgument, "machine id '" + machine_id + "' is not a UUID");
  TRY(check_spec(spec));
  const auto session = TRY(connection_.session());
  MachineRef ref{.owner = owner, .machine_id = machine_id, .id = {}};
  ref.id = TRY(find(*session, machine_id, call));
  if (ref.id.empty()) ref.id = TRY(leases_.take(*session, machine_id, call));
  return ref;
}

void ProxmoxProvider::choose_storages(const Inventory& inventory, const std::string& node,
                                      CreateSettings& settings) const {
  if (options_.default_storage.empty()) settings.default_storage = storage_for_disks(inventory, node);
  if (options_.import_storage.empty()) settings.import_storage = storage_for_imports(inventory);
}

Result<TaskId> ProxmoxProvider::submit(const MachineRef& ref, std::string_view verb, Needs needs, Operation operation) {
  return tasks_.submit(
      ref, verb,
      [this, needs, id = ref.id, operation = std::move(operation)](const Call& call, const auto& progress) -> Status {
        const auto session = TRY(connection_.session());
        Host at{*session,
                clock_,
                {.default_storage = options_.default_storage,
                 .default_bridge = options_.default_bridge,
                 .import_storage = options_.import_storage}};
        at.seen_on = known_.sightings.node_of(id);
        const bool are_named = !options_.default_storage.empty() && !options_.import_storage.empty();
        if (needs == Needs::kStorages && !are_named) {
          const Inventory inventory = TRY(read_inventory(*session, call));
          at.seen_on = node_to_ask(inventory, id);  // a process that has just begun has seen it nowhere
          choose_storages(inventory, at.seen_on, at.settings);
        }
        at.is_given_up = [this, task = TaskId{call.request_id}] { return is_given_up(task); };
        Status status = operation(at, progress, call);
        // Before the task is seen to be done.
        observer_.learn(id, publish(*session, id, known_, clock_, call, at.seen_on));
        observer_.correct(id);
        return status;
      });
}

Result<std::optional<Config>> ProxmoxProvider::config_of(const MachineRef& ref, const Call& call) {
  const auto session = TRY(connection_.session());
  std::string id = ref.id;
  if (id.empty()) id = TRY(find(*session, ref.machine_id, call));
  if (id.empty()) return std::optional<Config>();
  const auto sight = TRY(look(*session, id, known_.sightings.node_of(id), clock_, call, Depth::kConfig));
  return sight ? std::optional(sight->configs.configured) : std::nullopt;
}

Status ProxmoxProvider::check_ours(const MachineRef& ref, const Call& call) {
  const std::optional<Config> config = TRY(config_of(ref, call));
  return proxmox::check_ours(config, ref);
}

Result<TaskId> ProxmoxProvider::create(const MachineRef& ref, const MachineSpec& spec, const Call&) {
  if (ref.legacy || !is_uuid(ref.machine_id) || ref.id.empty())
    return Error(Code::kInvalidArgument, "machine '" + ref.machine_id + "', VMID '" + ref.id + "': not reserved by us");
  TRY(check_spec(spec));
  return submit(ref, "create", Needs::kNothing,
                [this, ref, spec](Host& at, const OnProgress& progress, const Call& call) {
                  return make(at, ref, spec, progress, call);
                });
}

// What is there already, and whole or another's, needs no image and no place.
Status ProxmoxProvider::make(Host& at, const MachineRef& ref, const MachineSpec& spec, const OnProgress& progress,
                             const Call& call) {
  const Inventory inventory = TRY(read_inventory(at.session, call));
  if (at.seen_on.empty()) at.seen_on = node_to_ask(inventory, ref.id);
  There there = TRY(see(at, ref, {}, call, at.seen_on));
  const Existence existence = there.config ? TRY(judge(*there.config, ref)).existence : Existence::kGone;
  Origin origin;
  std::string node = there.node;
  choose_storages(inventory, node, at.settings);
  if (existence == Existence::kGone || existence == Existence::kPartial) {
    origin = TRY(find_origin(at.session, inventory, spec.image.location, call));
    std::vector<std::string> nodes = options_.nodes;
    if (!origin.node.empty()) nodes = {origin.node};
    if (!spec.placement.host.empty()) nodes = {spec.placement.host};
    if (!origin.node.empty() && nodes.front() != origin.node)
      return Error(Code::kFailedPrecondition, "placement.host '" + spec.placement.host + "': image '" +
                                                  spec.image.location + "' is on node '" + origin.node + "' alone")
          .with_hint("Put the image or template on a shared storage, or name that node.");
    if (node.empty()) node = TRY(choose_node(inventory, nodes, storage_for("", spec, at.settings)));
    choose_storages(inventory, node, at.settings);
  }
  at.seen_on = there.node = node;
  // One that is locked may be a clone, of which its template's tasks tell more.
  const bool is_locked = there.config && !there.config->text("lock").empty();
  const Status made = create_machine(at, ref, spec, origin.source, node, progress, call,
                                     is_locked ? std::nullopt : std::optional(std::move(there)));
  if (made.ok()) leases_.drop(ref.machine_id);
  if (made.ok() || !is_definite(made.error().code())) return made;
  // It can never be finished as it is wished: nobody has used it, so nothing of it is left.
  const auto left = proxmox::describe(at.session, ref, "", clock_, call);
  if (left.ok() && left->existence == Existence::kPartial) TRY(remove_machine(at, ref, progress, call));
  return made;
}

Result<Machine> ProxmoxProvider::describe(const MachineRef& ref, const Call& call) {
  const auto session = TRY(connection_.session());
  MachineRef at = ref;
  if (at.id.empty()) at.id = TRY(find(*session, ref.machine_id, call));
  Machine gone;
  gone.ref = ref;
  if (at.id.empty()) return gone;
  Machine machine = TRY(proxmox::describe(*session, at, known_.sightings.node_of(at.id), clock_, call));
  if (machine.existence == Existence::kGone) {
    if (is_uuid(ref.machine_id)) leases_.note(ref.machine_id, at.id);
    return machine;
  }
  if (machine.existence != Existence::kOurs) return machine;
  known_.sightings.complete(machine);
  const bool runs = machine.booted_at.has_value();
  if (runs && !known_.sightings.has_fresh_word(at.id, clock_.wall())) ask_agent(at.id);
  return machine;
}

Result<std::vector<Machine>> ProxmoxProvider::describe_many(std::span<const MachineRef> refs, const Call& call) {
  if (refs.size() > provider::kDescribeManyMax) {
    return Error(Code::kInvalidArgument, "describe " + std::to_string(refs.size()) + " machines, at most " +
                                             std::to_string(provider::kDescribeManyMax) + " at once");
  }
  std::vector<std::optional<Result<Machine>>> answers(refs.size());
  side_by_side(refs.size(), kReadersMax, [&](std::size_t i) { answers[i] = describe(refs[i], call); });
  std::vector<Machine> machines;
  for (auto& answer : answers) machines.push_back(TRY(std::move(*answer)));
  return machines;
}

Result<Plan> ProxmoxProvider::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const auto session = TRY(connection_.session());
  const auto sight = TRY(look(*session, ref.id, known_.sightings.node_of(ref.id), clock_, call));
  There there;
  if (sight) {
    there.node = sight->node;
    there.config = sight->configs.configured;
    there.status = sight->status;
  }
  return make_plan(there, ref, spec);
}

Result<TaskId> ProxmoxProvider::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan,
                                      const Call& asked) {
  TRY(check_ours(ref, asked));
  const bool makes_disks =
      std::ranges::any_of(plan.changes, [](const auto& change) { return change.path.starts_with("disks["); });
  return submit(ref, "apply", makes_disks ? Needs::kStorages : Needs::kNothing,
                [ref, spec, plan](const Host& at, const OnProgress& progress, const Call& call) {
                  return apply_plan(at, ref, spec, plan, progress, call);
                });
}

Result<TaskId> ProxmoxProvider::power_on(const MachineRef& ref, const Call& asked) {
  TRY(check_ours(ref, asked));
  return submit(ref, "power_on", Needs::kNothing, [ref](const Host& at, const OnProgress& progress, const Call& call) {
    return proxmox::power_on(at, ref, progress, call);
  });
}

Result<TaskId> ProxmoxProvider::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& asked) {
  if (!hard_at) {
    TRY(check_ours(ref, asked));
    tasks_.cancel(ref, kReboot);
    return submit(ref, "power_off", Needs::kNothing,
                  [ref](const Host& at, const OnProgress& progress, const Call& call) {
                    return proxmox::power_off(at, ref, progress, call);
                  });
  }
  // It is Proxmox VE's before we answer, so that the power is cut in time even if this process ends now.
  tasks_.cancel(ref, kReboot);
  const auto session = TRY(connection_.session());
  const std::string task =
      TRY(shut_down({.session = *session, .clock = clock_, .settings = {}, .seen_on = known_.sightings.node_of(ref.id)},
                    ref, *hard_at, asked));
  if (!task.empty()) observer_.await_shutdown(ref.id);
  return TaskId{task};
}

Result<TaskId> ProxmoxProvider::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& asked) {
  TRY(check_ours(ref, asked));
  const auto booted_at = [this, id = ref.id](const There& there) {
    const WallTime reckoned = there.status.booted_at.value_or(WallTime{});
    const auto seen = known_.sightings.boot_of(id);
    // Within a second it is the same boot, of which we have the better figure.
    return seen && reckoned - *seen < std::chrono::seconds(1) ? std::min(*seen, reckoned) : reckoned;
  };
  return submit(ref, kReboot, Needs::kNothing,
                [ref, if_booted_before, booted_at](const Host& at, const OnProgress& progress, const Call& call) {
                  return proxmox::reboot(at, ref, if_booted_before, booted_at, progress, call);
                });
}

Result<TaskId> ProxmoxProvider::remove(const MachineRef& ref, const Call& asked) {
  if (ref.legacy || !is_uuid(ref.machine_id))
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' carries no stamp of ours, so it is not removed");
  if (const std::optional<Config> config = TRY(config_of(ref, asked))) {
    const Judgement judgement = TRY(judge(*config, ref));
    if (judgement.existence == Existence::kForeign || judgement.existence == Existence::kReleased)
      return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours: " + judgement.detail)
          .with_hint("It is left as it is.");
  }
  tasks_.cancel(ref, kReboot);
  return submit(ref, "remove", Needs::kStorages,
                [this, ref](const Host& at, const OnProgress& progress, const Call& call) -> Status {
                  TRY(remove_machine(at, ref, progress, call));
                  leases_.drop(ref.machine_id);
                  return {};
                });
}

Result<TaskId> ProxmoxProvider::release(const MachineRef& ref, const Call&) {
  if (ref.legacy || !is_uuid(ref.machine_id))
    return Error(Code::kUnimplemented, "machine '" + ref.id + "' carries no stamp of ours that could be taken off");
  return submit(ref, "release", Needs::kNothing,
                [ref](const Host& at, const OnProgress&, const Call& call) { return release_machine(at, ref, call); });
}

Result<TaskState> ProxmoxProvider::poll(const TaskId& task, const Call& call) {
  if (!task.text.starts_with(kUpidPrefix)) return tasks_.poll(task);
  const auto session = TRY(connection_.session());
  const Upid upid = TRY(parse_upid(task.text));
  TaskState state = TRY(poll_task(*session, upid, call));
  if (state.phase != TaskState::Phase::kRunning)
    observer_.learn(upid.id, publish(*session, upid.id, known_, clock_, call));
  return state;
}

Status ProxmoxProvider::cancel(const TaskId& task, const Call& call) {
  if (!task.text.starts_with(kUpidPrefix)) {
    {
      const auto is_over = [this](const TaskId& each) { return tasks_.poll(each).phase != TaskState::Phase::kRunning; };
      const Lock lock(mutex_);
      given_up_.insert(task);
      std::erase_if(given_up_, is_over);
    }
    tasks_.cancel(task);
    return {};
  }
  const auto session = TRY(connection_.session());
  return cancel_task(*session, TRY(parse_upid(task.text)), call);
}

void ProxmoxProvider::ask_agent(const std::string& vmid) {
  // A full queue: the next look asks again.
  (void)agents_.submit(vmid, "addresses", [this, vmid](const Call& work, const auto&) -> Status {
    const auto session = TRY(connection_.session());
    const std::string node = known_.sightings.node_of(vmid);
    if (node.empty()) return {};
    ApiCall ask;
    ask.path = path_of({"nodes", node, "qemu", vmid, "agent", "network-get-interfaces"});
    const Call call{std::min(work.deadline, std::chrono::steady_clock::now() + kAgentMax), work.stop, work.request_id};
    const json::Value answer = TRY(session->send(ask, call));
    Addresses word = TRY(read_addresses(answer));
    const bool is_news = known_.sightings.last_word(vmid) != word;
    known_.sightings.hear(vmid, std::move(word), clock_.wall());
    if (is_news)
      known_.feed.amend(known_.sightings.machine_of(vmid),
                        [this](Machine& machine) { known_.sightings.complete(machine); });
    return {};
  });
}

}  // namespace

Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock) {
  Credentials anybody;
  anybody.token_id = "user@realm!name";
  anybody.token_secret = "secret";
  TRY(login_for(options.endpoint, anybody, options.insecure_skip_verify));
  return std::unique_ptr<provider::Provider>(std::make_unique<ProxmoxProvider>(options, clock));
}

}  // namespace rig::proxmox
