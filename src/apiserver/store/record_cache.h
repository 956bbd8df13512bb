// apiserver/store/record_cache.h — the newest records of keys that were read or written lately, so that they are not
// looked up on the disk: who writes a status has read the object just before. Thread-safe.
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "apiserver/store/store.h"
#include "base/mutex.h"

namespace rig::apiserver {

class RecordCache {
 public:
  explicit RecordCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Nothing: it is not known here. Null: the key does not live.
  std::optional<std::shared_ptr<const Record>> find(std::string_view key) EXCLUDES(mutex_);
  void write(const Change& change) EXCLUDES(mutex_);  // one that is committed; in the order of revisions
  // A record that was read in a state of at least revision `state`. It is left out when a newer one may have been here.
  void add(const Record& record, Revision state) EXCLUDES(mutex_);

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Record> record;  // null: it does not live
    Revision revision = 0;                 // of the write that made it so
  };
  using Entries = std::list<Entry>;  // what was used last comes first
  void put(Entry entry) REQUIRES(mutex_);
  void drop(Entries::iterator entry) REQUIRES(mutex_);
  static std::size_t bytes_of(const Entry& entry);

  const std::size_t bytes_max_;
  mutable Mutex mutex_;
  Entries entries_ GUARDED_BY(mutex_);
  std::unordered_map<std::string_view, Entries::iterator> by_key_ GUARDED_BY(mutex_);  // of the entries' own texts
  std::size_t bytes_ GUARDED_BY(mutex_) = 0;
  Revision forgotten_ GUARDED_BY(mutex_) = 0;  // no entry with a revision above it was dropped for want of room
};

}  // namespace rig::apiserver
