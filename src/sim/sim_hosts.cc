// sim/sim_hosts.cc — the hypervisors and what serves them.
#include "sim/sim_hosts.h"

#include <algorithm>

#include "sim/world.h"

namespace rig::sim {

using provider::fake::After;
using provider::fake::FakeProvider;

FakeProvider& SimHosts::of(const ObjectKey& provider) {
  std::unique_ptr<FakeProvider>& host = hosts_[provider];
  if (host) return *host;
  Prng& prng = world_.prng;
  const bool is_slow = prng.chance(70);  // else everything is done within the call
  const auto takes = [&] { return std::chrono::milliseconds(is_slow ? prng.between(0, 6000) : 0); };
  provider::fake::Options options;
  options.create = takes();
  options.remove = takes();
  options.power = takes();
  options.apply = takes();
  options.image = takes();
  options.boot = takes();
  options.obeys_shutdown = prng.chance(50);
  host = std::make_unique<FakeProvider>(world_.clock, std::move(options));
  host->on_task([this](std::string_view verb, const provider::MachineRef& ref) -> Status {
    if (!world_.prng.chance(world_.faults.task_fails)) return {};
    world_.note("task fails: " + std::string(verb) + " " + ref.id);
    return Error(Code::kResourceExhausted, "injected: no space left");
  });
  host->on_effect([this, provider](std::string_view verb, std::string_view step) {
    const After after = after_effect();
    if (after == After::kGoOn) return after;
    const bool dies = after == After::kKilled;
    world_.note("provider " + std::string(dies ? "dies after " : "loses the answer to ") + std::string(verb) + ", " +
                std::string(step));
    if (dies) died_.insert(provider);
    return after;
  });
  return *host;
}

After SimHosts::after_effect() {
  if (world_.mishap.strikes(Mishap::Kind::kProviderDeath)) return After::kKilled;
  if (world_.mishap.strikes(Mishap::Kind::kProviderLostReply)) return After::kReplyLost;
  if (!world_.prng.chance(world_.faults.provider_dies)) return After::kGoOn;
  return world_.prng.chance(50) ? After::kKilled : After::kReplyLost;
}

void SimHosts::restart(const ObjectKey& key) {
  hosts_.at(key)->forget_tasks();
  died_.erase(key);
  ++restarts_[key];
  world_.note("provider " + key.to_string() + " starts again");
}

int SimHosts::restarts(const ObjectKey& provider) const {
  const auto it = restarts_.find(provider);
  return it == restarts_.end() ? 0 : it->second;
}

void SimHosts::move() {
  for (auto& [key, host] : hosts_) {
    host->advance();
    if (died_.contains(key) || world_.prng.chance(world_.faults.provider_restarts)) restart(key);
    if (world_.prng.chance(world_.faults.host_away)) host->set_available(world_.prng.chance(50));
  }
}

void SimHosts::clear_up() {
  for (auto& [key, host] : hosts_) host->set_available(true);
}

void SimHosts::forget_tasks() {
  for (auto& [key, host] : hosts_) host->forget_tasks();
  died_.clear();
}

std::optional<Time> SimHosts::next_due() {
  std::optional<Time> next;
  for (auto& [key, host] : hosts_) {
    const std::optional<Time> due = host->advance();
    if (due && (!next || *due < *next)) next = due;
  }
  return next;
}

}  // namespace rig::sim
