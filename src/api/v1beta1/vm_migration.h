// api/v1beta1/vm_migration.h — moving a machine to another hypervisor.
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
#include "api/v1beta1/migration_storage.h"
#include "api/v1beta1/vm_network.h"

namespace rig::api::v1beta1 {

enum class MigrationDiskFormat : std::uint8_t { kQcow2, kVmdk, kRaw };

enum class CleanupPolicy : std::uint8_t { kAlways, kOnSuccess, kNever };

enum class MigrationPurpose : std::uint8_t {
  kDisasterRecovery,
  kCloudMigration,
  kProviderChange,
  kTesting,
  kMaintenance
};

enum class MigrationPhase : std::uint8_t {
  kPending,
  kValidating,
  kSnapshotting,
  kExporting,
  kTransferring,
  kConverting,
  kImporting,
  kCreating,
  kValidatingTarget,
  kReady,
  kFailed
};

struct MigrationSource {
  LocalRef vm_ref;
  std::optional<ObjectRef> provider_ref;
  std::optional<LocalRef> snapshot_ref;
  bool create_snapshot = true;
  bool power_off_before_migration = false;
  bool delete_after_migration = false;
};

struct MigrationTarget {
  std::string name, namespace_;
  ObjectRef provider_ref;
  std::optional<LocalRef> class_ref, image_ref, placement_ref;
  std::vector<VmNetwork> networks;
  std::vector<Disk> disks;
  bool power_on = false;
  std::map<std::string, std::string> labels, annotations;
};

struct MigrationRetryPolicy {
  std::int32_t max_retries = 3;
  std::string retry_delay = "5m";
  std::int32_t backoff_multiplier = 2;
};

struct ValidationChecks {
  bool check_disk_size = true;
  bool check_checksum = true;
  bool check_boot = false;
  bool check_connectivity = false;
};

struct MigrationOptions {
  std::optional<MigrationDiskFormat> disk_format;
  bool compress = false;
  bool verify_checksums = true;
  std::string timeout = "4h";
  std::optional<MigrationRetryPolicy> retry_policy;
  CleanupPolicy cleanup_policy = CleanupPolicy::kOnSuccess;
  std::optional<ValidationChecks> validation_checks;
};

struct VmMigrationMetadata {
  std::optional<MigrationPurpose> purpose;
  std::optional<Environment> environment;
  std::string project, created_by;
  std::map<std::string, std::string> tags;
};

struct VmMigrationSpec {
  MigrationSource source;
  MigrationTarget target;
  std::optional<MigrationStorage> storage;
  std::optional<MigrationOptions> options;
  std::optional<VmMigrationMetadata> metadata;
};

struct MigrationDiskInfo {
  std::string source_disk_id, source_format;
  std::optional<schema::Quantity> source_size;
  std::string source_checksum, checksum, target_disk_id, target_path, target_format;
  std::optional<schema::Quantity> target_size;
  std::string target_checksum;
};

struct MigrationProgress {
  std::optional<MigrationPhase> current_phase;
  std::optional<std::int32_t> percentage;
  std::optional<std::int64_t> transferred_bytes, total_bytes, transfer_rate;
  std::optional<WallTime> phase_start_time;
  std::string eta;
};

struct MigrationStorageInfo {
  std::string url;
  std::optional<schema::Quantity> size;
  std::optional<WallTime> uploaded_at;
  std::optional<bool> cleaned_up;
};

struct MigrationValidation {
  std::optional<bool> disk_size_match, checksum_match, boot_success, connectivity_success;
  std::vector<std::string> validation_errors;
};

struct VmMigrationStatus {
  std::int64_t observed_generation = 0;
  std::optional<MigrationPhase> phase;
  std::string message;
  std::optional<WallTime> start_time, completion_time;
  std::optional<MigrationProgress> progress;
  std::optional<MigrationDiskInfo> disk_info;
  std::optional<LocalRef> target_vm_ref;
  std::string target_vm_id, snapshot_ref, snapshot_id, export_id, import_id, task_ref;
  std::optional<MigrationStorageInfo> storage_info;
  std::string storage_pvc_name;
  std::optional<MigrationValidation> validation_results;
  std::optional<std::int32_t> retry_count;
  std::optional<WallTime> last_retry_time;
  std::vector<Condition> conditions;
};

struct VmMigration {
  ObjectMeta meta;
  VmMigrationSpec spec;
  VmMigrationStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMMigration", "vmmigrations"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationDiskFormat> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::CleanupPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationPurpose> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationPhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationSource> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationTarget> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationRetryPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ValidationChecks> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationOptions> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmMigrationMetadata> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmMigrationSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationDiskInfo> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationProgress> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationStorageInfo> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::MigrationValidation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmMigrationStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmMigration> { static const TypeInfo& info(); };
// clang-format on
