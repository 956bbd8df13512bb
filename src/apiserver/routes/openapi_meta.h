// apiserver/routes/openapi_meta.h — the schemas that the documents of all groups have in common.
#pragma once

#include <string_view>

#include "base/json/json.h"

namespace rig::apiserver {

inline constexpr std::string_view kMetaName = "io.k8s.apimachinery.pkg.apis.meta.v1.";

// `prefix`: where references point to, "#/components/schemas/" or "#/definitions/".
void add_meta_schemas(std::string_view prefix, json::Value& schemas);
void add_scale_schemas(std::string_view prefix, json::Value& schemas);  // autoscaling/v1

}  // namespace rig::apiserver
