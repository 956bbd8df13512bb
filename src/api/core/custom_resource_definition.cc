// api/core/custom_resource_definition.cc — the rows of custom_resource_definition.h. What is inside of a version is
// only passed through.
#include "api/core/custom_resource_definition.h"

#include <string>

namespace rig::api::core {
namespace {

using schema::TypeInfo;

std::string names(const std::string& description) {
  return R"({"type": "object", "description": ")" + description + R"(", "required": ["plural", "kind"], "properties": {
    "plural": {"type": "string", "description": "In paths: lower case, many."},
    "singular": {"type": "string", "description": "Lower case, one; what kubectl takes besides the plural."},
    "kind": {"type": "string", "description": "In objects: CamelCase, one."},
    "listKind": {"type": "string", "description": "Kind of a list of them."},
    "shortNames": {"type": "array", "items": {"type": "string"}, "description": "What kubectl takes besides."},
    "categories": {"type": "array", "items": {"type": "string"}, "description": "Groups that kubectl get takes."}}})";
}

const TypeInfo& definition_spec() {
  static const std::string text = R"({"type": "object", "required": ["group", "names", "scope", "versions"],
    "properties": {
      "group": {"type": "string", "description": "API group."},
      "names": )" + names("What objects of the kind are called.") +
                                  R"(,
      "scope": {"type": "string", "description": "Namespaced or Cluster."},
      "versions": {"type": "array", "description": "Each with its schema, its columns and its subresources.",
        "items": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
          "required": ["name", "served", "storage"],
          "properties": {
            "name": {"type": "string", "description": "In apiVersion, behind the group."},
            "served": {"type": "boolean", "description": "Whether requests may use it."},
            "storage": {"type": "boolean", "description": "Whether objects are stored in it."}}}},
      "conversion": {"type": "object", "required": ["strategy"], "description": "From one version to another.",
        "properties": {
          "strategy": {"type": "string", "description": "None or Webhook."},
          "webhook": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "description": "Who converts."}}},
      "preserveUnknownFields": {"type": "boolean", "description": "Of definitions from before schemas: false."}}})";
  static const TypeInfo t = schema::raw("CustomResourceDefinitionSpec", "How a kind is named and described.", text);
  return t;
}

const TypeInfo& definition_status() {
  static const std::string text = R"({"type": "object", "properties": {
    "acceptedNames": )" + names("What they are called: no other kind has these names.") +
                                  R"(,
    "storedVersions": {"type": "array", "items": {"type": "string"},
      "description": "Versions that objects were stored in."},
    "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
      "description": "Whether the names are taken and the kind is served.",
      "items": {"type": "object", "required": ["type", "status"], "properties": {
        "type": {"type": "string", "description": "NamesAccepted, Established."},
        "status": {"type": "string", "description": "True, False or Unknown."},
        "reason": {"type": "string", "description": "Why, in one word for programs."},
        "message": {"type": "string", "description": "Why, in a sentence for people."},
        "lastTransitionTime": {"type": "string", "format": "date-time",
          "description": "When the status last changed."}}}}}})";
  static const TypeInfo t = schema::raw("CustomResourceDefinitionStatus", "Whether the kind is served.", text);
  return t;
}

}  // namespace
}  // namespace rig::api::core

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<CustomResourceDefinition>::info() {
  static const TypeInfo t = object("CustomResourceDefinition", "A kind of object that is not built in.", {
      field<&CustomResourceDefinition::meta>("metadata").doc("Name, labels, annotations."),
      raw_field<&CustomResourceDefinition::spec>("spec", definition_spec).required()
          .doc("Names, versions and schema of the kind."),
      raw_field<&CustomResourceDefinition::status>("status", definition_status).doc("Whether the kind is served."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
