// vsphere/observer.h — one thread that waits for what happens in a vCenter, and tells watchers of it.
//
// It alone writes the feed, in the order in which vCenter tells. Who has changed a machine waits until that has been
// told, so that the end of a task is never known before its effect.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "hypervisor/vsphere/connection.h"
#include "hypervisor/vsphere/watch.h"
#include "provider/feed.h"

namespace rig::vsphere {

class Observer {
 public:
  // Told of a machine that was asked to shut down, perhaps by a process before us, whenever something happens to it.
  using OnShuttingDown = std::function<void(const provider::MachineRef&, WallTime hard_at, bool is_off)>;

  Observer(Connection& connection, provider::Feed& feed, const Clock& clock, OnShuttingDown on_shutting_down)
      : connection_(connection), feed_(feed), clock_(clock), on_shutting_down_(std::move(on_shutting_down)) {}
  void start();
  void stop();

  // Goes over to the session of now, when it follows another: the credentials have changed.
  void renew(const std::shared_ptr<Session>& now);

  // Looks at the machine and waits until that has been told; at most kCatchUpMax, for who waits has done his work.
  void catch_up(Session& session, const provider::MachineRef& ref, const Call& call);

  // Whether a machine that nobody finds is gone. vCenter finds no machine by its UUID while it is being cloned, but
  // lists it, with a name and without a configuration. kUnavailable: one has a name of that machine id, or nothing has
  // been listed yet.
  Status check_gone(const std::string& machine_id, const Call& call);

 private:
  struct Mark {  // of a machine, as far as we know
    std::string change_version, power_state, name;
    bool is_blank = false;
    std::optional<WallTime> booted_at;
    bool operator==(const Mark&) const = default;
  };
  static Mark mark_of(const Sight& sight);

  void run(const std::stop_token& stop);
  Status follow(const std::stop_token& stop);  // until there is another session, or an error
  void tell(const Inventory& inventory, const Watch::Round& round);
  void tell_of(const Sight& sight);
  void forget(const MoRef& self);
  void mark(const Inventory& inventory, const Watch::Round& round);

  Connection& connection_;
  provider::Feed& feed_;
  const Clock& clock_;
  const OnShuttingDown on_shutting_down_;

  // Of the thread.
  std::map<MoRef, std::string> told_;  // machine ids of those in the feed
  bool synced_ = false;
  Duration backoff_{};

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::map<MoRef, Mark> marks_ GUARDED_BY(mutex_);
  bool has_listed_ GUARDED_BY(mutex_) = false;  // all machines, and marks_ has them
  std::shared_ptr<Session> followed_ GUARDED_BY(mutex_);
  std::stop_source round_ GUARDED_BY(mutex_);  // ends the call that waits
  std::jthread thread_;
};

}  // namespace rig::vsphere
