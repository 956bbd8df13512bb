// api/v1beta1/vm_placement_policy.h — where on the hypervisors machines are placed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"
#include "api/v1beta1/affinity_rules.h"
#include "api/v1beta1/group.h"

namespace rig::api::v1beta1 {

enum class TolerationOperator : std::uint8_t { kExists, kEqual };

enum class TaintEffect : std::uint8_t { kNoSchedule, kPreferNoSchedule, kNoExecute };

enum class IsolationLevel : std::uint8_t { kNone, kBasic, kStrict, kMaximum };

enum class TrustLevel : std::uint8_t { kUntrusted, kBasic, kTrusted, kHighlyTrusted };

enum class ConflictType : std::uint8_t { kHard, kSoft, kResource, kSecurity, kAffinity };

enum class ConflictSeverity : std::uint8_t { kLow, kMedium, kHigh, kCritical };

struct HostToleration {
  std::string key;
  TolerationOperator operator_ = TolerationOperator::kEqual;
  std::string value;
  std::optional<TaintEffect> effect;
  std::optional<std::int64_t> toleration_seconds;
};

struct PlacementConstraints {
  std::vector<std::string> hosts, clusters, datastores, folders, resource_pools, networks, zones, regions;
  std::vector<std::string> excluded_hosts, excluded_clusters, excluded_datastores;
  std::map<std::string, std::string> node_selector;
  std::vector<HostToleration> tolerations;
};

struct ResourceConstraints {
  std::optional<std::int32_t> max_cpu_utilization, max_memory_utilization, max_disk_utilization;
  std::optional<std::int32_t> min_cpu_per_host;
  std::optional<schema::Quantity> min_memory_per_host, min_disk_space_per_host;
  std::vector<std::string> required_features, preferred_features;
};

struct SecurityConstraints {
  std::optional<bool> require_secure_boot, require_tpm, require_encrypted_storage, require_numa_topology;
  std::optional<IsolationLevel> isolation_level;
  std::optional<TrustLevel> trust_level;
  std::vector<std::string> allowed_security_groups, denied_security_groups;
};

struct VmPlacementPolicySpec {
  std::optional<PlacementConstraints> hard, soft;
  std::optional<AffinityRules> affinity;
  std::optional<AntiAffinityRules> anti_affinity;
  std::optional<ResourceConstraints> resource_constraints;
  std::optional<SecurityConstraints> security_constraints;
  std::optional<std::int32_t> priority, weight;
};

struct PolicyConflict {
  std::string policy_name;
  ConflictType conflict_type = ConflictType::kHard;
  std::optional<ConflictSeverity> severity;
  std::string description, resolution_suggestion;
};

struct PlacementStats {
  std::int32_t total_placements = 0;
  std::int32_t successful_placements = 0;
  std::int32_t failed_placements = 0;
  std::int32_t constraint_violations = 0;
  std::string average_placement_time;
  std::optional<WallTime> last_placement_time;
  std::map<std::string, std::int32_t> placement_distribution;
};

struct PolicyValidation {
  bool valid = false;
  std::string message;
  std::vector<std::string> errors, warnings, supported_features, unsupported_features;
  std::optional<WallTime> last_validated;
};

struct VmPlacementPolicyStatus {
  std::int64_t observed_generation = 0;
  std::vector<LocalRef> used_by_vms;
  std::optional<PlacementStats> placement_stats;
  std::map<std::string, PolicyValidation> validation_results;
  std::vector<PolicyConflict> conflicting_policies;
  std::vector<Condition> conditions;
};

struct VmPlacementPolicy {
  ObjectMeta meta;
  VmPlacementPolicySpec spec;
  VmPlacementPolicyStatus status;
  static constexpr Resource kResource{kGroup, kVersion, "VMPlacementPolicy", "vmplacementpolicies"};
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::TolerationOperator> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TaintEffect> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::IsolationLevel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::TrustLevel> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ConflictType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ConflictSeverity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HostToleration> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PlacementConstraints> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ResourceConstraints> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SecurityConstraints> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmPlacementPolicySpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PolicyConflict> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PlacementStats> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::PolicyValidation> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmPlacementPolicyStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmPlacementPolicy> { static const TypeInfo& info(); };
// clang-format on
