// apiserver/update.cc — PUT, and what every change of an object has in common.
#include "apiserver/apply/managed_fields.h"
#include "apiserver/document.h"
#include "apiserver/limits.h"
#include "apiserver/registry_impl.h"
#include "apiserver/scale.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

// `from` may be null: then there is nothing to copy.
void copy_member(json::Value& to, const json::Value* from, std::string_view name) {
  if (const json::Value* found = from == nullptr ? nullptr : from->find(name)) {
    to[name] = *found;
  } else if (auto* members = to.as<json::Object>()) {
    members->erase(name);
  }
}

bool is_namespace(const api::KindInfo& kind) {
  return kind.resource.group.empty() && kind.resource.plural == "namespaces";
}

// Only the part that the request is about may differ.
void take_part(const api::KindInfo& kind, const Registry::Impl::Wish& wish, const json::Value& old,
               json::Value& object) {
  const Part part = wish.part;
  if (part == Part::kStatus || part == Part::kFinalize) {
    json::Value whole = old;
    if (part == Part::kStatus) copy_member(whole, &object, "status");
    if (part == Part::kFinalize) copy_member(whole["spec"], object.find("spec"), "finalizers");
    if (wish.verb == Registry::Impl::Verb::kApply)
      copy_member(whole["metadata"], object.find("metadata"), "managedFields");
    object = std::move(whole);
    return;
  }
  if (kind.has_status) copy_member(object, &old, "status");
}

// What a client cannot change and need not send.
void keep_system_fields(const json::Value& old, json::Value& object) {
  json::Value& metadata = object["metadata"];
  const json::Value* before = old.find("metadata");
  metadata.as<json::Object>()->erase("selfLink");
  copy_member(metadata, before, "creationTimestamp");
  copy_member(metadata, before, "generation");
  for (const std::string_view name : {"uid", "deletionTimestamp", "deletionGracePeriodSeconds"}) {
    if (metadata.find(name) == nullptr || metadata.find(name)->is_null()) copy_member(metadata, before, name);
  }
}

// Whether anything but metadata (and a status that is written on its own) differs.
bool is_spec_changed(const api::KindInfo& kind, const json::Value& old, const json::Value& object) {
  const auto is_part = [&](std::string_view name) {
    return name != "metadata" && !(name == "status" && kind.has_status);
  };
  const auto differs = [&](const json::Value& a, const json::Value& b) {
    for (const auto& [name, value] : *a.as<json::Object>()) {
      const json::Value* other = b.find(name);
      if (is_part(name) && (other == nullptr || *other != value)) return true;
    }
    return false;
  };
  return differs(old, object) || differs(object, old);
}

Status check_update(const api::KindInfo& kind, Part part, const json::Value& old, json::Value& object) {
  TRY(Registry::Impl::check_kind(kind, object));
  Problems problems;
  check_metadata_update(object, old, problems);
  // The real server runs this twice for custom kinds, and clients see each cause twice.
  if (kind.is_custom) check_metadata_update(object, old, problems);
  if (part != Part::kStatus) check_metadata(manners_of(kind).name, object, problems);
  if (kind.is_custom) {
    for (schema::Problem& problem : check_schema(kind, object, &old)) {
      constexpr std::string_view kStatusPath = "status.";
      const bool is_of_status = problem.path.starts_with("status");
      if (part == Part::kStatus && !is_of_status) continue;
      // The words, unlike the field, are about the status alone.
      const std::size_t place = part == Part::kStatus ? problem.what.find(problem.path) : std::string::npos;
      if (place != std::string::npos && problem.path.starts_with(kStatusPath))
        problem.what.erase(place, kStatusPath.size());
      problems.push_back(std::move(problem));
    }
  }
  if (manners_of(kind).check != nullptr && part != Part::kStatus) manners_of(kind).check(object, &old, problems);
  return refused(kind, object, problems);
}

Error wrong_uid(const api::KindInfo& kind, const ObjectKey& key, std::string_view wanted, std::string_view found) {
  std::string path = "/registry/";
  if (kind.is_custom) path += std::string(kind.resource.group) + "/";
  path += std::string(kind.resource.plural) + "/" + (key.namespace_.empty() ? "" : key.namespace_ + "/") + key.name;
  return conflict(kind.resource, key.name,
                  "StorageError: invalid object, Code: 4, Key: " + path +
                      ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: " +
                      std::string(wanted) + ", UID in object meta: " + std::string(found));
}

