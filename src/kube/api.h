// kube/api.h — typed access to the objects of one kind.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <vector>

#include "api/meta/meta.h"
#include "kube/transport.h"
#include "schema/walk.h"

namespace rig::kube {

// Plain data plus where it lives in the API. Described by rows (schema::Describe).
template <class T>
concept ApiObject = requires(T t) {
  { T::kResource } -> std::convertible_to<const api::Resource&>;
  { t.meta } -> std::convertible_to<api::ObjectMeta&>;
};

// With apiVersion and kind, as a body.
template <ApiObject T>
json::Value to_json(const T& object) {
  json::Value v = schema::encode(object);
  v["apiVersion"] = T::kResource.api_version();
  v["kind"] = T::kResource.kind;
  return v;
}
template <ApiObject T>
Result<T> from_json(const json::Value& v) {
  return schema::decode<T>(v);
}

// Follows continue tokens; kOutOfRange when a token expired meanwhile.
struct RawList {
  std::vector<json::Value> items;
  std::string resource_version;
};
Result<RawList> list_all(Transport& transport, const api::Resource& resource, std::string_view name_space,
                         const ListOptions& options, const Call& call);

template <ApiObject T>
class Api {
 public:
  explicit Api(Transport& transport, std::string field_manager = "virtrigaud")
      : transport_(transport), write_{.field_manager = std::move(field_manager)} {}
  struct List {
    std::vector<T> items;
    std::string resource_version;
  };

  Result<T> get(const ObjectKey& key, const Call& call) const {
    return from_json<T>(TRY(transport_.send(get_request(T::kResource, key), call)));
  }
  Result<List> list(std::string_view name_space, const Call& call, const ListOptions& options = {}) const {
    RawList raw = TRY(list_all(transport_, T::kResource, name_space, options, call));
    List out{.items = {}, .resource_version = std::move(raw.resource_version)};
    for (const json::Value& item : raw.items) out.items.push_back(TRY(from_json<T>(item)));
    return out;
  }
  Result<T> create(const T& object, const Call& call) const {
    return from_json<T>(
        TRY(transport_.send(create_request(T::kResource, object.meta.namespace_, to_json(object), write_), call)));
  }
  // kAborted if it moved on (meta.resource_version is the precondition).
  Result<T> replace(const T& object, const Call& call) const {
    return from_json<T>(
        TRY(transport_.send(replace_request(T::kResource, object.meta.key(), to_json(object), {}, write_), call)));
  }
  // Writes the status when it differs; `before` says what was read. Returns the object as it is now.
  Result<T> publish_status(const T& before, const T& after, const Call& call) const {
    if (schema::encode(before.status) == schema::encode(after.status)) return after;
    return from_json<T>(
        TRY(transport_.send(replace_request(T::kResource, after.meta.key(), to_json(after), "status", write_), call)));
  }
  Result<T> json_patch(const ObjectKey& key, const json::Value& patch, const Call& call) const {
    return from_json<T>(TRY(transport_.send(json_patch_request(T::kResource, key, patch, {}, write_), call)));
  }
  Status remove(const T& object, const Call& call) const {  // guarded by uid
    TRY(transport_.send(delete_request(T::kResource, object.meta.key(), {.uid = object.meta.uid}), call));
    return {};
  }

 private:
  Transport& transport_;
  WriteOptions write_;
};

}  // namespace rig::kube
