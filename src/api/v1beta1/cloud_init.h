// api/v1beta1/cloud_init.h — what a guest is told at its first boot: user-data, meta-data, network-config, Ignition.
#pragma once

#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::v1beta1 {

struct CloudInit {
  std::string inline_;
  std::optional<LocalRef> secret_ref;
};

struct Ignition {
  std::string inline_;
  std::optional<LocalRef> secret_ref;
};

struct UserData {
  std::optional<CloudInit> cloud_init;
  std::optional<Ignition> ignition;
};

struct MetaData {
  std::optional<CloudInit> cloud_init;
};

struct NetworkConfig {
  std::optional<CloudInit> cloud_init;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::CloudInit> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Ignition> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::UserData> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MetaData> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkConfig> { static const TypeInfo& info(); };
// clang-format on
