// apiserver/routes/openapi.cc — see openapi.h.
#include "apiserver/routes/openapi.h"

#include <algorithm>
#include <array>

#include "api/meta/meta.h"
#include "base/digest.h"
#include "base/json/json.h"
#include "base/text.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// "infra.virtrigaud.io/v1beta1 VirtualMachine" -> "io.virtrigaud.infra.v1beta1.VirtualMachine"; Kubernetes' own kinds
// have the names of their Go packages.
std::string schema_name(const ServedKind& kind) {
  const std::string tail = "." + std::string(kind.version) + "." + std::string(kind.kind);
  if (kind.group == "apiextensions.k8s.io") return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions" + tail;
  std::vector<std::string> parts = split(kind.group, '.');
  if (kind.group.empty() || parts.size() == 1 || kind.group.ends_with(".k8s.io")) {
    return "io.k8s.api." + (kind.group.empty() ? "core" : parts.front()) + tail;
  }
  std::reverse(parts.begin(), parts.end());
  return join(parts, ".") + tail;
}

json::Value group_version_kind(const ServedKind& kind) {
  return json::Object{{"group", kind.group}, {"version", kind.version}, {"kind", kind.kind}};
}

json::Value reference(std::string_view prefix, const std::string& name) {
  return json::Object{{"$ref", std::string(prefix) + name}};
}

// ---- schemas; `prefix` is where references point to, which differs between v2 and v3 ----

json::Value text_field(std::string_view description) {
  return json::Object{{"type", "string"}, {"description", description}};
}

json::Value described_reference(std::string_view prefix, const std::string& name, std::string_view description) {
  return json::Object{{"description", description}, {"allOf", json::Array{reference(prefix, name)}}};
}

json::Value object_schema(const ServedResource& resource, std::string_view prefix) {
  json::Value schema = schema::openapi(resource.info->type());
  json::Value& properties = schema["properties"];
  properties["apiVersion"] = text_field("Group and version of the kind.");
  properties["kind"] = text_field("The kind.");
  properties["metadata"] = described_reference(prefix, std::string(kMetaName) + "ObjectMeta",
                                               "Name, labels, owners and versions of the object.");
  schema["x-kubernetes-group-version-kind"] = json::Array{group_version_kind(resource.kind)};
  return schema;
}

json::Value list_schema(const ServedResource& resource, std::string_view prefix) {
  const ServedKind kind{resource.kind.group, resource.kind.version, resource.info->list_kind};
  json::Value schema = json::Object{{"type", "object"}, {"required", json::Array{"items"}}};
  schema["description"] = std::string(kind.kind) + " is a list of " + std::string(resource.kind.kind) + ".";
  json::Value& properties = schema["properties"];
  properties["apiVersion"] = text_field("Group and version of the kind.");
  properties["kind"] = text_field("The kind.");
  properties["metadata"] =
      described_reference(prefix, std::string(kMetaName) + "ListMeta", "Version of the list, and where it goes on.");
  properties["items"] = json::Object{{"type", "array"}, {"items", reference(prefix, schema_name(resource.kind))}};
  schema["x-kubernetes-group-version-kind"] = json::Array{group_version_kind(kind)};
  return schema;
}

json::Value list_meta_schema() {
  json::Value schema = json::Object{{"type", "object"}};
  schema["properties"]["resourceVersion"] = text_field("State of the server that the list shows.");
  schema["properties"]["continue"] = text_field("Where the next page begins.");
  schema["properties"]["remainingItemCount"] = json::Object{{"type", "integer"}, {"format", "int64"}};
  return schema;
}

void add_schemas(const ServedGroup& group, std::string_view prefix, json::Value& schemas) {
  for (const ServedResource& resource : group.resources) {
    schemas[schema_name(resource.kind)] = object_schema(resource, prefix);
    if (!resource.is_stored) continue;
    schemas[schema_name({resource.kind.group, resource.kind.version, resource.info->list_kind})] =
        list_schema(resource, prefix);
  }
  json::Value meta = schema::openapi(schema::type_of<api::ObjectMeta>());
  meta["description"] = "What every object carries besides its spec and status.";
  schemas[std::string(kMetaName) + "ObjectMeta"] = std::move(meta);
  schemas[std::string(kMetaName) + "ListMeta"] = list_meta_schema();
}

// ---- paths (v3): a client finds a kind's schema, and whether fieldValidation is known, through them ----

struct Verb {
  std::string_view verb, method, action;
  bool on_item;
  std::vector<std::string_view> parameters;
};
const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kAll = {
      {"list",
       "get",
       "list",
       false,
       {"allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
        "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"}},
      {"create", "post", "post", false, {"dryRun", "fieldManager", "fieldValidation"}},
      {"deletecollection",
       "delete",
       "deletecollection",
       false,
       {"dryRun", "fieldSelector", "labelSelector", "propagationPolicy"}},
      {"get", "get", "get", true, {"resourceVersion"}},
      {"update", "put", "put", true, {"dryRun", "fieldManager", "fieldValidation"}},
      {"patch", "patch", "patch", true, {"dryRun", "fieldManager", "fieldValidation", "force"}},
      {"delete", "delete", "delete", true, {"dryRun", "gracePeriodSeconds", "propagationPolicy"}},
  };
  return kAll;
}

