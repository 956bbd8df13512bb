// api/v1beta1/vm_class.h — sizes and hardware that many machines share.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/encryption.h"
#include "api/v1beta1/group.h"

namespace rig::api::v1beta1 {

enum class Firmware : std::uint8_t { kBios, kUefi, kEfi };

enum class GuestToolsPolicy : std::uint8_t { kInstall, kSkip, kUpgrade, kUninstall };

enum class ProvisioningType : std::uint8_t { kThin, kThick, kEagerzeroedthick, kSsd, kHdd, kNvme };

enum class LatencySensitivity : std::uint8_t { kLow, kNormal, kHigh };

enum class HyperThreadingPolicy : std::uint8_t { kAuto, kPrefer, kAvoid, kRequire };

enum class TpmVersion : std::uint8_t { kV12, kV20 };

struct DiskDefaults {
  ProvisioningType type = ProvisioningType::kThin;
  schema::Quantity size{"40Gi"};
  std::optional<std::int32_t> iops;
  std::string storage_class;
};

struct ResourceLimits {
  std::optional<std::int32_t> cpu_reservation, cpu_limit, cpu_shares;
  std::optional<schema::Quantity> memory_reservation, memory_limit;
};

struct PerformanceProfile {
  bool cpu_hot_add_enabled = false;
  bool memory_hot_add_enabled = false;
  bool nested_virtualization = false;
  bool virtualization_based_security = false;
  LatencySensitivity latency_sensitivity = LatencySensitivity::kNormal;
  HyperThreadingPolicy hyper_threading_policy = HyperThreadingPolicy::kAuto;
};

struct EncryptionPolicy {
  bool enabled = false;
  std::optional<KeyProvider> key_provider;
  bool require_encryption = false;
};

struct SecurityProfile {
  bool secure_boot = false;
  bool tpm_enabled = false;
  std::optional<TpmVersion> tpm_version;
  bool vtd_enabled = false;
  std::optional<EncryptionPolicy> encryption_policy;
};

struct VmClassSpec {
  std::int32_t cpu = 0;
  schema::Quantity memory;
  Firmware firmware = Firmware::kBios;
  std::optional<DiskDefaults> disk_defaults;
  GuestToolsPolicy guest_tools_policy = GuestToolsPolicy::kInstall;
  std::optional<PerformanceProfile> performance_profile;
  std::optional<SecurityProfile> security_profile;
  std::optional<ResourceLimits> resource_limits;
  std::map<std::string, std::string> extra_config;
};

struct ClassValidation {
  bool valid = false;
  std::string message;
  std::vector<std::string> warnings;
  std::optional<WallTime> last_validated;
};

struct VmClassStatus {
  std::int64_t observed_generation = 0;
  std::optional<std::int32_t> used_by_vms;
  std::vector<std::string> supported_providers;
  std::map<std::string, ClassValidation> validation_results;
  std::vector<Condition> conditions;
};

struct VmClass {
  ObjectMeta meta;
  VmClassSpec spec;
  VmClassStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMClass", "vmclasses"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::Firmware> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GuestToolsPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProvisioningType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LatencySensitivity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HyperThreadingPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TpmVersion> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DiskDefaults> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ResourceLimits> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PerformanceProfile> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::EncryptionPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SecurityProfile> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmClassSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClassValidation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmClassStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmClass> { static const TypeInfo& info(); };
// clang-format on
