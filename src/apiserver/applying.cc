// apiserver/applying.cc — PATCH with an apply configuration.
#include "apiserver/apply/managed_fields.h"
#include "apiserver/document.h"
#include "apiserver/registry_impl.h"

namespace rig::apiserver {
namespace {

std::string kind_text(std::string_view api_version, std::string_view kind) {
  return (api_version.find('/') == std::string_view::npos ? "/" : "") + std::string(api_version) +
         ", Kind=" + std::string(kind);
}

Status check_configuration(const api::KindInfo& kind, const json::Value& configuration) {
  const std::string_view version = configuration.text({"apiVersion"}), name = configuration.text({"kind"});
  if (version != kind.resource.api_version() || name != kind.resource.kind) {
    return bad_request("invalid object type: " + kind_text(version, name));
  }
  if (configuration.at({"metadata", "managedFields"}) != nullptr)
    return bad_request("metadata.managedFields must be nil");
  return {};
}

Error no_scale(const ObjectKey& key) {
  return bad_value(
      "failed to convert new object (" + key.to_string() +
      "; autoscaling/v1, Kind=Scale) to proper version: request to convert CR to an invalid group/version: "
      "autoscaling/v1");
}

}  // namespace

Result<json::Value> Registry::Impl::applied(const api::KindInfo& kind, const ObjectKey& key, const json::Value& live,
                                            json::Value configuration, Part part, const WriteContext& context) const {
  if (!configuration["metadata"].is_object()) configuration["metadata"] = json::Object();
  const bool is_named = !configuration.text({"metadata", "name"}).empty();
  if (!is_named) configuration["metadata"]["name"] = key.name;
  json::Value object =
      TRY(apply_configuration(kind, {context.field_manager, part, clock.wall()}, live, configuration, context.force));
  for (const std::string_view name : {"resourceVersion", "uid"}) {  // they are preconditions, whatever the part
    if (const json::Value* given = configuration.at({"metadata", name})) object["metadata"][name] = *given;
  }
  for (const std::string_view name : {"name", "namespace"}) {
    if (const json::Value* given = configuration.at({"metadata", name})) object["metadata"][name] = *given;
  }
  object["apiVersion"] = kind.resource.api_version();
  object["kind"] = kind.resource.kind;
  TRY(check_address(kind, key, object));
  if (auto why = unreadable(kind, object)) return bad_value("failed to convert the applied object: " + *why);
  if (const auto read_more = manners_of(kind).read) {
    if (auto why = read_more(object)) return bad_value("failed to convert the applied object: " + *why);
  }
  normalise(kind, object);
  return object;
}

Result<Written> Registry::Impl::apply(const api::KindInfo& kind, const ObjectKey& key, const json::Value& configuration,
                                      Part part, const WriteContext& context) {
  if (part == Part::kScale) return no_scale(key);
  TRY(check_configuration(kind, configuration));
  if (context.warnings != nullptr && context.validation != Validation::kIgnore) {
    context.warnings->insert(context.warnings->end(), context.body_warnings.begin(), context.body_warnings.end());
  }
  const auto make = [&](const json::Value& old) { return applied(kind, key, old, configuration, part, context); };
  Result<Written> written = update(kind, key, {Verb::kApply, part, make}, context);
  const bool is_new = !written.ok() && written.error().is(Code::kNotFound) && part == Part::kWhole;
  if (!is_new) return written;
  if (const std::string_view uid = configuration.text({"metadata", "uid"}); !uid.empty()) {
    return conflict(
        kind.resource, key.name,
        "uid mismatch: the provided object specified uid " + std::string(uid) + ", and no existing object was found");
  }
  json::Value object = TRY(applied(kind, key, json::Object(), configuration, part, context));
  return Written{TRY(create(kind, key.namespace_, std::move(object), context, /*is_apply=*/true)), true};
}

}  // namespace rig::apiserver
