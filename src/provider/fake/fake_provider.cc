// provider/fake/fake_provider.cc — a lock around World, watches, and the back door for tests.
#include "provider/fake/fake_provider.h"

#include <condition_variable>

#include "base/mutex.h"
#include "provider/fake/internal/echo.h"
#include "provider/fake/internal/world.h"

namespace rig::provider::fake {

struct FakeProvider::Impl final : Images, Console {
  Impl(const Clock& clock, Options options) : world(clock, std::move(options)) {
    world.on_event = [this] { changed.notify_all(); };
  }

  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override {
    const Lock lock(mutex);
    return world.prepare(request, call);
  }
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call& call) override {
    const Lock lock(mutex);
    TRY(world.enter(call));
    const Record* record = TRY(world.gate(ref));
    if (record->power != Power::kOn) return Error(Code::kNotFound, "console: machine " + record->ref.id + " is off");
    return echo("console of " + record->ref.id + "\r\n");
  }
  Status tell_from(const std::string& cluster_id, std::uint64_t next, const OnEvent& on_event, const Call& call);

  Mutex mutex;
  std::condition_variable_any changed;  // an event was added
  World world GUARDED_BY(mutex);
};

FakeProvider::FakeProvider(const Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(clock, std::move(options))) {}
FakeProvider::~FakeProvider() = default;

Result<Health> FakeProvider::check(const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.check(call);
}
Result<Capabilities> FakeProvider::capabilities(const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.capabilities(call);
}
Result<MachineRef> FakeProvider::reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                                         const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.reserve(owner, machine_id, spec, call);
}
Result<TaskId> FakeProvider::create(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.create(ref, spec, call);
}
Result<Machine> FakeProvider::describe(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.describe(ref, call);
}
Result<std::vector<Machine>> FakeProvider::describe_many(std::span<const MachineRef> refs, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.describe_many(refs, call);
}
Result<Plan> FakeProvider::plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.plan(ref, spec, call);
}
Result<TaskId> FakeProvider::apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.apply(ref, spec, plan, call);
}
Result<TaskId> FakeProvider::power_on(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.power_on(ref, call);
}
Result<TaskId> FakeProvider::power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.power_off(ref, hard_at, call);
}
Result<TaskId> FakeProvider::reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.reboot(ref, if_booted_before, call);
}
Result<TaskId> FakeProvider::remove(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.remove(ref, call);
}
Result<TaskId> FakeProvider::release(const MachineRef& ref, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.release(ref, call);
}
Result<TaskState> FakeProvider::poll(const TaskId& task, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.poll(task, call);
}
Status FakeProvider::cancel(const TaskId& task, const Call& call) {
  const Lock lock(impl_->mutex);
  return impl_->world.cancel(task, call);
}
Images& FakeProvider::images() { return *impl_; }
Console& FakeProvider::console() { return *impl_; }

// ---- watching ----

Status FakeProvider::watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                           const Call& call) {
  std::vector<Event> snapshot;
  std::uint64_t next = 0;
  {
    const Lock lock(impl_->mutex);
    World& world = impl_->world;
    TRY(world.enter(Call{{}, call.stop, {}}));  // the deadline counts when everything known was told
    next = resume.empty() ? world.next_event() : TRY(world.parse_resume(resume));
    if (resume.empty()) snapshot = world.snapshot(cluster_id);
  }
  for (Event& event : snapshot)
    if (!on_event(std::move(event))) return {};
  return impl_->tell_from(cluster_id, next, on_event, call);
}

Status FakeProvider::Impl::tell_from(const std::string& cluster_id, std::uint64_t next, const OnEvent& on_event,
                                     const Call& call) {
  Lock lock(mutex);
  const int process_at_start = world.process;
  for (;;) {
    world.advance();
    if (world.process != process_at_start || world.is_killed)
      return Error(Code::kUnavailable, "watch: the provider process ended");
    if (next == world.next_event()) {
      TRY(world.enter(call));
      const auto has_news = [&]() REQUIRES(mutex) { return next != world.next_event(); };
      changed.wait_for(lock, call.stop, kWatchLook, has_news);
      continue;
    }
    const World::Told* told = world.event(next++);
    if (told == nullptr) return Error(Code::kOutOfRange, "watch: the reader is too slow; start again without a token");
    if (!told->cluster_id.empty() && told->cluster_id != cluster_id) continue;
    Event event{world.resume_token(next), told->what};
    lock.unlock();
    const bool go_on = on_event(std::move(event));
    lock.lock();
    if (!go_on) return {};
  }
}

// ---- behind the interface ----

std::optional<Time> FakeProvider::advance() {
  const Lock lock(impl_->mutex);
  return impl_->world.advance();
}

std::vector<Machine> FakeProvider::machines() const {
  const Lock lock(impl_->mutex);
  std::vector<Machine> all;
  for (const auto& [id, record] : impl_->world.host.machines())
    all.push_back(impl_->world.host.show(record, impl_->world.wall()));
  return all;
}

std::vector<std::string> FakeProvider::volumes() const {
  const Lock lock(impl_->mutex);
  return impl_->world.host.volume_names();
}

std::vector<std::string> FakeProvider::images_on_host() const {
  const Lock lock(impl_->mutex);
  std::vector<std::string> locations;
  for (const auto& [location, image] : impl_->world.host.images) locations.push_back(location);
  return locations;
}

Seed FakeProvider::seed(const std::string& id) const {
  const Lock lock(impl_->mutex);
  const Record* record = impl_->world.host.by_id(id);
  return record == nullptr ? Seed{} : record->configured.seed;
}

std::int64_t FakeProvider::mutations() const {
  const Lock lock(impl_->mutex);
  return impl_->world.host.mutations;
}

void FakeProvider::add_foreign(Machine machine) {
  const Lock lock(impl_->mutex);
  Record& record = impl_->world.host.add(machine.ref);
  record.power = machine.power;
  if (machine.power != Power::kOff) record.booted_at = machine.booted_at.value_or(impl_->world.wall());
  record.addresses_told = true;
  record.configured = record.running = std::move(machine.configured);
}

void FakeProvider::set_power(const std::string& id, Power power) {
  const Lock lock(impl_->mutex);
  World& world = impl_->world;
  world.advance();
  if (Record* record = world.host.by_id(id)) world.host.set_power(*record, power, world.wall());
}

void FakeProvider::edit(const std::string& id, const std::function<void(MachineSpec&)>& change) {
  const Lock lock(impl_->mutex);
  impl_->world.advance();
  if (Record* record = impl_->world.host.by_id(id)) impl_->world.host.edit(*record, change);
}

void FakeProvider::erase(const std::string& id) {
  const Lock lock(impl_->mutex);
  impl_->world.advance();
  impl_->world.host.erase(id);
}

void FakeProvider::set_available(bool available) {
  const Lock lock(impl_->mutex);
  impl_->world.advance();
  impl_->world.is_available = available;
}

void FakeProvider::forget_tasks() {
  const Lock lock(impl_->mutex);
  impl_->world.advance();
  impl_->world.restart();
  impl_->changed.notify_all();
}

void FakeProvider::on_task(std::function<Status(std::string_view verb, const MachineRef&)> decide) {
  const Lock lock(impl_->mutex);
  impl_->world.on_task = std::move(decide);
}

void FakeProvider::on_effect(std::function<After(std::string_view verb, std::string_view step)> decide) {
  const Lock lock(impl_->mutex);
  impl_->world.on_effect = std::move(decide);
}

}  // namespace rig::provider::fake
