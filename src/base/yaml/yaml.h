// base/yaml/yaml.h — YAML documents as JSON values, the way Kubernetes reads them (YAML 1.1 scalars).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"

namespace rig::yaml {

// All documents of a stream; empty ones are left out. Bare yes/no/on/off/y/n are booleans (YAML 1.1), bare
// numbers are numbers, timestamps stay strings. Aliases are resolved, bounded (no billion laughs).
// kInvalidArgument with "line:column: what" for bad YAML, duplicate keys, keys that are not strings.
Result<std::vector<json::Value>> parse_all(std::string_view text);
// Exactly the first document; null when there is none. With `duplicates`, of a key that is there twice the last value
// wins, and each adds a text: line 9: key "tags" already set in map.
Result<json::Value> parse(std::string_view text, std::vector<std::string>* duplicates = nullptr);

// Block style, keys sorted, strings quoted only where a YAML 1.1 reader would take them for something else.
std::string to_text(const json::Value& value);

}  // namespace rig::yaml
