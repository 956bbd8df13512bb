// api/v1beta1/vm_network_attachment.h — a network that machines can be connected to.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/environment.h"
#include "api/v1beta1/group.h"
#include "api/v1beta1/network_shapes.h"

namespace rig::api::v1beta1 {

enum class NetworkType : std::uint8_t { kBridged, kNat, kIsolated, kHostOnly, kExternal };

enum class IpAllocationType : std::uint8_t { kDhcp, kStatic, kPool, kNone };

enum class FirewallAction : std::uint8_t { kAccept, kDrop, kReject };

enum class FirewallDirection : std::uint8_t { kIn, kOut, kInout };

enum class FirewallProtocol : std::uint8_t { kTcp, kUdp, kIcmp, kAll };

enum class IsolationMode : std::uint8_t { kNone, kStrict, kCustom };

enum class TunnelProtocol : std::uint8_t { kIpsec, kWireguard, kOpenvpn };

enum class NetworkPhase : std::uint8_t { kPending, kConfiguring, kReady, kFailed };

struct NetworkConfiguration {
  NetworkType type = NetworkType::kBridged;
  std::optional<LibvirtNetwork> libvirt;
  std::optional<VsphereNetwork> vsphere;
  std::optional<ProxmoxNetwork> proxmox;
  std::int32_t mtu = 1500;
};

struct StaticRoute {
  std::string destination, gateway;
  std::optional<std::int32_t> metric;
};

struct StaticIpConfig {
  std::string address, gateway;
  std::vector<StaticRoute> routes;
};

struct IpPoolConfig {
  LocalRef pool_ref;
  std::string preferred_ip;
};

struct DhcpConfig {
  std::string client_id, hostname;
  std::map<std::string, std::string> options;
};

struct DnsConfig {
  std::vector<std::string> servers, search_domains;
  std::map<std::string, std::string> options;
};

struct IpAllocation {
  IpAllocationType type = IpAllocationType::kDhcp;
  std::optional<StaticIpConfig> static_config;
  std::optional<IpPoolConfig> pool_config;
  std::optional<DhcpConfig> dhcp_config;
  std::optional<DnsConfig> dns_config;
};

struct PortRange {
  std::int32_t start = 0;
  std::optional<std::int32_t> end;
};

struct FirewallRule {
  std::string name;
  FirewallAction action = FirewallAction::kAccept;
  FirewallDirection direction = FirewallDirection::kIn;
  std::optional<FirewallProtocol> protocol;
  std::string source_cidr, destination_cidr;
  std::optional<PortRange> ports;
  std::optional<std::int32_t> priority;
};

struct NetworkFirewall {
  bool enabled = false;
  FirewallAction default_policy = FirewallAction::kAccept;
  std::vector<FirewallRule> rules;
};

struct NetworkIsolation {
  std::optional<IsolationMode> mode;
  std::vector<std::string> allowed_networks, denied_networks;
};

struct NetworkEncryption {
  bool enabled = false;
  std::optional<TunnelProtocol> protocol;
  std::optional<LocalRef> key_ref;
};

struct NetworkSecurity {
  std::optional<NetworkFirewall> firewall;
  std::optional<NetworkIsolation> isolation;
  std::optional<NetworkEncryption> encryption;
};

struct NetworkQos {
  std::optional<std::int64_t> ingress_limit, egress_limit;
  std::optional<std::int32_t> priority, dscp;
};

struct NetworkMetadata {
  std::string display_name, description;
  std::optional<Environment> environment;
  std::map<std::string, std::string> tags;
};

struct VmNetworkAttachmentSpec {
  NetworkConfiguration network;
  std::optional<IpAllocation> ip_allocation;
  std::optional<NetworkSecurity> security;
  std::optional<NetworkQos> qos;
  std::optional<NetworkMetadata> metadata;
};

struct IpAllocationStatus {
  std::string ip, vm, mac;
  std::optional<WallTime> allocated_at, lease_expiry;
};

struct NetworkProviderStatus {
  bool available = false;
  std::string id, state, message;
  std::optional<WallTime> last_updated;
};

struct VmNetworkAttachmentStatus {
  std::int64_t observed_generation = 0;
  bool ready = false;
  std::optional<NetworkPhase> phase;
  std::string message;
  std::vector<std::string> available_on;
  std::map<std::string, NetworkProviderStatus> provider_status;
  std::optional<std::int32_t> connected_vms;
  std::vector<IpAllocationStatus> ip_allocations;
  std::vector<Condition> conditions;
};

struct VmNetworkAttachment {
  ObjectMeta meta;
  VmNetworkAttachmentSpec spec;
  VmNetworkAttachmentStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMNetworkAttachment", "vmnetworkattachments"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IpAllocationType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::FirewallAction> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::FirewallDirection> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::FirewallProtocol> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IsolationMode> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TunnelProtocol> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkPhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkConfiguration> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::StaticRoute> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::StaticIpConfig> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IpPoolConfig> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DhcpConfig> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DnsConfig> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IpAllocation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PortRange> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::FirewallRule> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkFirewall> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkIsolation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkEncryption> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkSecurity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkQos> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkMetadata> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmNetworkAttachmentSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IpAllocationStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NetworkProviderStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmNetworkAttachmentStatus> {
  static const TypeInfo& info();
};
template <> struct rig::schema::Describe<rig::api::v1beta1::VmNetworkAttachment> { static const TypeInfo& info(); };
// clang-format on
