// api/v1beta1/guest_customization.h — what is changed inside a clone so that it is a machine of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/cloud_init.h"

namespace rig::api::v1beta1 {

enum class CertificateStore : std::uint8_t { kRoot, kCa, kMy, kTrust };

enum class GuestCommandStage : std::uint8_t { kPreCustomization, kPostCustomization, kFirstBoot };

struct PasswordSource {
  std::optional<LocalRef> secret_ref;
  std::string secret_key = "password";
  std::string value;
};

struct DomainJoin {
  std::string domain, username;
  PasswordSource password;
  std::string organizational_unit;
};

struct Sysprep {
  bool enabled = false;
  std::string owner, organization, product_key;
  std::optional<PasswordSource> admin_password;
  std::optional<DomainJoin> join_domain;
  std::vector<std::string> custom_commands;
};

struct CertificateInstall {
  std::string name, data;
  std::optional<LocalRef> secret_ref;
  std::string secret_key = "tls.crt";
  CertificateStore store = CertificateStore::kRoot;
};

struct GuestCommand {
  std::string command;
  std::vector<std::string> arguments;
  std::string working_directory, run_as_user;
  std::string timeout = "5m";
  GuestCommandStage stage = GuestCommandStage::kPostCustomization;
};

struct GuestNetwork {
  std::string name;
  std::optional<bool> dhcp;
  std::string ip_address, subnet_mask, gateway;
  std::vector<std::string> dns;
  std::string mac_address;
};

struct GuestCustomization {
  std::string hostname, domain, time_zone;
  std::vector<GuestNetwork> networks;
  std::optional<UserData> user_data;
  std::optional<Sysprep> sysprep;
  std::vector<GuestCommand> guest_commands;
  std::vector<CertificateInstall> certificates;
  std::vector<std::string> tags;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::CertificateStore> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GuestCommandStage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PasswordSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DomainJoin> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Sysprep> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CertificateInstall> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GuestCommand> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GuestNetwork> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GuestCustomization> { static const TypeInfo& info(); };
// clang-format on
