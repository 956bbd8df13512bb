// api/core/role.h — rbac.authorization.k8s.io/v1 Role and ClusterRole: what one may do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/label_selector.h"
#include "api/meta/meta.h"

namespace rig::api::core {

// About objects (api_groups, resources, resource_names), or about other paths (non_resource_urls). "*" is any.
struct PolicyRule {
  std::vector<std::string> verbs, api_groups, resources, resource_names, non_resource_urls;
  bool operator==(const PolicyRule&) const = default;
};

struct Role {
  ObjectMeta meta;
  std::vector<PolicyRule> rules;
  static constexpr Resource kResource{"rbac.authorization.k8s.io", "v1", "Role", "roles"};
};

struct AggregationRule {
  std::vector<LabelSelector> cluster_role_selectors;
};

struct ClusterRole {
  ObjectMeta meta;
  std::vector<PolicyRule> rules;
  std::optional<AggregationRule> aggregation_rule;  // the server fills in `rules`
  static constexpr Resource kResource{"rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::PolicyRule> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::Role> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::AggregationRule> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::ClusterRole> { static const TypeInfo& info(); };
// clang-format on
