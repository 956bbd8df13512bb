// apiserver/store/change_window.h — the latest changes in memory, and waiting for the next one.
//
// A watch that keeps up reads from here and never touches the disk; what is none of its business does not wake it.
// Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <memory>
#include <optional>

#include "apiserver/store/store.h"
#include "base/mutex.h"

namespace rig::apiserver {

class ChangeWindow {
 public:
  // `revision`: of the last write before the first change that will be pushed.
  ChangeWindow(Revision revision, std::size_t changes_max, std::size_t bytes_max)
      : changes_max_(changes_max), bytes_max_(bytes_max), revision_(revision), before_first_(revision) {}

  // In the order of revisions. Wakes those who wait for one of them.
  void push(std::vector<std::shared_ptr<const Change>> changes) EXCLUDES(mutex_);

  // As Store::changes(); nothing when `after` lies before the window.
  std::optional<std::vector<Change>> changes(std::string_view prefix, Revision after, std::size_t limit) const
      EXCLUDES(mutex_);
  void forget(Revision upto) EXCLUDES(mutex_);  // changes up to it
  Revision revision() const EXCLUDES(mutex_);
  // As Store::wait(); says `after` when that lies before the window.
  Revision wait(std::string_view prefix, Revision after, Time deadline, std::stop_token stop) const EXCLUDES(mutex_);

 private:
  struct Waiter {
    std::string_view prefix;
    Revision after;  // nothing for it up to here
    bool is_found = false;
    std::condition_variable_any found = {};
    void see(const Change& change);
  };
  using Changes = std::deque<std::shared_ptr<const Change>>;
  void pop() REQUIRES(mutex_);
  Changes::const_iterator first_after(Revision revision) const REQUIRES(mutex_);

  const std::size_t changes_max_, bytes_max_;
  mutable Mutex mutex_;
  mutable std::list<Waiter> waiters_ GUARDED_BY(mutex_);
  Changes changes_ GUARDED_BY(mutex_);
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  Revision revision_ GUARDED_BY(mutex_);
  Revision before_first_ GUARDED_BY(mutex_);  // every change above it is in changes_
};

}  // namespace rig::apiserver
