// api/core/config_map.h — core/v1 ConfigMap.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::core {

struct ConfigMap {
  ObjectMeta meta;
  std::map<std::string, std::string> data;
  std::map<std::string, std::string> binary_data;  // base64
  std::optional<bool> immutable;
  static constexpr Resource kResource{"", "v1", "ConfigMap", "configmaps"};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::ConfigMap> { static const TypeInfo& info(); };
// clang-format on
