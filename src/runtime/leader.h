// runtime/leader.h — holding the Lease: a pure state machine, and the thread that runs it.
#pragma once

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
// clock elsewhere cannot make two leaders (client-go tools/leaderelection).
class LeaderCore {
 public:
  LeaderCore(std::string identity, LeaseTimes times);
  struct Read {};
  struct Write {
    LeaseRecord record;
  };
  struct Wait {
    Time until;
  };
  std::variant<Read, Write, Wait> next(Time now, WallTime wall) const;
  void on_record(std::optional<LeaseRecord> seen, Time now);  // nullopt: no Lease yet; also after a write of ours
  void on_error(const Error& error, Time now);
  bool may_act(Time now) const;  // false from the moment the renew deadline passes: stop at once

 private:
  std::string identity_;
  LeaseTimes times_;
  std::optional<LeaseRecord> seen_;
  bool read_once_ = false, reread_ = true;
  Time changed_at_{}, renewed_at_{}, not_before_{};
};

// Runs a core on a thread. `on_gain` and `on_loss` are called on it, at most once each: losing the Lease is for the
// process to end on.
class LeaderElector {
 public:
  struct Options {
    ObjectKey lease;  // "virtrigaud-system/8da97394.virtrigaud.io" (the reference's name: both never act together)
    std::string identity;
    LeaseTimes times;
  };
  LeaderElector(kube::Transport& transport, Options options, const Clock& clock, std::function<void()> on_gain,
                std::function<void()> on_loss);
  ~LeaderElector();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::runtime
