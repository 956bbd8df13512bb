// vsphere/rows.h — which element is which member, in the order of vim25's schema: the fields of a base type come first.
// vCenter refuses what stands in another order; its simulator does not.
//
// One table per type of types.h; codec.cc walks them, to write and to read. A table of a family has the fields of all
// its members: no two of them use one name differently, and within each member the order is the schema's.
//
// Source: the types of API release 7.0 as govmomi 0.56 has them (vim25/types/types.go).
#pragma once

#include <string_view>
#include <tuple>

#include "hypervisor/vsphere/types.h"

namespace rig::vsphere {

template <auto Member>
struct Row {
  std::string_view name;
};
template <auto Member>
constexpr Row<Member> row(std::string_view name) {
  return {name};
}

template <class T>
inline constexpr std::tuple<> kRows;  // of a type without members

template <>
inline constexpr std::tuple kRows<OptionValue> = {row<&OptionValue::key>("key"), row<&OptionValue::value>("value")};

template <>
inline constexpr std::tuple kRows<PortConnection> = {
    row<&PortConnection::switch_uuid>("switchUuid"), row<&PortConnection::portgroup_key>("portgroupKey"),
    row<&PortConnection::port_key>("portKey"), row<&PortConnection::connection_cookie>("connectionCookie")};

// VirtualDeviceFileBackingInfo, VirtualDiskFlatVer2BackingInfo (and what of it VirtualDiskSparseVer2BackingInfo has),
// VirtualDeviceDeviceBackingInfo, VirtualEthernetCard{Network,DistributedVirtualPort,OpaqueNetwork}BackingInfo
template <>
inline constexpr std::tuple kRows<Backing> = {row<&Backing::file_name>("fileName"),
                                              row<&Backing::datastore>("datastore"),
                                              row<&Backing::backing_object_id>("backingObjectId"),
                                              row<&Backing::disk_mode>("diskMode"),
                                              row<&Backing::split>("split"),
                                              row<&Backing::write_through>("writeThrough"),
                                              row<&Backing::thin_provisioned>("thinProvisioned"),
                                              row<&Backing::eagerly_scrub>("eagerlyScrub"),
                                              row<&Backing::uuid>("uuid"),
                                              row<&Backing::content_id>("contentId"),
                                              row<&Backing::change_id>("changeId"),
                                              row<&Backing::parent>("parent"),
                                              row<&Backing::delta_disk_format>("deltaDiskFormat"),
                                              row<&Backing::digest_enabled>("digestEnabled"),
                                              row<&Backing::delta_grain_size>("deltaGrainSize"),
                                              row<&Backing::delta_disk_format_variant>("deltaDiskFormatVariant"),
                                              row<&Backing::sharing>("sharing"),
                                              row<&Backing::key_id>("keyId"),
                                              row<&Backing::device_name>("deviceName"),
                                              row<&Backing::use_auto_detect>("useAutoDetect"),
                                              row<&Backing::network>("network"),
                                              row<&Backing::in_passthrough_mode>("inPassthroughMode"),
                                              row<&Backing::port>("port"),
                                              row<&Backing::opaque_network_id>("opaqueNetworkId"),
                                              row<&Backing::opaque_network_type>("opaqueNetworkType")};

template <>
inline constexpr std::tuple kRows<Connectable> = {
    row<&Connectable::migrate_connect>("migrateConnect"), row<&Connectable::start_connected>("startConnected"),
    row<&Connectable::allow_guest_control>("allowGuestControl"), row<&Connectable::connected>("connected"),
    row<&Connectable::status>("status")};

template <>
inline constexpr std::tuple kRows<Description> = {row<&Description::label>("label"),
                                                  row<&Description::summary>("summary")};

// VirtualDevice, VirtualController, VirtualSCSIController (sharedBus also of VirtualNVMEController), VirtualDisk,
// VirtualEthernetCard
template <>
inline constexpr std::tuple kRows<Device> = {row<&Device::key>("key"),
                                             row<&Device::info>("deviceInfo"),
                                             row<&Device::backing>("backing"),
                                             row<&Device::connectable>("connectable"),
                                             row<&Device::slot_info>("slotInfo"),
                                             row<&Device::controller_key>("controllerKey"),
                                             row<&Device::unit_number>("unitNumber"),
                                             row<&Device::bus_number>("busNumber"),
                                             row<&Device::device>("device"),
                                             row<&Device::hot_add_remove>("hotAddRemove"),
                                             row<&Device::shared_bus>("sharedBus"),
                                             row<&Device::scsi_unit_number>("scsiCtlrUnitNumber"),
                                             row<&Device::capacity_kib>("capacityInKB"),
                                             row<&Device::capacity_bytes>("capacityInBytes"),
                                             row<&Device::shares>("shares"),
                                             row<&Device::io_allocation>("storageIOAllocation"),
                                             row<&Device::disk_object_id>("diskObjectId"),
                                             row<&Device::flash_cache>("vFlashCacheConfigInfo"),
                                             row<&Device::io_filter>("iofilter"),
                                             row<&Device::disk_id>("vDiskId"),
                                             row<&Device::native_linked_clone>("nativeUnmanagedLinkedClone"),
                                             row<&Device::address_type>("addressType"),
                                             row<&Device::mac_address>("macAddress"),
                                             row<&Device::wake_on_lan>("wakeOnLanEnabled"),
                                             row<&Device::resource_allocation>("resourceAllocation"),
                                             row<&Device::external_id>("externalId"),
                                             row<&Device::upt_compatibility>("uptCompatibilityEnabled")};

template <>
inline constexpr std::tuple kRows<DeviceChange> = {row<&DeviceChange::operation>("operation"),
                                                   row<&DeviceChange::file_operation>("fileOperation"),
                                                   row<&DeviceChange::device>("device")};

// SharesInfo, ResourceAllocationInfo
template <>
inline constexpr std::tuple kRows<Shares> = {row<&Shares::shares>("shares"), row<&Shares::level>("level")};
template <>
inline constexpr std::tuple kRows<Allocation> = {row<&Allocation::reservation>("reservation"),
                                                 row<&Allocation::limit>("limit"), row<&Allocation::shares>("shares")};

template <>
inline constexpr std::tuple kRows<BootOptions> = {row<&BootOptions::efi_secure_boot>("efiSecureBootEnabled")};

// VirtualMachineConfigSpec
template <>
inline constexpr std::tuple kRows<ConfigSpec> = {row<&ConfigSpec::change_version>("changeVersion"),
                                                 row<&ConfigSpec::name>("name"),
                                                 row<&ConfigSpec::instance_uuid>("instanceUuid"),
                                                 row<&ConfigSpec::cpus>("numCPUs"),
                                                 row<&ConfigSpec::memory_mib>("memoryMB"),
                                                 row<&ConfigSpec::memory_hot_add>("memoryHotAddEnabled"),
                                                 row<&ConfigSpec::cpu_hot_add>("cpuHotAddEnabled"),
                                                 row<&ConfigSpec::device_change>("deviceChange"),
                                                 row<&ConfigSpec::cpu_allocation>("cpuAllocation"),
                                                 row<&ConfigSpec::memory_allocation>("memoryAllocation"),
                                                 row<&ConfigSpec::extra_config>("extraConfig"),
                                                 row<&ConfigSpec::boot_options>("bootOptions"),
                                                 row<&ConfigSpec::firmware>("firmware"),
                                                 row<&ConfigSpec::nested_hv>("nestedHVEnabled")};

// VirtualMachineRelocateSpec
template <>
inline constexpr std::tuple kRows<RelocateSpec> = {row<&RelocateSpec::datastore>("datastore"),
                                                   row<&RelocateSpec::disk_move_type>("diskMoveType"),
                                                   row<&RelocateSpec::pool>("pool"), row<&RelocateSpec::host>("host")};

// CustomizationIpGenerator and its kinds, CustomizationIPSettings, ...
template <>
inline constexpr std::tuple kRows<IpSource> = {row<&IpSource::address>("ipAddress")};
template <>
inline constexpr std::tuple kRows<FixedIpV6> = {row<&FixedIpV6::address>("ipAddress"),
                                                row<&FixedIpV6::prefix>("subnetMask")};
template <>
inline constexpr std::tuple kRows<IpV6Settings> = {row<&IpV6Settings::addresses>("ip"),
                                                   row<&IpV6Settings::gateways>("gateway")};
template <>
inline constexpr std::tuple kRows<IpSettings> = {
    row<&IpSettings::ip>("ip"), row<&IpSettings::subnet_mask>("subnetMask"), row<&IpSettings::gateways>("gateway"),
    row<&IpSettings::v6>("ipV6Spec"), row<&IpSettings::nameservers>("dnsServerList")};
template <>
inline constexpr std::tuple kRows<AdapterMapping> = {row<&AdapterMapping::adapter>("adapter")};
template <>
inline constexpr std::tuple kRows<FixedName> = {row<&FixedName::name>("name")};
template <>
inline constexpr std::tuple kRows<LinuxPrep> = {row<&LinuxPrep::host_name>("hostName"),
                                                row<&LinuxPrep::domain>("domain")};
template <>
inline constexpr std::tuple kRows<GlobalIpSettings> = {row<&GlobalIpSettings::nameservers>("dnsServerList")};
template <>
inline constexpr std::tuple kRows<CustomizationSpec> = {row<&CustomizationSpec::identity>("identity"),
                                                        row<&CustomizationSpec::global>("globalIPSettings"),
                                                        row<&CustomizationSpec::adapters>("nicSettingMap")};

// VirtualMachineCloneSpec
template <>
inline constexpr std::tuple kRows<CloneSpec> = {
    row<&CloneSpec::location>("location"), row<&CloneSpec::is_template>("template"),
    row<&CloneSpec::config>("config"),     row<&CloneSpec::customization>("customization"),
    row<&CloneSpec::power_on>("powerOn"),  row<&CloneSpec::snapshot>("snapshot")};

// StorageDrsPodSelectionSpec, StoragePlacementSpec; of results what is read of them
template <>
inline constexpr std::tuple kRows<PodSelection> = {row<&PodSelection::pod>("storagePod")};
template <>
inline constexpr std::tuple kRows<StoragePlacement> = {row<&StoragePlacement::type>("type"),
                                                       row<&StoragePlacement::machine>("vm"),
                                                       row<&StoragePlacement::selection>("podSelectionSpec"),
                                                       row<&StoragePlacement::clone>("cloneSpec"),
                                                       row<&StoragePlacement::clone_name>("cloneName"),
                                                       row<&StoragePlacement::folder>("folder")};
template <>
inline constexpr std::tuple kRows<PlacementAction> = {row<&PlacementAction::destination>("destination")};
template <>
inline constexpr std::tuple kRows<Recommendation> = {row<&Recommendation::actions>("action")};
template <>
inline constexpr std::tuple kRows<StoragePlacementResult> = {
    row<&StoragePlacementResult::recommendations>("recommendations")};

template <>
inline constexpr std::tuple kRows<FaultMessage> = {row<&FaultMessage::key>("key"),
                                                   row<&FaultMessage::message>("message")};
template <>
inline constexpr std::tuple kRows<EntityPrivileges> = {row<&EntityPrivileges::entity>("entity"),
                                                       row<&EntityPrivileges::privilege_ids>("privilegeIds")};
// MethodFault and those that say more than their name; they are only read, so their order is nobody's.
template <>
inline constexpr std::tuple kRows<Fault> = {row<&Fault::messages>("faultMessage"),
                                            row<&Fault::obj>("obj"),
                                            row<&Fault::name>("name"),
                                            row<&Fault::object>("object"),
                                            row<&Fault::privilege_id>("privilegeId"),
                                            row<&Fault::missing_privileges>("missingPrivileges"),
                                            row<&Fault::invalid_property>("invalidProperty"),
                                            row<&Fault::property>("property"),
                                            row<&Fault::reason>("reason"),
                                            row<&Fault::file>("file"),
                                            row<&Fault::datastore_path>("datastorePath"),
                                            row<&Fault::argument_name>("argumentName"),
                                            row<&Fault::requested_state>("requestedState"),
                                            row<&Fault::existing_state>("existingState"),
                                            row<&Fault::device_index>("deviceIndex")};
template <>
inline constexpr std::tuple kRows<LocalizedFault> = {row<&LocalizedFault::fault>("fault"),
                                                     row<&LocalizedFault::message>("localizedMessage")};

// OvfManagerCommonParams, OvfCreateImportSpecParams
template <>
inline constexpr std::tuple kRows<ImportParams> = {
    row<&ImportParams::locale>("locale"), row<&ImportParams::deployment_option>("deploymentOption"),
    row<&ImportParams::entity_name>("entityName"), row<&ImportParams::host>("hostSystem"),
    row<&ImportParams::disk_provisioning>("diskProvisioning")};
// OvfFileItem
template <>
inline constexpr std::tuple kRows<ImportFile> = {row<&ImportFile::device_id>("deviceId"),
                                                 row<&ImportFile::path>("path"),
                                                 row<&ImportFile::compression>("compressionMethod"),
                                                 row<&ImportFile::chunk_bytes>("chunkSize"),
                                                 row<&ImportFile::bytes>("size"),
                                                 row<&ImportFile::create>("create")};
template <>
inline constexpr std::tuple kRows<ImportSpecResult> = {
    row<&ImportSpecResult::spec>("importSpec"), row<&ImportSpecResult::files>("fileItem"),
    row<&ImportSpecResult::warnings>("warning"), row<&ImportSpecResult::errors>("error")};
// HttpNfcLeaseDeviceUrl, HttpNfcLeaseInfo
template <>
inline constexpr std::tuple kRows<LeaseUrl> = {row<&LeaseUrl::import_key>("importKey"), row<&LeaseUrl::url>("url"),
                                               row<&LeaseUrl::thumbprint>("sslThumbprint")};
template <>
inline constexpr std::tuple kRows<LeaseInfo> = {row<&LeaseInfo::entity>("entity"), row<&LeaseInfo::urls>("deviceUrl")};

template <>
inline constexpr std::tuple kRows<TaskInfo> = {row<&TaskInfo::key>("key"),
                                               row<&TaskInfo::description_id>("descriptionId"),
                                               row<&TaskInfo::entity>("entity"),
                                               row<&TaskInfo::state>("state"),
                                               row<&TaskInfo::cancelled>("cancelled"),
                                               row<&TaskInfo::cancelable>("cancelable"),
                                               row<&TaskInfo::error>("error"),
                                               row<&TaskInfo::result>("result"),
                                               row<&TaskInfo::progress>("progress")};

template <>
inline constexpr std::tuple kRows<About> = {row<&About::name>("name"),
                                            row<&About::full_name>("fullName"),
                                            row<&About::version>("version"),
                                            row<&About::build>("build"),
                                            row<&About::api_type>("apiType"),
                                            row<&About::api_version>("apiVersion"),
                                            row<&About::instance_uuid>("instanceUuid")};
template <>
inline constexpr std::tuple kRows<ServiceContent> = {
    row<&ServiceContent::root_folder>("rootFolder"),
    row<&ServiceContent::property_collector>("propertyCollector"),
    row<&ServiceContent::view_manager>("viewManager"),
    row<&ServiceContent::about>("about"),
    row<&ServiceContent::session_manager>("sessionManager"),
    row<&ServiceContent::search_index>("searchIndex"),
    row<&ServiceContent::ovf_manager>("ovfManager"),
    row<&ServiceContent::storage_resource_manager>("storageResourceManager")};
template <>
inline constexpr std::tuple kRows<UserSession> = {row<&UserSession::key>("key"),
                                                  row<&UserSession::user_name>("userName")};

template <>
inline constexpr std::tuple kRows<SelectionSpec> = {
    row<&SelectionSpec::name>("name"), row<&SelectionSpec::type>("type"), row<&SelectionSpec::path>("path"),
    row<&SelectionSpec::skip>("skip")};
template <>
inline constexpr std::tuple kRows<ObjectSpec> = {row<&ObjectSpec::obj>("obj"), row<&ObjectSpec::skip>("skip"),
                                                 row<&ObjectSpec::select>("selectSet")};
template <>
inline constexpr std::tuple kRows<PropertySpec> = {row<&PropertySpec::type>("type"),
                                                   row<&PropertySpec::paths>("pathSet")};
template <>
inline constexpr std::tuple kRows<FilterSpec> = {
    row<&FilterSpec::props>("propSet"), row<&FilterSpec::objects>("objectSet"),
    row<&FilterSpec::report_missing_objects>("reportMissingObjectsInResults")};
template <>
inline constexpr std::tuple kRows<RetrieveOptions> = {row<&RetrieveOptions::max_objects>("maxObjects")};
template <>
inline constexpr std::tuple kRows<WaitOptions> = {row<&WaitOptions::max_wait_seconds>("maxWaitSeconds"),
                                                  row<&WaitOptions::max_object_updates>("maxObjectUpdates")};

// DynamicProperty and PropertyChange
template <>
inline constexpr std::tuple kRows<Property> = {row<&Property::name>("name"), row<&Property::value>("val")};
template <>
inline constexpr std::tuple kRows<MissingProperty> = {row<&MissingProperty::path>("path"),
                                                      row<&MissingProperty::fault>("fault")};
template <>
inline constexpr std::tuple kRows<ObjectContent> = {
    row<&ObjectContent::obj>("obj"), row<&ObjectContent::props>("propSet"), row<&ObjectContent::missing>("missingSet")};
template <>
inline constexpr std::tuple kRows<RetrieveResult> = {row<&RetrieveResult::token>("token"),
                                                     row<&RetrieveResult::objects>("objects")};
template <>
inline constexpr std::tuple kRows<ObjectUpdate> = {row<&ObjectUpdate::kind>("kind"), row<&ObjectUpdate::obj>("obj"),
                                                   row<&ObjectUpdate::changes>("changeSet"),
                                                   row<&ObjectUpdate::missing>("missingSet")};
template <>
inline constexpr std::tuple kRows<MissingObject> = {row<&MissingObject::obj>("obj"),
                                                    row<&MissingObject::fault>("fault")};
template <>
inline constexpr std::tuple kRows<FilterUpdate> = {row<&FilterUpdate::filter>("filter"),
                                                   row<&FilterUpdate::objects>("objectSet"),
                                                   row<&FilterUpdate::missing>("missingSet")};
template <>
inline constexpr std::tuple kRows<UpdateSet> = {row<&UpdateSet::version>("version"),
                                                row<&UpdateSet::filters>("filterSet"),
                                                row<&UpdateSet::truncated>("truncated")};

}  // namespace rig::vsphere
