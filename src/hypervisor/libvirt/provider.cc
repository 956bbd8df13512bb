// libvirt/provider.cc — the interface, put together from this room's parts.
#include "hypervisor/libvirt/provider.h"

#include <set>

#include "base/mutex.h"
#include "base/uuid.h"
#include "hypervisor/libvirt/console.h"
#include "hypervisor/libvirt/fields.h"
#include "hypervisor/libvirt/images.h"
#include "hypervisor/libvirt/limits.h"
#include "hypervisor/libvirt/login.h"
#include "hypervisor/libvirt/observer.h"
#include "hypervisor/libvirt/operations.h"
#include "hypervisor/libvirt/rules.h"
#include "hypervisor/libvirt/volumes.h"
#include "provider/limits.h"
#include "provider/task_runner.h"

namespace rig::libvirt {
namespace {

using provider::Capabilities;
using provider::Event;
using provider::Existence;
using provider::Health;
using provider::Machine;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Owner;
using provider::Plan;
using provider::TaskId;
using provider::TaskProgress;
using provider::TaskState;

constexpr std::string_view kReboot = "reboot";  // a task that may wait for a minute, which what comes then cannot

// Ids of graceful shutdowns. Their task only asks the machine; it is over when the machine is off.
constexpr std::string_view kShutdownPrefix = "shutdown:";

class LibvirtProvider final : public provider::Provider {
 public:
  LibvirtProvider(const Options& options, const Clock& clock)
      : clock_(clock),
        settings_{options.virt_type, options.default_pool, options.image_folders},
        connection_(options.endpoint, options.credentials_folder, options.insecure_skip_verify, clock),
        feed_(kEventsKept),
        observer_(connection_, sightings_, feed_, clock,
                  {.cut_power = [this](const MachineRef& ref) { cut_power(ref); },
                   .ask_to_shut_down = [this](const MachineRef& ref) { (void)ask_to_shut_down(ref); },
                   .ask_agent = [this](const std::string& id) { ask_agent_later(id); }}),
        agents_(kAgentThreads, kAgentQueuedMax, clock),
        tasks_(kTaskThreads, kTasksQueuedMax, clock),
        images_(connection_, tasks_, settings_),
        console_(connection_) {
    tasks_.on_end([this](const MachineRef& ref, const TaskId& id, const TaskState& state) {
      feed_.task({ref, id, state});
    });
    observer_.start();
  }
  ~LibvirtProvider() override { observer_.stop(); }  // it hands work to the tasks

