// api/resource.h — where a kind lives in the API.
#pragma once

#include <string>
#include <string_view>

namespace rig::api {

struct Resource {
  std::string_view group;  // "" for the core group
  std::string_view version, kind, plural;
  bool namespaced = true;

  std::string api_version() const;     // "infra.virtrigaud.io/v1beta1", "v1"
  std::string group_resource() const;  // "virtualmachines.infra.virtrigaud.io", "secrets"
  bool operator==(const Resource&) const = default;
};

}  // namespace rig::api
