// apiserver/routes/discovery.cc — see discovery.h.
#include "apiserver/routes/discovery.h"

#include <string>

#include "base/digest.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

json::Value words(const std::vector<std::string_view>& list) { return json::Array(list.begin(), list.end()); }

json::Value group_version_of(const ServedGroup& group) {
  return json::Object{{"groupVersion", group.group_version()}, {"version", group.version}};
}

json::Value group_body(const ServedGroup& group) {
  return json::Object{{"name", group.group},
                      {"versions", json::Array{group_version_of(group)}},
                      {"preferredVersion", group_version_of(group)}};
}

// Changes when the form changes in which objects are stored. Events of both groups are stored as the core group's.
std::string storage_version_hash(const ServedKind& kind) {
  const bool is_event = kind.group == "events.k8s.io";
  const std::string stored =
      (is_event ? "" : std::string(kind.group)) + "/" + std::string(kind.version) + "/" + std::string(kind.kind);
  const std::string digits = sha256_hex(stored);
  constexpr std::size_t kHashBytes = 8;
  std::string bytes;
  for (std::size_t i = 0; i < kHashBytes; ++i) {
    bytes.push_back(static_cast<char>(std::stoi(digits.substr(2 * i, 2), nullptr, 16)));
  }
  return base64(bytes);
}

json::Value legacy_resource(const ServedResource& resource) {
  json::Value out = json::Object{{"name", resource.plural},
                                 {"singularName", resource.singular},
                                 {"namespaced", resource.namespaced},
                                 {"kind", resource.kind.kind},
                                 {"verbs", words(resource.verbs)}};
  if (!resource.short_names.empty()) out["shortNames"] = words(resource.short_names);
  if (!resource.categories.empty()) out["categories"] = words(resource.categories);
  if (resource.is_stored) out["storageVersionHash"] = storage_version_hash(resource.kind);
  return out;
}

json::Value legacy_subresource(const ServedResource& resource, const ServedSubresource& part) {
  json::Value out = json::Object{{"name", std::string(resource.plural) + "/" + std::string(part.name)},
                                 {"singularName", ""},
                                 {"namespaced", resource.namespaced},
                                 {"kind", part.kind.kind},
                                 {"verbs", words(part.verbs)}};
  if (part.kind.group != resource.kind.group) {
    out["group"] = part.kind.group;
    out["version"] = part.kind.version;
  }
  return out;
}

// kube-apiserver leaves group and version of its own kinds empty; clients take those of the list then.
json::Value response_kind(const ServedKind& kind, bool is_custom) {
  return json::Object{
      {"group", is_custom ? kind.group : ""}, {"version", is_custom ? kind.version : ""}, {"kind", kind.kind}};
}

json::Value aggregated_resource(const ServedResource& resource) {
  const bool is_custom = resource.info->is_custom;
  json::Value out = json::Object{{"resource", resource.plural},
                                 {"responseKind", response_kind(resource.kind, is_custom)},
                                 {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
                                 {"singularResource", resource.singular},
                                 {"verbs", words(resource.verbs)}};
  if (!resource.short_names.empty()) out["shortNames"] = words(resource.short_names);
  if (!resource.categories.empty()) out["categories"] = words(resource.categories);
  json::Array parts;
  for (const ServedSubresource& part : resource.subresources) {
    parts.push_back(json::Object{{"subresource", part.name},
                                 {"responseKind", response_kind(part.kind, is_custom)},
                                 {"verbs", words(part.verbs)}});
  }
  if (!parts.empty()) out["subresources"] = std::move(parts);
  return out;
}

json::Value aggregated_group(const ServedGroup& group) {
  json::Array resources;
  for (const ServedResource& resource : group.resources) resources.push_back(aggregated_resource(resource));
  json::Value metadata = json::Object();
  if (!group.group.empty()) metadata["name"] = group.group;
  return json::Object{
      {"metadata", std::move(metadata)},
      {"versions", json::Array{json::Object{
                       {"version", group.version}, {"resources", std::move(resources)}, {"freshness", "Current"}}}}};
}

}  // namespace

json::Value api_versions(const std::string& host) {
  json::Value out = json::Object{{"kind", "APIVersions"}, {"versions", json::Array{"v1"}}};
  if (!host.empty())
    out["serverAddressByClientCIDRs"] = json::Array{json::Object{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", host}}};
  return out;
}

json::Value api_group_list(std::span<const ServedGroup> groups) {
  json::Array list;
  for (const ServedGroup& group : groups) {
    if (!group.group.empty()) list.push_back(group_body(group));
  }
  return json::Object{{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}};
}

json::Value api_group(const ServedGroup& group) {
  json::Value out = group_body(group);
  out["kind"] = "APIGroup";
  out["apiVersion"] = "v1";
  return out;
}

json::Value api_resource_list(const ServedGroup& group) {
  json::Array list;
  for (const ServedResource& resource : group.resources) {
    list.push_back(legacy_resource(resource));
    for (const ServedSubresource& part : resource.subresources) list.push_back(legacy_subresource(resource, part));
  }
  json::Value out = json::Object{
      {"kind", "APIResourceList"}, {"groupVersion", group.group_version()}, {"resources", std::move(list)}};
  if (!group.group.empty()) out["apiVersion"] = "v1";  // kube-apiserver's own document of the core group has none
  return out;
}

json::Value aggregated_discovery(std::span<const ServedGroup> groups, bool core) {
  json::Array items;
  for (const ServedGroup& group : groups) {
    if (group.group.empty() == core) items.push_back(aggregated_group(group));
  }
  return json::Object{{"kind", "APIGroupDiscoveryList"},
                      {"apiVersion", "apidiscovery.k8s.io/v2"},
                      {"metadata", json::Object()},
                      {"items", std::move(items)}};
}

}  // namespace rig::apiserver
