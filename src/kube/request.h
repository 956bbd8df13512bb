// kube/request.h — API requests as values. Building one does no I/O, so every URL is tested as text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/resource.h"
#include "base/json/json.h"
#include "base/object_key.h"
#include "base/result.h"

namespace rig::kube {

struct Request {
  std::string method = "GET";
  std::string path = {};                                        // "/apis/infra.virtrigaud.io/v1beta1/..."
  std::vector<std::pair<std::string, std::string>> query = {};  // not encoded
  std::string content_type = {}, accept = "application/json";
  std::string body = {};
  std::string target() const;  // path and query, percent-encoded
};

std::string collection_path(const api::Resource& resource, std::string_view name_space);  // "" : all namespaces
std::string object_path(const api::Resource& resource, const ObjectKey& key, std::string_view subresource = {});

struct ListOptions {
  std::string label_selector = {}, field_selector = {}, resource_version = {}, resource_version_match = {},
              continue_token = {};
  std::int64_t limit = 0;
};
struct WriteOptions {
  std::string field_manager = {}, field_validation = {};  // "Strict", "Warn", "Ignore"
  bool dry_run = false;
};

Request get_request(const api::Resource&, const ObjectKey&, std::string_view subresource = {});
Request list_request(const api::Resource&, std::string_view name_space, const ListOptions&);
Request watch_request(const api::Resource&, std::string_view name_space, const ListOptions&, Duration server_timeout);
Request create_request(const api::Resource&, std::string_view name_space, const json::Value& object,
                       const WriteOptions& = {});
Request replace_request(const api::Resource&, const ObjectKey&, const json::Value& object,
                        std::string_view subresource = {}, const WriteOptions& = {});
Request json_patch_request(const api::Resource&, const ObjectKey&, const json::Value& patch,
                           std::string_view subresource = {}, const WriteOptions& = {});
Request merge_patch_request(const api::Resource&, const ObjectKey&, const json::Value& patch,
                            std::string_view subresource = {}, const WriteOptions& = {});
Request apply_request(const api::Resource&, const ObjectKey&, const json::Value& object, std::string_view field_manager,
                      bool force);
struct DeleteOptions {
  std::string uid = {};  // precondition; "" : none
  std::string propagation_policy = {};
};
Request delete_request(const api::Resource&, const ObjectKey&, const DeleteOptions& = {});

}  // namespace rig::kube
