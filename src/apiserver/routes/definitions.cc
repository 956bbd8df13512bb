// apiserver/routes/definitions.cc — see definitions.h.
#include "apiserver/routes/definitions.h"

#include <algorithm>

#include "api/crd.h"
#include "apiserver/selector.h"
#include "base/check.h"
#include "base/uuid.h"
#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

// A definition has the same uid on every server, for it is the same thing.
constexpr std::string_view kUidSpace = "6f2c1b0e-8f0a-4d7e-9a53-3b1f0c5d9e21";

json::Value condition(std::string_view type, std::string_view reason, std::string_view message,
                      const std::string& time) {
  return json::Object{
      {"type", type}, {"status", "True"}, {"reason", reason}, {"message", message}, {"lastTransitionTime", time}};
}

json::Value definition_of(const api::KindInfo& kind, WallTime made) {
  const std::string time = format_time(made);
  json::Value out = api::custom_resource_definition(kind);
  json::Value& metadata = out["metadata"];
  metadata["uid"] = name_uuid(kUidSpace, metadata.text({"name"}));
  metadata["resourceVersion"] = "1";
  metadata["generation"] = 1;
  metadata["creationTimestamp"] = time;
  out["spec"]["conversion"]["strategy"] = "None";
  json::Value& status = out["status"];
  status["acceptedNames"] = *out.at({"spec", "names"});
  status["storedVersions"] = json::Array{kind.resource.version};
  status["conditions"] =
      json::Array{condition("NamesAccepted", "NoConflicts", "no conflicts found", time),
                  condition("Established", "InitialNamesAccepted", "the initial names have been accepted", time)};
  return out;
}

}  // namespace

Definitions::Definitions(std::span<const api::KindInfo> kinds, WallTime made)
    : kind_(api::find_kind_by_name("apiextensions.k8s.io", "CustomResourceDefinition")) {
  CHECK(kind_ != nullptr);
  for (const api::KindInfo& kind : kinds) {
    if (kind.is_custom) all_.push_back(definition_of(kind, made));
  }
  std::sort(all_.begin(), all_.end(), [](const json::Value& a, const json::Value& b) {
    return a.text({"metadata", "name"}) < b.text({"metadata", "name"});
  });
}

Result<json::Value> Definitions::get(std::string_view name) const {
  for (const json::Value& definition : all_) {
    if (definition.text({"metadata", "name"}) == name) return definition;
  }
  return not_found(kind_->resource, name);
}

Result<std::vector<json::Value>> Definitions::list(const ListQuery& query) const {
  const Selector selector = TRY(Selector::parse(*kind_, query.label_selector, query.field_selector));
  std::vector<json::Value> out;
  for (const json::Value& definition : all_) {
    if (selector.matches(definition)) out.push_back(definition);
  }
  return out;
}

Result<json::Value> Definitions::keep(std::string_view name, const json::Value& wanted) const {
  json::Value definition = TRY(get(name));
  const json::Value* spec = wanted.find("spec");
  if (spec == nullptr || *spec != *definition.find("spec")) return refuse("update", name);
  return definition;
}

Error Definitions::refuse(std::string_view verb, std::string_view name) const {
  if (verb == "create" && get(name).ok()) return already_exists(kind_->resource, name);
  return forbidden(
      kind_->resource, name,
      "this API server serves the kinds that it was built with; to add or change kinds, use a Kubernetes cluster");
}

}  // namespace rig::apiserver
