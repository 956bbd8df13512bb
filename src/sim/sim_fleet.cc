// sim/sim_fleet.cc — the provider processes of one manager.
#include "sim/sim_fleet.h"

#include "sim/replica.h"
#include "sim/sim_provider.h"
#include "sim/world.h"

namespace rig::sim {

using provider::RuntimeState;

void SimFleet::begin(const ObjectKey& key, Server& server) const {
  server.ready_at = world_.clock.now() + std::chrono::milliseconds(world_.prng.between(0, 3000));
  server.was_told = false;
  server.restarts = world_.hosts().restarts(key);
}

Result<RuntimeState> SimFleet::ensure(const provider::ProviderProcess& process) {
  auto [it, is_new] = servers_.try_emplace(process.key);
  Server& server = it->second;
  if (is_new) {
    server.session = sim_provider(world_, world_.hosts().of(process.key));
    begin(process.key, server);
  }
  if (!is_ready(server)) return RuntimeState{.phase = RuntimeState::Phase::kStarting, .message = {}, .endpoint = {}};
  return RuntimeState{.phase = RuntimeState::Phase::kRunning, .message = {}, .endpoint = "unix:/sim"};
}

Result<std::shared_ptr<provider::Provider>> SimFleet::find(const ObjectKey& provider) {
  const auto it = servers_.find(provider);
  if (it == servers_.end()) return Error(Code::kNotFound, "no process serves Provider " + provider.to_string());
  if (is_ready(it->second)) return it->second.session;
  return Error(Code::kUnavailable, "the process of Provider " + provider.to_string() + " is starting");
}

bool SimFleet::is_ready(const Server& server) const { return server.ready_at <= world_.clock.now(); }

void SimFleet::move() {
  for (auto& [key, server] : servers_) {
    if (server.restarts != world_.hosts().restarts(key)) begin(key, server);
    if (!server.was_told && is_ready(server)) {
      server.was_told = true;
      manager_.provider_changed(key);
    }
  }
}

std::optional<Time> SimFleet::next_due() const {
  std::optional<Time> next;
  for (const auto& [key, server] : servers_)
    if (!server.was_told && (!next || server.ready_at < *next)) next = server.ready_at;
  return next;
}

}  // namespace rig::sim
