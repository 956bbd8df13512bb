// sim/process.cc — one life of the manager's process.
#include "sim/process.h"

#include "base/check.h"
#include "sim/event_pump.h"
#include "sim/world.h"

namespace rig::sim {

runtime::WorkQueueCore& Process::work_on(runtime::Reconciler& reconciler) {
  return stations_.emplace_back(Station{reconciler, runtime::WorkQueueCore()}).queue;
}

void Process::follow(const api::Resource& resource, std::function<void(const kube::Event&)> on_event) {
  add(std::make_unique<EventPump>(world_, manager_, resource, std::move(on_event)));
}

void Process::fill_caches() {
  const Faults weather = std::exchange(world_.faults, Faults::none());
  CHECK(!bring_events(1'000'000));
  world_.faults = weather;
}

void Process::wake(runtime::WorkQueueCore& queue, const ObjectKey& key, runtime::Priority priority) {
  if (world_.planted == Planted::kWakeLostAtWork && at_work_) return;
  queue.add(key, priority);
}

bool Process::step() {
  const std::size_t first = world_.prng.next() % stations_.size();
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    Station& station = stations_[(first + i) % stations_.size()];
    const auto key = station.queue.take(world_.clock.now());
    if (!key) continue;
    const std::string what = std::string(station.reconciler.kind()) + " " + key->to_string();
    world_.note(what);
    at_work_ = true;
    Result<runtime::Action> result = station.reconciler.reconcile(*key);
    at_work_ = false;
    if (!result.ok()) world_.note(what + ": " + result.error().to_string());
    if (world_.planted == Planted::kFailureDropped && !result.ok()) result = runtime::Action::wait_for_change();
    runtime::settle(*key, station.reconciler.kind(), result, station.queue, world_.clock.now());
    return true;
  }
  return false;
}

bool Process::bring_events(int events_max_each) {
  bool more = false;
  for (const auto& source : sources_) more = source->bring(events_max_each) || more;
  return more;
}

void Process::bring_some_events() {
  for (const auto& source : sources_) source->bring(world_.prng.between(0, 3));
}

std::optional<Time> Process::next_delayed() const {
  std::optional<Time> next;
  for (const Station& station : stations_) {
    const auto own = station.queue.next_delayed();
    if (own && (!next || *own < *next)) next = own;
  }
  return next;
}

}  // namespace rig::sim
