// sim/world.cc — a whole installation in one thread.
#include "sim/world.h"

#include <algorithm>

#include "api/kinds.h"
#include "apiserver/local_transport.h"
#include "base/check.h"
#include "base/wall_time.h"
#include "sim/sim_transport.h"

namespace rig::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kQuiet = 6min;  // longer than every backoff and than the wait for a user's fix
constexpr Duration kStride = 5s;   // at most so much time passes at once in calm weather
constexpr std::size_t kTraceMax = 10'000;
constexpr std::size_t kAll = static_cast<std::size_t>(-1);

}  // namespace

World::World(std::uint64_t seed)
    : prng(seed),
      faults(Faults::swarm(prng)),
      random_(prng.next()),
      store_(apiserver::memory_store()),
      registry_(*store_, api::kinds(), clock),
      server_(registry_, clock, {}),
      kubectl_(apiserver::local_transport(server_, clock)),
      api_(sim_transport(*this, *kubectl_)),
      fleet_(*this) {
  Result<std::string> id = registry_.bootstrap();
  CHECK(id.ok());
  cluster_id_ = id.take();
}

World::~World() = default;

void World::note(const std::string& what) {
  if (trace_.size() == kTraceMax) trace_.erase(trace_.begin(), trace_.begin() + kTraceMax / 2);
  trace_.push_back(format_micro_time(clock.wall()) + " " + what);
}

// ---- the boundary ----

Status World::before(const std::string& what) {
  if (prng.chance(faults.crash)) throw Crash{"before " + what, prng.chance(50)};
  if (mishap.strikes(Mishap::Kind::kCrashBefore)) throw Crash{"before " + what};
  if (prng.chance(faults.others_move)) others_move();
  if (!prng.chance(faults.refuse) && !mishap.strikes(Mishap::Kind::kRefusal)) return {};
  note("refused: " + what);
  return Error(Code::kUnavailable, "injected: connection refused");
}

Status World::after(const std::string& what) {
  if (prng.chance(faults.crash)) throw Crash{"after " + what, prng.chance(50)};
  if (mishap.strikes(Mishap::Kind::kCrashAfter)) throw Crash{"after " + what};
  if (mishap.strikes(Mishap::Kind::kPowerCut)) throw Crash{"after " + what, /*ends_providers=*/true};
  if (!prng.chance(faults.lose_reply) && !mishap.strikes(Mishap::Kind::kLostReply)) return {};
  note("reply lost: " + what);
  return Error(Code::kDeadlineExceeded, "injected: the reply was lost");
}

// ---- the process ----

void World::boot(Build build) {
  build_ = std::move(build);
  start_process();
}

void World::start_process() { process_ = build_(*this); }

void World::crash(const Crash& crash) {
  note("crash " + crash.when);
  ++crashes_;
  process_.reset();
  fleet_.on_manager_crash(crash.ends_providers);
  start_process();
}

bool World::step() {
  try {
    return process_->step();
  } catch (const Crash& thrown) {
    crash(thrown);
    return true;
  }
}

void World::provider_changed(const ObjectKey& provider) {
  if (process_) process_->provider_changed(provider);
}

std::unique_ptr<apiserver::EventStream> World::open_watch(const kube::Request& request) {
  apiserver::ApiRequest ask;
  ask.method = request.method;
  ask.target = request.target();
  ask.accept = request.accept;
  ask.user = {.name = "virtrigaud", .groups = {"system:masters"}};
  apiserver::ApiAnswer answer = server_.handle(ask);
  CHECK(answer.watch != nullptr);
  return std::move(answer.watch);
}

// ---- time, and everybody but the process ----

void World::pass_time(Duration by) { clock.advance(std::max<Duration>(by, 1ms)); }

void World::others_move() {
  if (others_are_moving_) return;
  others_are_moving_ = true;
  pass_time(std::chrono::milliseconds(prng.between(1, 4000)));
  fleet_.move();
  if (user && prng.chance(faults.user_acts)) user();
  if (administrator && prng.chance(faults.administrator_acts)) administrator();
  if (prng.chance(faults.log_compacted)) compact();
  if (prng.chance(20)) collect();
  if (process_) process_->bring_some_events();
  others_are_moving_ = false;
}

void World::collect() {
  (void)effects();  // counts what may be compacted
  CHECK(registry_.collect().ok());
}

void World::compact() {
  note("the log is compacted");
  (void)effects();
  CHECK(store_->compact(store_->revision()).ok());
}

void World::run_with_faults(int steps) {
  for (int i = 0; i < steps; ++i) {
    others_move();
    step();
  }
}

bool World::settle(int steps_max) {
  faults = Faults::none();
  fleet_.clear_up();
  Time quiet_since = clock.now();
  std::int64_t effects_then = effects();
  for (int i = 0; i < steps_max; ++i) {
    fleet_.move();
    collect();
    process_->bring_events(1000);
    if (!step()) {
      const Time now = clock.now();
      const Time next =
          std::min(process_->next_delayed().value_or(Time::max()), fleet_.next_due().value_or(Time::max()));
      pass_time(std::min<Duration>(kStride, next - now));
    }
    if (effects() != effects_then) quiet_since = clock.now();
    effects_then = effects();
    if (clock.now() - quiet_since > kQuiet) return true;
  }
  return false;
}

// Events are for people: a controller may tell of the same refusal every few minutes for ever.
std::int64_t World::effects() {
  const auto changes = store_->changes("/", counted_, kAll);
  CHECK(changes.ok());
  for (const apiserver::Change& change : *changes) {
    if (!change.now.key.starts_with("/core/events/") && !change.now.key.starts_with("/events.k8s.io/")) ++writes_;
    counted_ = change.now.revision;
  }
  std::int64_t total = writes_;
  for (const auto& [key, host] : fleet_.hosts()) total += host->mutations();
  return total;
}

}  // namespace rig::sim
