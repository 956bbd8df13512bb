// sim/sim_hosts.h — the hypervisors and what serves them: outlive every manager, and suffer the weather.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/object_key.h"
#include "provider/fake/fake_provider.h"

namespace rig::sim {

class World;

class SimHosts {
 public:
  explicit SimHosts(World& world) : world_(world) {}

  // The hypervisor of a Provider; made when first asked for, with habits of its own.
  provider::fake::FakeProvider& of(const ObjectKey& provider);
  const std::map<ObjectKey, std::unique_ptr<provider::fake::FakeProvider>>& all() const { return hosts_; }
  int restarts(const ObjectKey& provider) const;  // of what serves it

  void move();
  void clear_up();      // every one is in reach
  void forget_tasks();  // all that served them has ended
  std::optional<Time> next_due();

 private:
  provider::fake::After after_effect();
  void restart(const ObjectKey& key);

  World& world_;
  std::map<ObjectKey, std::unique_ptr<provider::fake::FakeProvider>> hosts_;
  std::set<ObjectKey> died_;  // at an effect; restarted when the hosts move
  std::map<ObjectKey, int> restarts_;
};

}  // namespace rig::sim
