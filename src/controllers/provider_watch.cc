// controllers/provider_watch.cc — the rules of an event stream, and the thread that follows it.
#include "controllers/provider_watch.h"

#include <algorithm>
#include <condition_variable>

#include "base/log.h"

namespace rig::controllers {
namespace {

constexpr Duration kStreamMax = std::chrono::hours(1);
constexpr Duration kAgainMin = std::chrono::milliseconds(100);
constexpr Duration kAgainMax = std::chrono::seconds(5);

ObjectKey key_of(const provider::MachineRef& ref) { return {ref.owner.name_space, ref.owner.name}; }

}  // namespace

std::vector<ObjectKey> ProviderWatchCore::on_event(const provider::Event& event) {
  resume_ = event.resume;
  if (const auto* machine = std::get_if<provider::Machine>(&event.what)) {
    if (in_snapshot_) seen_.insert(key_of(machine->ref));
    return {key_of(machine->ref)};
  }
  if (const auto* task = std::get_if<provider::TaskEvent>(&event.what)) {
    if (task->state.phase == provider::TaskState::Phase::kRunning) return {};  // how far it is, a poll says soon enough
    return {key_of(task->ref)};
  }
  std::vector<ObjectKey> out;
  if (in_snapshot_)
    for (const auto& vm : machines_.by_index(kByProvider, provider_.to_string()))
      if (!seen_.contains(vm->meta.key())) out.push_back(vm->meta.key());
  in_snapshot_ = false;
  seen_.clear();
  return out;
}

void ProviderWatchCore::on_end(const Status& status) {
  const bool too_old = !status.ok() && status.error().is(Code::kOutOfRange);
  if (!too_old && !in_snapshot_) return;
  resume_.clear();  // a snapshot that was cut off proves nothing
  seen_.clear();
  in_snapshot_ = true;
}

ProviderWatch::ProviderWatch(const Context& context, std::function<void(const ObjectKey&)> wake)
    : context_(context), wake_(std::move(wake)) {}

ProviderWatch::~ProviderWatch() { stop(); }

void ProviderWatch::stop() {
  std::map<ObjectKey, std::jthread> threads;
  {
    const Lock lock(mutex_);
    stopped_ = true;
    threads.swap(threads_);
  }
  for (auto& [key, thread] : threads) thread.request_stop();
}

void ProviderWatch::follow(const ObjectKey& provider) {
  const Lock lock(mutex_);
  if (stopped_ || threads_.contains(provider)) return;
  threads_.emplace(provider, std::jthread([this, provider](std::stop_token stop) { run(provider, std::move(stop)); }));
}

void ProviderWatch::forget(const ObjectKey& provider) {
  std::jthread ended;  // joins after the lock is let go
  const Lock lock(mutex_);
  if (const auto it = threads_.find(provider); it != threads_.end()) {
    ended = std::move(it->second);
    threads_.erase(it);
    ended.request_stop();
  }
}

void ProviderWatch::run(const ObjectKey& provider, std::stop_token stop) {
  ProviderWatchCore core(provider, context_.stores.machines);
  Duration again = kAgainMin;
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    const Call call{.deadline = context_.clock.now() + kStreamMax, .stop = stop, .request_id = {}};
    auto session = context_.providers.find(provider);
    Status ended = session.ok() ? (*session)->watch(
                                      context_.cluster_id, core.resume(),
                                      [&](const provider::Event& event) {
                                        again = kAgainMin;
                                        for (const ObjectKey& key : core.on_event(event)) wake_(key);
                                        return !stop.stop_requested();
                                      },
                                      call)
                                : Status(session.take_error());
    core.on_end(ended);
    if (!ended.ok())
      log::debug("the provider's event stream ended", {{"provider", provider.to_string()}, {"error", ended.error()}});
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, again, [] { return false; });
    again = std::min(again * 2, kAgainMax);
  }
}

}  // namespace rig::controllers
