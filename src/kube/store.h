// kube/store.h — a local, eventually current copy of the objects of one kind.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "kube/api.h"

namespace rig::kube {

// What a reflector says. A relist is Init, InitApply*, InitDone, so that a store can swap at once and work out what
// vanished while nobody was looking.
struct Init {};
struct InitApply {
  json::Value object;
};
struct InitDone {
  std::string resource_version;
};
struct Apply {
  json::Value object;
};
struct Delete {
  json::Value object;
};
using Event = std::variant<Init, InitApply, InitDone, Apply, Delete>;

// Reading side. Objects are immutable and shared; hold one for as long as you like. They come without managedFields,
// which are half of a small object and nobody's business here; a write without them leaves the server's as they are.
// Thread-safe.
template <ApiObject T>
class Store {
 public:
  // A secondary key of an object: the Provider that a machine names, the Secret that a Provider names.
  using IndexFunction = std::function<std::vector<std::string>(const T&)>;

  std::shared_ptr<const T> get(const ObjectKey& key) const {  // null when absent; may be stale
    const std::shared_lock lock(mutex_);
    const auto it = objects_.find(key);
    return it == objects_.end() ? nullptr : it->second;
  }
  std::vector<std::shared_ptr<const T>> all() const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<const T>> out;
    for (const auto& [key, object] : objects_) out.push_back(object);
    return out;
  }
  // By key. The index must have been added.
  std::vector<std::shared_ptr<const T>> by_index(const std::string& index, const std::string& value) const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<const T>> out;
    const auto it = indexes_.find(index);
    CHECK(it != indexes_.end());
    const auto keys = it->second.keys.find(value);
    if (keys == it->second.keys.end()) return out;
    for (const ObjectKey& key : keys->second) out.push_back(objects_.at(key));
    return out;
  }
  bool is_synced() const {  // the first list has arrived
    const std::shared_lock lock(mutex_);
    return synced_;
  }
  void add_index(const std::string& name, IndexFunction function);  // before the first event

 private:
  template <ApiObject U>
  friend class StoreWriter;
  struct Index {
    IndexFunction function;
    std::map<std::string, std::set<ObjectKey>> keys;  // by value
  };
  void put(const ObjectKey& key, std::shared_ptr<const T> object);  // mutex_ held
  void drop(const ObjectKey& key);                                  // mutex_ held

  mutable std::shared_mutex mutex_;
  std::map<ObjectKey, std::shared_ptr<const T>> objects_;
  std::map<std::string, Index> indexes_;
  bool synced_ = false;
};

// What an event changed: one object as it was (null: new) and as it is (null: gone).
template <ApiObject T>
struct Change {
  ObjectKey key;
  std::shared_ptr<const T> before, after;
};

// Writing side: exactly one per store, so that a relist can never erase someone else's events. One thread.
template <ApiObject T>
class StoreWriter {
 public:
  explicit StoreWriter(Store<T>& store) : store_(store) {}
  // Applies one event and says what is different now. A repeated event changes nothing. An object that cannot be
  // decoded is logged, and what the store had of it stays: a newer server's word for something is not its absence.
  std::vector<Change<T>> apply(const Event& event);

 private:
  using Objects = std::map<ObjectKey, std::shared_ptr<const T>>;
  // Null: nothing known, neither now nor before.
  std::shared_ptr<const T> decode(const ObjectKey& key, const json::Value& object) const;
  std::vector<Change<T>> replace_all();
  std::vector<Change<T>> replace_one(const ObjectKey& key, std::shared_ptr<const T> after);
  // Puts or drops one object; store_.mutex_ held.
  void change(const ObjectKey& key, std::shared_ptr<const T> after, std::vector<Change<T>>& changes);

  Store<T>& store_;
  Objects incoming_;  // filled between Init and InitDone
};

// ---- bodies ----

