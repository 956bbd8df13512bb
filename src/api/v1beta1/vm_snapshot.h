// api/v1beta1/vm_snapshot.h — a state of a machine to which one can go back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/encryption.h"
#include "api/v1beta1/environment.h"
#include "api/v1beta1/group.h"

namespace rig::api::v1beta1 {

enum class SnapshotType : std::uint8_t { kStandard, kCrash, kApplication };

enum class ConsistencyLevel : std::uint8_t { kCrashConsistent, kFilesystemConsistent, kApplicationConsistent };

enum class ConcurrencyPolicy : std::uint8_t { kAllow, kForbid, kReplace };

enum class SnapshotPurpose : std::uint8_t { kBackup, kTesting, kMigration, kRestorePoint, kUpdate, kOther };

enum class SnapshotPhase : std::uint8_t { kPending, kCreating, kReady, kDeleting, kFailed, kExpired };

struct SnapshotEncryption {
  bool enabled = false;
  std::optional<KeyProvider> key_provider;
  std::optional<LocalRef> key_ref;
};

struct SnapshotConfig {
  std::string name, description;
  bool include_memory = false;
  bool quiesce = true;
  SnapshotType type = SnapshotType::kStandard;
  ConsistencyLevel consistency_level = ConsistencyLevel::kFilesystemConsistent;
  bool compression = false;
  std::optional<SnapshotEncryption> encryption;
};

struct RetentionPolicy {
  std::string max_age;
  std::optional<std::int32_t> max_count;
  bool delete_on_vm_delete = true;
  bool preserve_pinned = true;
  std::string grace_period = "24h";
};

struct SnapshotSchedule {
  bool enabled = false;
  std::string cron_spec;
  std::string timezone = "UTC";
  bool suspend = false;
  ConcurrencyPolicy concurrency_policy = ConcurrencyPolicy::kForbid;
  std::int32_t successful_jobs_history_limit = 3;
  std::int32_t failed_jobs_history_limit = 1;
};

struct VmSnapshotMetadata {
  std::optional<SnapshotPurpose> purpose;
  std::optional<Environment> environment;
  std::string application;
  bool pinned = false;
  std::map<std::string, std::string> tags;
};

struct VmSnapshotSpec {
  LocalRef vm_ref;
  std::optional<SnapshotConfig> snapshot_config;
  std::optional<RetentionPolicy> retention_policy;
  std::optional<SnapshotSchedule> schedule;
  std::optional<VmSnapshotMetadata> metadata;
};

struct VmSnapshotRef {
  std::string name, namespace_, uid;
};

struct SnapshotProgress {
  std::optional<std::int32_t> percentage;
  std::optional<std::int64_t> completed_bytes, total_bytes;
  std::optional<WallTime> start_time;
  std::string eta;
};

struct SnapshotProviderStatus {
  bool available = false;
  std::string id, path, state, message;
  std::optional<WallTime> last_updated;
};

struct VmSnapshotStatus {
  std::int64_t observed_generation = 0;
  std::optional<SnapshotPhase> phase;
  std::string message, snapshot_id;
  std::optional<WallTime> creation_time, completion_time, expiry_time;
  std::optional<schema::Quantity> size, virtual_size;
  std::optional<VmSnapshotRef> parent;
  std::vector<VmSnapshotRef> children;
  std::optional<SnapshotProgress> progress;
  std::map<std::string, SnapshotProviderStatus> provider_status;
  std::string task_ref;
  std::vector<Condition> conditions;
};

struct VmSnapshot {
  ObjectMeta meta;
  VmSnapshotSpec spec;
  VmSnapshotStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMSnapshot", "vmsnapshots"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ConsistencyLevel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ConcurrencyPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotPurpose> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotPhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotEncryption> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotConfig> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::RetentionPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotSchedule> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshotMetadata> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshotSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshotRef> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotProgress> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SnapshotProviderStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshotStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSnapshot> { static const TypeInfo& info(); };
// clang-format on