// The version that the client based its change on; 0: it does not say.
Result<Revision> check_version(const api::KindInfo& kind, Registry::Impl::Verb verb, Part part,
                               const json::Value& object, Revision current) {
  const Revision given = TRY(parse_version(object.text({"metadata", "resourceVersion"})));
  const std::string_view name = object.text({"metadata", "name"});
  if (given == 0) {
    const bool is_free =
        verb != Registry::Impl::Verb::kReplace || part == Part::kScale || manners_of(kind).unversioned_update;
    if (is_free) return given;
    api::Resource titled = kind.resource;
    titled.kind = kind.resource.plural;
    return invalid(
        titled, name,
        {{"metadata.resourceVersion", "FieldValueInvalid", "Invalid value: 0: must be specified for an update"}});
  }
  if (given != current) return conflict(kind.resource, name);
  return given;
}

bool may_go(const api::KindInfo& kind, const json::Value& object) {
  if (!is_deleting(object) || !finalizers_of(object).empty()) return false;
  const json::Value* held = object.at({"spec", "finalizers"});
  return !is_namespace(kind) || held == nullptr || held->as<json::Array>()->empty();
}

}  // namespace

Result<Written> Registry::Impl::update(const api::KindInfo& kind, const ObjectKey& key, const Wish& wish,
                                       const WriteContext& context) {
  const std::size_t warned = context.warnings == nullptr ? 0 : context.warnings->size();
  for (int attempt = 1;; ++attempt) {
    if (context.warnings != nullptr) context.warnings->resize(warned);  // those of a lost race
    const json::Value old = TRY(read(kind, key));
    const Revision current = revision_of(old);
    json::Value object = TRY(wish.make(old));
    if (context.permit) TRY(context.permit(object, &old));
    const std::string_view uid = object.text({"metadata", "uid"});
    if (wish.verb == Verb::kReplace && !uid.empty() && uid != old.text({"metadata", "uid"})) {
      return wrong_uid(kind, key, uid, old.text({"metadata", "uid"}));
    }
    const Revision based_on = TRY(check_version(kind, wish.verb, wish.part, object, current));
    take_part(kind, wish, old, object);
    keep_system_fields(old, object);
    if (const auto prepare = manners_of(kind).prepare) prepare(object, &old);
    if (const auto allow = manners_of(kind).allow) TRY(allow(&object, &old));
    if (kind.is_custom && is_spec_changed(kind, old, object)) {
      object["metadata"]["generation"] = old.integer({"metadata", "generation"}) + 1;
    }
    set_version(object, current);
    if (wish.verb != Verb::kApply) track_write(kind, {context.field_manager, wish.part, clock.wall()}, old, object);
    if (const auto settle = manners_of(kind).settle; settle != nullptr && wish.part == Part::kWhole)
      settle(object, &old);
    TRY(check_update(kind, wish.part, old, object));
    if (context.warnings != nullptr) {
      for (std::string& text : finalizer_warnings(object, &old)) context.warnings->push_back(std::move(text));
    }
    if (is_same_but_times(object, old)) return Written{old, false};
    if (context.dry_run) return Written{std::move(object), false};
    Result<json::Value> written = may_go(kind, object) ? erase(kind, key, std::move(object), current)
                                                       : write(kind, key, std::move(object), current);
    if (written.ok()) return Written{written.take(), false};
    if (!written.error().is(Code::kAborted) && !written.error().is(Code::kNotFound)) return written.take_error();
    // Somebody was faster. A replace that named its version fails; a patch is made again from what is there now.
    if (wish.verb == Verb::kReplace && based_on != 0) return conflict(kind.resource, key.name);
    if (attempt == limits::kWriteAttemptsMax) return conflict(kind.resource, key.name);
  }
}

Result<Written> Registry::replace(const api::KindInfo& kind, const ObjectKey& key, json::Value object, Part part,
                                  const WriteContext& context) {
  if (part == Part::kScale) return replace_scale(*impl_, kind, key, std::move(object), context);
  TRY(impl_->read_body(kind, object, context));
  TRY(Impl::check_address(kind, key, object));
  const std::string_view uid = object.text({"metadata", "uid"});
  if (manners_of(kind).create_on_update && part == Part::kWhole && !impl_->store.get(storage_key(kind, key)).ok()) {
    if (!uid.empty()) return wrong_uid(kind, key, uid, {});
    return Written{TRY(impl_->create(kind, key.namespace_, std::move(object), context)), true};
  }
  return impl_->update(kind, key, {Impl::Verb::kReplace, part, [&](const json::Value&) { return object; }}, context);
}

}  // namespace rig::apiserver
