// api/v1beta1/network_shapes.h — what a network is called on each hypervisor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class LibvirtNicModel : std::uint8_t { kVirtio, kE1000, kE1000e, kRtl8139, kPcnet, kNe2kPci };

enum class ProxmoxNicModel : std::uint8_t { kVirtio, kE1000, kRtl8139, kVmxnet3 };

enum class VsphereNicModel : std::uint8_t { kVmxnet3, kE1000, kE1000e };

enum class NicDriverName : std::uint8_t { kKvm, kVfio, kUio };

enum class NicTxMode : std::uint8_t { kIothread, kTimer };

enum class VlanType : std::uint8_t { kNone, kVlan, kPvlan, kTrunk };

enum class PortgroupType : std::uint8_t { kEphemeral, kDistributed };

struct LibvirtBridge {
  std::string name;
  bool stp = false;
  std::optional<std::int32_t> delay;
};

struct LibvirtNicDriver {
  std::optional<NicDriverName> name;
  std::optional<std::int32_t> queues;
  std::optional<NicTxMode> tx_mode;
  std::optional<bool> io_event_fd, event_idx;
};

struct LibvirtFilterRef {
  std::string filter;
  std::map<std::string, std::string> parameters;
};

struct LibvirtNetwork {
  std::string network_name;
  std::optional<LibvirtBridge> bridge;
  LibvirtNicModel model = LibvirtNicModel::kVirtio;
  std::optional<LibvirtNicDriver> driver;
  std::optional<LibvirtFilterRef> filter_ref;
};

struct ProxmoxNetwork {
  std::string bridge;
  std::optional<std::int32_t> vlan_tag;
  ProxmoxNicModel model = ProxmoxNicModel::kVirtio;
  bool firewall = false;
  std::optional<std::int32_t> mtu, rate_limit;
};

struct DistributedSwitch {
  std::string name, uuid;
  std::optional<PortgroupType> portgroup_type;
};

struct VsphereVlan {
  VlanType type = VlanType::kNone;
  std::optional<std::int32_t> vlan_id, primary_vlan_id, secondary_vlan_id;
  std::vector<std::int32_t> trunk_vlan_ids;
};

struct VsphereNicSecurity {
  bool allow_promiscuous = false;
  bool allow_mac_changes = true;
  bool allow_forged_transmits = true;
};

struct TrafficShaping {
  bool enabled = false;
  std::optional<std::int64_t> average_bandwidth, peak_bandwidth, burst_size;
};

struct VsphereNetwork {
  std::string portgroup;
  std::optional<DistributedSwitch> distributed_switch;
  VsphereNicModel adapter_type = VsphereNicModel::kVmxnet3;
  std::optional<VsphereVlan> vlan;
  std::optional<VsphereNicSecurity> security;
  std::optional<TrafficShaping> traffic_shaping;
  std::optional<std::int32_t> pci_slot_number;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtNicModel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProxmoxNicModel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereNicModel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NicDriverName> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::NicTxMode> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VlanType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PortgroupType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtBridge> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtNicDriver> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtFilterRef> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::LibvirtNetwork> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ProxmoxNetwork> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DistributedSwitch> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereVlan> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereNicSecurity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TrafficShaping> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VsphereNetwork> { static const TypeInfo& info(); };
// clang-format on
