// proxmox/observer.h — one thread per cluster that looks at all of it once an interval, and at machines that changed.
//
// Two calls an interval tell of all machines: /cluster/resources and /cluster/tasks. Who looks different there is read
// (two calls each); so is one more machine an interval, in turn, because what is written into a configuration need not
// show in either.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "hypervisor/proxmox/connection.h"
#include "hypervisor/proxmox/inventory.h"
#include "hypervisor/proxmox/sightings.h"
#include "provider/feed.h"

namespace rig::proxmox {

// What is known of machines, and who is told.
struct Knowledge {
  explicit Knowledge(std::size_t events_kept) : feed(events_kept) {}
  Sightings sightings;
  provider::Feed feed;
};

// Reads a machine for sightings and feed. Whoever changed one does this before he says that he is done.
struct Reading {
  bool is_new_boot = false;       // it runs, and was not known to
  bool has_agent = false;         // it runs, and its configuration says that an agent answers
  std::vector<std::string> macs;  // of its interfaces
};
// `node`: where it is said to be; "" : where it was seen last.
Result<Reading> publish(Session& session, const std::string& vmid, Knowledge& known, const Clock& clock,
                        const Call& call, const std::string& node = {});

class Observer {
 public:
  // `look_max`: for one look; what is left of it is for the next. `ask_agent` is called on the observer's thread; it
  // may only hand the work on.
  Observer(Connection& connection, Knowledge& known, const Clock& clock, Duration interval, Duration look_max,
           std::function<void(const std::string& vmid)> ask_agent);

  void start();
  void stop();  // waits for its thread; the hook is called no more
  // These do not wait, and may be called from any thread.
  // What has just been published: a look that began before may tell older things.
  void correct(const std::string& vmid);
  void learn(const std::string& vmid, const Result<Reading>& reading);  // of a publish() of somebody else, too
  void await_shutdown(const std::string& vmid);

 private:
  // What comes some time after a boot, or after a shutdown has begun, and nothing tells when, is looked for in growing
  // distances.
  struct Pursuit {
    int tries = 0;
    Time next;
    std::vector<std::string> macs;  // of which the agent is to say an IPv4 address
    bool until_off = false;
  };

  void run(const std::stop_token& stop);
  Status look_around(const Call& call);  // once an interval
  std::set<std::string> due(const Inventory& now, const std::vector<ListedTask>& tasks);
  // By VMID: the node that the cluster's list says, "" : not known. False: the time was over before all were asked for.
  bool read_all(Session& session, const std::map<std::string, std::string>& vmids, const Call& call);
  void pursue_due();
  bool is_over(const std::string& vmid, const Pursuit& pursuit) const;
  std::set<std::string> wait(Time until, const std::stop_token& stop) EXCLUDES(mutex_);

  Connection& connection_;
  Knowledge& known_;
  const Clock& clock_;
  const Duration interval_, look_max_;
  const std::function<void(const std::string&)> ask_agent_;

  mutable Mutex mutex_;
  std::condition_variable_any asked_;
  std::set<std::string> to_look_at_ GUARDED_BY(mutex_);
  std::map<std::string, Pursuit> pursuits_ GUARDED_BY(mutex_);

  std::set<std::string> again_ GUARDED_BY(mutex_);  // could not be read
  std::set<std::string> under_way_ GUARDED_BY(mutex_);

  // Of the observer's thread alone.
  Inventory before_;
  std::vector<ListedTask> tasks_before_;
  std::string turn_, version_;
  bool has_looked_ = false;  // at all of them

  std::jthread thread_;
};

}  // namespace rig::proxmox
