// api/core/role_binding.cc — the rows of role_binding.h.
#include "api/core/role_binding.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<RoleRef>::info() {
  static const TypeInfo t = object("RoleRef", "The role that is given.", {
      field<&RoleRef::api_group>("apiGroup").required().doc("rbac.authorization.k8s.io."),
      field<&RoleRef::kind>("kind").required().doc("Role or ClusterRole."),
      field<&RoleRef::name>("name").required().doc("Name of the role."),
  });
  return t;
}

const TypeInfo& Describe<Subject>::info() {
  static const TypeInfo t = object("Subject", "Somebody to whom a role is given.", {
      field<&Subject::kind>("kind").required().doc("User, Group or ServiceAccount."),
      field<&Subject::api_group>("apiGroup")
          .doc("Empty for a ServiceAccount, rbac.authorization.k8s.io for users and groups."),
      field<&Subject::name>("name").required().doc("Name of the user, group or account."),
      field<&Subject::namespace_>("namespace").doc("Namespace of a ServiceAccount."),
  });
  return t;
}

const TypeInfo& Describe<RoleBinding>::info() {
  static const TypeInfo t = object("RoleBinding", "Gives a role to somebody, in a namespace.", {
      field<&RoleBinding::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&RoleBinding::subjects>("subjects").doc("To whom the role is given."),
      field<&RoleBinding::role_ref>("roleRef").required().doc("The role. It cannot be changed."),
  });
  return t;
}

const TypeInfo& Describe<ClusterRoleBinding>::info() {
  static const TypeInfo t = object("ClusterRoleBinding", "Gives a ClusterRole to somebody, everywhere.", {
      field<&ClusterRoleBinding::meta>("metadata").doc("Name, labels, annotations."),
      field<&ClusterRoleBinding::subjects>("subjects").doc("To whom the role is given."),
      field<&ClusterRoleBinding::role_ref>("roleRef").required().doc("The ClusterRole. It cannot be changed."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
