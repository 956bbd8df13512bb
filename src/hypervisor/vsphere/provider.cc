// vsphere/provider.cc — the interface, put together from this room's parts.
#include "hypervisor/vsphere/provider.h"

#include "base/uuid.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/fields.h"
#include "hypervisor/vsphere/images.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/observer.h"
#include "hypervisor/vsphere/operations.h"
#include "hypervisor/vsphere/rules.h"
#include "hypervisor/vsphere/shutdown.h"
#include "provider/no_console.h"
#include "provider/task_runner.h"

namespace rig::vsphere {
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

// A task that is over when the machine is off: "shutdown:KEY:TASK", where TASK has asked first.
constexpr std::string_view kShutdownPrefix = "shutdown:";

// Of a machine that is being made: another attempt would end in the same way.
bool is_definite(Code code) {
  return code == Code::kResourceExhausted || code == Code::kInvalidArgument || code == Code::kOutOfRange ||
         code == Code::kNotFound;
}

bool has_stamp(const MachineRef& ref) { return !ref.legacy && is_uuid(ref.machine_id); }

class VsphereProvider final : public provider::Provider {
 public:
  VsphereProvider(const Options& options, const Clock& clock)
      : clock_(clock),
        options_(options),
        connection_(connect({options.endpoint, options.insecure_skip_verify, options.credentials_folder,
                             options.otherwise, options.patience},
                            clock)),
        feed_(kEventsKept),
        observer_(connection_, feed_, clock,
                  [this](const MachineRef& ref, WallTime hard_at, bool is_off) {
                    shutdowns_.add(key_of(ref), ref, hard_at, is_off);
                  }),
        // A full queue: it comes again.
        shutdowns_(clock, [this](const MachineRef& ref, WallTime hard_at) { (void)step_of_shutdown(ref, hard_at); }),
        tasks_(kTaskThreads, kTasksQueuedMax, clock),
        images_(connection_, tasks_, [this](Session& session) { return host(session); }) {
    tasks_.on_end([this](const MachineRef& ref, const TaskId& id, const TaskState& state) {
      feed_.task({ref, id, state});
    });
    observer_.start();
    shutdowns_.start();
  }
  ~VsphereProvider() override {  // both hand work to the tasks
    observer_.stop();
    shutdowns_.stop();
  }

  Result<Health> check(const Call&) override;
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
  Status cancel(const TaskId& task, const Call&) override {
    tasks_.cancel(task);
    return {};
  }
  provider::Images& images() override { return images_; }
  provider::Console& console() override { return console_; }

 private:
  using Operation = std::function<Status(const Host&, const OnProgress&, const Call&)>;

  Host host(Session& session) const {
    return {.session = session, .clock = clock_, .defaults = options_.defaults, .hot_add = options_.hot_add};
  }
  // Runs it on a task's thread with the session of that moment. Its effect is told before its end.
  Result<TaskId> submit(const MachineRef& ref, std::string_view verb, Operation operation);
  // Asks what runs on it to shut down, or cuts its power, as long as its stamp says so.
  Result<TaskId> step_of_shutdown(const MachineRef& ref, WallTime hard_at);
  TaskState poll_shutdown(std::string_view task) const;  // without the prefix
  // What is gone or another's is refused in the call, not in its task.
  Status check_ours(const MachineRef& ref, const Call& call);
  static Status make(const Host& host, const MachineRef& ref, const MachineSpec& spec, const OnProgress& progress,
                     const Call& call);

  const Clock& clock_;
  const Options options_;
  Connection connection_;
  provider::Feed feed_;
  Observer observer_;    // tasks wait for it, so it lives longer than they do
  Shutdowns shutdowns_;  // as well
  provider::TaskRunner tasks_;
  VsphereImages images_;
  provider::NoConsole console_{"vSphere", "Its own web interface has one: the machine, Launch Web Console."};
};

Result<Health> VsphereProvider::check(const Call&) {
  // No call of vCenter's: whether the credentials are others now.
  if (const auto now = connection_.session(); now.ok()) observer_.renew(*now);
  return connection_.health();
}

Result<Capabilities> VsphereProvider::capabilities(const Call&) {
  Capabilities can;
  can.reconfigure_online = options_.hot_add;
  can.disk_expansion_online = can.image_import = true;
  can.disk_types = {"thin", "thick", "eagerzeroedthick"};
  can.network_types = {"standard", "distributed", "nsx"};
  can.import_formats = {"ova", "ovf"};
  can.event_latency = kEventLatency;
  can.mac_prefix = provider::kMacPrefix;
  const Health health = connection_.health();
  if (health.ok) can.hypervisor_version = health.message;
  for (const std::string_view field : unsupported_fields()) can.unsupported_fields.emplace_back(field);
  return can;
}

Result<MachineRef> VsphereProvider::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                            const Call& call) {
  if (!is_uuid(machine_id)) return Error(Code::kInvalidArgument, "machine id '" + machine_id + "' is not a UUID");
  TRY(check_spec(spec));
  MachineRef ref{.owner = owner, .machine_id = machine_id, .id = {}};
  const auto session = TRY(connection_.session());
  // vCenter chooses the id of a machine that is still to be made.
  if (const auto there = TRY(look(*session, ref, call))) ref.id = there->self.id;
  return ref;
}

