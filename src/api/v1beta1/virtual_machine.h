// api/v1beta1/virtual_machine.h — a machine on a hypervisor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/cloud_init.h"
#include "api/v1beta1/disk.h"
#include "api/v1beta1/group.h"
#include "api/v1beta1/lifecycle.h"
#include "api/v1beta1/vm_network.h"

namespace rig::api::v1beta1 {

enum class PowerState : std::uint8_t { kOn, kOff, kOffGraceful };

enum class MachinePhase : std::uint8_t {
  kPending,
  kProvisioning,
  kRunning,
  kStopped,
  kReconfiguring,
  kDeleting,
  kFailed
};

enum class ImportedDiskFormat : std::uint8_t { kQcow2, kVmdk, kRaw, kVdi, kVhdx };

enum class ImportedDiskSource : std::uint8_t { kMigration, kClone, kImport, kSnapshot, kManual };

enum class DeletionPolicy : std::uint8_t { kDelete, kRetain };

struct ImportedDisk {
  std::string disk_id, path;
  ImportedDiskFormat format = ImportedDiskFormat::kQcow2;
  std::optional<ImportedDiskSource> source;
  std::optional<LocalRef> migration_ref;
  std::optional<std::int32_t> size_gib;
};

struct GpuSpec {
  std::int32_t count = 0;
  std::string type;
  std::optional<std::int64_t> memory;
};

struct VmResources {
  std::optional<std::int32_t> cpu;
  std::optional<std::int64_t> memory_mib;
  std::optional<GpuSpec> gpu;
};

struct Placement {
  std::string cluster, host, datastore, storage_pod, folder, resource_pool;
};

struct SnapshotRevert {
  std::optional<LocalRef> revert_to_ref;
};

struct VirtualMachineSpec {
  ObjectRef provider_ref, class_ref;
  std::optional<ObjectRef> image_ref;
  std::optional<ImportedDisk> imported_disk;
  std::optional<PowerState> power_state;
  std::optional<VmResources> resources;
  std::vector<Disk> disks;
  std::vector<VmNetwork> networks;
  std::optional<UserData> user_data;
  std::optional<MetaData> meta_data;
  std::optional<NetworkConfig> network_config;
  std::optional<Placement> placement;
  std::optional<LocalRef> placement_ref;
  std::optional<Lifecycle> lifecycle;
  std::optional<SnapshotRevert> snapshot;
  std::vector<std::string> tags;
  std::optional<DeletionPolicy> deletion_policy;
};

struct VmSnapshotInfo {
  std::string id, name, description;
  WallTime creation_time{};
  std::optional<std::int64_t> size_bytes;
  std::optional<bool> has_memory;
};

struct VirtualMachineStatus {
  std::int64_t observed_generation = 0;
  std::optional<MachinePhase> phase;
  std::string message;
  std::optional<PowerState> power_state;
  std::string id, host;
  std::vector<std::string> ips;
  std::string console_url;
  std::optional<VmResources> current_resources;
  std::vector<VmSnapshotInfo> snapshots;
  std::map<std::string, std::string> provider;
  std::optional<WallTime> last_reconfigure_time;
  std::string last_task_ref, reconfigure_task_ref;
  std::vector<Condition> conditions;
};

struct VirtualMachine {
  ObjectMeta meta;
  VirtualMachineSpec spec;
  VirtualMachineStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VirtualMachine", "virtualmachines"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::PowerState> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MachinePhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImportedDiskFormat> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImportedDiskSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DeletionPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ImportedDisk> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::GpuSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmResources> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Placement> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotRevert> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VirtualMachineSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshotInfo> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VirtualMachineStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VirtualMachine> { static const TypeInfo& info(); };
// clang-format on