  Result<Health> check(const Call&) override { return connection_.health(); }
  Result<Capabilities> capabilities(const Call&) override;
  Result<MachineRef> reserve(const Owner&, const std::string& machine_id, const MachineSpec&, const Call&) override;
  Result<TaskId> create(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<Machine> describe(const MachineRef&, const Call&) override;
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef>, const Call&) override;
  Status watch(const std::string& cluster_id, const std::string& resume, const provider::OnEvent& on_event,
               const Call& call) override {
    return feed_.watch(cluster_id, resume, on_event, call);
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
  using Operation = std::function<Status(virConnectPtr, const std::function<void(const TaskProgress&)>&, const Call&)>;

  // Runs it on a task's thread with the session of that moment, then has the machine looked at.
  Result<TaskId> submit(const MachineRef& ref, std::string_view verb, Operation operation);
  // What is gone or another's is refused in the call, not in its task.
  Status check_ours(const MachineRef& ref, const Call& call) const;
  Result<Machine> describe(virConnectPtr host, const MachineRef& ref);
  Status reboot_now(virConnectPtr host, const MachineRef& ref, WallTime if_booted_before, const Call& call);
  void cut_power(const MachineRef& ref);
  Result<TaskId> ask_to_shut_down(const MachineRef& ref);
  void ask_agent_later(const std::string& machine_id);

  const Clock& clock_;
  const CreateSettings settings_;
  Connection connection_;
  Sightings sightings_;
  provider::Feed feed_;
  Observer observer_;  // tasks wake it, so it lives longer than they do
  mutable Mutex mutex_;
  std::set<std::string> shutting_down_ GUARDED_BY(mutex_);  // machine ids
  provider::TaskRunner agents_, tasks_;
  LibvirtImages images_;
  LibvirtConsole console_;
};

Result<Capabilities> LibvirtProvider::capabilities(const Call&) {
  Capabilities can;
  can.disk_expansion_online = can.linked_clones = can.image_import = true;
  can.disk_types = {"thin", "thick"};
  can.network_types = {"network", "bridge", "user"};
  can.import_formats = {"qcow2", "raw"};
  can.event_latency = std::chrono::seconds(2);
  can.mac_prefix = provider::kMacPrefix;
  const Health health = connection_.health();
  if (health.ok) can.hypervisor_version = health.message;
  for (const std::string_view field : unsupported_fields()) can.unsupported_fields.emplace_back(field);
  return can;
}

Result<MachineRef> LibvirtProvider::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                            const Call&) {
  if (!is_uuid(machine_id)) return Error(Code::kInvalidArgument, "machine id '" + machine_id + "' is not a UUID");
  TRY(check_spec(spec));
  return MachineRef{.owner = owner, .machine_id = machine_id, .id = spec.display_name};
}

Result<TaskId> LibvirtProvider::submit(const MachineRef& ref, std::string_view verb, Operation operation) {
  return tasks_.submit(
      ref, verb,
      [this, id = ref.machine_id, operation = std::move(operation)](const Call& call, const auto& progress) -> Status {
        const Session session = TRY(connection_.session(call));
        Status status = operation(session.get(), progress, call);
        (void)publish(session.get(), id, sightings_, feed_);  // before the task is seen to be done
        observer_.look_at(id);
        return status;
      });
}

Status LibvirtProvider::check_ours(const MachineRef& ref, const Call& call) const {
  const Session session = TRY(connection_.session(call));
  TRY(find_ours(session.get(), ref));
  return {};
}

Result<TaskId> LibvirtProvider::create(const MachineRef& ref, const MachineSpec& spec, const Call&) {
  if (ref.legacy || !is_uuid(ref.machine_id)) {
    return Error(Code::kInvalidArgument, "machine id '" + ref.machine_id + "' is not a UUID of ours");
  }
  TRY(check_spec(spec));
  return submit(ref, "create", [this, ref, spec](virConnectPtr host, const auto& progress, const Call& call) {
    return create_machine(host, ref, spec, settings_, progress, call);
  });
}

Result<Machine> LibvirtProvider::describe(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find(host, ref));
  Machine machine;
  machine.existence = found.existence;
  machine.detail = found.detail;
  if (found.existence == Existence::kOurs) {
    Reading reading = TRY(complete(host, found, sightings_));
    machine = std::move(reading.machine);
    const bool fresh = machine.addresses_read_at && clock_.wall() - *machine.addresses_read_at < kAgentFreshFor;
    if (reading.live.agent_connected && !fresh) ask_agent_later(ref.machine_id);
  }
  // Cut off half-way, on its way here or away: gone only when nothing of it is left.
  if (found.existence == Existence::kGone && !ref.machine_id.empty() && TRY(has_volumes(host, ref.machine_id))) {
    machine.existence = Existence::kPartial;
    machine.detail = "disks of it are in a storage pool, but no domain is defined";
  }
  machine.ref = ref;
  if (found.existence != Existence::kGone) machine.ref.id = found.facts.name;
  if (found.existence == Existence::kForeign || found.existence == Existence::kReleased) {
    machine.ref.machine_id = found.facts.uuid;
    machine.ref.owner = found.facts.stamp ? found.facts.stamp->owner : Owner{};
    machine.ref.legacy = ref.legacy && !found.facts.stamp;
  }
  return machine;
}

Result<Machine> LibvirtProvider::describe(const MachineRef& ref, const Call& call) {
  const Session session = TRY(connection_.session(call));
  auto machine = describe(session.get(), ref);
  // It went away while it was read: the second look proves it.
  if (!machine.ok() && machine.error().is(Code::kNotFound)) machine = describe(session.get(), ref);
  return machine;
}

Result<std::vector<Machine>> LibvirtProvider::describe_many(std::span<const MachineRef> refs, const Call& call) {
  if (refs.size() > provider::kDescribeManyMax) {
    return Error(Code::kInvalidArgument, "describe " + std::to_string(refs.size()) + " machines, at most " +
                                             std::to_string(provider::kDescribeManyMax) + " at once");
  }
  std::vector<Machine> machines;
  for (const MachineRef& ref : refs) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "describe machines: stopped");
    if (clock_.now() > call.deadline) return Error(Code::kDeadlineExceeded, "describe machines: out of time");
    machines.push_back(TRY(describe(ref, call)));
  }
  return machines;
}

