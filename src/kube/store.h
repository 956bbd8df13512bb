// kube/store.h — a local, eventually current copy of the objects of one kind.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <variant>
#include <vector>

#include "kube/api.h"

namespace rig::kube {

// What a reflector says. A relist is Init, InitApply*, InitDone, so that a store can swap at once and work out what
// vanished while nobody was looking.
struct Init {};
struct InitApply { json::Value object; };
struct InitDone { std::string resource_version; };
struct Apply { json::Value object; };
struct Delete { json::Value object; };
using Event = std::variant<Init, InitApply, InitDone, Apply, Delete>;

// Reading side. Objects are immutable and shared; hold one for as long as you like. Thread-safe.
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
  std::vector<std::shared_ptr<const T>> by_index(const std::string& index, const std::string& value) const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<const T>> out;
    const auto it = indexes_.find(index);
    if (it == indexes_.end()) return out;
    const auto [first, last] = it->second.keys.equal_range(value);
    for (auto i = first; i != last; ++i) out.push_back(objects_.at(i->second));
    return out;
  }
  bool is_synced() const {  // the first list has arrived
    const std::shared_lock lock(mutex_);
    return synced_;
  }
  void add_index(const std::string& name, IndexFunction function);  // before the first event

 private:
  template <ApiObject U> friend class StoreWriter;
  struct Index {
    IndexFunction function;
    std::multimap<std::string, ObjectKey> keys;
  };
  void put(const ObjectKey& key, std::shared_ptr<const T> object);  // mutex_ held
  void drop(const ObjectKey& key);                                  // mutex_ held

  mutable std::shared_mutex mutex_;
  std::map<ObjectKey, std::shared_ptr<const T>> objects_;
  std::map<std::string, Index> indexes_;
  bool synced_ = false;
};

// Writing side: exactly one per store, so that a relist can never erase someone else's events.
template <ApiObject T>
class StoreWriter {
 public:
  explicit StoreWriter(Store<T>& store) : store_(store) {}
  // Applies one event; returns the keys whose controllers must look again. An object that cannot be decoded is left
  // out and logged.
  std::vector<ObjectKey> apply(const Event& event);

 private:
  Store<T>& store_;
  std::map<ObjectKey, std::shared_ptr<const T>> incoming_;  // filled between Init and InitDone
};

}  // namespace rig::kube

#include "kube/store_impl.h"
