// sim/replica.h — one of the managers: its provider processes, its Lease, and life after life of its process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "kube/transport.h"
#include "runtime/leader.h"
#include "sim/process.h"
#include "sim/sim_fleet.h"

namespace rig::sim {

class World;
struct Crash;

class Replica {
 public:
  using Build = std::function<std::unique_ptr<Process>(World&, Replica&)>;
  // One that is alone does not ask for a Lease, as in the standalone program.
  Replica(World& world, std::string name, Build build, bool is_alone);

  // ---- what the world does ----
  void start();
  bool step();  // sees to the Lease, then reconciles one ready key if it may; false: there is nothing to do now
  void bring_some_events();
  void bring_events(int events_max_each);
  void provider_changed(const ObjectKey& provider);
  void cut_off(Duration by);  // from the API server, not from its providers
  void reconnect() { cut_off_until_ = {}; }
  Time next_due();

  // ---- what the parts of the world ask ----
  bool is_cut_off() const;
  bool is_at_work() const { return at_work_; }
  const std::string& name() const { return name_; }

  // ---- what its process reaches ----
  kube::Transport& api() { return *api_; }
  SimFleet& fleet() { return fleet_; }
  const runtime::Lead* lead() const { return is_alone_ ? nullptr : &lead_; }

 private:
  void fill();
  bool work();
  void end(const Crash& crash);

  World& world_;
  const std::string name_;
  const Build build_;
  const bool is_alone_;
  const std::unique_ptr<kube::Transport> api_;
  SimFleet fleet_;
  int lives_ = 0;
  std::unique_ptr<Process> process_;  // null while it does not lead
  runtime::Lead lead_;
  std::optional<runtime::Candidate> candidate_;  // of this life
  Time candidate_due_{};
  bool at_work_ = false;
  Time cut_off_until_{};
};

}  // namespace rig::sim
