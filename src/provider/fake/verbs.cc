// provider/fake/verbs.cc — the verbs of the invented hypervisor.
#include "provider/differences.h"
#include "provider/fake/internal/world.h"
#include "provider/limits.h"

namespace rig::provider::fake {
namespace {

std::string version_of(const Record& record) { return "v" + std::to_string(record.version); }

std::string owner_text(const Owner& owner) {
  if (owner.uid.empty()) return "nobody that we know";
  return owner.name_space + "/" + owner.name + " (uid " + owner.uid + ", cluster " + owner.cluster_id + ")";
}

Duration part(Duration whole, std::size_t step, std::size_t steps) {
  return steps == 1 ? whole : whole * static_cast<std::int64_t>(step) / static_cast<std::int64_t>(steps - 1);
}

Error moved(const MachineRef& ref, const std::string& planned, const std::string& found) {
  return Error(Code::kAborted, "machine " + ref.id + ": planned on " + planned + ", found " + found);
}

Status check_prices(const MachineRef& ref, const Plan& plan) {
  for (const Change& change : plan.changes) {
    const std::string what = "machine " + ref.id + ", " + change.path + ": " + change.from + " to " + change.to + ": ";
    if (change.cost == Cost::kImpossible) return Error(Code::kOutOfRange, what + change.why);
    if (change.cost == Cost::kRecreate) return Error(Code::kFailedPrecondition, what + change.why);
  }
  return {};
}

}  // namespace

Status World::enter(const Call& call) {
  advance();
  if (call.stop.stop_requested()) return Error(Code::kCancelled, "the call was stopped");
  if (call.deadline != Time{} && call.deadline <= clock_.now())
    return Error(Code::kDeadlineExceeded, "the deadline of the call has passed");
  if (is_killed) return Error(Code::kUnavailable, "the provider process ended");
  if (!is_available) return Error(Code::kUnavailable, "the hypervisor cannot be reached");
  return {};
}

Result<Record*> World::gate(const MachineRef& ref) {
  if (Record* record = host.ours(ref)) return record;
  const Record* other = host.by_machine_id(ref.machine_id);
  if (other == nullptr) other = host.by_id(ref.id);
  if (other == nullptr) return Error(Code::kNotFound, "no machine " + ref.id + " (" + ref.machine_id + ")");
  return Error(Code::kFailedPrecondition, "machine " + other->ref.id + " belongs to " + owner_text(other->ref.owner) +
                                              ", not to " + owner_text(ref.owner));
}

Result<Machine> World::look_at(const MachineRef& ref) {
  if (const Record* record = host.ours(ref)) {
    Machine machine = host.show(*record, wall());
    if (ref.legacy) machine.existence = Existence::kOurs;
    machine.ref.legacy = ref.legacy;
    return machine;
  }
  const Record* other = host.by_machine_id(ref.machine_id);
  if (other == nullptr) other = host.by_id(ref.id);
  Machine machine;
  machine.ref = ref;
  if (other == nullptr) return machine;
  machine.ref = other->ref;
  const bool is_released = other == host.released(ref);
  machine.existence = is_released ? Existence::kReleased : Existence::kForeign;
  machine.detail = is_released ? "was released by its owner" : "belongs to " + owner_text(other->ref.owner);
  return machine;
}

Result<Health> World::check(const Call& call) {
  const Status reachable = enter(call);
  if (is_available) TRY(Status(reachable));
  return Health{is_available, is_available ? "fake 1.0" : reachable.error().message(), wall()};
}

Result<Capabilities> World::capabilities(const Call& call) {
  TRY(enter(call));
  Capabilities all;
  all.reconfigure_online = all.disk_expansion_online = all.image_import = true;
  all.disk_types = {"thin", "thick", "raw", "qcow2"};
  all.network_types = {"bridge", "nat"};
  all.event_latency = kEventLatency;
  all.mac_prefix = kMacPrefix;
  all.hypervisor_version = "fake 1.0";
  return all;
}

Result<MachineRef> World::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                  const Call& call) {
  TRY(enter(call));
  if (spec.display_name.empty()) return Error(Code::kInvalidArgument, "display_name: is empty");
  MachineRef ref{owner, machine_id, spec.display_name, /*legacy=*/false};
  if (const Record* known = host.ours(ref)) return known->ref;
  TRY(host.check_free(ref));
  return ref;
}

