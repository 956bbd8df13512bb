// sim/sim_fleet.h — the provider processes: each serves the host of its Provider, takes a while to start, and may die.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "provider/directory.h"
#include "provider/fake/fake_provider.h"
#include "provider/runtime.h"

namespace rig::sim {

class World;

class SimFleet final : public provider::Directory, public provider::Runtime {
 public:
  explicit SimFleet(World& world) : world_(world) {}

  Result<std::shared_ptr<provider::Provider>> find(const ObjectKey& provider) override;
  Result<provider::RuntimeState> ensure(const provider::ProviderProcess& process) override;
  void remove(const ObjectKey& key) override;

  // The hypervisor of a Provider. Outlives every process; made when first asked for, with habits of its own.
  provider::fake::FakeProvider& host(const ObjectKey& provider);
  const std::map<ObjectKey, std::unique_ptr<provider::fake::FakeProvider>>& hosts() const { return hosts_; }

  void move();      // hosts and processes go on, and suffer the weather
  void clear_up();  // every host is in reach, every process alive
  void on_manager_crash(bool ends_providers);
  std::optional<Time> next_due();

 private:
  struct Server {
    Time ready_at{};
    bool was_told = false;  // the manager knows that it is ready
    std::shared_ptr<provider::Provider> session;
  };
  bool is_ready(const Server& server) const;
  provider::fake::After after_effect();
  void restart(const ObjectKey& key);

  World& world_;
  std::map<ObjectKey, std::unique_ptr<provider::fake::FakeProvider>> hosts_;
  std::map<ObjectKey, Server> servers_;
  std::map<ObjectKey, bool> died_;  // at an effect; restarted when the fleet moves
};

}  // namespace rig::sim
