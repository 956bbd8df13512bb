// sim/replica.cc — one of the managers.
#include "sim/replica.h"

#include <algorithm>

#include "sim/sim_transport.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

const ObjectKey kLease{"default", "manager"};
// As ours, but a stride of calm weather apart.
constexpr runtime::LeaseTimes kLeaseTimes{.retry = std::chrono::seconds(5)};

}  // namespace

Replica::Replica(World& world, std::string name, Build build, bool is_alone)
    : world_(world),
      name_(std::move(name)),
      build_(std::move(build)),
      is_alone_(is_alone),
      api_(sim_transport(world, *this, world.kubectl())),
      fleet_(world, *this) {}

void Replica::start() {
  lead_.set(std::nullopt);
  candidate_due_ = {};
  candidate_.reset();
  ++lives_;
  if (is_alone_) return fill();
  candidate_.emplace(*api_, runtime::LeaseOptions{kLease, name_ + std::to_string(lives_), kLeaseTimes}, world_.clock,
                     lead_);
}

// As runtime::Manager does: caches when it leads. It waits until it has reached the API server.
void Replica::fill() {
  reconnect();
  process_ = build_(world_, *this);
}

bool Replica::step() {
  at_work_ = true;
  bool worked = true;
  try {
    worked = work();
  } catch (const Crash& crash) {
    end(crash);
  }
  at_work_ = false;
  return worked;
}

// The process ends when the Lease is lost, but its workers may be faster than the thread that notices.
bool Replica::work() {
  if (is_alone_) return process_->step();
  if (world_.clock.now() >= candidate_due_) candidate_due_ = candidate_->step({});
  const bool may_act = candidate_->may_act();
  if (may_act && !process_) {
    world_.note(name_ + " leads");
    fill();
  }
  if (!process_) return false;
  if (!may_act) {
    if (!world_.prng.chance(world_.faults.lingers)) throw Crash{"of " + name_ + ": no longer the leader"};
    world_.note(name_ + " acts without the Lease");
  }
  return process_->step();
}

void Replica::end(const Crash& crash) {
  world_.note("crash " + crash.when);
  process_.reset();
  fleet_.end();
  if (crash.ends_providers) world_.hosts().forget_tasks();
  start();
}

void Replica::provider_changed(const ObjectKey& provider) {
  if (process_) process_->provider_changed(provider);
}

void Replica::bring_some_events() {
  if (process_) process_->bring_some_events();
}
void Replica::bring_events(int events_max_each) {
  if (process_) process_->bring_events(events_max_each);
}

void Replica::cut_off(Duration by) {
  world_.note(name_ + " is cut off from the API server");
  cut_off_until_ = world_.clock.now() + by;
}
bool Replica::is_cut_off() const { return world_.clock.now() < cut_off_until_; }

Time Replica::next_due() {
  Time next = fleet_.next_due().value_or(Time::max());
  if (process_) next = std::min(next, process_->next_delayed().value_or(Time::max()));
  return is_alone_ ? next : std::min(next, candidate_due_);
}

}  // namespace rig::sim
