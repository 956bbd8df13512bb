// apiserver/scale.cc — the scale subresource.
#include "apiserver/scale.h"

#include "apiserver/document.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

// ".spec.replicas"
const json::Value* at_path(const json::Value& object, std::string_view path) {
  const json::Value* found = &object;
  for (const std::string& name : split(path.substr(path.starts_with('.') ? 1 : 0), '.')) {
    found = found == nullptr ? nullptr : found->find(name);
  }
  return found;
}

void set_path(json::Value& object, std::string_view path, json::Value value) {
  json::Value* at = &object;
  for (const std::string& name : split(path.substr(1), '.')) at = &(*at)[name];
  *at = std::move(value);
}

json::Value make_scale(const api::KindInfo& kind, const json::Value& object) {
  json::Object metadata;
  for (const std::string_view name : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const json::Value* found = object.at({"metadata", name})) metadata[name] = *found;
  }
  json::Object spec, status{{"replicas", 0}};
  if (const json::Value* replicas = at_path(object, kind.scale_spec_path)) spec["replicas"] = *replicas;
  if (const json::Value* replicas = at_path(object, kind.scale_status_path)) status["replicas"] = *replicas;
  if (!kind.scale_selector_path.empty()) {
    const json::Value* selector = at_path(object, kind.scale_selector_path);
    if (selector != nullptr && selector->is_string() && !selector->text({}).empty()) status["selector"] = *selector;
  }
  return json::Object{{"apiVersion", "autoscaling/v1"},
                      {"kind", "Scale"},
                      {"metadata", std::move(metadata)},
                      {"spec", std::move(spec)},
                      {"status", std::move(status)}};
}

// Refused twice by the real server: as a Scale, and as what it makes of the object.
Error negative(const api::KindInfo& kind, const ObjectKey& key, json::Value& object, const json::Value& replicas) {
  std::vector<schema::Problem> problems = check_schema(kind, object, nullptr);
  add_invalid(problems, kind.scale_spec_path, replicas, "should be a non-negative integer");
  return invalid(kind.resource, key.name, problems);
}

}  // namespace

Result<json::Value> scale_of(const api::KindInfo& kind, const json::Value& object) {
  if (at_path(object, kind.scale_spec_path) != nullptr) return make_scale(kind, object);
  return status_error(
      500, "InternalError",
      "Internal error occurred: the spec replicas field \"" + std::string(kind.scale_spec_path) + "\" does not exist",
      json::Object{{"causes", json::Array{json::Object{{"message", "the spec replicas field \"" +
                                                                       std::string(kind.scale_spec_path) +
                                                                       "\" does not exist"}}}}});
}

Result<Written> change_scale(Registry::Impl& registry, const api::KindInfo& kind, const ObjectKey& key,
                             Registry::Impl::Verb verb,
                             const std::function<Result<json::Value>(const json::Value& scale)>& change,
                             const WriteContext& context) {
  const auto make = [&](const json::Value& old) -> Result<json::Value> {
    json::Value scale = TRY(change(make_scale(kind, old)));
    TRY(Registry::Impl::check_address(kind, key, scale));
    const json::Value* replicas = scale.at({"spec", "replicas"});
    if (replicas != nullptr && replicas->as<std::int64_t>() == nullptr) {
      return bad_request("Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal " +
                         std::string(json::type_name(*replicas)) +
                         " into Go struct field ScaleSpec.spec.replicas of type int32");
    }
    json::Value object = old;
    object["metadata"]["resourceVersion"] = scale.text({"metadata", "resourceVersion"});
    set_path(object, kind.scale_spec_path, replicas == nullptr ? json::Value(0) : *replicas);
    if (replicas != nullptr && replicas->integer({}) < 0) return negative(kind, key, object, *replicas);
    return object;
  };
  Written written = TRY(registry.update(kind, key, {verb, Part::kScale, make}, context));
  written.object = make_scale(kind, written.object);
  return written;
}

Result<Written> replace_scale(Registry::Impl& registry, const api::KindInfo& kind, const ObjectKey& key,
                              json::Value scale, const WriteContext& context) {
  if (scale.text({"kind"}) != "Scale" || scale.text({"apiVersion"}) != "autoscaling/v1") {
    return bad_request("no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"");
  }
  return change_scale(
      registry, kind, key, Registry::Impl::Verb::kReplace, [&](const json::Value&) { return scale; }, context);
}

}  // namespace rig::apiserver
