// provider/conformance/bench.cc — what the cases are written with.
#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {

Status want(bool condition, const std::string& what) {
  if (condition) return {};
  return Error(Code::kFailedPrecondition, what);
}

Status want_code(Code wanted, const Status& found, const std::string& what) {
  if (found.ok())
    return Error(Code::kFailedPrecondition, what + ": found success, wanted " + std::string(to_string(wanted)));
  if (found.error().is(wanted)) return {};
  return Error(Code::kFailedPrecondition,
               what + ": found " + found.error().to_string() + ", wanted " + std::string(to_string(wanted)));
}

Status want_same(const std::string& found, const std::string& wanted, const std::string& what) {
  return want(found == wanted, what + ": found \"" + found + "\", wanted \"" + wanted + "\"");
}

Status want_same(std::vector<std::string> found, std::vector<std::string> wanted, const std::string& what) {
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  return want_same(join(found, ", "), join(wanted, ", "), what);
}

Bench::Bench(Subject& used) : subject(used), cluster_id("conformance-" + random_suffix(8)) {}

Call Bench::call() const { return {std::chrono::steady_clock::now() + kPatience, {}, "conformance"}; }

Result<MachineSpec> Bench::named(MachineSpec spec) {
  spec.display_name = "conf-" + random_suffix(8);
  spec.hostname = spec.display_name;
  return spec;
}

Result<MachineSpec> Bench::small_spec() {
  const PreparedImage image = TRY(provider().images().prepare(subject.image, call()));
  TRY(finish(image.task).context("prepare the image"));
  MachineSpec spec = TRY(named(subject.small));
  spec.image = {image.location, image.format};
  return spec;
}

Owner Bench::owner(const std::string& name) const {
  return {cluster_id, "default", name, name_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", cluster_id + name)};
}

Result<MachineRef> Bench::reserve(const MachineSpec& spec) {
  const Owner whose = owner(spec.hostname);
  return provider().reserve(whose, whose.uid, spec, call());
}

Status Bench::restart_provider() {
  TRY(host().restart_provider());
  (void)provider().check(call());
  return {};
}

Status Bench::insist(Fault fault, const std::function<Status()>& verb) {
  const auto may_help = [](const Status& done) {
    const Remedy what = done.ok() ? Remedy::kUserFix : remedy(done.error().code());
    return what == Remedy::kRetry || what == Remedy::kReread;
  };
  Status done = verb();
  for (int left = 3; left > 0 && may_help(done); --left) {
    if (fault == Fault::kKilled) TRY(restart_provider());
    done = verb();
  }
  return done;
}

Status Bench::finish(Result<TaskId> task) {
  const TaskId id = TRY(std::move(task));
  if (id.text.empty()) return {};
  TaskState state;
  const auto is_over = [&]() -> Result<bool> {
    state = TRY(provider().poll(id, call()));
    return state.phase != TaskState::Phase::kRunning;
  };
  TRY(until("task " + id.text, is_over));
  if (state.phase == TaskState::Phase::kFailed)
    return state.error.value_or(Error(Code::kInternal, "failed without error"));
  if (state.phase == TaskState::Phase::kForgotten)
    return Error(Code::kUnavailable, "task " + id.text + " was forgotten");
  return {};
}

Status Bench::make(MachineRef& ref, const MachineSpec& spec) {
  const TaskId task = TRY(provider().create(ref, spec, call()));
  TRY(finish(task));
  if (ref.id.empty()) ref.id = TRY(provider().poll(task, call())).result_id;
  return want(!ref.id.empty(), "create() is done, and its task does not tell the id");
}

Status Bench::want_existence(const MachineRef& ref, Existence wanted, const std::string& when) {
  constexpr const char* kNames[] = {"ours", "partial", "foreign", "released", "gone"};
  const Machine machine = TRY(describe(ref).context(when));
  return want_same(kNames[static_cast<int>(machine.existence)], kNames[static_cast<int>(wanted)], when + ": existence");
}

Status Bench::want_power(const MachineRef& ref, Power wanted, const std::string& when) {
  constexpr const char* kNames[] = {"on", "off", "paused", "suspended"};
  const Machine machine = TRY(describe(ref).context(when));
  return want_same(kNames[static_cast<int>(machine.power)], kNames[static_cast<int>(wanted)], when + ": power");
}

Result<Machine> Bench::wait_until_booted(const MachineRef& ref) {
  Machine machine;
  const auto has_address = [&]() -> Result<bool> {
    machine = TRY(describe(ref));
    return !machine.addresses.empty();
  };
  TRY(until("an address of " + ref.id, has_address, std::max<Duration>(subject.boot_time, std::chrono::seconds(1))));
  return machine;
}

Status Bench::until(const std::string& what, const std::function<Result<bool>()>& is_true, Duration patience) {
  const Time end = std::chrono::steady_clock::now() + patience;
  while (!TRY(is_true())) {
    if (std::chrono::steady_clock::now() >= end) return Error(Code::kDeadlineExceeded, "waited in vain for " + what);
    subject.wait();
  }
  return {};
}

Result<Made> make_small(Bench& bench) {
  MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec).context("create"));
  return Made{std::move(ref), std::move(spec)};
}

