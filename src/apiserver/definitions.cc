// apiserver/definitions.cc — see definitions.h. What is refused, and what is read with every definition.
#include "apiserver/definitions.h"

#include <map>

#include "api/core/custom_resource_definition.h"
#include "api/crd.h"
#include "apiserver/manners.h"

namespace rig::apiserver {
namespace {

constexpr api::Resource kDefinitions = api::core::CustomResourceDefinition::kResource;

// By name; made once, for it is most of the work of reading one.
const std::map<std::string, json::Value, std::less<>>& specs() {
  static const auto kSpecs = [] {
    std::map<std::string, json::Value, std::less<>> out;
    for (const api::KindInfo& kind : api::kinds()) {
      if (!kind.is_custom) continue;
      json::Value spec = std::move(api::custom_resource_definition(kind)["spec"]);
      spec["conversion"]["strategy"] = "None";
      out.emplace(kind.resource.group_resource(), std::move(spec));
    }
    return out;
  }();
  return kSpecs;
}

const json::Value* spec_of(const json::Value& definition) {
  const auto found = specs().find(definition.text({"metadata", "name"}));
  return found == specs().end() ? nullptr : &found->second;
}

json::Value condition(std::string_view type, std::string_view reason, std::string_view message, std::string_view time) {
  return json::Object{
      {"type", type}, {"status", "True"}, {"reason", reason}, {"message", message}, {"lastTransitionTime", time}};
}

// A kind is served from the moment that it is defined.
json::Value status_of(const json::Value& spec, std::string_view time) {
  json::Array versions;
  for (const json::Value& version : *spec.find("versions")->as<json::Array>())
    versions.push_back(*version.find("name"));
  return json::Object{{"acceptedNames", *spec.find("names")},
                      {"storedVersions", std::move(versions)},
                      {"conditions", json::Array{condition("NamesAccepted", "NoConflicts", "no conflicts found", time),
                                                 condition("Established", "InitialNamesAccepted",
                                                           "the initial names have been accepted", time)}}};
}

bool is_same(const json::Value* a, const json::Value* b) { return a != nullptr && b != nullptr && *a == *b; }

}  // namespace

Status allow_definition(const json::Value* object, const json::Value* old) {
  const bool is_ours = object != nullptr && spec_of(*object) != nullptr;
  if (is_ours && old == nullptr) return {};  // it is there already, which is what the answer will be
  if (is_ours && is_same(object->find("spec"), old->find("spec")) &&
      is_same(object->find("status"), old->find("status"))) {
    return {};
  }
  return forbidden(
      kDefinitions, (object == nullptr ? old : object)->text({"metadata", "name"}),
      "this API server serves the kinds that it was built with; to add or change kinds, use a Kubernetes cluster");
}

void prepare_definition(json::Value& object, const json::Value* old) {
  json::Value* spec = object.find("spec");
  if (spec != nullptr && spec->is_object() && spec->find("conversion") == nullptr) {
    (*spec)["conversion"]["strategy"] = "None";
  }
  if (old != nullptr) return;
  object["metadata"]["generation"] = 1;
  object = whole_definition(std::move(object));
}

json::Value blank_definition(const json::Value& object) {
  json::Value status = json::Object{{"acceptedNames", json::Object()}, {"conditions", json::Array()}};
  if (const json::Value* versions = object.at({"status", "storedVersions"})) status["storedVersions"] = *versions;
  return json::Object{{"spec", json::Object{{"names", json::Object()}}}, {"status", std::move(status)}};
}

json::Value stored_definition(json::Value definition) {
  for (const std::string_view name : {"spec", "status"}) definition.as<json::Object>()->erase(name);
  return definition;
}

json::Value whole_definition(json::Value stored) {
  const json::Value* spec = spec_of(stored);
  if (spec == nullptr) return stored;  // of a kind that another version of this program had
  stored["spec"] = *spec;
  stored["status"] = status_of(*spec, stored.text({"metadata", "creationTimestamp"}));
  return stored;
}

Status lay_definitions(Registry& registry) {
  const api::KindInfo& definitions = *api::find_kind(kDefinitions.group, kDefinitions.plural);
  for (const api::KindInfo& kind : registry.kinds()) {
    if (!kind.is_custom) continue;
    const Result<json::Value> there = registry.get(definitions, {{}, kind.resource.group_resource()});
    if (there.ok()) continue;
    if (!there.error().is(Code::kNotFound)) return there.error();
    json::Value object = json::Object{{"metadata", json::Object{{"name", kind.resource.group_resource()}}}};
    TRY(registry.create(definitions, {}, std::move(object), {.field_manager = "virtrigaud"}));
  }
  return {};
}

}  // namespace rig::apiserver
