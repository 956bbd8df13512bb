// apiserver/routes/cell_path.h — the simple JSON paths of printer columns.
#pragma once

#include <string_view>

#include "base/json/json.h"

namespace rig::apiserver {

// The first value that `path` matches in `object`, or null: ".status.ips[*]", ".spec.disks[0].name",
// `.status.conditions[?(@.type=="Ready")].status`, `.metadata.labels.app\.kubernetes\.io/name`.
const json::Value* first_match(const json::Value& object, std::string_view path);

// Adds what first_match() looks at, or more.
void add_path(json::Members& members, std::string_view path);

}  // namespace rig::apiserver
