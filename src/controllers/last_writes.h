// controllers/last_writes.h — whether the cache has caught up with our own last write of an object.
//
// A decision on an older copy may find nothing to write where there is something (the simulator found exactly that), or
// act twice. Versions are compared as integers, which Kubernetes has promised since 1.35 and all servers before it do;
// others count as caught up. Kept in memory only: after a restart the caches start from a fresh list. Thread-safe.
#pragma once

#include <map>
#include <string>

#include "api/meta/meta.h"
#include "base/mutex.h"
#include "base/text.h"
#include "kube/api.h"

namespace rig::controllers {

class LastWrites {
 public:
  // kAborted (read again shortly): this copy is older than what we wrote.
  Status check(const api::ObjectMeta& cached) const {
    const auto version = parse_int(cached.resource_version);
    const Lock lock(mutex_);
    const auto it = versions_.find(cached.key());
    if (!version.ok() || it == versions_.end() || *version >= it->second) return {};
    return Error(Code::kAborted, "the cache is older than our last write of " + cached.key().to_string());
  }
  void note(const api::ObjectMeta& written) {
    const auto version = parse_int(written.resource_version);
    const Lock lock(mutex_);
    if (version.ok()) versions_[written.key()] = *version;
  }
  void forget(const ObjectKey& key) {
    const Lock lock(mutex_);
    versions_.erase(key);
  }

 private:
  mutable Mutex mutex_;
  std::map<ObjectKey, std::int64_t> versions_ GUARDED_BY(mutex_);
};

// Writes the status when it differs, and remembers that. Returns the object as it is now.
template <class T>
Result<T> publish_status(kube::Transport& api, LastWrites& writes, const T& before, const T& after, const Call& call) {
  T now = TRY(kube::Api<T>(api).publish_status(before, after, call));
  writes.note(now.meta);
  return now;
}

}  // namespace rig::controllers
