// controllers/last_writes.h — whether the cache has caught up with our own last write of an object.
//
// A decision on an older copy may find nothing to write where there is something (the simulator found exactly that), or
// act twice. A write whose reply was lost may have happened: its key is in doubt until the object was read once.
// Versions are compared as integers, which Kubernetes has promised since 1.35 and all servers before it do; others
// count as caught up. Kept in memory only: after a restart the caches start from a fresh list. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "api/meta/meta.h"
#include "base/mutex.h"
#include "base/text.h"
#include "kube/api.h"
#include "kube/store.h"

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
    in_doubt_.erase(written.key());
  }
  void doubt(const ObjectKey& key) {
    const Lock lock(mutex_);
    in_doubt_.insert(key);
  }
  bool is_in_doubt(const ObjectKey& key) const {
    const Lock lock(mutex_);
    return in_doubt_.contains(key);
  }
  void forget(const ObjectKey& key) {
    const Lock lock(mutex_);
    versions_.erase(key);
    in_doubt_.erase(key);
  }

 private:
  mutable Mutex mutex_;
  std::map<ObjectKey, std::int64_t> versions_ GUARDED_BY(mutex_);
  std::set<ObjectKey> in_doubt_ GUARDED_BY(mutex_);
};

// Null when the object is gone: then nothing is remembered of it either.
template <class T>
std::shared_ptr<const T> find_cached(const kube::Store<T>& store, LastWrites& writes, const ObjectKey& key) {
  auto cached = store.get(key);
  if (!cached) writes.forget(key);
  return cached;
}

// Before anything is decided on `cached`. kAborted: look again shortly, with a newer copy.
template <class T>
Status check_cached(kube::Transport& api, LastWrites& writes, const T& cached, const Call& call) {
  const ObjectKey key = cached.meta.key();
  if (writes.is_in_doubt(key)) {
    auto now = kube::Api<T>(api).get(key, call);
    if (!now.ok() && now.error().is(Code::kNotFound)) {
      writes.forget(key);
      return Error(Code::kAborted, "the cache still has " + key.to_string() + ", which is gone");
    }
    writes.note(TRY(std::move(now)).meta);
  }
  return writes.check(cached.meta);
}

// Writes the status when it differs, and remembers that. Returns the object as it is now.
template <class T>
Result<T> publish_status(kube::Transport& api, LastWrites& writes, const T& before, const T& after, const Call& call) {
  auto now = kube::Api<T>(api).publish_status(before, after, call);
  if (now.ok())
    writes.note(now->meta);
  else if (remedy(now.error().code()) == Remedy::kRetry)
    writes.doubt(after.meta.key());
  return now;
}

}  // namespace rig::controllers
