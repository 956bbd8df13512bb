// apiserver/routes/openapi.cc — see openapi.h.
#include "apiserver/routes/openapi.h"

#include <algorithm>
#include <array>

#include "apiserver/routes/openapi_meta.h"
#include "apiserver/routes/swagger_protobuf.h"
#include "base/digest.h"
#include "base/json/json.h"
#include "base/text.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

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

bool has_scale(const ServedGroup& group) {
  return std::any_of(group.resources.begin(), group.resources.end(), [](const ServedResource& resource) {
    return resource.info != nullptr && !resource.info->scale_spec_path.empty();
  });
}

void add_schemas(const ServedGroup& group, std::string_view prefix, json::Value& schemas) {
  for (const ServedResource& resource : group.resources) {
    schemas[schema_name(resource.kind)] = object_schema(resource, prefix);
    if (!resource.is_stored) continue;
    schemas[schema_name({resource.kind.group, resource.kind.version, resource.info->list_kind})] =
        list_schema(resource, prefix);
  }
  add_meta_schemas(prefix, schemas);
  if (has_scale(group)) add_scale_schemas(prefix, schemas);
}

// ---- paths (v3): a client finds a kind's schema, and whether fieldValidation is known, through them ----

enum class Shape : std::uint8_t { kNone, kObject, kList, kPatch, kOptions, kStatus };
struct Verb {
  std::string_view verb, method, action;
  bool on_item;
  Shape body, answer;
  std::vector<std::string_view> parameters;
};
const std::vector<Verb>& verbs() {
  static const std::vector<Verb> kAll = {
      {"list",
       "get",
       "list",
       false,
       Shape::kNone,
       Shape::kList,
       {"allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion",
        "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"}},
      {"create", "post", "post", false, Shape::kObject, Shape::kObject, {"dryRun", "fieldManager", "fieldValidation"}},
      {"deletecollection",
       "delete",
       "deletecollection",
       false,
       Shape::kOptions,
       Shape::kStatus,
       {"dryRun", "fieldSelector", "labelSelector", "propagationPolicy"}},
      {"get", "get", "get", true, Shape::kNone, Shape::kObject, {"resourceVersion"}},
      {"update", "put", "put", true, Shape::kObject, Shape::kObject, {"dryRun", "fieldManager", "fieldValidation"}},
      {"patch",
       "patch",
       "patch",
       true,
       Shape::kPatch,
       Shape::kObject,
       {"dryRun", "fieldManager", "fieldValidation", "force"}},
      {"delete",
       "delete",
       "delete",
       true,
       Shape::kOptions,
       Shape::kStatus,
       {"dryRun", "gracePeriodSeconds", "propagationPolicy"}},
  };
  return kAll;
}

json::Value parameter(std::string_view name, std::string_view in) {
  json::Value out = json::Object{{"name", name}, {"in", in}, {"schema", json::Object{{"type", "string"}}}};
  if (in == "path") out["required"] = true;
  return out;
}

// What a path is about; `list_kind` "": there is no list.
struct Subject {
  ServedKind kind;
  std::string_view list_kind;
  bool namespaced;
};

std::string schema_name(Shape shape, const Subject& subject) {
  switch (shape) {
    case Shape::kList: return schema_name({subject.kind.group, subject.kind.version, subject.list_kind});
    case Shape::kPatch: return std::string(kMetaName) + "Patch";
    case Shape::kOptions: return std::string(kMetaName) + "DeleteOptions";
    case Shape::kStatus: return std::string(kMetaName) + "Status";
    default: return schema_name(subject.kind);
  }
}

// Strategic patches are not named, though core kinds take them: then kubectl would merge by these documents, which do
// not say by which key lists merge; so it merges by what it knows of the kinds itself.
json::Value content(Shape shape, const Subject& subject, std::string_view prefix) {
  json::Value out;
  const json::Value schema = reference(prefix, schema_name(shape, subject));
  if (shape != Shape::kPatch) return json::Object{{"application/json", json::Object{{"schema", schema}}}};
  for (const std::string_view type :
       {"application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"}) {
    out[type]["schema"] = schema;
  }
  return out;
}

json::Value operation(const Verb& verb, const Subject& subject, std::string_view prefix) {
  json::Array parameters;
  for (const std::string_view name : verb.parameters) parameters.push_back(parameter(name, "query"));
  json::Value out = json::Object{{"parameters", std::move(parameters)},
                                 {"x-kubernetes-action", verb.action},
                                 {"x-kubernetes-group-version-kind", group_version_kind(subject.kind)}};
  out["responses"]["200"] = json::Object{{"description", "OK"}, {"content", content(verb.answer, subject, prefix)}};
  if (verb.body != Shape::kNone) {
    out["requestBody"] = json::Object{{"content", content(verb.body, subject, prefix)}};
    if (verb.body != Shape::kOptions) out["requestBody"]["required"] = true;
  }
  return out;
}

