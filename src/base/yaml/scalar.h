// base/yaml/scalar.h — what a bare YAML word means; shared by the reader and the writer of this folder.
#pragma once

#include <string>

#include "base/json/json.h"

namespace rig::yaml {

// The value of a plain (unquoted) scalar as Kubernetes resolves it: null, boolean, integer, number or string.
json::Value resolve_plain(const std::string& text);

}  // namespace rig::yaml