Result<TaskId> World::create(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  TRY(enter(call));
  if (ref.id.empty() || ref.owner.uid.empty())
    return Error(Code::kInvalidArgument, "create: the ref has no id or no owner; reserve() makes one");
  TRY(host.check_free(ref));
  if (const Record* known = host.ours(ref); known != nullptr && known->is_complete) return TaskId{};
  if (host.released(ref) != nullptr) return take_over(ref);
  TRY(host.check_spec(spec));
  Job job{"create", ref, {}, [this, ref] { host.undo_create(ref); }};
  const std::vector<std::string> steps = Host::create_steps(spec);
  for (std::size_t i = 0; i < steps.size(); ++i)
    job.steps.push_back({steps[i], part(host.options.create, i, steps.size()),
                         [this, ref, spec, step = steps[i]]() -> Result<std::optional<WallTime>> {
                           TRY(host.create_step(ref, spec, step));
                           return std::optional<WallTime>();
                         }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskId> World::take_over(const MachineRef& ref) {
  Job job{"create", ref, {}, {}};
  job.steps.push_back({"take over", {}, [this, ref]() -> Result<std::optional<WallTime>> {
                         TRY(host.check_free(ref));
                         if (Record* found = host.released(ref)) host.take_over(*found, ref.owner);
                         return std::optional<WallTime>();
                       }});
  return submit(ref.machine_id, std::move(job));
}

Result<Machine> World::describe(const MachineRef& ref, const Call& call) {
  TRY(enter(call));
  return look_at(ref);
}

Result<std::vector<Machine>> World::describe_many(std::span<const MachineRef> refs, const Call& call) {
  TRY(enter(call));
  if (refs.size() > kDescribeManyMax)
    return Error(Code::kInvalidArgument, "describe_many: found " + std::to_string(refs.size()) +
                                             " machines, wanted at most " + std::to_string(kDescribeManyMax));
  std::vector<Machine> machines;
  for (const MachineRef& ref : refs) machines.push_back(TRY(look_at(ref)));
  return machines;
}

Result<Plan> World::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  TRY(enter(call));
  const Record* record = TRY(gate(ref));
  TRY(host.check_spec(spec));
  Plan plan{version_of(*record), differences(record->configured, spec)};
  price(plan.changes, record->power);
  return plan;
}

Result<TaskId> World::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) {
  TRY(enter(call));
  const Record* record = TRY(gate(ref));
  if (version_of(*record) != plan.version) return moved(ref, plan.version, version_of(*record));
  TRY(check_prices(ref, plan));
  if (plan.changes.empty()) return TaskId{};
  TRY(host.check_spec(spec));
  Job job{"apply", ref, {}, {}};
  job.steps.push_back({"apply", host.options.apply, [this, ref, spec, plan]() -> Result<std::optional<WallTime>> {
                         Record* found = TRY(gate(ref));
                         if (version_of(*found) != plan.version) return moved(ref, plan.version, version_of(*found));
                         TRY(host.apply(*found, spec, plan.changes));
                         return std::optional<WallTime>();
                       }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskId> World::power_on(const MachineRef& ref, const Call& call) {
  TRY(enter(call));
  const Record* record = TRY(gate(ref));
  if (!record->is_complete)
    return Error(Code::kFailedPrecondition, "machine " + ref.id + " is not complete: " + record->detail);
  if (record->power == Power::kOn && !record->off_at) return TaskId{};
  Job job{"power_on", ref, {}, {}};
  job.steps.push_back({"start", host.options.power, [this, ref]() -> Result<std::optional<WallTime>> {
                         host.power_on(*TRY(gate(ref)), wall());
                         return std::optional<WallTime>();
                       }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskId> World::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) {
  TRY(enter(call));
  Record* record = TRY(gate(ref));
  if (record->power == Power::kOff) return TaskId{};
  const auto ask = [this, ref, hard_at]() -> Result<std::optional<WallTime>> {
    const WallTime now = wall();
    host.ask_off(*TRY(gate(ref)), hard_at.value_or(now + host.options.power), now);
    return std::optional<WallTime>();
  };
  const auto wait = [this, ref]() -> Result<std::optional<WallTime>> {
    const Record* found = TRY(gate(ref));
    if (found->power != Power::kOff && !found->off_at)
      return Error(Code::kAborted, "machine " + ref.id + " was started again while it shut down");
    return found->off_at;
  };
  // A shutdown that runs already is joined, and may become a shorter one.
  if (record->off_at) TRY(ask());
  return submit(ref.machine_id, {"power_off", ref, {{"ask", {}, ask}, {"shut down", {}, wait}}, {}});
}

Result<TaskId> World::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) {
  TRY(enter(call));
  const Record* record = TRY(gate(ref));
  if (record->power != Power::kOn) return Error(Code::kFailedPrecondition, "machine " + ref.id + " is not on");
  if (*record->booted_at >= if_booted_before) return TaskId{};
  Job job{"reboot", ref, {}, {}};
  job.steps.push_back(
      {"reboot", host.options.power, [this, ref, if_booted_before]() -> Result<std::optional<WallTime>> {
         Record* found = TRY(gate(ref));
         if (found->power == Power::kOn && *found->booted_at < if_booted_before) host.reboot(*found, wall());
         return std::optional<WallTime>();
       }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskId> World::remove(const MachineRef& ref, const Call& call) {
  TRY(enter(call));
  auto record = gate(ref);
  if (!record.ok() && record.error().is(Code::kNotFound)) return TaskId{};
  TRY(std::move(record));
  Job job{"remove", ref, {}, {}};
  const std::vector<std::string> steps = {"stop", "volumes", "undefine"};
  for (std::size_t i = 0; i < steps.size(); ++i)
    job.steps.push_back({steps[i], part(host.options.remove, i, steps.size()),
                         [this, ref, step = steps[i]]() -> Result<std::optional<WallTime>> {
                           TRY(host.remove_step(ref, step));
                           return std::optional<WallTime>();
                         }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskId> World::release(const MachineRef& ref, const Call& call) {
  TRY(enter(call));
  Job job{"release", ref, {}, {}};
  job.steps.push_back({"release", {}, [this, ref]() -> Result<std::optional<WallTime>> {
                         if (Record* found = host.ours(ref)) host.release(*found);
                         return std::optional<WallTime>();
                       }});
  return submit(ref.machine_id, std::move(job));
}

Result<TaskState> World::poll(const TaskId& task, const Call& call) {
  TRY(enter(call));
  return state(task);
}

Status World::cancel(const TaskId& task, const Call& call) {
  TRY(enter(call));
  const bool runs = core_.cancel(task, clock_.now());
  if (runs) end(task, Error(Code::kCancelled, "the task was cancelled"));
  if (!runs) drop(task);
  return {};
}

}  // namespace rig::provider::fake
