// apiserver/routes/openapi_meta.cc — see openapi_meta.h.
#include "apiserver/routes/openapi_meta.h"

#include <string>

#include "api/meta/meta.h"
#include "base/check.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

// '@' stands for the beginning of a reference to another one of these.
constexpr std::string_view kMeta = R"({
"DeleteOptions": {"type": "object", "description": "How an object is removed.", "properties": {
  "apiVersion": {"type": "string"}, "kind": {"type": "string"},
  "dryRun": {"type": "array", "items": {"type": "string"}, "description": "[\"All\"]: nothing is stored."},
  "gracePeriodSeconds": {"type": "integer", "format": "int64"},
  "orphanDependents": {"type": "boolean", "description": "Older form of propagationPolicy."},
  "preconditions": {"description": "What has to be so.", "allOf": [{"$ref": "@Preconditions"}]},
  "propagationPolicy": {"type": "string", "description": "Background, Foreground or Orphan: what becomes of dependents."}}},
"Preconditions": {"type": "object", "description": "Which object is meant.", "properties": {
  "resourceVersion": {"type": "string"}, "uid": {"type": "string"}}},
"FieldsV1": {"type": "object", "description": "A set of fields: f:NAME, k:{KEYS}, v:VALUE, i:INDEX and . for itself."},
"ManagedFieldsEntry": {"type": "object", "description": "What one manager has set.", "properties": {
  "apiVersion": {"type": "string"}, "fieldsType": {"type": "string"},
  "fieldsV1": {"description": "Which fields.", "allOf": [{"$ref": "@FieldsV1"}]},
  "manager": {"type": "string"}, "operation": {"type": "string", "description": "Apply or Update."},
  "subresource": {"type": "string"},
  "time": {"description": "Of its last change.", "allOf": [{"$ref": "@Time"}]}}},
"Time": {"type": "string", "format": "date-time"},
"ListMeta": {"type": "object", "description": "What a list says of itself.", "properties": {
  "continue": {"type": "string", "description": "Where the next page begins."},
  "remainingItemCount": {"type": "integer", "format": "int64"},
  "resourceVersion": {"type": "string", "description": "State of the server that the list shows."},
  "selfLink": {"type": "string"}}},
"Patch": {"type": "object", "description": "A change, in the form that its Content-Type names."},
"Status": {"type": "object", "description": "The answer when there is no object: an error, or that it is done.",
  "x-kubernetes-group-version-kind": [{"group": "", "kind": "Status", "version": "v1"}], "properties": {
  "apiVersion": {"type": "string"}, "kind": {"type": "string"},
  "code": {"type": "integer", "format": "int32", "description": "Of HTTP."},
  "details": {"description": "What it is about.", "allOf": [{"$ref": "@StatusDetails"}]},
  "message": {"type": "string"},
  "metadata": {"description": "Empty but for a list that expired.", "allOf": [{"$ref": "@ListMeta"}]},
  "reason": {"type": "string", "description": "One word for programs."},
  "status": {"type": "string", "description": "Success or Failure."}}},
"StatusCause": {"type": "object", "description": "One thing that is wrong.", "properties": {
  "field": {"type": "string"}, "message": {"type": "string"}, "reason": {"type": "string"}}},
"StatusDetails": {"type": "object", "description": "Which object a Status is about.", "properties": {
  "causes": {"type": "array", "items": {"$ref": "@StatusCause"}},
  "group": {"type": "string"}, "kind": {"type": "string"}, "name": {"type": "string"},
  "retryAfterSeconds": {"type": "integer", "format": "int32"}, "uid": {"type": "string"}}}
})";

constexpr std::string_view kScale = R"({
"Scale": {"type": "object", "description": "How many there are and how many there should be.",
  "x-kubernetes-group-version-kind": [{"group": "autoscaling", "kind": "Scale", "version": "v1"}], "properties": {
  "apiVersion": {"type": "string"}, "kind": {"type": "string"},
  "metadata": {"description": "Of the object that is scaled.", "allOf": [{"$ref": "@@ObjectMeta"}]},
  "spec": {"description": "How many are wanted.", "allOf": [{"$ref": "@ScaleSpec"}]},
  "status": {"description": "How many there are.", "allOf": [{"$ref": "@ScaleStatus"}]}}},
"ScaleSpec": {"type": "object", "description": "How many are wanted.", "properties": {
  "replicas": {"type": "integer", "format": "int32"}}},
"ScaleStatus": {"type": "object", "description": "How many there are.", "required": ["replicas"], "properties": {
  "replicas": {"type": "integer", "format": "int32"},
  "selector": {"type": "string", "description": "Of the labels of those that are counted."}}}
})";
constexpr std::string_view kScaleName = "io.k8s.api.autoscaling.v1.";

void point(json::Value& value, std::string_view prefix, std::string_view name) {
  if (auto* list = value.as<json::Array>()) {
    for (json::Value& item : *list) point(item, prefix, name);
  } else if (auto* object = value.as<json::Object>()) {
    for (auto& [key, member] : *object) {
      std::string_view to = key == "$ref" ? member.text({}) : std::string_view();
      if (to.starts_with("@@")) {
        member = std::string(prefix) + std::string(kMetaName) + std::string(to.substr(2));
      } else if (to.starts_with('@')) {
        member = std::string(prefix) + std::string(name) + std::string(to.substr(1));
      } else {
        point(member, prefix, name);
      }
    }
  }
}

void add(std::string_view text, std::string_view prefix, std::string_view name, json::Value& schemas) {
  Result<json::Value> parsed = json::parse(text);
  CHECK(parsed.ok());
  point(*parsed, prefix, name);
  for (auto& [short_name, schema] : *parsed->as<json::Object>()) {
    schemas[std::string(name) + short_name] = std::move(schema);
  }
}

// The members of metadata that have schemas of their own are named, not repeated.
json::Value object_meta(std::string_view prefix) {
  json::Value meta = schema::openapi(schema::type_of<api::ObjectMeta>());
  meta["description"] = "What every object carries besides its spec and status.";
  json::Value& members = meta["properties"];
  const auto reference = [&](std::string_view name) {
    return json::Object{{"$ref", std::string(prefix) + std::string(kMetaName) + std::string(name)}};
  };
  members["ownerReferences"]["items"] = reference("OwnerReference");
  members["managedFields"] = json::Object{{"type", "array"},
                                          {"description", members.text({"managedFields", "description"})},
                                          {"items", reference("ManagedFieldsEntry")}};
  for (const std::string_view time : {"creationTimestamp", "deletionTimestamp"}) {
    members[time] =
        json::Object{{"description", members.text({time, "description"})}, {"allOf", json::Array{reference("Time")}}};
  }
  return meta;
}

}  // namespace

void add_meta_schemas(std::string_view prefix, json::Value& schemas) {
  add(kMeta, prefix, kMetaName, schemas);
  schemas[std::string(kMetaName) + "ObjectMeta"] = object_meta(prefix);
  schemas[std::string(kMetaName) + "OwnerReference"] = schema::openapi(schema::type_of<api::OwnerReference>());
}

void add_scale_schemas(std::string_view prefix, json::Value& schemas) { add(kScale, prefix, kScaleName, schemas); }

}  // namespace rig::apiserver
