// apiserver/removal.cc — DELETE: at once, or marked and held by finalizers.
#include "apiserver/limits.h"
#include "apiserver/registry_impl.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kOrphan = "orphan", kForeground = "foregroundDeletion";

bool is_namespace(const api::KindInfo& kind) {
  return kind.resource.group.empty() && kind.resource.plural == "namespaces";
}

// Titles of a failed precondition are of the kind, not of the collection.
Error precondition_failed(const api::KindInfo& kind, std::string_view name, const std::string& why) {
  api::Resource titled = kind.resource;
  titled.plural = kind.resource.kind;
  return conflict(titled, name, why);
}

Status check_preconditions(const api::KindInfo& kind, const json::Value& object, const DeleteContext& context) {
  const std::string_view name = object.text({"metadata", "name"}), uid = object.text({"metadata", "uid"}),
                         version = object.text({"metadata", "resourceVersion"});
  if (!context.uid.empty() && context.uid != uid) {
    return precondition_failed(kind, name,
                               "the UID in the precondition (" + context.uid + ") does not match the UID in record (" +
                                   std::string(uid) + "). The object might have been deleted and then recreated");
  }
  if (!context.resource_version.empty() && context.resource_version != version) {
    return precondition_failed(kind, name,
                               "the ResourceVersion in the precondition (" + context.resource_version +
                                   ") does not match the ResourceVersion in record (" + std::string(version) +
                                   "). The object might have been modified");
  }
  return {};
}

// The finalizers with which the collector is told what to do with dependents. Without a policy those stand that are
// there already.
std::vector<std::string> finalizers_for(const json::Value& object, std::string_view policy) {
  std::vector<std::string> kept = finalizers_of(object);
  const auto take = [&](std::string_view name) { return std::erase(kept, name) > 0; };
  const bool had_orphan = take(kOrphan), had_foreground = take(kForeground);
  if (policy == "Orphan" || (policy.empty() && had_orphan)) kept.emplace_back(kOrphan);
  if (policy == "Foreground" || (policy.empty() && had_foreground)) kept.emplace_back(kForeground);
  return kept;
}

json::Value marked(const api::KindInfo& kind, const json::Value& object, std::vector<std::string> finalizers,
                   WallTime now) {
  json::Value out = object;
  set_finalizers(out, finalizers);
  if (is_deleting(object)) return out;
  out["metadata"]["deletionTimestamp"] = format_time(now);
  if (is_namespace(kind)) {
    out["status"]["phase"] = "Terminating";
    return out;
  }
  out["metadata"]["deletionGracePeriodSeconds"] = 0;
  const std::int64_t generation = object.integer({"metadata", "generation"});
  if (generation > 0) out["metadata"]["generation"] = generation + 1;
  return out;
}

}  // namespace

Result<json::Value> Registry::Impl::remove(const api::KindInfo& kind, const ObjectKey& key,
                                           const DeleteContext& context) {
  for (int attempt = 1;; ++attempt) {
    const json::Value object = TRY(read(kind, key));
    if (const auto allow = manners_of(kind).allow) TRY(allow(nullptr, &object));
    TRY(check_preconditions(kind, object, context));
    std::vector<std::string> finalizers = finalizers_for(object, context.propagation);
    const bool is_held = !finalizers.empty() || is_namespace(kind);
    json::Value wanted = is_held ? marked(kind, object, std::move(finalizers), clock.wall()) : object;
    const json::Value answer = is_held || manners_of(kind).deletion_shows_object
                                   ? wanted
                                   : success(kind.resource, key.name, object.text({"metadata", "uid"}));
    if (context.dry_run || (is_held && wanted == object)) return answer;
    const Revision revision = revision_of(object);
    Result<json::Value> done =
        is_held ? write(kind, key, std::move(wanted), revision) : erase(kind, key, answer, revision);
    if (done.ok() || attempt == limits::kWriteAttemptsMax) return done;
    if (!done.error().is(Code::kAborted) && !done.error().is(Code::kNotFound)) return done;
  }
}

Result<json::Value> Registry::remove(const api::KindInfo& kind, const ObjectKey& key, const DeleteContext& context) {
  return impl_->remove(kind, key, context);
}

// Answers with the objects as they were before.
Result<ListResult> Registry::remove_collection(const api::KindInfo& kind, const ListQuery& query,
                                               const DeleteContext& context) {
  if (manners_of(kind).deletes_one_by_one) {
    return status_error(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                        json::Object());
  }
  ListResult found = TRY(list(kind, query));
  for (const json::Value& object : found.items) {
    const Result<json::Value> gone = impl_->remove(kind, key_of(object), context);
    if (!gone.ok() && !gone.error().is(Code::kNotFound)) return gone.error();
  }
  return found;
}

}  // namespace rig::apiserver
