// provider/fake/fake_provider.cc — the verbs of the invented hypervisor.
#include "provider/fake/fake_provider.h"

#include "provider/differences.h"
#include "provider/fake/internal/impl.h"
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

FakeProvider::FakeProvider(const Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(clock, std::move(options))) {}
FakeProvider::~FakeProvider() = default;

Status FakeProvider::Impl::enter(const Call& call) {
  advance();
  if (call.stop.stop_requested()) return Error(Code::kCancelled, "the call was stopped");
  if (call.deadline != Time{} && call.deadline <= clock.now())
    return Error(Code::kDeadlineExceeded, "the deadline of the call has passed");
  if (is_killed) return Error(Code::kUnavailable, "the provider process ended");
  if (!is_available) return Error(Code::kUnavailable, "the hypervisor cannot be reached");
  return {};
}

Result<Record*> FakeProvider::Impl::gate(const MachineRef& ref) {
  if (Record* record = host.ours(ref)) return record;
  const Record* other = host.by_machine_id(ref.machine_id);
  if (other == nullptr) other = host.by_id(ref.id);
  if (other == nullptr) return Error(Code::kNotFound, "no machine " + ref.id + " (" + ref.machine_id + ")");
  return Error(Code::kFailedPrecondition, "machine " + other->ref.id + " belongs to " + owner_text(other->ref.owner) +
                                              ", not to " + owner_text(ref.owner));
}

Result<Machine> FakeProvider::Impl::describe(const MachineRef& ref) const {
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
  machine.existence = Existence::kForeign;
  machine.detail = "belongs to " + owner_text(other->ref.owner);
  return machine;
}

// ---- the provider ----

Result<Health> FakeProvider::check(const Call& call) {
  const Lock lock(impl_->mutex);
  const Status reachable = impl_->enter(call);
  if (impl_->is_available) TRY(Status(reachable));
  return Health{impl_->is_available, impl_->is_available ? "fake 1.0" : reachable.error().message(), impl_->wall()};
}

Result<Capabilities> FakeProvider::capabilities(const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Capabilities all;
  all.reconfigure_online = all.disk_expansion_online = all.image_import = true;
  all.disk_types = {"thin", "thick", "raw", "qcow2"};
  all.network_types = {"bridge", "nat"};
  all.event_latency = kEventLatency;
  all.mac_prefix = "52:54:00";
  all.hypervisor_version = "fake 1.0";
  return all;
}

Result<MachineRef> FakeProvider::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                         const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  if (spec.display_name.empty()) return Error(Code::kInvalidArgument, "display_name: is empty");
  MachineRef ref{owner, machine_id, spec.display_name, /*legacy=*/false};
  if (const Record* known = impl_->host.ours(ref)) return known->ref;
  TRY(impl_->host.check_free(ref));
  return ref;
}

Result<TaskId> FakeProvider::create(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  if (ref.id.empty() || ref.owner.uid.empty())
    return Error(Code::kInvalidArgument, "create: the ref has no id or no owner; reserve() makes one");
  TRY(impl_->host.check_free(ref));
  Impl* impl = impl_.get();
  if (const Record* known = impl->host.ours(ref); known != nullptr && known->is_complete) return TaskId{};
  TRY(impl->host.check_spec(spec));
  Job job{"create", ref, {}, [impl, ref] { impl->host.undo_create(ref); }};
  const std::vector<std::string> steps = Host::create_steps(spec);
  for (std::size_t i = 0; i < steps.size(); ++i)
    job.steps.push_back({steps[i], part(impl->host.options.create, i, steps.size()),
                         [impl, ref, spec, step = steps[i]]() -> Result<std::optional<WallTime>> {
                           TRY(impl->host.create_step(ref, spec, step));
                           return std::optional<WallTime>();
                         }});
  return impl->submit(ref.machine_id, std::move(job));
}

Result<Machine> FakeProvider::describe(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  return impl_->describe(ref);
}

Result<std::vector<Machine>> FakeProvider::describe_many(std::span<const MachineRef> refs, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  if (refs.size() > kDescribeManyMax)
    return Error(Code::kInvalidArgument, "describe_many: found " + std::to_string(refs.size()) + " machines, wanted at most " +
                                             std::to_string(kDescribeManyMax));
  std::vector<Machine> machines;
  for (const MachineRef& ref : refs) machines.push_back(TRY(impl_->describe(ref)));
  return machines;
}

Status FakeProvider::watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                           const Call& call) {
  return impl_->watch(cluster_id, resume, on_event, call);
}

Result<Plan> FakeProvider::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  const Record* record = TRY(impl_->gate(ref));
  TRY(impl_->host.check_spec(spec));
  Plan plan{version_of(*record), differences(record->configured, spec)};
  price(plan.changes, record->power);
  return plan;
}