Result<Plan> LibvirtProvider::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const Session session = TRY(connection_.session(call));
  return make_plan(session.get(), ref, spec, settings_);
}

Result<TaskId> LibvirtProvider::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan,
                                      const Call& asked) {
  TRY(check_ours(ref, asked));
  return submit(ref, "apply", [this, ref, spec, plan](virConnectPtr host, const auto& progress, const Call& call) {
    return apply_plan(host, ref, spec, plan, settings_, progress, call);
  });
}

Result<TaskId> LibvirtProvider::power_on(const MachineRef& ref, const Call& asked) {
  TRY(check_ours(ref, asked));
  {
    const Lock lock(mutex_);
    shutting_down_.erase(ref.machine_id);
  }
  return submit(ref, "power_on", [this, ref](virConnectPtr host, const auto&, const Call& call) -> Status {
    const WallTime asked_at = clock_.wall();
    if (!TRY(libvirt::power_on(host, ref))) return {};
    // Behind the event, so that what is told of this boot stands from now on.
    sightings_.wait_for_boot(ref.machine_id, asked_at, std::chrono::steady_clock::now() + kResetGrace, call.stop);
    (void)note_boot(host, ref, clock_.wall());
    return {};
  });
}

Result<TaskId> LibvirtProvider::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& asked) {
  TRY(check_ours(ref, asked));
  if (!hard_at) {
    tasks_.cancel(ref, kReboot);
    return submit(ref, "power_off",
                  [ref](virConnectPtr host, const auto&, const Call&) { return pull_power(host, ref); });
  }
  // The mark is there before we answer, so that the power is cut in time even if this process ends now.
  const Session session = TRY(connection_.session(asked));
  if (!TRY(set_power_off_at(session.get(), ref, *hard_at))) return TaskId{};
  observer_.look_at(ref.machine_id);
  const TaskId asking = TRY(ask_to_shut_down(ref));
  const Lock lock(mutex_);
  shutting_down_.insert(ref.machine_id);
  return TaskId{std::string(kShutdownPrefix) + ref.machine_id + ":" + asking.text};
}

Result<TaskId> LibvirtProvider::ask_to_shut_down(const MachineRef& ref) {
  return submit(ref, "shutdown",
                [ref](virConnectPtr host, const auto&, const Call&) { return libvirt::ask_to_shut_down(host, ref); });
}

Result<TaskId> LibvirtProvider::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& asked) {
  TRY(check_ours(ref, asked));
  return submit(ref, kReboot, [this, ref, if_booted_before](virConnectPtr host, const auto&, const Call& call) {
    return reboot_now(host, ref, if_booted_before, call);
  });
}

// Asks the guest, again and again until it obeys, then resets it: only a boot that was seen counts.
Status LibvirtProvider::reboot_now(virConnectPtr host, const MachineRef& ref, WallTime if_booted_before,
                                   const Call& call) {
  const Found found = TRY(find_ours(host, ref));
  const Machine machine = TRY(complete(host, found, sightings_)).machine;
  if (machine.power == provider::Power::kOff) {
    return Error(Code::kFailedPrecondition, "reboot '" + ref.id + "': it is off");
  }
  if (machine.booted_at && *machine.booted_at >= if_booted_before) return {};
  const WallTime asked_at = clock_.wall();
  const auto booted = [&](Duration patience) {
    const Time until = std::chrono::steady_clock::now() + patience;
    return sightings_.wait_for_boot(ref.machine_id, asked_at, until, call.stop);
  };
  const Time give_up = std::chrono::steady_clock::now() + kRebootGrace;
  bool done = false;
  while (!done && std::chrono::steady_clock::now() < give_up && !call.stop.stop_requested()) {
    TRY(ask_to_reboot(host, ref));
    done = booted(kAskAgain);
  }
  if (call.stop.stop_requested()) return Error(Code::kCancelled, "reboot '" + ref.id + "': stopped");
  if (!done) {
    TRY(reset(host, ref));
    if (!booted(kResetGrace)) return Error(Code::kUnavailable, "reboot '" + ref.id + "': no sign of it");
  }
  return note_boot(host, ref, clock_.wall());
}

