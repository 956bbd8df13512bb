// api/crd.cc — see crd.h.
#include "api/crd.h"

#include "api/core/custom_resource_definition.h"
#include "base/check.h"
#include "schema/walk.h"

namespace rig::api {
namespace {

json::Value texts(const std::vector<std::string_view>& words) { return json::Array(words.begin(), words.end()); }

json::Value names_of(const KindInfo& kind) {
  json::Value names;
  names["kind"] = kind.resource.kind;
  names["listKind"] = kind.list_kind;
  names["plural"] = kind.resource.plural;
  names["singular"] = kind.singular;
  names["shortNames"] = texts(kind.short_names);
  if (!kind.categories.empty()) names["categories"] = texts(kind.categories);
  return names;
}

json::Value columns_of(const KindInfo& kind) {
  json::Array columns;
  for (const Column& column : kind.columns) {
    json::Value c;
    c["name"] = column.name;
    c["type"] = column.type;
    c["jsonPath"] = column.path;
    if (!column.description.empty()) c["description"] = column.description;
    if (!column.format.empty()) c["format"] = column.format;
    if (column.priority != 0) c["priority"] = column.priority;
    columns.push_back(std::move(c));
  }
  return columns;
}

json::Value subresources_of(const KindInfo& kind) {
  json::Value subresources = json::Object();
  if (kind.has_status) subresources["status"] = json::Object();
  if (!kind.scale_spec_path.empty()) {
    subresources["scale"]["specReplicasPath"] = kind.scale_spec_path;
    subresources["scale"]["statusReplicasPath"] = kind.scale_status_path;
    subresources["scale"]["labelSelectorPath"] = kind.scale_selector_path;
  }
  return subresources;
}

// What the API server itself knows about every object is not repeated here.
json::Value schema_of(const KindInfo& kind) {
  json::Value schema = schema::openapi(kind.type());
  json::Value& properties = schema["properties"];
  properties["apiVersion"]["type"] = "string";
  properties["apiVersion"]["description"] = "Group and version of the kind: " + kind.resource.api_version() + ".";
  properties["kind"]["type"] = "string";
  properties["kind"]["description"] = "The kind: " + std::string(kind.resource.kind) + ".";
  properties["metadata"] = json::Object{{"type", "object"}};
  return schema;
}

}  // namespace

json::Value custom_resource_definition(const KindInfo& kind) {
  CHECK(kind.is_custom);
  json::Value version;
  version["name"] = kind.resource.version;
  version["served"] = true;
  version["storage"] = true;
  version["schema"]["openAPIV3Schema"] = schema_of(kind);
  version["subresources"] = subresources_of(kind);
  version["additionalPrinterColumns"] = columns_of(kind);

  json::Value crd;
  crd["apiVersion"] = core::CustomResourceDefinition::kResource.api_version();
  crd["kind"] = core::CustomResourceDefinition::kResource.kind;
  crd["metadata"]["name"] = kind.resource.group_resource();
  crd["spec"]["group"] = kind.resource.group;
  crd["spec"]["names"] = names_of(kind);
  crd["spec"]["scope"] = kind.resource.namespaced ? "Namespaced" : "Cluster";
  crd["spec"]["versions"] = json::Array{std::move(version)};
  return crd;
}

}  // namespace rig::api
