// vsphere/fields.h — what of the API this provider does not act on.
#pragma once

#include <span>
#include <string_view>

namespace rig::vsphere {

// Row paths, sorted. A path stands for everything below it.
std::span<const std::string_view> unsupported_fields();

}  // namespace rig::vsphere
