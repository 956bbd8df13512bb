// vsphere/types.h — the data objects of vim25 that we read and write: as much of each as we need.
//
// Names of members are vim25's in our spelling; rows.h says which is which, and in which order they stand. What no row
// names is skipped when it is read. An empty text and an empty optional are not written: to vSphere that means "as it
// is". Where vSphere has a family of types (devices, backings, faults) one struct has the fields of all its members
// that we know, and `xsi_type` says which member it is.
//
// Source: the types of API release 7.0 as govmomi 0.56 has them (vim25/types), and recorded exchanges.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace rig::vsphere {

struct MoRef {           // a managed object: "VirtualMachine", "vm-96"
  std::string type, id;  // both empty: none
  bool empty() const { return id.empty(); }
  auto operator<=>(const MoRef&) const = default;
};

// An element that we hand back as it came, without looking into it.
struct Kept {
  std::string xml;  // the whole element; "": absent
  bool operator==(const Kept&) const = default;
};

struct AnyText {  // a value of any type whose type is a text; is written even when it is empty
  std::string text;
  bool operator==(const AnyText&) const = default;
};
struct RequiredText {  // is written even when it is empty
  std::string text;
  bool operator==(const RequiredText&) const = default;
};
struct OptionValue {
  std::string key;
  AnyText value;
  bool operator==(const OptionValue&) const = default;
};

// Devices.
struct PortConnection {
  std::string switch_uuid, portgroup_key, port_key;
  std::optional<std::int32_t> connection_cookie;
  bool operator==(const PortConnection&) const = default;
};
struct Backing {
  std::string xsi_type;
  // of files
  std::optional<std::string> file_name;  // vim25 wants it; "" : vSphere chooses
  MoRef datastore;
  std::string backing_object_id;
  // of disks in files
  std::string disk_mode;
  std::optional<bool> split, write_through, thin_provisioned, eagerly_scrub;
  std::string uuid, content_id, change_id;
  Kept parent;
  std::string delta_disk_format;
  std::optional<bool> digest_enabled;
  std::optional<std::int32_t> delta_grain_size;
  std::string delta_disk_format_variant, sharing;
  Kept key_id;
  // of devices of the host, and standard networks
  std::string device_name;
  std::optional<bool> use_auto_detect;
  MoRef network;
  std::optional<bool> in_passthrough_mode;
  // of distributed and opaque networks
  std::optional<PortConnection> port;
  std::string opaque_network_id, opaque_network_type;
  bool operator==(const Backing&) const = default;
};
struct Connectable {
  std::string migrate_connect;
  bool start_connected = true, allow_guest_control = true, connected = true;
  std::string status;
  bool operator==(const Connectable&) const = default;
};
struct Description {
  std::string label, summary;
  bool operator==(const Description&) const = default;
};
struct Device {
  std::string xsi_type;  // "VirtualDisk", "VirtualVmxnet3", "ParaVirtualSCSIController", ...
  std::int32_t key = 0;
  std::optional<Description> info;
  std::optional<Backing> backing;
  std::optional<Connectable> connectable;
  Kept slot_info;
  std::optional<std::int32_t> controller_key, unit_number;
  // of controllers
  std::optional<std::int32_t> bus_number;
  std::vector<std::int32_t> device;
  std::optional<bool> hot_add_remove;
  std::string shared_bus;
  std::optional<std::int32_t> scsi_unit_number;
  // of disks
  std::optional<std::int64_t> capacity_kib, capacity_bytes;
  Kept shares, io_allocation;
  std::string disk_object_id;
  Kept flash_cache;
  std::vector<std::string> io_filter;
  Kept disk_id;
  std::optional<bool> native_linked_clone;
  // of network cards
  std::string address_type, mac_address;
  std::optional<bool> wake_on_lan;
  Kept resource_allocation;
  std::string external_id;
  std::optional<bool> upt_compatibility;
  bool operator==(const Device&) const = default;
};
struct DeviceChange {
  std::string operation;       // "add", "edit", "remove"
  std::string file_operation;  // "create", "destroy"; "" : the file stays as it is
  Device device;
  bool operator==(const DeviceChange&) const = default;
};

