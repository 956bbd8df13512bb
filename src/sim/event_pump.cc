// sim/event_pump.cc — the reflector's rules over the real API server.
#include "sim/event_pump.h"

#include "controllers/identity.h"
#include "kube/limits.h"
#include "sim/replica.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

// Shorter than the reflector's, so that calm weather need not last longer than a silent watch does.
constexpr Duration kWatchTime = std::chrono::minutes(3);

}  // namespace

EventPump::EventPump(World& world, const Replica& manager, const api::Resource& resource,
                     std::function<void(const kube::Event&)> on_event)
    : world_(world),
      manager_(manager),
      resource_(resource),
      on_event_(std::move(on_event)),
      core_(world.prng.next() | 1U) {}

bool EventPump::bring(int events_max) {
  if (manager_.is_cut_off()) return false;
  if (world_.prng.chance(world_.faults.watch_breaks)) break_off();
  if (is_silent()) return false;
  for (int i = 0; i < events_max; ++i) {
    if (bring_one() == Brought::kNothing) return false;
  }
  return true;
}

// The reflector gives a watch up when its time is over, whatever the server does.
bool EventPump::is_silent() {
  if (stream_ && !silent_ && world_.prng.chance(world_.faults.watch_silent)) {
    world_.note("the watch of " + std::string(resource_.plural) + " has gone silent");
    silent_ = true;
  }
  if (silent_ && world_.clock.now() >= watch_ends_ && world_.planted != Planted::kSilentWatchTrusted) break_off();
  return silent_;
}

EventPump::Brought EventPump::bring_one() {
  if (!under_way_.empty()) return deliver();
  const auto want = core_.next(world_.clock.now());
  if (const auto* page = std::get_if<kube::ReflectorCore::ListPage>(&want)) return list(*page);
  if (const auto* follow = std::get_if<kube::ReflectorCore::Watch>(&want)) return watch(*follow);
  return Brought::kNothing;  // backing off
}

EventPump::Brought EventPump::list(const kube::ReflectorCore::ListPage& page) {
  stream_.reset();
  const auto answer = world_.kubectl().send(
      kube::list_request(resource_, "", {.continue_token = page.continue_token, .limit = page.limit}), world_.call());
  if (!answer.ok()) {
    core_.on_error(answer.error(), world_.clock.now());
  } else {
    for (kube::Event& event : core_.on_page(*answer, world_.clock.now())) tell(std::move(event));
  }
  return Brought::kSomething;
}

EventPump::Brought EventPump::watch(const kube::ReflectorCore::Watch& watch) {
  if (!stream_) {
    const kube::Request request =
        kube::watch_request(resource_, "", {.resource_version = watch.resource_version}, kWatchTime);
    stream_ = world_.open_watch(request);
    watch_ends_ = world_.clock.now() + kWatchTime + kube::limits::kWatchGrace;
    core_.on_watch_start(world_.clock.now());
  }
  apiserver::EventStream::Batch batch = stream_->next(Time{}, {});
  for (json::Value& event : batch.events) under_way_.push_back(std::move(event));
  if (!batch.ended) return under_way_.empty() ? Brought::kNothing : Brought::kSomething;
  stream_.reset();
  if (under_way_.empty()) core_.on_watch_end(world_.clock.now());
  return Brought::kSomething;
}

EventPump::Brought EventPump::deliver() {
  json::Value event = std::move(under_way_.front());
  under_way_.pop_front();
  if (const auto error = kube::watch_error(event)) {
    world_.note("watch of " + std::string(resource_.plural) + ": " + error->to_string());
    stream_.reset();
    if (world_.planted == Planted::kNoListAfterExpiry) {
      skip_to_now();
    } else {
      core_.on_error(*error, world_.clock.now());
    }
    return Brought::kSomething;
  }
  const auto told = core_.on_watch_event(std::move(event));
  if (!told) return Brought::kSomething;
  tell(*told);
  if (!world_.prng.chance(world_.faults.event_repeats)) return Brought::kSomething;
  world_.note("an event of " + std::string(resource_.plural) + " comes twice");
  tell(*told);
  return Brought::kSomething;
}

void EventPump::break_off() {
  if (!stream_) return;
  if (!under_way_.empty())
    world_.note(std::to_string(under_way_.size()) + " events of " + std::string(resource_.plural) +
                " are lost on the way");
  silent_ = false;
  under_way_.clear();
  stream_.reset();
  if (world_.planted == Planted::kGapAfterBreak) skip_to_now();
  core_.on_watch_end(world_.clock.now());
}

// For planted bugs: what happened until now will never be told.
void EventPump::skip_to_now() {
  const auto now = world_.kubectl().send(kube::list_request(resource_, "", {.limit = 1}), world_.call());
  json::Value bookmark = json::Object{{"type", "BOOKMARK"}};
  bookmark.set({"object", "metadata", "resourceVersion"}, now->text({"metadata", "resourceVersion"}));
  (void)core_.on_watch_event(std::move(bookmark));
}

// What a planted bug reads into an object, the reconcilers find in their caches.
void EventPump::tell(kube::Event event) {
  const auto edit = [this](json::Value& object) {
    if (world_.planted == Planted::kFinalizerAssumed && resource_.kind == "VirtualMachine") {
      object.set({"metadata", "finalizers"}, json::Array{controllers::kMachineFinalizer});
      object.set({"metadata", "annotations", controllers::kMachineIdAnnotation}, object.text({"metadata", "uid"}));
    }
    json::Value* status = object.find("status");
    if (world_.planted == Planted::kLostMachineMadeAgain && status != nullptr) {
      status->as<json::Object>()->erase("currentResources");
    }
  };
  if (auto* listed = std::get_if<kube::InitApply>(&event)) edit(listed->object);
  if (auto* applied = std::get_if<kube::Apply>(&event)) edit(applied->object);
  on_event_(event);
}

}  // namespace rig::sim
