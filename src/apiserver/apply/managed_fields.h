// apiserver/apply/managed_fields.h — metadata.managedFields: who wrote which field.
#pragma once

#include <string_view>

#include "api/kinds.h"
#include "apiserver/registry.h"
#include "base/json/json.h"

namespace rig::apiserver {

// Writes into `object` what a create (`old` null), replace or patch by `manager` makes of the bookkeeping. When
// nothing but times would change, it stays as it was in `old`.
void track_write(const api::KindInfo& kind, Part part, const json::Value& old, json::Value& object, std::string_view manager,
                 WallTime now);

}  // namespace rig::apiserver
