// api/crd.h — the CustomResourceDefinition of a kind, written from its rows.
#pragma once

#include "api/kinds.h"
#include "base/json/json.h"

namespace rig::api {

// Complete, without status. `kind` is one of ours.
json::Value custom_resource_definition(const KindInfo& kind);

}  // namespace rig::api
