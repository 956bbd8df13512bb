// runtime/manager.h — the order in which a controller process starts and stops.
//
// Servers (probes, metrics: a slow start must be visible), then leader election, then caches until each has its first
// list (a reconciler that reads an empty cache would take everything for gone), then controllers; stopped in reverse,
// each waited for. controller-runtime fills its caches before it is elected (pkg/manager/internal.go). Ours are lists
// that are newer than the lead: one filled before may lack what the leader before us wrote last, and a status that is
// wrong in the store and right in the cache is never mended (the simulator found it).
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/leader.h"

namespace rig::runtime {

class Manager {
 public:
  struct Part {
    std::string name;
    std::function<Status()> start;
    std::function<void()> stop;  // returns when it has stopped
  };
  // Makes the elector, which calls both later, from a thread of its own. on_loss does not return: it ends the process,
  // because stopping in order may take longer than until another takes the Lease and acts. Nothing is lost by that, as
  // nothing is by a crash.
  using Elect =
      std::function<std::unique_ptr<LeaderElector>(std::function<void()> on_gain, std::function<void()> on_loss)>;

  void add_server(Part part) { servers_.push_back(std::move(part)); }
  void add_cache(Part part, std::function<bool()> is_synced) {
    caches_.push_back(std::move(part));
    synced_.push_back(std::move(is_synced));
  }
  void elect_with(Elect elect) { elect_ = std::move(elect); }  // without: acts at once
  void add_controller(Part part) { controllers_.push_back(std::move(part)); }

  // Runs until stop is requested (ok) or a part does not start (its error). Call once.
  Status run(std::stop_token stop);
  // For probes, from any thread:
  bool is_ready() const { return ready_; }  // waits for the lead, or leads and every cache has its first list
  bool leads() const;                       // it acts

 private:
  Status start(const std::vector<Part>& parts);
  Status start_and_wait(const std::stop_token& stop);
  void elect();
  void wait_for_caches(const std::stop_token& stop);
  void gain_lead();
  void wait_for_lead(const std::stop_token& stop);
  void wait_for_stop(const std::stop_token& stop);

  std::vector<Part> servers_, caches_, controllers_;
  std::vector<std::function<bool()>> synced_;
  Elect elect_;
  std::unique_ptr<LeaderElector> elector_;
  std::vector<Part> running_;  // in the order of their start
  std::atomic<bool> ready_ = false;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool leads_ = false;  // guarded by mutex_
};

}  // namespace rig::runtime
