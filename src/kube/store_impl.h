// kube/store_impl.h — the bodies of kube/store.h's templates; included by it alone.
#pragma once

#include "kube/store.h"

namespace rig::kube {

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
  if (decoded.ok()) return std::make_shared<const T>(decoded.take());
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
