// vsphere/properties.h — the properties of managed objects that we ask for, as rows: a path, and the member that its
// value goes to. The same row asks and reads.
#pragma once

#include "hypervisor/vsphere/rows.h"

namespace rig::vsphere {

inline constexpr std::string_view kStampKey = "virtrigaud.owner";  // in a machine's extraConfig

struct GuestNic {
  std::string network, mac_address;
  std::vector<std::string> ip_addresses;
  std::int32_t device_key = 0;  // -1: none of the machine's devices
  bool operator==(const GuestNic&) const = default;
};
template <>
inline constexpr std::tuple kRows<GuestNic> = {
    row<&GuestNic::network>("network"), row<&GuestNic::ip_addresses>("ipAddress"),
    row<&GuestNic::mac_address>("macAddress"), row<&GuestNic::device_key>("deviceConfigId")};

struct Question {  // that a machine waits to be answered, before it does anything else
  std::string text;
  bool operator==(const Question&) const = default;
};
template <>
inline constexpr std::tuple kRows<Question> = {row<&Question::text>("text")};

struct MachineProps {
  std::string name, change_version, instance_uuid, firmware;
  std::optional<bool> is_template, nested_hv, cpu_hot_add, memory_hot_add, secure_boot;
  std::optional<std::int32_t> cpus, memory_mib;  // none: vSphere knows no configuration, as while it is being made
  std::vector<Device> devices;
  std::optional<OptionValue> stamp;
  std::string power_state, connection_state;
  MoRef host, parent, resource_pool;
  std::optional<WallTime> booted_at;
  std::optional<Question> question;
  std::vector<GuestNic> guest_nics;
  std::string guest_hostname, guest_os, tools_running;
  bool operator==(const MachineProps&) const = default;
};
template <>
inline constexpr std::tuple kRows<MachineProps> = {
    row<&MachineProps::name>("name"),
    row<&MachineProps::change_version>("config.changeVersion"),
    row<&MachineProps::instance_uuid>("config.instanceUuid"),
    row<&MachineProps::firmware>("config.firmware"),
    row<&MachineProps::is_template>("config.template"),
    row<&MachineProps::nested_hv>("config.nestedHVEnabled"),
    row<&MachineProps::cpu_hot_add>("config.cpuHotAddEnabled"),
    row<&MachineProps::memory_hot_add>("config.memoryHotAddEnabled"),
    row<&MachineProps::secure_boot>("config.bootOptions.efiSecureBootEnabled"),
    row<&MachineProps::cpus>("config.hardware.numCPU"),
    row<&MachineProps::memory_mib>("config.hardware.memoryMB"),
    row<&MachineProps::devices>("config.hardware.device"),
    row<&MachineProps::stamp>("config.extraConfig[\"virtrigaud.owner\"]"),
    row<&MachineProps::power_state>("runtime.powerState"),
    row<&MachineProps::connection_state>("runtime.connectionState"),
    row<&MachineProps::host>("runtime.host"),
    row<&MachineProps::parent>("parent"),
    row<&MachineProps::resource_pool>("resourcePool"),
    row<&MachineProps::booted_at>("runtime.bootTime"),
    row<&MachineProps::question>("runtime.question"),
    row<&MachineProps::guest_nics>("guest.net"),
    row<&MachineProps::guest_hostname>("guest.hostName"),
    row<&MachineProps::guest_os>("guest.guestFullName"),
    row<&MachineProps::tools_running>("guest.toolsRunningStatus")};

struct HostProps {
  std::string name;
};
template <>
inline constexpr std::tuple kRows<HostProps> = {row<&HostProps::name>("name")};

struct TaskProps {
  TaskInfo info;
};
template <>
inline constexpr std::tuple kRows<TaskProps> = {row<&TaskProps::info>("info")};

// Whatever stands in the inventory; which of these a type has: catalogue.cc.
struct OpaqueSummary {
  std::string id, type;
  bool operator==(const OpaqueSummary&) const = default;
};
template <>
inline constexpr std::tuple kRows<OpaqueSummary> = {row<&OpaqueSummary::id>("opaqueNetworkId"),
                                                    row<&OpaqueSummary::type>("opaqueNetworkType")};
struct EntityProps {
  std::string name;
  MoRef parent;
  std::optional<std::int64_t> free_bytes;  // of datastores
  std::optional<bool> accessible;
  std::string maintenance;   // "normal", ...
  MoRef distributed_switch;  // of distributed port groups
  std::string portgroup_key;
  std::string logical_switch;            // of NSX, that the port group is of
  std::string switch_uuid;               // of distributed switches
  std::optional<OpaqueSummary> summary;  // of opaque networks
  std::optional<bool> is_template;       // of machines
  bool operator==(const EntityProps&) const = default;
};
template <>
inline constexpr std::tuple kRows<EntityProps> = {
    row<&EntityProps::name>("name"),
    row<&EntityProps::parent>("parent"),
    row<&EntityProps::free_bytes>("summary.freeSpace"),
    row<&EntityProps::accessible>("summary.accessible"),
    row<&EntityProps::maintenance>("summary.maintenanceMode"),
    row<&EntityProps::distributed_switch>("config.distributedVirtualSwitch"),
    row<&EntityProps::portgroup_key>("key"),
    row<&EntityProps::logical_switch>("config.logicalSwitchUuid"),
    row<&EntityProps::switch_uuid>("uuid"),
    row<&EntityProps::summary>("summary"),
    row<&EntityProps::is_template>("config.template")};

}  // namespace rig::vsphere