Result<TaskId> VsphereProvider::submit(const MachineRef& ref, std::string_view verb, Operation operation) {
  return tasks_.submit(ref, verb,
                       [this, ref, operation = std::move(operation)](const Call& call, const auto& progress) -> Status {
                         const auto session = TRY(connection_.session());
                         Status status = operation(host(*session), progress, call);
                         observer_.catch_up(*session, ref, call);
                         return status;
                       });
}

Status VsphereProvider::check_ours(const MachineRef& ref, const Call& call) {
  const Machine machine = TRY(describe(ref, call));
  if (machine.existence == Existence::kOurs) return {};
  if (machine.existence == Existence::kGone)
    return Error(Code::kNotFound, "machine '" + ref.owner.name + "' (" + ref.machine_id + ") is gone");
  return Error(Code::kFailedPrecondition, machine.detail).with_hint("It is left as it is.");
}

Result<TaskId> VsphereProvider::create(const MachineRef& ref, const MachineSpec& spec, const Call&) {
  if (!has_stamp(ref)) return Error(Code::kInvalidArgument, "machine '" + ref.machine_id + "': not reserved by us");
  TRY(check_spec(spec));
  return submit(ref, "create", [ref, spec](const Host& at, const OnProgress& progress, const Call& call) {
    return make(at, ref, spec, progress, call);
  });
}

Status VsphereProvider::make(const Host& at, const MachineRef& ref, const MachineSpec& spec, const OnProgress& progress,
                             const Call& call) {
  const auto made = create_machine(at, ref, spec, progress, call);
  if (made.ok()) {
    progress({"done", std::nullopt, 0, 0, *made});
    return {};
  }
  if (!is_definite(made.error().code())) return made.error();
  // It can never be finished as it is wished: nobody has used it, so nothing of it is left.
  const auto left = vsphere::describe(at.session, ref, at.clock, call);
  if (left.ok() && left->existence == Existence::kPartial) TRY(remove_machine(at, ref, progress, call));
  return made.error();
}

Result<Machine> VsphereProvider::describe(const MachineRef& ref, const Call& call) {
  const auto session = TRY(connection_.session());
  Machine machine = TRY(vsphere::describe(*session, ref, clock_, call));
  if (machine.existence == Existence::kGone) TRY(observer_.check_gone(ref.machine_id, call));
  return machine;
}

Result<std::vector<Machine>> VsphereProvider::describe_many(std::span<const MachineRef> refs, const Call& call) {
  const auto session = TRY(connection_.session());
  auto machines = TRY(vsphere::describe_many(*session, refs, clock_, call));
  for (const Machine& machine : machines)
    if (machine.existence == Existence::kGone) TRY(observer_.check_gone(machine.ref.machine_id, call));
  return machines;
}

Result<Plan> VsphereProvider::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const auto session = TRY(connection_.session());
  return plan_changes(host(*session), ref, spec, call);
}

Result<TaskId> VsphereProvider::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan,
                                      const Call& asked) {
  TRY(check_ours(ref, asked));
  return submit(ref, "apply", [ref, spec, plan](const Host& at, const OnProgress& progress, const Call& call) {
    return apply_plan(at, ref, spec, plan, progress, call);
  });
}

Result<TaskId> VsphereProvider::power_on(const MachineRef& ref, const Call& asked) {
  TRY(check_ours(ref, asked));
  shutdowns_.end(key_of(ref));
  return submit(ref, "power_on", [ref](const Host& at, const OnProgress& progress, const Call& call) {
    return vsphere::power_on(at, ref, progress, call);
  });
}