json::Value parameter(std::string_view name, std::string_view in) {
  json::Value out = json::Object{{"name", name}, {"in", in}, {"schema", json::Object{{"type", "string"}}}};
  if (in == "path") out["required"] = true;
  return out;
}

json::Value content(json::Value schema) {
  return json::Object{{"application/json", json::Object{{"schema", std::move(schema)}}}};
}

json::Value operation(const Verb& verb, const ServedKind& kind, std::string_view prefix) {
  json::Array parameters;
  for (const std::string_view name : verb.parameters) parameters.push_back(parameter(name, "query"));
  const json::Value schema = reference(prefix, schema_name(kind));
  json::Value out = json::Object{{"parameters", std::move(parameters)},
                                 {"x-kubernetes-action", verb.action},
                                 {"x-kubernetes-group-version-kind", group_version_kind(kind)}};
  out["responses"]["200"] = json::Object{{"description", "OK"}, {"content", content(schema)}};
  if (verb.verb == "create" || verb.verb == "update")
    out["requestBody"] = json::Object{{"content", content(schema)}, {"required", true}};
  return out;
}

json::Value path_item(const std::vector<std::string_view>& allowed, const ServedKind& kind, bool on_item,
                      bool namespaced, std::string_view prefix) {
  json::Value out;
  for (const Verb& verb : verbs()) {
    if (verb.on_item != on_item || std::find(allowed.begin(), allowed.end(), verb.verb) == allowed.end()) continue;
    out[verb.method] = operation(verb, kind, prefix);
  }
  if (out.is_null()) return out;
  json::Array parameters;
  if (on_item) parameters.push_back(parameter("name", "path"));
  if (namespaced) parameters.push_back(parameter("namespace", "path"));
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  return out;
}

void add_paths(const ServedGroup& group, std::string_view prefix, json::Value& paths) {
  const std::string base = (group.group.empty() ? "/api/" : "/apis/") + group.group_version();
  const auto put = [&paths](const std::string& path, json::Value item) {
    if (!item.is_null()) paths[path] = std::move(item);
  };
  for (const ServedResource& resource : group.resources) {
    const std::string collection =
        base + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + std::string(resource.plural);
    const std::string item = collection + "/{name}";
    put(collection, path_item(resource.verbs, resource.kind, false, resource.namespaced, prefix));
    put(item, path_item(resource.verbs, resource.kind, true, resource.namespaced, prefix));
    if (resource.namespaced)
      put(base + "/" + std::string(resource.plural), path_item({"list"}, resource.kind, false, false, prefix));
    for (const ServedSubresource& part : resource.subresources) {
      if (part.name != "status") continue;  // the kinds of the others are not described here
      put(item + "/status", path_item(part.verbs, part.kind, true, resource.namespaced, prefix));
    }
  }
}

OpenApi::Document finish(const json::Value& value) {
  OpenApi::Document out{.text = json::to_text(value), .hash = {}};
  out.hash = sha256_hex(out.text);
  for (char& c : out.hash) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  return out;
}

json::Value info() { return json::Object{{"title", "VirtRigaud"}, {"version", RIG_VERSION}}; }

OpenApi::Document document_of(const ServedGroup& group) {
  constexpr std::string_view kPrefix = "#/components/schemas/";
  json::Value document = json::Object{{"openapi", "3.0.0"}, {"info", info()}};
  document["paths"] = json::Object();
  add_paths(group, kPrefix, document["paths"]);
  add_schemas(group, kPrefix, document["components"]["schemas"]);
  return finish(document);
}

OpenApi::Document swagger_of(std::span<const ServedGroup> groups) {
  json::Value document = json::Object{{"swagger", "2.0"}, {"info", info()}, {"paths", json::Object()}};
  for (const ServedGroup& group : groups) add_schemas(group, "#/definitions/", document["definitions"]);
  return finish(document);
}

}  // namespace

const OpenApi::All& OpenApi::all() const {
  std::call_once(once_, [this] {
    json::Value paths = json::Object();
    for (const ServedGroup& group : groups_) {
      const std::string path = (group.group.empty() ? "api/" : "apis/") + group.group_version();
      const Document& document = all_.by_path.emplace(path, document_of(group)).first->second;
      paths[path]["serverRelativeURL"] = "/openapi/v3/" + path + "?hash=" + document.hash;
    }
    all_.index = finish(json::Object{{"paths", std::move(paths)}});
    all_.swagger = swagger_of(groups_);
  });
  return all_;
}

const OpenApi::Document& OpenApi::index() const { return all().index; }
const OpenApi::Document& OpenApi::swagger() const { return all().swagger; }
const OpenApi::Document* OpenApi::find(std::string_view path) const {
  const auto found = all().by_path.find(path);
  return found == all().by_path.end() ? nullptr : &found->second;
}

}  // namespace rig::apiserver