Result<TaskId> FakeProvider::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Impl* impl = impl_.get();
  const Record* record = TRY(impl->gate(ref));
  if (version_of(*record) != plan.version) return moved(ref, plan.version, version_of(*record));
  TRY(check_prices(ref, plan));
  if (plan.changes.empty()) return TaskId{};
  TRY(impl->host.check_spec(spec));
  Job job{"apply", ref, {}, {}};
  job.steps.push_back({"apply", impl->host.options.apply, [impl, ref, spec, plan]() -> Result<std::optional<WallTime>> {
                         Record* found = TRY(impl->gate(ref));
                         if (version_of(*found) != plan.version) return moved(ref, plan.version, version_of(*found));
                         TRY(impl->host.apply(*found, spec, plan.changes));
                         return std::optional<WallTime>();
                       }});
  return impl->submit(ref.machine_id, std::move(job));
}

Result<TaskId> FakeProvider::power_on(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Impl* impl = impl_.get();
  const Record* record = TRY(impl->gate(ref));
  if (!record->is_complete)
    return Error(Code::kFailedPrecondition, "machine " + ref.id + " is not complete: " + record->detail);
  if (record->power == Power::kOn && !record->off_at) return TaskId{};
  Job job{"power_on", ref, {}, {}};
  job.steps.push_back({"start", impl->host.options.power, [impl, ref]() -> Result<std::optional<WallTime>> {
                         impl->host.power_on(*TRY(impl->gate(ref)), impl->wall());
                         return std::optional<WallTime>();
                       }});
  return impl->submit(ref.machine_id, std::move(job));
}

Result<TaskId> FakeProvider::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Impl* impl = impl_.get();
  Record* record = TRY(impl->gate(ref));
  if (record->power == Power::kOff) return TaskId{};
  const auto ask = [impl, ref, hard_at]() -> Result<std::optional<WallTime>> {
    const WallTime now = impl->wall();
    impl->host.ask_off(*TRY(impl->gate(ref)), hard_at.value_or(now + impl->host.options.power), now);
    return std::optional<WallTime>();
  };
  const auto wait = [impl, ref]() -> Result<std::optional<WallTime>> {
    const Record* found = TRY(impl->gate(ref));
    if (found->power != Power::kOff && !found->off_at)
      return Error(Code::kAborted, "machine " + ref.id + " was started again while it shut down");
    return found->off_at;
  };
  // A shutdown that runs already is joined, and may become a shorter one.
  if (record->off_at) TRY(ask());
  return impl->submit(ref.machine_id, {"power_off", ref, {{"ask", {}, ask}, {"shut down", {}, wait}}, {}});
}

Result<TaskId> FakeProvider::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Impl* impl = impl_.get();
  const Record* record = TRY(impl->gate(ref));
  if (record->power != Power::kOn) return Error(Code::kFailedPrecondition, "machine " + ref.id + " is not on");
  if (*record->booted_at >= if_booted_before) return TaskId{};
  Job job{"reboot", ref, {}, {}};
  job.steps.push_back(
      {"reboot", impl->host.options.power, [impl, ref, if_booted_before]() -> Result<std::optional<WallTime>> {
         Record* found = TRY(impl->gate(ref));
         if (found->power == Power::kOn && *found->booted_at < if_booted_before)
           impl->host.reboot(*found, impl->wall());
         return std::optional<WallTime>();
       }});
  return impl->submit(ref.machine_id, std::move(job));
}

Result<TaskId> FakeProvider::remove(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  Impl* impl = impl_.get();
  auto record = impl->gate(ref);
  if (!record.ok() && record.error().is(Code::kNotFound)) return TaskId{};
  TRY(std::move(record));
  Job job{"remove", ref, {}, {}};
  const std::vector<std::string> steps = {"stop", "volumes", "undefine"};
  for (std::size_t i = 0; i < steps.size(); ++i)
    job.steps.push_back({steps[i], part(impl->host.options.remove, i, steps.size()),
                         [impl, ref, step = steps[i]]() -> Result<std::optional<WallTime>> {
                           TRY(impl->host.remove_step(ref, step));
                           return std::optional<WallTime>();
                         }});
  return impl->submit(ref.machine_id, std::move(job));
}

Result<TaskState> FakeProvider::poll(const TaskId& task, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  return impl_->state(task);
}

Status FakeProvider::cancel(const TaskId& task, const Call& call) {
  const Lock lock(impl_->mutex);
  TRY(impl_->enter(call));
  const bool runs = impl_->core.cancel(task, impl_->clock.now());
  if (runs) impl_->end(task, Error(Code::kCancelled, "the task was cancelled"));
  if (!runs) impl_->jobs.erase(task);
  return {};
}

Images& FakeProvider::images() { return *impl_; }
Console& FakeProvider::console() { return *impl_; }

}  // namespace rig::provider::fake
