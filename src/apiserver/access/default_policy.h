// apiserver/access/default_policy.h — the ClusterRoles and ClusterRoleBindings that every server has.
//
// Those of kube-apiserver, cut to the kinds that we serve (kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy),
// and two that give our kinds to view, edit and admin.
#pragma once

#include <vector>

#include "api/core/role.h"
#include "api/core/role_binding.h"
#include "apiserver/registry.h"

namespace rig::apiserver {

std::vector<api::core::ClusterRole> default_roles();
std::vector<api::core::ClusterRoleBinding> default_bindings();

// Makes what is not there. What is there gets back the rules, labels and subjects that it lost, and keeps what was
// added, unless its annotation rbac.authorization.kubernetes.io/autoupdate is "false". May be run again.
Status lay_default_policy(Registry& registry);

}  // namespace rig::apiserver
