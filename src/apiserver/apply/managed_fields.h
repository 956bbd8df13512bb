// apiserver/apply/managed_fields.h — metadata.managedFields: who wrote which field, and what an apply makes of it.
//
// Pure. Source of the rules: k8s.io/apimachinery pkg/util/managedfields, checked against the recordings.
#pragma once

#include <string_view>

#include "api/kinds.h"
#include "apiserver/registry.h"
#include "base/json/json.h"

namespace rig::apiserver {

struct Writer {
  std::string_view manager;
  Part part = Part::kWhole;
  WallTime now;
};

// Writes into `object` what a create (`old` null), replace or patch makes of the bookkeeping.
void track_write(const api::KindInfo& kind, const Writer& writer, const json::Value& old, json::Value& object);

// `live` with the configuration applied, bookkeeping included; `live` is an empty object when there is none. 409 when
// others own what would change, unless `force`; the server's 500 for a configuration that does not fit the schema.
Result<json::Value> apply_configuration(const api::KindInfo& kind, const Writer& writer, const json::Value& live,
                                        json::Value configuration, bool force);

bool is_same_but_times(const json::Value& a, const json::Value& b);  // of the managers

}  // namespace rig::apiserver
