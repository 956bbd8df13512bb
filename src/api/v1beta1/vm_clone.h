// api/v1beta1/vm_clone.h — a copy of a machine.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/disk.h"
#include "api/v1beta1/environment.h"
#include "api/v1beta1/group.h"
#include "api/v1beta1/guest_customization.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_network.h"

namespace rig::api::v1beta1 {

enum class CloneType : std::uint8_t { kFullClone, kLinkedClone, kInstantClone };

enum class ClonePriority : std::uint8_t { kLow, kNormal, kHigh };

enum class ClonePurpose : std::uint8_t { kBackup, kTesting, kMigration, kDevelopment, kStaging, kProduction };

enum class ClonePhase : std::uint8_t { kPending, kPreparing, kCloning, kCustomizing, kPoweringOn, kReady, kFailed };

struct CloneSource {
  std::optional<LocalRef> vm_ref, snapshot_ref;
  std::optional<ObjectRef> template_ref, image_ref;
};

struct CloneTarget {
  std::string name, namespace_;
  std::optional<ObjectRef> provider_ref;
  std::optional<LocalRef> class_ref, placement_ref;
  std::vector<VmNetwork> networks;
  std::vector<Disk> disks;
  std::map<std::string, std::string> labels, annotations;
};

struct CloneStorage {
  std::string datastore, folder, storage_class;
  std::optional<ProvisioningType> disk_format;
  bool prefer_thin_provisioning = true;
  bool enable_compression = false;
};

struct ClonePerformance {
  ClonePriority priority = ClonePriority::kNormal;
  std::int32_t concurrent_disks = 2;
  bool io_throttling = false;
  std::optional<std::int32_t> max_iops;
};

struct CloneRetryPolicy {
  std::int32_t max_retries = 3;
  std::string retry_delay = "5m";
  std::int32_t backoff_multiplier = 2;
};

struct CloneOptions {
  CloneType type = CloneType::kFullClone;
  bool power_on = false;
  bool include_snapshots = false;
  bool parallel = false;
  std::optional<CloneStorage> storage;
  std::optional<ClonePerformance> performance;
  std::string timeout = "30m";
  std::optional<CloneRetryPolicy> retry_policy;
};

struct VmCloneMetadata {
  std::optional<ClonePurpose> purpose;
  std::optional<Environment> environment;
  std::string project, created_by;
  std::map<std::string, std::string> tags;
};

struct VmCloneSpec {
  CloneSource source;
  CloneTarget target;
  std::optional<CloneOptions> options;
  std::optional<GuestCustomization> customization;
  std::optional<VmCloneMetadata> metadata;
};

struct CustomizationStatus {
  std::optional<bool> started, completed;
  std::string current_step;
  std::vector<std::string> completed_steps, failed_steps;
  std::string message;
};

struct DiskCloneProgress {
  std::string name;
  std::optional<std::int32_t> percentage;
  std::optional<std::int64_t> completed_bytes, total_bytes, transfer_rate;
};

struct CloneProgress {
  std::optional<std::int32_t> overall_percentage, total_disks, completed_disks;
  std::optional<DiskCloneProgress> current_disk;
  std::string eta;
};

struct VmCloneStatus {
  std::int64_t observed_generation = 0;
  std::optional<ClonePhase> phase;
  std::string message;
  std::optional<LocalRef> target_ref;
  std::string target_vm_id;
  std::optional<CloneType> actual_clone_type;
  std::optional<WallTime> start_time, completion_time;
  std::optional<CloneProgress> progress;
  std::optional<CustomizationStatus> customization_status;
  std::optional<std::int32_t> retry_count;
  std::optional<WallTime> last_retry_time;
  std::string task_ref;
  std::vector<Condition> conditions;
};

struct VmClone {
  ObjectMeta meta;
  VmCloneSpec spec;
  VmCloneStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMClone", "vmclones"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClonePriority> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClonePurpose> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClonePhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneTarget> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneStorage> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClonePerformance> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneRetryPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneOptions> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmCloneMetadata> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmCloneSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CustomizationStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DiskCloneProgress> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CloneProgress> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmCloneStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmClone> { static const TypeInfo& info(); };
// clang-format on
