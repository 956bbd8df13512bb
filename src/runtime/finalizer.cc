// runtime/finalizer.cc — finalizers as JSON patches.
#include "runtime/finalizer.h"

#include <algorithm>

namespace rig::runtime {
namespace {

json::Value operation(std::string_view op, std::string path, json::Value value) {
  return json::Object{{"op", op}, {"path", std::move(path)}, {"value", std::move(value)}};
}

// A stale version in the patch is answered by 409; a `test` that fails would be an unspecific 422 (tests/kube,
// json-patch).
json::Value only_if_unchanged(const api::ObjectMeta& seen) {
  return operation("replace", "/metadata/resourceVersion", seen.resource_version);
}

std::string pointer_escape(std::string_view name) {  // RFC 6901
  std::string out;
  for (const char c : name) {
    if (c == '~') out += "~0";
    if (c == '/') out += "~1";
    if (c != '~' && c != '/') out += c;
  }
  return out;
}

void add_annotations(json::Array& patch, const api::ObjectMeta& seen, const Annotations& annotations) {
  bool is_first = seen.annotations.empty();
  for (const auto& [name, value] : annotations) {
    const auto had = seen.annotations.find(name);
    if (had != seen.annotations.end() && had->second == value) continue;
    if (std::exchange(is_first, false)) patch.push_back(operation("add", "/metadata/annotations", json::Object{}));
    patch.push_back(operation("add", "/metadata/annotations/" + pointer_escape(name), value));
  }
}

Status send_patch(kube::Transport& transport, const api::Resource& resource, const api::ObjectMeta& seen,
                  const json::Value& patch, const Call& call) {
  if (patch.is_null()) return {};
  TRY(transport.send(kube::json_patch_request(resource, seen.key(), patch), call));
  return {};
}

}  // namespace

json::Value add_finalizer_patch(const api::ObjectMeta& seen, std::string_view finalizer,
                                const Annotations& annotations) {
  json::Array patch{only_if_unchanged(seen)};
  if (seen.finalizers.empty()) {
    patch.push_back(operation("add", "/metadata/finalizers", json::Array{finalizer}));
  } else if (!seen.has_finalizer(finalizer)) {
    patch.push_back(operation("add", "/metadata/finalizers/-", finalizer));
  }
  add_annotations(patch, seen, annotations);
  return patch.size() > 1 ? json::Value(std::move(patch)) : json::Value();
}

json::Value remove_finalizer_patch(const api::ObjectMeta& seen, std::string_view finalizer) {
  const auto it = std::find(seen.finalizers.begin(), seen.finalizers.end(), finalizer);
  if (it == seen.finalizers.end()) return {};
  const auto place = std::to_string(it - seen.finalizers.begin());
  return json::Array{only_if_unchanged(seen),
                     json::Object{{"op", "remove"}, {"path", "/metadata/finalizers/" + place}}};
}

Status add_finalizer(kube::Transport& transport, const api::Resource& resource, const api::ObjectMeta& seen,
                     std::string_view finalizer, const Annotations& annotations, const Call& call) {
  return send_patch(transport, resource, seen, add_finalizer_patch(seen, finalizer, annotations), call);
}

Status remove_finalizer(kube::Transport& transport, const api::Resource& resource, const api::ObjectMeta& seen,
                        std::string_view finalizer, const Call& call) {
  Status sent = send_patch(transport, resource, seen, remove_finalizer_patch(seen, finalizer), call);
  if (!sent.ok() && sent.error().is(Code::kNotFound)) return {};
  return sent;
}

}  // namespace rig::runtime
