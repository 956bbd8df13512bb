// fakes/pve/formats.h — the formats that PVE's schema only names: what each accepts, and what it says otherwise.
#pragma once

#include <string>
#include <string_view>

#include "base/json/json.h"

namespace rig::fakes::pve {

// "" when `text` has the format, else PVE's words. A name without a row accepts everything: see README.md.
std::string check_format(std::string_view name, const std::string& text);

// Named formats that are property strings: a schema as the nested ones of schema.json, or null.
const json::Value* named_properties(std::string_view format);

}  // namespace rig::fakes::pve
