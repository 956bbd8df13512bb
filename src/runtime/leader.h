// runtime/leader.h — holding the Lease: a pure state machine, its calls, and the thread that makes them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "kube/transport.h"

namespace rig::runtime {

struct LeaseTimes {
  Duration lease = std::chrono::seconds(15), renew = std::chrono::seconds(10), retry = std::chrono::seconds(2);
};
struct LeaseRecord {
  std::string holder;
  std::int64_t transitions = 0;
  WallTime acquire_time{}, renew_time{};
  std::string resource_version;
  bool operator==(const LeaseRecord&) const = default;
};

// Judges other holders by when *we* last saw the record change, never by the times written in it, so that a wrong
// clock elsewhere cannot make two leaders (client-go tools/leaderelection). Holds only what a confirmed write says: a
// record that is merely read and names us gives nothing.
class LeaderCore {
 public:
  LeaderCore(std::string identity, LeaseTimes times);
  struct Read {};
  struct Write {
    LeaseRecord record;
  };  // create it when its resource_version is ""
  struct Wait {
    Time until;
  };
  std::variant<Read, Write, Wait> next(Time now, WallTime wall) const;
  void on_read(std::optional<LeaseRecord> seen, Time now);           // nullopt: there is no Lease yet
  void on_written(const LeaseRecord& written, Time sent, Time now);  // our write, as the server answered it
  void on_error(Time now);                                           // of a read or a write
  // What to write when we act no more, so that others need not wait out our time. nullopt: it is not ours to give up.
  std::optional<LeaseRecord> release(Time now, WallTime wall) const;
  // From this moment on we must not act; nullopt: we may not now.
  std::optional<Time> acts_until() const;
  bool may_act(Time now) const { return acts_until() && now < *acts_until(); }

 private:
  std::string identity_;
  LeaseTimes times_;
  std::optional<LeaseRecord> seen_;
  bool reread_ = true;
  std::optional<Time> held_since_;  // when the last confirmed write was sent
  Time changed_at_{}, not_before_{};
};

// Until when we may act on what no resourceVersion guards: a bound for the deadlines of such calls, so that none that a
// pause has held up has an effect after somebody else has begun. Written by one thread, read by any.
class Lead {
 public:
  Time until() const { return Time(Duration(until_)); }
  void set(std::optional<Time> until) { until_ = until.value_or(Time{}).time_since_epoch().count(); }

 private:
  std::atomic<Duration::rep> until_ = 0;
};

struct LeaseOptions {
  ObjectKey lease;  // "virtrigaud-system/8da97394.virtrigaud.io" (the reference's name: both never act together)
  std::string identity;
  LeaseTimes times;
};

// A core and the calls that it asks for, on the caller's thread.
class Candidate {
 public:
  Candidate(kube::Transport& transport, LeaseOptions options, const Clock& clock, Lead& lead);
  Time step(const std::stop_token& stop);  // what is due now; when to come again
  bool may_act() const { return core_.may_act(clock_.now()); }
  Status give_up();  // ok when it holds nothing

 private:
  Status read(const Call& call);
  Status put(const LeaseRecord& record, const Call& call);

  kube::Transport& transport_;
  const LeaseOptions options_;
  const Clock& clock_;
  Lead& lead_;
  LeaderCore core_;
  json::Value lease_;  // as last read or written
};

// Runs a candidate on a thread. `on_gain` and `on_loss` are called on it, at most once each: losing the Lease is for
// the process to end on.
class LeaderElector {
 public:
  LeaderElector(kube::Transport& transport, LeaseOptions options, const Clock& clock, Lead& lead,
                std::function<void()> on_gain, std::function<void()> on_loss);
  ~LeaderElector();  // gives up the Lease that it holds

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::runtime
