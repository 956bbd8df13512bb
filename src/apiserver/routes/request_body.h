// apiserver/routes/request_body.h — the body of a request as a JSON value.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/resource.h"
#include "apiserver/registry.h"
#include "apiserver/routes/media.h"

namespace rig::apiserver {

struct Body {
  json::Value value;
  std::vector<std::string> duplicates;  // texts for WriteContext::body_warnings
};

// An object of `resource`, as JSON, YAML (the first document) or protobuf. 400 (`names_itself`: also when it does not
// say its kind), 415.
Result<Body> read_object(std::string_view body, std::string_view content_type, const api::Resource& resource,
                         bool names_itself = false);

// A patch: of an object kind for merge, strategic and apply, a list for JSON patch. 400. 415 when the kind does not
// take such patches.
Result<PatchType> patch_type(std::string_view content_type, bool is_custom);
Result<Body> read_patch(std::string_view body, PatchType type);

// DeleteOptions; null when there are none.
Result<json::Value> read_delete_options(std::string_view body, std::string_view content_type);

}  // namespace rig::apiserver
