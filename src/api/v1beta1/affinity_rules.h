// api/v1beta1/affinity_rules.h — which machines should be near one another, and which should not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/label_selector.h"
#include "api/meta/meta.h"

namespace rig::api::v1beta1 {

enum class AffinityScope : std::uint8_t { kStrict, kPreferred };

enum class SelectorOperator : std::uint8_t { kIn, kNotIn, kExists, kDoesNotExist };

struct VmSelectorTerm {
  std::string key;
  SelectorOperator operator_ = SelectorOperator::kIn;
  std::vector<std::string> values;
};

struct VmAffinityTerm {
  std::string topology_key;
  std::optional<LabelSelector> label_selector;
  std::vector<VmSelectorTerm> match_expressions;
  std::vector<std::string> namespaces;
  std::optional<LabelSelector> namespace_selector;
};

struct WeightedVmAffinityTerm {
  std::int32_t weight = 0;
  VmAffinityTerm vm_affinity_term;
};

struct VmAffinityRules {
  std::vector<VmAffinityTerm> required_during_scheduling;
  std::vector<WeightedVmAffinityTerm> preferred_during_scheduling;
};

struct HostAffinity {
  bool enabled = false;
  std::vector<std::string> preferred_hosts;
  std::optional<AffinityScope> scope;
};

struct ClusterAffinity {
  bool enabled = false;
  std::vector<std::string> preferred_clusters;
  std::optional<AffinityScope> scope;
};

struct DatastoreAffinity {
  bool enabled = false;
  std::vector<std::string> preferred_datastores;
  std::optional<AffinityScope> scope;
};

struct ZoneAffinity {
  bool enabled = false;
  std::vector<std::string> preferred_zones;
  std::optional<AffinityScope> scope;
};

struct ApplicationAffinity {
  bool enabled = false;
  std::string application_label = "app";
  std::optional<AffinityScope> scope;
};

struct AffinityRules {
  std::optional<VmAffinityRules> vm_affinity;
  std::optional<HostAffinity> host_affinity;
  std::optional<ClusterAffinity> cluster_affinity;
  std::optional<DatastoreAffinity> datastore_affinity;
  std::optional<ZoneAffinity> zone_affinity;
  std::optional<ApplicationAffinity> application_affinity;
};

struct HostAntiAffinity {
  bool enabled = false;
  std::optional<std::int32_t> max_vms_per_host;
  std::optional<AffinityScope> scope;
};

struct ClusterAntiAffinity {
  bool enabled = false;
  std::optional<std::int32_t> max_vms_per_cluster;
  std::optional<AffinityScope> scope;
};

struct DatastoreAntiAffinity {
  bool enabled = false;
  std::optional<std::int32_t> max_vms_per_datastore;
  std::optional<AffinityScope> scope;
};

struct ZoneAntiAffinity {
  bool enabled = false;
  std::optional<std::int32_t> max_vms_per_zone;
  std::optional<AffinityScope> scope;
};

struct AntiAffinityRules {
  std::optional<VmAffinityRules> vm_anti_affinity;
  std::optional<HostAntiAffinity> host_anti_affinity;
  std::optional<ClusterAntiAffinity> cluster_anti_affinity;
  std::optional<DatastoreAntiAffinity> datastore_anti_affinity;
  std::optional<ZoneAntiAffinity> zone_anti_affinity;
  std::optional<ApplicationAffinity> application_anti_affinity;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::AffinityScope> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::SelectorOperator> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmSelectorTerm> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmAffinityTerm> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::WeightedVmAffinityTerm> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::VmAffinityRules> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HostAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClusterAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DatastoreAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ZoneAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ApplicationAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::AffinityRules> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::HostAntiAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ClusterAntiAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DatastoreAntiAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ZoneAntiAffinity> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::AntiAffinityRules> { static const TypeInfo& info(); };
// clang-format on
