// api/core/role.cc — the rows of role.h.
#include "api/core/role.h"

namespace rig::schema {

using namespace api;
using namespace api::core;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<PolicyRule>::info() {
  static const TypeInfo t = object("PolicyRule", "Requests that are allowed.", {
      field<&PolicyRule::verbs>("verbs").required().doc("What may be done: get, list, watch, create, ... or *."),
      field<&PolicyRule::api_groups>("apiGroups").doc("Groups of the resources; \"\" is the core group, * any."),
      field<&PolicyRule::resources>("resources")
          .doc("Resources (virtualmachines, virtualmachines/status, */status, or * for all)."),
      field<&PolicyRule::resource_names>("resourceNames").doc("Names of the objects; any when there are none."),
      field<&PolicyRule::non_resource_urls>("nonResourceURLs")
          .doc("Paths besides those of objects; * at the end stands for any rest. Of ClusterRoles only."),
  });
  return t;
}

const TypeInfo& Describe<Role>::info() {
  static const TypeInfo t = object("Role", "What may be done in a namespace.", {
      field<&Role::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&Role::rules>("rules").doc("Requests that are allowed, each by any of these."),
  });
  return t;
}

const TypeInfo& Describe<AggregationRule>::info() {
  static const TypeInfo t = object("AggregationRule", "Which ClusterRoles another one is put together from.", {
      field<&AggregationRule::cluster_role_selectors>("clusterRoleSelectors")
          .doc("By their labels; those that any of these selects."),
  });
  return t;
}

const TypeInfo& Describe<ClusterRole>::info() {
  static const TypeInfo t = object("ClusterRole", "What may be done, in all namespaces or where it is bound.", {
      field<&ClusterRole::meta>("metadata").doc("Name, labels, annotations."),
      field<&ClusterRole::rules>("rules").doc("Requests that are allowed, each by any of these."),
      field<&ClusterRole::aggregation_rule>("aggregationRule")
          .doc("Other ClusterRoles whose rules this one takes over; its own rules are overwritten then."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
