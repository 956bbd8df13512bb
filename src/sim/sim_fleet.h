// sim/sim_fleet.h — the provider processes of one manager: each takes a while to start, and starts again with its
// host's.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "provider/directory.h"
#include "provider/runtime.h"

namespace rig::sim {

class Replica;
class World;

class SimFleet final : public provider::Directory, public provider::Runtime {
 public:
  SimFleet(World& world, Replica& manager) : world_(world), manager_(manager) {}

  Result<std::shared_ptr<provider::Provider>> find(const ObjectKey& provider) override;
  Result<provider::RuntimeState> ensure(const provider::ProviderProcess& process) override;
  void remove(const ObjectKey& key) override { servers_.erase(key); }

  void move();  // tells the manager what has become ready
  void end() { servers_.clear(); }
  std::optional<Time> next_due() const;

 private:
  struct Server {
    Time ready_at{};
    bool was_told = false;  // the manager knows that it is ready
    int restarts = 0;       // of its host's, as far as it has taken part
    std::shared_ptr<provider::Provider> session;
  };
  void begin(const ObjectKey& key, Server& server) const;
  bool is_ready(const Server& server) const;

  World& world_;
  Replica& manager_;
  std::map<ObjectKey, Server> servers_;
};

}  // namespace rig::sim
