// kube/request.cc — API requests as values.
#include "kube/request.h"

#include "base/text.h"

namespace rig::kube {
namespace {

using Query = std::vector<std::pair<std::string, std::string>>;

void put(Query& query, std::string_view name, std::string_view value) {
  if (!value.empty()) query.emplace_back(name, value);
}

void put_write_options(Query& query, const WriteOptions& options) {
  if (options.dry_run) put(query, "dryRun", "All");
  put(query, "fieldManager", options.field_manager);
  put(query, "fieldValidation", options.field_validation);
}

Query list_query(const ListOptions& options) {
  Query query;
  put(query, "labelSelector", options.label_selector);
  put(query, "fieldSelector", options.field_selector);
  put(query, "resourceVersion", options.resource_version);
  put(query, "resourceVersionMatch", options.resource_version_match);
  if (options.limit > 0) put(query, "limit", std::to_string(options.limit));
  put(query, "continue", options.continue_token);
  return query;
}

Request write_request(std::string method, std::string path, std::string content_type, const json::Value& body,
                      const WriteOptions& options) {
  Request request{.method = std::move(method),
                  .path = std::move(path),
                  .content_type = std::move(content_type),
                  .body = json::to_text(body)};
  put_write_options(request.query, options);
  return request;
}

// "/apis/a.b/v1/namespaces/my%20ns" keeps its slashes, everything else is encoded segment by segment.
std::string encode_path(std::string_view path) {
  std::string out;
  for (const std::string& segment : split(path, '/')) {
    if (!out.empty() || !segment.empty()) out += "/" + percent_encode(segment);
  }
  return out;
}

}  // namespace

std::string Request::target() const {
  std::string out = encode_path(path);
  char separator = '?';
  for (const auto& [name, value] : query) {
    out += separator + percent_encode(name) + "=" + percent_encode(value);
    separator = '&';
  }
  return out;
}

std::string collection_path(const api::Resource& resource, std::string_view name_space) {
  std::string out = (resource.group.empty() ? "/api/" : "/apis/") + resource.api_version();
  if (resource.namespaced && !name_space.empty()) out.append("/namespaces/").append(name_space);
  return out.append("/").append(resource.plural);
}

std::string object_path(const api::Resource& resource, const ObjectKey& key, std::string_view subresource) {
  std::string out = collection_path(resource, key.namespace_) + "/" + key.name;
  if (!subresource.empty()) out.append("/").append(subresource);
  return out;
}

Request get_request(const api::Resource& resource, const ObjectKey& key, std::string_view subresource) {
  return {.path = object_path(resource, key, subresource)};
}

Request list_request(const api::Resource& resource, std::string_view name_space, const ListOptions& options) {
  return {.path = collection_path(resource, name_space), .query = list_query(options)};
}

Request watch_request(const api::Resource& resource, std::string_view name_space, const ListOptions& options,
                      Duration server_timeout) {
  Request request = list_request(resource, name_space, options);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(server_timeout).count();
  put(request.query, "watch", "true");
  put(request.query, "allowWatchBookmarks", "true");
  put(request.query, "timeoutSeconds", std::to_string(seconds));
  return request;
}

Request create_request(const api::Resource& resource, std::string_view name_space, const json::Value& object,
                       const WriteOptions& options) {
  return write_request("POST", collection_path(resource, name_space), "application/json", object, options);
}

Request replace_request(const api::Resource& resource, const ObjectKey& key, const json::Value& object,
                        std::string_view subresource, const WriteOptions& options) {
  return write_request("PUT", object_path(resource, key, subresource), "application/json", object, options);
}

Request json_patch_request(const api::Resource& resource, const ObjectKey& key, const json::Value& patch,
                           std::string_view subresource, const WriteOptions& options) {
  return write_request("PATCH", object_path(resource, key, subresource), "application/json-patch+json", patch, options);
}

Request merge_patch_request(const api::Resource& resource, const ObjectKey& key, const json::Value& patch,
                            std::string_view subresource, const WriteOptions& options) {
  return write_request("PATCH", object_path(resource, key, subresource), "application/merge-patch+json", patch,
                       options);
}

Request apply_request(const api::Resource& resource, const ObjectKey& key, const json::Value& object,
                      std::string_view field_manager, bool force) {
  // JSON is YAML; the API server takes no other content type for apply before 1.34.
  Request request = write_request("PATCH", object_path(resource, key), "application/apply-patch+yaml", object,
                                  {.field_manager = std::string(field_manager)});
  if (force) put(request.query, "force", "true");
  return request;
}

Request delete_request(const api::Resource& resource, const ObjectKey& key, const DeleteOptions& options) {
  Request request = get_request(resource, key);
  request.method = "DELETE";
  json::Value body;
  if (!options.uid.empty()) body.set({"preconditions", "uid"}, options.uid);
  if (!options.propagation_policy.empty()) body["propagationPolicy"] = options.propagation_policy;
  if (body.is_null()) return request;
  body["apiVersion"] = "v1";
  body["kind"] = "DeleteOptions";
  request.content_type = "application/json";
  request.body = json::to_text(body);
  return request;
}

}  // namespace rig::kube
