// api/v1beta1/group.h — the API group and version of our own kinds.
#pragma once

#include <string_view>

namespace rig::api::v1beta1 {

inline constexpr std::string_view kGroup = "infra.virtrigaud.io";
inline constexpr std::string_view kVersion = "v1beta1";

}  // namespace rig::api::v1beta1