Result<Made> make_running(Bench& bench) {
  Made made = TRY(make_small(bench));
  TRY(bench.power_on(made.ref).context("power on"));
  if (bench.subject.boot_time > Duration::zero()) (void)TRY(bench.wait_until_booted(made.ref));
  return made;
}

// ---- watching ----

Watcher::Watcher(Bench& bench, const std::string& resume)
    : bench_(bench), thread_([this, resume](const std::stop_token& stop) {
        const Call call{std::chrono::steady_clock::now() + kPatience, stop, "conformance"};
        Status end = bench_.provider().watch(
            bench_.cluster_id, resume,
            [this](Event event) {
              const std::lock_guard lock(mutex_);
              seen_.push_back({std::move(event), std::chrono::system_clock::now()});
              return true;
            },
            call);
        const std::lock_guard lock(mutex_);
        ended_ = end.ok() ? Error(Code::kInternal, "the watch ended without an error") : end.take_error();
      }) {}

Watcher::~Watcher() = default;

std::vector<Watcher::Seen> Watcher::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

std::optional<Error> Watcher::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

Result<Watcher::Seen> Watcher::wait_for(const std::string& what, const std::function<bool(const Event&)>& fits,
                                        std::size_t from) {
  std::optional<Seen> found;
  const auto has_come = [&]() -> Result<bool> {
    const std::vector<Seen> all = seen();
    for (std::size_t i = from; i < all.size() && !found; ++i)
      if (fits(all[i].event)) found = all[i];
    if (!found && ended()) return Error(*ended()).with_context("watch");
    return found.has_value();
  };
  TRY(bench_.until("event: " + what, has_come));
  return *found;
}

Result<Watcher::Seen> Watcher::wait_for_sync() {
  return wait_for("synced", [](const Event& event) { return std::holds_alternative<Synced>(event.what); });
}

bool is_machine(const Event& event, const std::string& machine_id) {
  const auto* machine = std::get_if<Machine>(&event.what);
  return machine != nullptr && machine->ref.machine_id == machine_id;
}

bool is_machine(const Event& event, const std::string& machine_id, Power power) {
  return is_machine(event, machine_id) && std::get<Machine>(event.what).power == power;
}

// ---- verdicts ----

std::string verdict(Subject& subject, Status (*body)(Bench&)) {
  Status cleaned = subject.host->clean();
  if (!cleaned.ok()) return "cannot clean before: " + cleaned.error().to_string();
  Status outcome;
  {
    Bench bench(subject);
    outcome = body(bench);
  }
  cleaned = subject.host->clean();
  if (!outcome.ok() && outcome.error().is(Code::kUnimplemented)) return "n/a: " + outcome.error().message();
  if (!outcome.ok()) return outcome.error().to_string();
  return cleaned.ok() ? "" : "cannot clean afterwards: " + cleaned.error().to_string();
}

std::span<const Case> cases() {
  static const std::vector<Case> kAll = [] {
    std::vector<Case> all;
    for (const std::span<const Case> part : {create_cases(), power_cases(), change_cases(), remove_cases(),
                                             watch_cases(), old_manager_cases(), host_cases()})
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }();
  return kAll;
}

}  // namespace rig::provider::conformance