// What a machine shall be.
struct Shares {
  std::int32_t shares = 0;  // counts with level "custom" alone
  std::string level;        // "normal", "custom", ...
  bool operator==(const Shares&) const = default;
};
struct Allocation {                                // of CPU, in MHz; of memory, in MiB
  std::optional<std::int64_t> reservation, limit;  // 0, -1: none
  std::optional<Shares> shares;
  bool operator==(const Allocation&) const = default;
};
struct BootOptions {
  std::optional<bool> efi_secure_boot;
  bool operator==(const BootOptions&) const = default;
};
struct ConfigSpec {
  std::string change_version, name, instance_uuid;
  std::optional<std::int32_t> cpus;
  std::optional<std::int64_t> memory_mib;
  std::optional<bool> memory_hot_add, cpu_hot_add;
  std::vector<DeviceChange> device_change;
  std::optional<Allocation> cpu_allocation, memory_allocation;
  std::vector<OptionValue> extra_config;
  std::optional<BootOptions> boot_options;
  std::string firmware;  // "bios", "efi"
  std::optional<bool> nested_hv;
  bool operator==(const ConfigSpec&) const = default;
};
struct RelocateSpec {
  MoRef datastore;
  std::string disk_move_type;
  MoRef pool, host;
  bool operator==(const RelocateSpec&) const = default;
};
// What VMware Tools set up in the guest at its first start.
struct IpSource {
  std::string xsi_type;  // "CustomizationFixedIp", "CustomizationDhcpIpGenerator"
  std::string address;
  bool operator==(const IpSource&) const = default;
};
struct FixedIpV6 {
  std::string xsi_type = "CustomizationFixedIpV6", address;
  std::int32_t prefix = 64;
  bool operator==(const FixedIpV6&) const = default;
};
struct IpV6Settings {
  std::vector<FixedIpV6> addresses;
  std::vector<std::string> gateways;
  bool operator==(const IpV6Settings&) const = default;
};
struct IpSettings {
  IpSource ip;
  std::string subnet_mask;
  std::vector<std::string> gateways;
  std::optional<IpV6Settings> v6;
  std::vector<std::string> nameservers;
  bool operator==(const IpSettings&) const = default;
};
struct AdapterMapping {
  IpSettings adapter;
  bool operator==(const AdapterMapping&) const = default;
};
struct FixedName {
  std::string xsi_type = "CustomizationFixedName", name;
  bool operator==(const FixedName&) const = default;
};
struct LinuxPrep {
  std::string xsi_type = "CustomizationLinuxPrep";
  FixedName host_name;
  std::string domain;
  bool operator==(const LinuxPrep&) const = default;
};
struct GlobalIpSettings {
  std::vector<std::string> nameservers;
  bool operator==(const GlobalIpSettings&) const = default;
};
struct CustomizationSpec {
  LinuxPrep identity;
  GlobalIpSettings global;
  std::vector<AdapterMapping> adapters;  // as many as there are cards, in the order of their keys
  bool operator==(const CustomizationSpec&) const = default;
};
struct CloneSpec {
  RelocateSpec location;
  bool is_template = false;
  std::optional<ConfigSpec> config;
  std::optional<CustomizationSpec> customization;
  bool power_on = false;
  MoRef snapshot;
  bool operator==(const CloneSpec&) const = default;
};

// Where Storage DRS would put a machine.
struct PodSelection {
  MoRef pod;
};
struct StoragePlacement {
  std::string type;  // "clone"
  MoRef machine;
  PodSelection selection;
  std::optional<CloneSpec> clone;
  std::string clone_name;
  MoRef folder;
};
struct PlacementAction {
  std::string xsi_type;  // "StoragePlacementAction"
  MoRef destination;
};
struct Recommendation {
  std::vector<PlacementAction> actions;
};
struct StoragePlacementResult {
  std::vector<Recommendation> recommendations;  // the best one first
};

