// api/v1beta1/provider.h — a hypervisor, and the process that speaks to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/group.h"
#include "api/v1beta1/provider_runtime.h"

namespace rig::api::v1beta1 {

enum class ProviderType : std::uint8_t { kLibvirt, kVsphere, kProxmox, kMock, kFirecracker, kQemu };

enum class ProviderCapability : std::uint8_t {
  kVirtualMachines,
  kSnapshots,
  kCloning,
  kLiveMigration,
  kConsoleAccess,
  kDiskManagement,
  kNetworkManagement,
  kGpuPassthrough,
  kHighAvailability,
  kBackup,
  kTemplates
};

struct ProviderDefaults {
  std::string datastore, cluster, folder, network, resource_pool, storage_pod;
};

struct ProviderRateLimit {
  std::int32_t qps = 10;
  std::int32_t burst = 20;
};

struct ProviderHealthCheck {
  bool enabled = true;
  std::string interval = "30s";
  std::string timeout = "10s";
  std::int32_t failure_threshold = 3;
  std::int32_t success_threshold = 1;
};

struct ConnectionPooling {
  std::int32_t max_connections = 10;
  std::int32_t max_idle_connections = 5;
  std::string connection_timeout = "30s";
  std::string idle_timeout = "5m";
};

struct ProviderSpec {
  ProviderType type = ProviderType::kVsphere;
  std::string endpoint;
  ObjectRef credential_secret_ref;
  bool insecure_skip_verify = false;
  std::optional<ProviderDefaults> defaults;
  ProviderRuntime runtime;
  std::optional<ProviderHealthCheck> health_check;
  std::optional<ProviderRateLimit> rate_limit;
  std::optional<ConnectionPooling> connection_pooling;
};

struct ProviderAdoption {
  std::int32_t discovered_vms = 0;
  std::int32_t adopted_vms = 0;
  std::int32_t failed_adoptions = 0;
  std::optional<WallTime> last_discovery_time;
  std::string message;
};

struct ReportedCapabilities {
  bool supports_reconfigure_online = false;
  bool supports_disk_expansion_online = false;
  bool supports_snapshots = false;
  bool supports_memory_snapshots = false;
  bool supports_linked_clones = false;
  bool supports_image_import = false;
  bool supports_disk_export = false;
  bool supports_disk_import = false;
  bool supports_export_compression = false;
  std::vector<std::string> supported_disk_types, supported_network_types, supported_export_formats;
  std::vector<std::string> supported_import_formats, supported_export_backends, supported_import_backends;
  std::vector<std::string> supported_transfer_modes;
};

struct ResourceAmount {
  std::optional<std::int64_t> total, used, available;
  std::optional<std::int32_t> usage_percent;
};

struct NetworkUsage {
  std::optional<std::int64_t> bytes_received, bytes_sent, packets_received, packets_sent;
};

struct ProviderResourceUsage {
  std::optional<ResourceAmount> cpu, memory, storage;
  std::optional<NetworkUsage> network;
};

struct ProviderStatus {
  std::int64_t observed_generation = 0;
  bool healthy = false;
  std::optional<WallTime> last_health_check;
  std::string version;
  std::optional<std::int32_t> connected_vms;
  std::optional<ProviderRuntimeStatus> runtime;
  std::vector<ProviderCapability> capabilities;
  std::optional<ReportedCapabilities> reported_capabilities;
  std::optional<ProviderResourceUsage> resource_usage;
  std::optional<ProviderAdoption> adoption;
  std::vector<Condition> conditions;
};

struct Provider {
  ObjectMeta meta;
  ProviderSpec spec;
  ProviderStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "Provider", "providers"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderCapability> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderDefaults> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderRateLimit> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderHealthCheck> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ConnectionPooling> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderAdoption> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ReportedCapabilities> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ResourceAmount> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkUsage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderResourceUsage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProviderStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Provider> { static const TypeInfo& info(); };
// clang-format on
