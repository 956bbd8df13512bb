// api/v1beta1/vm_network.h — a network interface of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::v1beta1 {

struct VmNetwork {
  std::string name;
  std::optional<ObjectRef> network_ref;
  std::string mac_address, ip_address;
  std::optional<std::int32_t> prefix;
  std::string gateway, dns;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::VmNetwork> { static const TypeInfo& info(); };
// clang-format on
