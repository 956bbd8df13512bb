// apiserver/access/policy.h — RBAC: what roles and bindings allow, and to whom. Pure.
//
// Source of the rules: kubernetes pkg/registry/rbac/validation and pkg/apis/rbac/v1/evaluation_helpers.go.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/core/role.h"
#include "api/core/role_binding.h"
#include "apiserver/access/attributes.h"
#include "apiserver/access/user.h"
#include "base/result.h"

namespace rig::apiserver {

using Rules = std::vector<api::core::PolicyRule>;

bool allows(const api::core::PolicyRule& rule, const Attributes& wish);

// What of `wanted` no rule of `held` covers, as rules of one resource each. kResourceExhausted: too much to compare.
Result<Rules> uncovered(const Rules& held, const Rules& wanted);

std::string to_text(const api::core::PolicyRule& rule);  // {APIGroups:[""], Resources:["secrets"], Verbs:["get"]}

// What a ClusterRole with an aggregation rule has to contain: the rules of the others that it selects, each once.
Rules aggregated(const api::core::ClusterRole& role, const std::vector<api::core::ClusterRole>& all);

class Policy {
 public:
  struct Objects {
    std::vector<api::core::Role> roles;
    std::vector<api::core::ClusterRole> cluster_roles;
    std::vector<api::core::RoleBinding> bindings;
    std::vector<api::core::ClusterRoleBinding> cluster_bindings;
  };
  Policy() = default;
  explicit Policy(Objects objects);
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  // The grant by which it is allowed, in words; nothing: it is not.
  std::optional<std::string> grant_of(const User& user, const Attributes& wish) const;
  // What the user may do in the namespace; "": what he may do everywhere.
  Rules rules_of(const User& user, std::string_view name_space) const;
  // Those of a role as a binding in `name_space` names it. Null: there is no such role.
  const Rules* rules_of_role(const api::core::RoleRef& role, std::string_view name_space) const;

 private:
  struct Grant {
    std::string name_space;  // where it holds; "": everywhere
    const Rules* rules;
    std::string binding, subject;  // in words
  };
  template <class Binding>
  void add(const Binding& binding);
  // Each binding once; ends when `visit` says so.
  template <class Visit>
  void each_grant(const User& user, std::string_view name_space, const Visit& visit) const;

  std::map<std::string, Rules, std::less<>> roles_;                // by "namespace/name"; "/name" is a ClusterRole
  std::map<std::string, std::vector<Grant>, std::less<>> grants_;  // by "User name" or "Group name"
};

}  // namespace rig::apiserver
