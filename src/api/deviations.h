// api/deviations.h — where our schemas differ from the reference's (v0.3.11), on purpose, besides what we add.
//
// Rows that are `.addition()` are ours alone and are not listed here. A test compares all definitions: it fails for a
// difference that is neither, and for an entry that no longer stands for any.
#pragma once

#include <span>
#include <string_view>

namespace rig::api {

struct Deviation {
  std::string_view kind, path;       // '*' stands for any text; "" as path is the definition itself
  std::string_view attribute;        // "pattern", "enum", "required", "shortNames", ...
  std::string_view reference, ours;  // "" = absent; JSON, strings without quotes, lists sorted
  std::string_view reason;
};
std::span<const Deviation> deviations();

}  // namespace rig::api
