// sim/world.cc — a whole installation in one thread.
#include "sim/world.h"

#include <algorithm>

#include "api/kinds.h"
#include "apiserver/local_transport.h"
#include "base/check.h"
#include "base/wall_time.h"

namespace rig::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kQuiet =
    7min;  // longer than a silent watch and the backoff behind it, and than the wait for a user's fix
constexpr Duration kStride = 5s;  // at most so much time passes at once in calm weather
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
      hosts_(*this) {
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
  if (managers_.size() > 1 && prng.chance(faults.pauses)) pause(std::chrono::seconds(prng.between(15, 40)), what);
  if (mishap.strikes(Mishap::Kind::kPause)) {
    if (meanwhile) meanwhile();
    pause(2min, what);
  }
  if (mishap.strikes(Mishap::Kind::kChange)) {
    meanwhile();
    for (const auto& manager : managers_) manager->bring_events(1000);
  }
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

// ---- the managers ----

void World::boot(const Replica::Build& build, int managers) {
  for (int i = 1; i <= managers; ++i)
    managers_.push_back(std::make_unique<Replica>(*this, "manager-" + std::to_string(i), build, managers == 1));
  for (const auto& manager : managers_) manager->start();
}

bool World::step() {
  const std::size_t first = managers_.size() == 1 ? 0 : prng.next() % managers_.size();
  for (std::size_t i = 0; i < managers_.size(); ++i)
    if (managers_[(first + i) % managers_.size()]->step()) return true;
  return false;
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

// ---- time, and everybody but what is at work ----

void World::pass_time(Duration by) { clock.advance(std::max<Duration>(by, 1ms)); }

void World::others_move() {
  if (others_are_moving_) return;
  others_are_moving_ = true;
  go_on();
  for (const auto& manager : managers_) manager->bring_some_events();
  others_are_moving_ = false;
}

// Longer than a Lease stands: another manager takes over on the way, unless it is kept from it.
void World::pause(Duration length, const std::string& before) {
  if (others_are_moving_) return;
  others_are_moving_ = true;
  note("paused before " + before);
  const Time end = clock.now() + length;
  while (clock.now() < end) {
    go_on();
    for (const auto& manager : managers_) {
      if (manager->is_at_work()) continue;
      manager->bring_some_events();
      for (int i = 0; i < 3; ++i) manager->step();
    }
  }
  note("goes on with " + before);
  others_are_moving_ = false;
}

void World::go_on() {
  pass_time(std::chrono::milliseconds(prng.between(1, 4000)));
  hosts_.move();
  for (const auto& manager : managers_) manager->fleet().move();
  if (user && prng.chance(faults.user_acts)) user();
  if (administrator && prng.chance(faults.administrator_acts)) administrator();
  if (prng.chance(faults.log_compacted)) compact();
  if (prng.chance(faults.api_away)) prng.one_of(managers_)->cut_off(std::chrono::seconds(prng.between(1, 40)));
  if (prng.chance(20)) collect();
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
  hosts_.clear_up();
  for (const auto& manager : managers_) manager->reconnect();
  Time quiet_since = clock.now();
  std::int64_t effects_then = effects();
  for (int i = 0; i < steps_max; ++i) {
    hosts_.move();
    collect();
    Time next = hosts_.next_due().value_or(Time::max());
    for (const auto& manager : managers_) {
      manager->fleet().move();
      manager->bring_events(1000);
    }
    if (!step()) {
      for (const auto& manager : managers_) next = std::min(next, manager->next_due());
      pass_time(std::min<Duration>(kStride, next - clock.now()));
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
    const std::string& key = change.now.key;
    if (!key.starts_with("/core/events/") && !key.starts_with("/events.k8s.io/") &&
        !key.starts_with("/coordination.k8s.io/leases/"))
      ++writes_;
    counted_ = change.now.revision;
  }
  return writes_ + effects_on_hosts();
}

std::int64_t World::effects_on_hosts() const {
  std::int64_t total = 0;
  for (const auto& [key, host] : hosts_.all()) total += host->mutations();
  return total;
}

}  // namespace rig::sim
