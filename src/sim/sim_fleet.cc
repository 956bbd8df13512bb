// sim/sim_fleet.cc — the provider processes.
#include "sim/sim_fleet.h"

#include <algorithm>

#include "sim/sim_provider.h"
#include "sim/world.h"

namespace rig::sim {

using provider::RuntimeState;
using provider::fake::After;
using provider::fake::FakeProvider;

FakeProvider& SimFleet::host(const ObjectKey& provider) {
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
    died_[provider] = died_[provider] || dies;
    return after;
  });
  return *host;
}

After SimFleet::after_effect() {
  if (world_.mishap.strikes(Mishap::Kind::kProviderDeath)) return After::kKilled;
  if (world_.mishap.strikes(Mishap::Kind::kProviderLostReply)) return After::kReplyLost;
  if (!world_.prng.chance(world_.faults.provider_dies)) return After::kGoOn;
  return world_.prng.chance(50) ? After::kKilled : After::kReplyLost;
}

Result<RuntimeState> SimFleet::ensure(const provider::ProviderProcess& process) {
  auto [it, is_new] = servers_.try_emplace(process.key);
  Server& server = it->second;
  if (is_new) {
    server.ready_at = world_.clock.now() + std::chrono::milliseconds(world_.prng.between(0, 3000));
    server.session = sim_provider(world_, host(process.key));
  }
  if (!is_ready(server)) return RuntimeState{.phase = RuntimeState::Phase::kStarting, .message = {}, .endpoint = {}};
  return RuntimeState{.phase = RuntimeState::Phase::kRunning, .message = {}, .endpoint = "unix:/sim"};
}

void SimFleet::remove(const ObjectKey& key) { servers_.erase(key); }

Result<std::shared_ptr<provider::Provider>> SimFleet::find(const ObjectKey& provider) {
  const auto it = servers_.find(provider);
  if (it == servers_.end()) return Error(Code::kNotFound, "no process serves Provider " + provider.to_string());
  if (is_ready(it->second)) return it->second.session;
  return Error(Code::kUnavailable, "the process of Provider " + provider.to_string() + " is starting");
}

bool SimFleet::is_ready(const Server& server) const { return server.ready_at <= world_.clock.now(); }

void SimFleet::restart(const ObjectKey& key) {
  hosts_.at(key)->forget_tasks();
  died_.erase(key);
  world_.note("provider " + key.to_string() + " starts again");
  const auto server = servers_.find(key);
  if (server == servers_.end()) return;
  server->second.ready_at = world_.clock.now() + std::chrono::milliseconds(world_.prng.between(0, 3000));
  server->second.was_told = false;
}

void SimFleet::move() {
  for (auto& [key, host] : hosts_) {
    host->advance();
    if (died_.contains(key) || world_.prng.chance(world_.faults.provider_restarts)) restart(key);
    if (world_.prng.chance(world_.faults.host_away)) host->set_available(world_.prng.chance(50));
  }
  for (auto& [key, server] : servers_) {
    if (!server.was_told && is_ready(server)) {
      server.was_told = true;
      world_.provider_changed(key);
    }
  }
}

void SimFleet::clear_up() {
  for (auto& [key, host] : hosts_) host->set_available(true);
  move();
}

void SimFleet::on_manager_crash(bool ends_providers) {
  servers_.clear();
  if (!ends_providers) return;
  for (auto& [key, host] : hosts_) host->forget_tasks();
  died_.clear();
}

std::optional<Time> SimFleet::next_due() {
  std::optional<Time> next;
  const auto consider = [&](std::optional<Time> due) {
    if (due && (!next || *due < *next)) next = due;
  };
  for (auto& [key, host] : hosts_) consider(host->advance());
  for (auto& [key, server] : servers_) {
    if (!server.was_told) consider(server.ready_at);
  }
  return next;
}

}  // namespace rig::sim