Result<TaskId> VsphereProvider::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& asked) {
  TRY(check_ours(ref, asked));
  if (!hard_at) {
    shutdowns_.end(key_of(ref));
    return submit(ref, "power_off", [ref](const Host& at, const OnProgress& progress, const Call& call) {
      return vsphere::power_off(at, ref, progress, call);
    });
  }
  const auto session = TRY(connection_.session());
  TRY(promise_power_off(host(*session), ref, *hard_at, asked));
  shutdowns_.add(key_of(ref), ref, *hard_at, /*is_off=*/false);
  const TaskId asking = TRY(step_of_shutdown(ref, *hard_at));
  return TaskId{std::string(kShutdownPrefix) + key_of(ref) + ":" + asking.text};
}

Result<TaskId> VsphereProvider::step_of_shutdown(const MachineRef& ref, WallTime hard_at) {
  const auto work = [this, ref, hard_at](const Host& at, const OnProgress& progress, const Call& call) -> Status {
    const auto entry = shutdowns_.find(key_of(ref));
    if (!entry) return {};  // taken back before it began
    if (!TRY(go_on_shutting_down(at, ref, hard_at, progress, call))) return {};
    observer_.catch_up(at.session, ref, call);  // so that its power is known before this is over
    shutdowns_.end(key_of(ref), entry->number);
    return {};
  };
  auto task = submit(ref, "shut_down", work);
  if (task.ok()) shutdowns_.stepped(key_of(ref), *task);
  return task;
}

TaskState VsphereProvider::poll_shutdown(std::string_view task) const {
  const std::size_t colon = task.rfind(':');
  const std::string key(task.substr(0, colon));
  TaskState state = tasks_.poll(TaskId{std::string(task.substr(colon + 1))});
  if (state.phase != TaskState::Phase::kDone) return state;
  const auto power = feed_.power_of(key);  // none: a machine without a stamp
  if (power == provider::Power::kOff) return state;
  if (const auto entry = shutdowns_.find(key)) {
    TaskState latest = tasks_.poll(entry->step);
    if (latest.phase == TaskState::Phase::kFailed) return latest;
    state.phase = TaskState::Phase::kRunning;
    state.step = "shut down";
    state.percent.reset();
  } else if (power) {
    state.phase = TaskState::Phase::kForgotten;  // wanted on again since
  }
  return state;
}

Result<TaskId> VsphereProvider::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& asked) {
  TRY(check_ours(ref, asked));
  return submit(ref, "reboot", [ref, if_booted_before](const Host& at, const OnProgress& progress, const Call& call) {
    return vsphere::reboot(at, ref, if_booted_before, progress, call);
  });
}

Result<TaskId> VsphereProvider::remove(const MachineRef& ref, const Call& asked) {
  if (!has_stamp(ref))
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' carries no stamp of ours, so it is not removed");
  const Machine machine = TRY(describe(ref, asked));
  if (machine.existence == Existence::kForeign || machine.existence == Existence::kReleased)
    return Error(Code::kFailedPrecondition, machine.detail).with_hint("It is left as it is.");
  shutdowns_.end(key_of(ref));
  return submit(ref, "remove", [ref](const Host& at, const OnProgress& progress, const Call& call) {
    return remove_machine(at, ref, progress, call);
  });
}

Result<TaskId> VsphereProvider::release(const MachineRef& ref, const Call&) {
  if (!has_stamp(ref))
    return Error(Code::kUnimplemented, "machine '" + ref.id + "' carries no stamp of ours that could be taken off");
  return submit(ref, "release",
                [ref](const Host& at, const OnProgress&, const Call& call) { return release_machine(at, ref, call); });
}

Result<TaskState> VsphereProvider::poll(const TaskId& task, const Call&) {
  if (task.text.starts_with(kShutdownPrefix)) return poll_shutdown(task.text.substr(kShutdownPrefix.size()));
  if (!task.text.empty()) return tasks_.poll(task);
  TaskState done;
  done.phase = TaskState::Phase::kDone;
  return done;
}

}  // namespace

Result<std::unique_ptr<provider::Provider>> open(const Options& options, const Clock& clock) {
  Credentials anybody;
  anybody.username = "user";
  anybody.password = "password";
  TRY(login_for(options.endpoint, anybody, options.insecure_skip_verify));
  return std::unique_ptr<provider::Provider>(std::make_unique<VsphereProvider>(options, clock));
}

}  // namespace rig::vsphere
