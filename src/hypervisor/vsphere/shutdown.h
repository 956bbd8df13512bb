// vsphere/shutdown.h — the machines that shut down, and when each is to be looked at again: a list and one thread.
//
// However many there are, none waits for another's deadline. Each stands in its machine's stamp; this only remembers
// when its next step is due, and may forget it at any time: the observer finds it again.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "provider/provider.h"

namespace rig::vsphere {

// Pure.
class ShutdownList {
 public:
  struct Entry {
    std::uint64_t number = 0;  // a shutdown that comes after this one has ended has another
    provider::MachineRef ref;
    WallTime hard_at, due;
    provider::TaskId step = {};  // the last one
  };

  // Due after kAskAgain, or at its deadline, or at once; what is known already is not due later than it was. Of several
  // deadlines the first counts.
  void add(const std::string& key, const provider::MachineRef& ref, WallTime hard_at, bool at_once, WallTime now);
  void end(const std::string& key, std::optional<std::uint64_t> number = {});  // none: whichever it is
  // Its step has been handed on. One that was still under way may have looked before the deadline: it is due again
  // soon.
  void stepped(const std::string& key, const provider::TaskId& step, WallTime now);
  std::optional<Entry> find(const std::string& key) const;

  // Those whose time has come; they are due again after kAskAgain, or at their deadline.
  std::vector<Entry> take_due(WallTime now);
  std::optional<WallTime> next_due() const;

 private:
  std::map<std::string, Entry> entries_;
  std::uint64_t last_ = 0;
};

// Thread-safe.
class Shutdowns {
 public:
  // Called when a step is due, by the thread; it may only hand the work on.
  using OnDue = std::function<void(const provider::MachineRef&, WallTime hard_at)>;

  Shutdowns(const Clock& clock, OnDue on_due) : clock_(clock), on_due_(std::move(on_due)) {}
  void start();
  void stop();  // waits for the thread

  // As ShutdownList has them.
  void add(const std::string& key, const provider::MachineRef& ref, WallTime hard_at, bool at_once);
  void end(const std::string& key, std::optional<std::uint64_t> number = {});
  void stepped(const std::string& key, const provider::TaskId& step);
  std::optional<ShutdownList::Entry> find(const std::string& key) const;

 private:
  void run(const std::stop_token& stop);

  const Clock& clock_;
  const OnDue on_due_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  ShutdownList list_ GUARDED_BY(mutex_);
  bool has_changed_ GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace rig::vsphere
