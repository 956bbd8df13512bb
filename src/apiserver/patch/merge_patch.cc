// apiserver/patch/merge_patch.cc — RFC 7386.
#include "apiserver/failure.h"
#include "apiserver/patch/patch.h"

namespace rig::apiserver {
namespace {

void merge(json::Value& into, const json::Value& patch) {
  const auto* members = patch.as<json::Object>();
  if (members == nullptr) {
    into = patch;
    return;
  }
  if (!into.is_object()) into = json::Object();
  auto& object = *into.as<json::Object>();
  for (const auto& [name, value] : *members) {
    if (value.is_null()) {
      object.erase(name);
    } else {
      merge(object[name], value);
    }
  }
}

}  // namespace

Result<json::Value> apply_merge_patch(json::Value document, const json::Value& patch) {
  if (patch.is_null()) return bad_request("Invalid JSON Patch");
  if (!patch.is_object()) {
    return bad_request("error decoding patch: json: cannot unmarshal " + std::string(json::type_name(patch)) +
                       " into Go value of type map[string]interface {}");
  }
  merge(document, patch);
  return document;
}

}  // namespace rig::apiserver
