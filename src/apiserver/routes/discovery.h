// apiserver/routes/discovery.h — which groups, versions and resources there are, in the old form (a document each)
// and the new one (apidiscovery.k8s.io/v2: everything in two documents).
#pragma once

#include <span>

#include "apiserver/routes/served.h"
#include "base/json/json.h"

namespace rig::apiserver {

// /api. `host`: of the server as the client knows it; "": not said.
json::Value api_versions(const std::string& host);
json::Value api_group_list(std::span<const ServedGroup> groups);  // /apis
json::Value api_group(const ServedGroup& group);                  // /apis/G
json::Value api_resource_list(const ServedGroup& group);          // /api/v1, /apis/G/V
// The new form: of /api (the core group only) or of /apis (the others).
json::Value aggregated_discovery(std::span<const ServedGroup> groups, bool core);

}  // namespace rig::apiserver
