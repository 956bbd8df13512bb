// vsphere/property_rows.h — properties of managed objects: a path, and the member that its value goes to. The same row
// asks and reads.
#pragma once

#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/rows.h"

namespace rig::vsphere {

template <>
inline constexpr std::tuple kRows<GuestNic> = {
    row<&GuestNic::network>("network"), row<&GuestNic::ip_addresses>("ipAddress"),
    row<&GuestNic::mac_address>("macAddress"), row<&GuestNic::device_key>("deviceConfigId")};

template <>
inline constexpr std::tuple kRows<Question> = {row<&Question::text>("text")};

template <>
inline constexpr std::tuple kRows<MachineProps> = {
    row<&MachineProps::name>("name"),
    row<&MachineProps::change_version>("config.changeVersion"),
    row<&MachineProps::instance_uuid>("config.instanceUuid"),
    row<&MachineProps::firmware>("config.firmware"),
    row<&MachineProps::hardware_version>("config.version"),
    row<&MachineProps::is_template>("config.template"),
    row<&MachineProps::nested_hv>("config.nestedHVEnabled"),
    row<&MachineProps::cpu_hot_add>("config.cpuHotAddEnabled"),
    row<&MachineProps::memory_hot_add>("config.memoryHotAddEnabled"),
    row<&MachineProps::secure_boot>("config.bootOptions.efiSecureBootEnabled"),
    row<&MachineProps::cpus>("config.hardware.numCPU"),
    row<&MachineProps::memory_mib>("config.hardware.memoryMB"),
    row<&MachineProps::devices>("config.hardware.device"),
    row<&MachineProps::cpu_allocation>("config.cpuAllocation"),
    row<&MachineProps::memory_allocation>("config.memoryAllocation"),
    row<&MachineProps::stamp>("config.extraConfig[\"virtrigaud.owner\"]"),
    row<&MachineProps::power_state>("runtime.powerState"),
    row<&MachineProps::connection_state>("runtime.connectionState"),
    row<&MachineProps::host>("runtime.host"),
    row<&MachineProps::parent>("parent"),
    row<&MachineProps::resource_pool>("resourcePool"),
    row<&MachineProps::booted_at>("summary.runtime.bootTime"),  // of the simulator, only this one
    row<&MachineProps::question>("runtime.question"),
    row<&MachineProps::guest_nics>("guest.net"),
    row<&MachineProps::guest_hostname>("guest.hostName"),
    row<&MachineProps::guest_os>("guest.guestFullName"),
    row<&MachineProps::tools_running>("guest.toolsRunningStatus")};

template <>
inline constexpr std::tuple kRows<HostProps> = {row<&HostProps::name>("name")};

template <>
inline constexpr std::tuple kRows<TaskProps> = {row<&TaskProps::info>("info")};

template <>
inline constexpr std::tuple kRows<ImportedProps> = {
    row<&ImportedProps::is_template>("config.template"),
    row<&ImportedProps::image>("config.extraConfig[\"virtrigaud.image\"]")};

template <>
inline constexpr std::tuple kRows<LeaseProps> = {row<&LeaseProps::state>("state"), row<&LeaseProps::info>("info"),
                                                 row<&LeaseProps::error>("error")};

template <>
inline constexpr std::tuple kRows<OpaqueSummary> = {row<&OpaqueSummary::id>("opaqueNetworkId"),
                                                    row<&OpaqueSummary::type>("opaqueNetworkType")};

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
    row<&EntityProps::is_template>("config.template"),
    row<&EntityProps::connection_state>("runtime.connectionState"),
    row<&EntityProps::in_maintenance>("runtime.inMaintenanceMode"),
    row<&EntityProps::datastores>("datastore"),
    row<&EntityProps::storage_drs>("podStorageDrsEntry.storageDrsConfig.podConfig.enabled"),
    row<&EntityProps::drs>("configuration.drsConfig.enabled")};

}  // namespace rig::vsphere
