// api/v1beta1/vm_set.h — several machines that are alike.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/label_selector.h"
#include "api/meta/meta.h"
#include "api/v1beta1/group.h"
#include "api/v1beta1/virtual_machine.h"

namespace rig::api::v1beta1 {

enum class ClaimRetention : std::uint8_t { kRetain, kDelete };

enum class PodManagementPolicy : std::uint8_t { kOrderedReady, kParallel };

enum class UpdateStrategyType : std::uint8_t { kRollingUpdate, kOnDelete, kRecreate };

enum class UpdatePhase : std::uint8_t { kPending, kInProgress, kPaused, kCompleted, kFailed };

struct TemplateMeta {
  std::map<std::string, std::string> labels, annotations;
};

struct VmTemplate {
  TemplateMeta metadata;
  VirtualMachineSpec spec;
};

struct VolumeClaimTemplate {
  TemplateMeta metadata;
  json::Value spec;
};

struct RollingUpdate {
  schema::IntOrString max_unavailable{"25%"};
  schema::IntOrString max_surge{"25%"};
  std::optional<std::int32_t> partition;
  PodManagementPolicy pod_management_policy = PodManagementPolicy::kOrderedReady;
};

struct UpdateStrategy {
  UpdateStrategyType type = UpdateStrategyType::kRollingUpdate;
  std::optional<RollingUpdate> rolling_update;
};

struct ClaimRetentionPolicy {
  ClaimRetention when_deleted = ClaimRetention::kRetain;
  ClaimRetention when_scaled = ClaimRetention::kRetain;
};

struct SetOrdinals {
  std::int32_t start = 0;
};

struct VmSetSpec {
  std::int32_t replicas = 1;
  LabelSelector selector;
  VmTemplate template_;
  std::optional<UpdateStrategy> update_strategy;
  std::optional<std::int32_t> min_ready_seconds;
  std::int32_t revision_history_limit = 10;
  std::string service_name;
  std::optional<SetOrdinals> ordinals;
  std::vector<VolumeClaimTemplate> volume_claim_templates;
  std::optional<ClaimRetentionPolicy> persistent_volume_claim_retention_policy;
};

struct SetMachineStatus {
  std::string name;
  bool ready = false;
  std::optional<MachinePhase> phase;
  std::string revision, message;
  std::optional<WallTime> creation_time, last_update_time;
};

struct FailedMachineUpdate {
  std::string name, reason, message;
  std::optional<std::int32_t> retry_count;
  std::optional<WallTime> last_attempt;
};

struct SetUpdateStatus {
  std::optional<UpdatePhase> phase;
  std::string message;
  std::optional<WallTime> start_time, completion_time;
  std::vector<std::string> updated_vms, pending_vms;
  std::vector<FailedMachineUpdate> failed_vms;
};

struct VmSetStatus {
  std::int64_t observed_generation = 0;
  std::int32_t replicas = 0;
  std::string selector;
  std::int32_t ready_replicas = 0;
  std::int32_t available_replicas = 0;
  std::int32_t current_replicas = 0;
  std::int32_t updated_replicas = 0;
  std::string current_revision, update_revision;
  std::optional<std::int32_t> collision_count;
  std::optional<SetUpdateStatus> update_status;
  std::vector<SetMachineStatus> vm_status;
  std::vector<Condition> conditions;
};

struct VmSet {
  ObjectMeta meta;
  VmSetSpec spec;
  VmSetStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMSet", "vmsets"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::ClaimRetention> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PodManagementPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::UpdateStrategyType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::UpdatePhase> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TemplateMeta> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmTemplate> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VolumeClaimTemplate> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::RollingUpdate> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::UpdateStrategy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClaimRetentionPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SetOrdinals> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSetSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SetMachineStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::FailedMachineUpdate> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SetUpdateStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSetStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSet> { static const TypeInfo& info(); };
// clang-format on
