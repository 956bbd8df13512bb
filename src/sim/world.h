// sim/world.h — a whole installation in one thread: API server, hypervisors, users, and one manager or two.
//
// The API server, the reconcilers, the queues and the reflectors' rules are the real ones; the hypervisors are
// provider/fake's. One seed, one thread, one clock: nothing here reads the real time, an address or an unordered
// container, so a seed is a history and can be replayed. Every call that leaves the process crosses a boundary, and
// at a boundary the world may refuse the call, lose its reply, crash the process, halt it, or let the others move.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "apiserver/api_server.h"
#include "apiserver/registry.h"
#include "base/clock.h"
#include "kube/transport.h"
#include "sim/faults.h"
#include "sim/planted.h"
#include "sim/repeatable_random.h"
#include "sim/replica.h"
#include "sim/sim_hosts.h"

namespace rig::sim {

struct Crash {  // thrown at a boundary; caught by the Replica whose process it is
  std::string when;
  bool ends_providers = false;  // they are children of the manager's process; in a cluster they are not
};

class World {
 public:
  explicit World(std::uint64_t seed);
  ~World();

  // ---- what a test does ----
  // Starts the managers, and each again after a crash. Of two one leads, by the Lease.
  void boot(const Replica::Build& build, int managers = 1);
  void run_with_faults(int steps);
  // The weather clears, users and administrators rest. True once nothing has changed for six minutes, false
  // when that has not come after so many steps. Called again, it goes on from there.
  bool settle(int steps_max);
  std::function<void()> user;           // one random thing that a user does
  std::function<void()> administrator;  // one random thing that is done to a host behind our back
  std::function<void()> meanwhile;      // what Mishap::kChange is, or what happens while Mishap::kPause lasts

  // ---- what tests and oracles see ----
  kube::Transport& kubectl() { return *kubectl_; }  // always works
  SimHosts& hosts() { return hosts_; }
  const std::string& cluster_id() const { return cluster_id_; }
  Call call() const { return {clock.now() + std::chrono::seconds(30), {}, "sim"}; }
  std::int64_t effects();  // so far: writes to the API (Events and the Lease aside) and effects on hosts
  std::int64_t effects_on_hosts() const;
  const std::vector<std::string>& trace() const { return trace_; }  // the newest 10,000 lines are kept
  void note(const std::string& what);

  // ---- what a process reaches ----
  std::unique_ptr<apiserver::EventStream> open_watch(const kube::Request& request);

  // ---- what the parts of the world tell it ----
  Status before(const std::string& what);
  Status after(const std::string& what);

  StepClock clock;
  Prng prng;
  Faults faults;
  Mishap mishap;
  Planted planted = Planted::kNone;

 private:
  bool step();  // of one of the managers
  void others_move();
  void pause(Duration length, const std::string& before);  // of the process at work; the others go on
  void go_on();                                            // everybody but what is at work
  void collect();
  void compact();
  void pass_time(Duration by);

  RepeatableRandom random_;
  std::unique_ptr<apiserver::Store> store_;
  apiserver::Registry registry_;
  apiserver::ApiServer server_;
  std::unique_ptr<kube::Transport> kubectl_;
  SimHosts hosts_;
  std::string cluster_id_;
  std::vector<std::unique_ptr<Replica>> managers_;
  bool others_are_moving_ = false;
  std::int64_t writes_ = 0;  // up to and with counted_
  apiserver::Revision counted_ = 0;
  std::vector<std::string> trace_;
};

}  // namespace rig::sim