json::Value path_item(const std::vector<std::string_view>& allowed, const Subject& subject, bool on_item,
                      std::string_view prefix) {
  json::Value out;
  for (const Verb& verb : verbs()) {
    if (verb.on_item != on_item || std::find(allowed.begin(), allowed.end(), verb.verb) == allowed.end()) continue;
    out[verb.method] = operation(verb, subject, prefix);
  }
  if (out.is_null()) return out;
  json::Array parameters;
  if (on_item) parameters.push_back(parameter("name", "path"));
  if (subject.namespaced) parameters.push_back(parameter("namespace", "path"));
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  return out;
}

void add_paths(const ServedGroup& group, std::string_view prefix, json::Value& paths) {
  const std::string base = (group.group.empty() ? "/api/" : "/apis/") + group.group_version();
  const auto put = [&paths](const std::string& path, json::Value item) {
    if (!item.is_null()) paths[path] = std::move(item);
  };
  for (const ServedResource& resource : group.resources) {
    const std::string_view list_kind = resource.info == nullptr ? std::string_view() : resource.info->list_kind;
    const Subject subject{resource.kind, list_kind, resource.namespaced};
    const std::string collection =
        base + (resource.namespaced ? "/namespaces/{namespace}/" : "/") + std::string(resource.plural);
    const std::string item = collection + "/{name}";
    put(collection, path_item(resource.verbs, subject, false, prefix));
    put(item, path_item(resource.verbs, subject, true, prefix));
    if (resource.namespaced && !list_kind.empty()) {
      put(base + "/" + std::string(resource.plural),
          path_item({"list"}, {resource.kind, list_kind, false}, false, prefix));
    }
    for (const ServedSubresource& part : resource.subresources) {
      if (part.name != "status" && part.name != "scale") continue;  // the kinds of the others are not described here
      put(item + "/" + std::string(part.name),
          path_item(part.verbs, {part.kind, {}, resource.namespaced}, true, prefix));
    }
  }
}

OpenApi::Document finish(const json::Value& value) {
  OpenApi::Document out{.text = json::to_text(value), .hash = {}};
  out.hash = sha256_hex(out.text);
  for (char& c : out.hash) c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  return out;
}

// In the real server's words, for tools that look whether this is Kubernetes. Custom kinds are documented by a part of
// it that does not know its own version.
json::Value info(bool is_custom) {
  if (is_custom) return json::Object{{"title", "Kubernetes CRD Swagger"}, {"version", "v0.1.0"}};
  return json::Object{{"title", "Kubernetes"},
                      {"version", "v" + std::string(kKubernetesMajor) + "." + std::string(kKubernetesMinor) + ".0"}};
}

OpenApi::Document document_of(const ServedGroup& group) {
  constexpr std::string_view kPrefix = "#/components/schemas/";
  const bool is_custom = group.resources.front().info != nullptr && group.resources.front().info->is_custom;
  json::Value document = json::Object{{"openapi", "3.0.0"}, {"info", info(is_custom)}};
  document["paths"] = json::Object();
  add_paths(group, kPrefix, document["paths"]);
  add_schemas(group, kPrefix, document["components"]["schemas"]);
  return finish(document);
}

json::Value swagger_of(std::span<const ServedGroup> groups) {
  json::Value document = json::Object{{"swagger", "2.0"}, {"info", info(false)}, {"paths", json::Object()}};
  for (const ServedGroup& group : groups) add_schemas(group, "#/definitions/", document["definitions"]);
  return document;
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
    const json::Value swagger = swagger_of(groups_);
    all_.swagger = finish(swagger);
    all_.swagger_protobuf = swagger_protobuf(swagger);
  });
  return all_;
}

const OpenApi::Document& OpenApi::index() const { return all().index; }
const OpenApi::Document& OpenApi::swagger() const { return all().swagger; }
const std::string& OpenApi::swagger_as_protobuf() const { return all().swagger_protobuf; }
const OpenApi::Document* OpenApi::find(std::string_view path) const {
  const auto found = all().by_path.find(path);
  return found == all().by_path.end() ? nullptr : &found->second;
}

}  // namespace rig::apiserver
