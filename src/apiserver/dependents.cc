// apiserver/dependents.cc — owners and dependents, as kube-controller-manager's garbage collector treats them.
#include <algorithm>

#include "apiserver/collector.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kOrphan = "orphan", kForeground = "foregroundDeletion";

bool has_finalizer(const json::Value& object, std::string_view finalizer) {
  const std::vector<std::string> all = finalizers_of(object);
  return std::find(all.begin(), all.end(), finalizer) != all.end();
}

bool waits_for_dependents(const json::Value& object) {
  return is_deleting(object) && has_finalizer(object, kForeground);
}

const json::Value* reference_to(const json::Value& object, std::string_view uid) {
  for (const json::Value& reference : owners_of(object)) {
    if (reference.text({"uid"}) == uid) return &reference;
  }
  return nullptr;
}

bool is_true(const json::Value& object, std::string_view name) {
  const json::Value* found = object.find(name);
  return found != nullptr && *found == json::Value(true);
}

}  // namespace

Status Collector::examine(const std::string& storage_key) {
  const std::optional<Place> place = place_of(storage_key);
  if (!place) return {};
  const Result<json::Value> object = registry_.read(*place->kind, place->key);
  if (!object.ok()) return object.error().is(Code::kNotFound) ? Status() : Status(object.error());
  if (is_deleting(*object) && has_finalizer(*object, kOrphan)) return leave_orphans(*place, *object);
  if (waits_for_dependents(*object)) return delete_dependents(*place, *object);
  if (!is_deleting(*object)) return follow_owners(*place, *object);
  return {};
}

Status Collector::leave_orphans(const Place& place, const json::Value& owner) {
  const std::string uid(owner.text({"metadata", "uid"}));
  const auto dependents = dependents_.find(uid);
  const std::set<std::string> keys = dependents == dependents_.end() ? std::set<std::string>() : dependents->second;
  for (const std::string& key : keys) {
    if (const auto dependent = place_of(key)) TRY(drop_references(*dependent, {uid}));
  }
  return drop_finalizer(place, kOrphan);
}

// The owner stays until the last dependent that blocks it is really gone; then the others follow.
Status Collector::delete_dependents(const Place& place, const json::Value& owner) {
  const std::string uid(owner.text({"metadata", "uid"}));
  bool is_blocked = false;
  const auto dependents = dependents_.find(uid);
  const std::set<std::string> keys = dependents == dependents_.end() ? std::set<std::string>() : dependents->second;
  for (const std::string& key : keys) {
    const auto dependent = place_of(key);
    const Result<json::Value> object =
        dependent ? registry_.read(*dependent->kind, dependent->key) : not_found(place.kind->resource, {});
    if (!object.ok()) continue;  // gone
    const json::Value* reference = reference_to(*object, uid);
    if (reference == nullptr || !is_true(*reference, "blockOwnerDeletion")) continue;
    is_blocked = true;
    if (!is_deleting(*object)) TRY(remove(*dependent, *object, has_dependents(*object) ? "Foreground" : "Background"));
  }
  if (is_blocked) {  // looked at again in each round: a dependent may also be released from its owner
    to_examine_.insert(storage_key(*place.kind, place.key));
    return {};
  }
  return drop_finalizer(place, kForeground);
}

// It stays as long as one owner stays. References to owners that are gone, or wait to go, are dropped then.
Status Collector::follow_owners(const Place& place, const json::Value& object) {
  std::set<std::string> gone;
  bool is_owned = false, is_waited_for = false;
  for (const json::Value& reference : owners_of(object)) {
    const auto owner = owner_place(reference, place.key.namespace_);
    if (!owner) return {};  // of a kind that we cannot ask about: left alone
    const Result<json::Value> found = registry_.read(*owner->kind, owner->key);
    if (!found.ok() && !found.error().is(Code::kNotFound)) return found.error();
    const std::string_view uid = reference.text({"uid"});
    if (found.ok() && found->text({"metadata", "uid"}) == uid && !waits_for_dependents(*found)) {
      is_owned = true;
    } else {
      gone.emplace(uid);
      is_waited_for = is_waited_for || (found.ok() && found->text({"metadata", "uid"}) == uid);
    }
  }
  if (gone.empty()) return {};
  if (is_owned) return drop_references(place, gone);
  return remove(place, object, is_waited_for && has_dependents(object) ? "Foreground" : "Background");
}

Status Collector::drop_references(const Place& place, const std::set<std::string>& owner_uids) {
  return change(place, [&](json::Value& object) {
    json::Value* references = object["metadata"].find("ownerReferences");
    if (references == nullptr) return;
    std::erase_if(*references->as<json::Array>(), [&](const json::Value& reference) {
      return owner_uids.contains(std::string(reference.text({"uid"})));
    });
    if (references->as<json::Array>()->empty()) object["metadata"].as<json::Object>()->erase("ownerReferences");
  });
}

Status Collector::drop_finalizer(const Place& place, std::string_view finalizer) {
  return change(place, [&](json::Value& object) {
    std::vector<std::string> kept = finalizers_of(object);
    std::erase(kept, finalizer);
    set_finalizers(object, kept);
  });
}

Status Collector::remove(const Place& place, const json::Value& object, std::string_view policy) {
  const DeleteContext context{.propagation = std::string(policy), .uid = std::string(object.text({"metadata", "uid"}))};
  const Result<json::Value> removed = registry_.remove(*place.kind, place.key, context);
  // Gone, or another object by now: both are what was wanted.
  if (!removed.ok() && !removed.error().is(Code::kNotFound) && !removed.error().is(Code::kAborted))
    return removed.error();
  has_changed_ = true;
  return {};
}

Status Collector::change(const Place& place, const std::function<void(json::Value&)>& edit) {
  const auto make = [&](const json::Value& old) -> Result<json::Value> {
    json::Value object = old;
    edit(object);
    return object;
  };
  const WriteContext context{.field_manager = "virtrigaud-collector"};
  const auto written =
      registry_.update(*place.kind, place.key, {Registry::Impl::Verb::kPatch, Part::kWhole, make}, context);
  if (!written.ok() && !written.error().is(Code::kNotFound)) return written.error();
  has_changed_ = true;
  return {};
}

bool Collector::has_dependents(const json::Value& object) const {
  return dependents_.contains(std::string(object.text({"metadata", "uid"})));
}

}  // namespace rig::apiserver