Result<TaskId> LibvirtProvider::remove(const MachineRef& ref, const Call& asked) {
  if (ref.legacy || !is_uuid(ref.machine_id)) {
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' carries no stamp of ours, so it is not removed");
  }
  if (const auto ours = check_ours(ref, asked); !ours.ok() && !ours.error().is(Code::kNotFound)) return ours.error();
  tasks_.cancel(ref, kReboot);
  return submit(ref, "remove", [this, ref](virConnectPtr host, const auto&, const Call&) -> Status {
    TRY(remove_machine(host, ref));
    const Lock lock(mutex_);
    shutting_down_.erase(ref.machine_id);
    return {};
  });
}

Result<TaskId> LibvirtProvider::release(const MachineRef& ref, const Call&) {
  if (ref.legacy || !is_uuid(ref.machine_id)) {
    return Error(Code::kUnimplemented, "machine '" + ref.id + "' carries no stamp of ours that could be taken off");
  }
  return submit(ref, "release", [this, ref](virConnectPtr host, const auto&, const Call&) -> Status {
    TRY(release_machine(host, ref));
    const Lock lock(mutex_);
    shutting_down_.erase(ref.machine_id);
    return {};
  });
}

Result<TaskState> LibvirtProvider::poll(const TaskId& task, const Call&) {
  if (!task.text.starts_with(kShutdownPrefix)) return tasks_.poll(task);
  const std::size_t colon = task.text.find(':', kShutdownPrefix.size());
  const std::string machine_id = task.text.substr(kShutdownPrefix.size(), colon - kShutdownPrefix.size());
  TaskState state = tasks_.poll({colon == std::string::npos ? "" : task.text.substr(colon + 1)});
  if (state.phase != TaskState::Phase::kDone) return state;
  const auto power = feed_.power_of(machine_id);
  const Lock lock(mutex_);
  if (!power || *power == provider::Power::kOff) {
    shutting_down_.erase(machine_id);
  } else if (shutting_down_.contains(machine_id)) {
    state.phase = TaskState::Phase::kRunning;
    state.step = "shutdown";
  } else {
    state.phase = TaskState::Phase::kForgotten;  // wanted on again since
  }
  return state;
}

Status LibvirtProvider::cancel(const TaskId& task, const Call&) {
  tasks_.cancel(task);
  return {};
}

void LibvirtProvider::cut_power(const MachineRef& ref) {
  // A full queue or a lost connection: the observer comes again.
  (void)submit(ref, "cut_power", [this, ref](virConnectPtr host, const auto&, const Call&) -> Status {
    TRY(cut_if_due(host, ref, clock_.wall()));
    return {};
  });
}

void LibvirtProvider::ask_agent_later(const std::string& machine_id) {
  // A full queue: the next describe() asks again.
  (void)agents_.submit(machine_id, "addresses", [this, machine_id](const Call& call, const auto&) -> Status {
    const Session session = TRY(connection_.session(call));
    const Domain domain =
        TRY(owned<Domain>(ask(virDomainLookupByUUIDString, session.get(), machine_id.c_str()), "find a domain"));
    auto word = ask_agent(domain.get(), clock_.wall());
    if (word.ok()) sightings_.hear(machine_id, word.take());
    observer_.look_at(machine_id);  // for a lease, where there is no agent
    return {};
  });
}

}  // namespace

Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock) {
  if (options.virt_type != "auto" && options.virt_type != "kvm" && options.virt_type != "qemu") {
    return Error(Code::kInvalidArgument, "virt type '" + options.virt_type + "': wanted auto, kvm or qemu");
  }
  TRY(login_for(options.endpoint,
                Credentials{.username = "", .password = "", .private_key_path = "", .known_hosts_path = "-"},
                options.insecure_skip_verify));
  return std::unique_ptr<provider::Provider>(std::make_unique<LibvirtProvider>(options, clock));
}

}  // namespace rig::libvirt