inline ObjectKey key_of(const json::Value& object) {
  return {std::string(object.text({"metadata", "namespace"})), std::string(object.text({"metadata", "name"}))};
}

template <ApiObject T>
void Store<T>::add_index(const std::string& name, IndexFunction function) {
  const std::unique_lock lock(mutex_);
  CHECK(!synced_ && objects_.empty());
  indexes_[name].function = std::move(function);
}

template <ApiObject T>
void Store<T>::put(const ObjectKey& key, std::shared_ptr<const T> object) {
  drop(key);
  for (auto& [name, index] : indexes_) {
    for (std::string& value : index.function(*object)) index.keys[std::move(value)].insert(key);
  }
  objects_[key] = std::move(object);
}

template <ApiObject T>
void Store<T>::drop(const ObjectKey& key) {
  const auto it = objects_.find(key);
  if (it == objects_.end()) return;
  for (auto& [name, index] : indexes_) {
    for (const std::string& value : index.function(*it->second)) {
      const auto keys = index.keys.find(value);
      if (keys == index.keys.end()) continue;  // a value that the object names twice
      keys->second.erase(key);
      if (keys->second.empty()) index.keys.erase(keys);
    }
  }
  objects_.erase(it);
}

template <ApiObject T>
std::shared_ptr<const T> StoreWriter<T>::decode(const ObjectKey& key, const json::Value& object) const {
  Result<T> decoded = from_json<T>(object);
  if (decoded.ok()) {
    decoded->meta.managed_fields = {};
    return std::make_shared<const T>(decoded.take());
  }
  log::error("object not understood, what was known of it stays",
             {{"kind", T::kResource.kind}, {"key", key.to_string()}, {"error", decoded.error()}});
  return store_.get(key);
}

template <ApiObject T>
void StoreWriter<T>::change(const ObjectKey& key, std::shared_ptr<const T> after, std::vector<Change<T>>& changes) {
  const auto it = store_.objects_.find(key);
  std::shared_ptr<const T> before = it == store_.objects_.end() ? nullptr : it->second;
  const bool same = before && after && before->meta.uid == after->meta.uid &&
                    before->meta.resource_version == after->meta.resource_version;
  if (same || (!before && !after)) return;
  if (after) {
    store_.put(key, after);
  } else {
    store_.drop(key);
  }
  changes.push_back({key, std::move(before), std::move(after)});
}

template <ApiObject T>
std::vector<Change<T>> StoreWriter<T>::replace_all() {
  std::vector<Change<T>> changes;
  const std::unique_lock lock(store_.mutex_);
  const Objects had = store_.objects_;
  for (const auto& [key, object] : had) {
    if (!incoming_.contains(key)) change(key, nullptr, changes);
  }
  for (const auto& [key, object] : incoming_) change(key, object, changes);
  incoming_.clear();
  store_.synced_ = true;
  return changes;
}

template <ApiObject T>
std::vector<Change<T>> StoreWriter<T>::replace_one(const ObjectKey& key, std::shared_ptr<const T> after) {
  std::vector<Change<T>> changes;
  const std::unique_lock lock(store_.mutex_);
  change(key, std::move(after), changes);
  return changes;
}

template <ApiObject T>
std::vector<Change<T>> StoreWriter<T>::apply(const Event& event) {
  if (const auto* applied = std::get_if<Apply>(&event)) {
    const ObjectKey key = key_of(applied->object);
    return replace_one(key, decode(key, applied->object));
  }
  if (const auto* deleted = std::get_if<Delete>(&event)) return replace_one(key_of(deleted->object), nullptr);
  if (std::holds_alternative<InitDone>(event)) return replace_all();
  if (std::holds_alternative<Init>(event)) incoming_.clear();
  if (const auto* listed = std::get_if<InitApply>(&event)) {
    const ObjectKey key = key_of(listed->object);
    if (auto object = decode(key, listed->object)) incoming_[key] = std::move(object);
  }
  return {};
}

}  // namespace rig::kube
