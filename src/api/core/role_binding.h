// api/core/role_binding.h — rbac.authorization.k8s.io/v1 RoleBinding and ClusterRoleBinding: who may do it.
#pragma once

#include <string>
#include <vector>

#include "api/meta/meta.h"

namespace rig::api::core {

struct RoleRef {
  std::string api_group, kind, name;  // kind: Role or ClusterRole
};

struct Subject {
  std::string kind, api_group, name;  // kind: User, Group or ServiceAccount
  std::string namespace_;             // of a ServiceAccount
};

struct RoleBinding {
  ObjectMeta meta;
  std::vector<Subject> subjects;
  RoleRef role_ref;
  static constexpr Resource kResource{"rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"};
};

struct ClusterRoleBinding {
  ObjectMeta meta;
  std::vector<Subject> subjects;
  RoleRef role_ref;
  static constexpr Resource kResource{"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings",
                                      false};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::RoleRef> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::Subject> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::RoleBinding> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::ClusterRoleBinding> { static const TypeInfo& info(); };
// clang-format on
