// api/core/secret.h — core/v1 Secret. Values are base64, as on the wire.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "api/meta/meta.h"

namespace rig::api::core {

struct Secret {
  ObjectMeta meta;
  std::map<std::string, std::string> data;         // base64
  std::map<std::string, std::string> string_data;  // plain; only ever written
  std::string type;
  std::optional<bool> immutable;
  static constexpr Resource kResource{"", "v1", "Secret", "secrets"};

  // The bytes under `key`. kNotFound: no such key, with those that are there; kInvalidArgument: no base64.
  Result<std::string> value(std::string_view key) const;
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::Secret> { static const TypeInfo& info(); };
// clang-format on
