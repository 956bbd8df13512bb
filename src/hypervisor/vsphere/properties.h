// vsphere/properties.h — the properties of managed objects that we ask for. Which path is which member:
// property_rows.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/vsphere/types.h"

namespace rig::vsphere {

inline constexpr std::string_view kStampKey = "virtrigaud.owner";  // in a machine's extraConfig

inline constexpr std::string_view kImageKey = "virtrigaud.image";  // in that of a machine that is to be a template

struct GuestNic {
  std::string network, mac_address;
  std::vector<std::string> ip_addresses;
  std::int32_t device_key = 0;  // -1: none of the machine's devices
  bool operator==(const GuestNic&) const = default;
};

struct Question {  // that a machine waits to be answered, before it does anything else
  std::string text;
  bool operator==(const Question&) const = default;
};

struct MachineProps {
  std::string name, change_version, instance_uuid, firmware;
  std::string hardware_version;  // "vmx-19"
  std::optional<bool> is_template, nested_hv, cpu_hot_add, memory_hot_add, secure_boot;
  std::optional<std::int32_t> cpus, memory_mib;  // none: vSphere knows no configuration, as while it is being made
  std::vector<Device> devices;
  std::optional<Allocation> cpu_allocation, memory_allocation;
  std::optional<OptionValue> stamp;
  std::string power_state, connection_state;
  MoRef host, parent, resource_pool;
  std::optional<WallTime> booted_at;
  std::optional<Question> question;
  std::vector<GuestNic> guest_nics;
  std::string guest_hostname, guest_os, tools_running;
  bool operator==(const MachineProps&) const = default;
};

struct HostProps {
  std::string name;
};

struct TaskProps {
  TaskInfo info;
};

struct ImportedProps {  // of what may be a template of ours
  std::optional<bool> is_template;
  std::optional<OptionValue> image;  // whose import it is
};

struct LeaseProps {
  std::string state;  // "initializing", "ready", "done", "error"
  std::optional<LeaseInfo> info;
  std::optional<LocalizedFault> error;
};

// Whatever stands in the inventory; which of these a type has: catalogue.cc.
struct OpaqueSummary {
  std::string id, type;
  bool operator==(const OpaqueSummary&) const = default;
};
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
  std::string connection_state;          // of hosts
  std::optional<bool> in_maintenance;
  std::vector<MoRef> datastores;    // that a host sees
  std::optional<bool> storage_drs;  // of datastore clusters: whether it is switched on
  std::optional<bool> drs;          // of clusters: the same
  bool operator==(const EntityProps&) const = default;
};

}  // namespace rig::vsphere