// What went wrong, in each of the places where vSphere says so.
struct FaultMessage {
  std::string key, message;
  bool operator==(const FaultMessage&) const = default;
};
struct EntityPrivileges {
  MoRef entity;
  std::vector<std::string> privilege_ids;
  bool operator==(const EntityPrivileges&) const = default;
};
struct Fault {
  std::string xsi_type;  // "ManagedObjectNotFound", ...
  std::vector<FaultMessage> messages;
  MoRef obj;         // that is not there
  std::string name;  // that is taken, unknown or wrong
  MoRef object;      // that has the name, or that the privilege is missing on
  std::string privilege_id;
  std::vector<EntityPrivileges> missing_privileges;
  std::string invalid_property, property, reason, file, datastore_path, argument_name;
  std::string requested_state, existing_state;
  std::optional<std::int32_t> device_index;
  bool operator==(const Fault&) const = default;
};
struct LocalizedFault {
  Fault fault;
  std::string message;
  bool operator==(const LocalizedFault&) const = default;
};

// Importing a machine. Of OvfCreateImportSpecResult the spec is handed back as it came, but for one entry.
struct ImportParams {
  RequiredText locale, deployment_option;  // "" : the session's, the package's own
  std::string entity_name;
  MoRef host;
  std::string disk_provisioning;  // "thin", "thick", "eagerZeroedThick"
};
struct ImportFile {  // that has to be brought
  std::string device_id, path, compression;
  std::optional<std::int64_t> chunk_bytes, bytes;
  bool create = false;  // the file is made by bringing it; a disk has been made before
};
struct ImportSpecResult {
  Kept spec;  // absent: there are errors
  std::vector<ImportFile> files;
  std::vector<LocalizedFault> warnings, errors;
};
struct LeaseUrl {
  std::string import_key, url, thumbprint;  // the SHA-1 of the certificate of who is there; "" : not told
};
struct LeaseInfo {
  MoRef entity;
  std::vector<LeaseUrl> urls;
};

struct TaskInfo {
  std::string key, description_id;
  MoRef entity;
  std::string state;  // "queued", "running", "success", "error"
  bool cancelled = false, cancelable = false;
  std::optional<LocalizedFault> error;
  MoRef result;  // where it is a managed object
  std::optional<std::int32_t> progress;
};

// The service.
struct About {
  std::string name, full_name, version, build, api_type, api_version, instance_uuid;
};
struct ServiceContent {
  MoRef root_folder, property_collector, view_manager;
  About about;
  MoRef session_manager, search_index, ovf_manager, storage_resource_manager;
};
struct UserSession {
  std::string key, user_name;
};

// Asking for properties.
struct SelectionSpec {  // a TraversalSpec: from objects of `type` over `path`
  std::string xsi_type = "TraversalSpec", name, type, path;
  std::optional<bool> skip;
};
struct ObjectSpec {
  MoRef obj;
  std::optional<bool> skip;
  std::vector<SelectionSpec> select;
};
struct PropertySpec {
  std::string type;
  std::vector<std::string> paths;
};
struct FilterSpec {
  std::vector<PropertySpec> props;
  std::vector<ObjectSpec> objects;
  std::optional<bool> report_missing_objects;
};
struct RetrieveOptions {
  std::optional<std::int32_t> max_objects;
};
struct WaitOptions {
  std::optional<std::int32_t> max_wait_seconds, max_object_updates;
};

// Properties as they are answered. `value` is what stands in <val>; its reader is read_property() of codec.h.
struct Property {
  std::string name;
  Kept value;
};
struct MissingProperty {
  std::string path;
  LocalizedFault fault;
};
struct ObjectContent {
  MoRef obj;
  std::vector<Property> props;
  std::vector<MissingProperty> missing;
};
struct RetrieveResult {
  std::string token;  // there is more; "" : that is all
  std::vector<ObjectContent> objects;
};
struct ObjectUpdate {
  std::string kind;  // "enter", "modify", "leave"
  MoRef obj;
  std::vector<Property> changes;  // one that was taken away has no value
  std::vector<MissingProperty> missing;
};
struct MissingObject {
  MoRef obj;
  LocalizedFault fault;
};
struct FilterUpdate {
  MoRef filter;
  std::vector<ObjectUpdate> objects;
  std::vector<MissingObject> missing;
};
struct UpdateSet {
  std::string version;
  std::vector<FilterUpdate> filters;
  std::optional<bool> truncated;
};

}  // namespace rig::vsphere
