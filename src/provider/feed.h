// provider/feed.h — what watchers are told: the machines as last seen, and the changes since.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/mutex.h"
#include "provider/provider.h"

namespace rig::provider {

// Thread-safe. Knows machines by their machine id, and only such as carry a stamp.
class Feed {
 public:
  explicit Feed(std::size_t kept_max);

  void replace_all(std::vector<Machine> machines);  // all there are: what is missing is gone
  void knows_all();                                 // what was put is all there are, but for changes
  void put(Machine machine);  // as if it had not been called when nothing but the time of the addresses changed
  void amend(const std::string& machine_id, const std::function<void(Machine&)>& change);  // put(); none: not known
  void gone(const std::string& machine_id);
  void task(TaskEvent event);

  std::optional<Power> power_of(const std::string& machine_id) const;  // as last seen; nullopt: not known

  // Provider::watch(). kUnavailable before the first replace_all(): nothing is known, which is not "none".
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
               const Call& call) const;

 private:
  // A machine is kept once, however many have yet to be told of it: it is by far the largest part of a provider's
  // memory.
  using Known = std::shared_ptr<const Machine>;
  using What = std::variant<Known, TaskEvent, Synced>;
  struct Entry {
    std::string cluster_id;
    std::uint64_t position = 0;  // of what comes next; 0: none
    What what;
  };

  void append(const std::string& cluster_id, What what) REQUIRES(mutex_);
  void put(Known machine) REQUIRES(mutex_);
  std::string token(std::uint64_t position) const;
  Event event_of(Entry entry) const;
  Result<std::uint64_t> position_of(const std::string& resume) const;
  std::vector<Entry> snapshot(const std::string& cluster_id, std::uint64_t& position) const EXCLUDES(mutex_);
  // The entries of this cluster from `position` on, which it moves. Waits for one; empty: out of time or stopped.
  Result<std::vector<Entry>> next(const std::string& cluster_id, std::uint64_t& position, const Call& call) const
      EXCLUDES(mutex_);

  const std::size_t kept_max_;
  const std::string epoch_;  // positions of another process mean nothing here
  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  bool known_all_ GUARDED_BY(mutex_) = false;
  std::map<std::string, Known> machines_ GUARDED_BY(mutex_);
  std::deque<Entry> entries_ GUARDED_BY(mutex_);  // positions first_ to first_ + size
  std::uint64_t first_ GUARDED_BY(mutex_) = 1;
};

bool equal(const Machine& a, const Machine& b);  // all but when addresses were read

}  // namespace rig::provider
