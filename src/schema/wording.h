// schema/wording.h — values and bounds as kube-apiserver writes them into messages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/json/json.h"

namespace rig::schema {

std::string quoted(std::string_view text);     // as Go's %q
std::string shown(const json::Value& value);   // strings quoted, doubles as Go's %v, the rest as JSON
std::string bound(double limit, bool is_int);  // is_int: the value beside it is an integer; cut to one
std::int64_t character_count(std::string_view utf8);
bool has_format(std::string_view format, const std::string& text);  // formats nobody checks are always met

// What else to say about a value that is not in an enum: the word that was probably meant, or that YAML made a
// boolean of a bare On. "" or " (...)".
std::string enum_hint(const json::Array& values, const json::Value& value);

}  // namespace rig::schema
