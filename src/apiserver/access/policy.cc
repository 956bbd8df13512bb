// apiserver/access/policy.cc — see policy.h.
#include "apiserver/access/policy.h"

#include <set>

#include "schema/walk.h"
#include "schema/wording.h"

namespace rig::apiserver {
namespace {

using api::core::ClusterRole;
using api::core::ClusterRoleBinding;
using api::core::Subject;

std::string key_of(std::string_view name_space, std::string_view name) {
  return std::string(name_space) + "/" + std::string(name);
}

// By which he is known; an account is a user of a certain name. "": nobody.
std::string who_is(const Subject& subject, std::string_view binding_namespace) {
  if (subject.kind != "ServiceAccount") return subject.kind + " " + subject.name;
  const std::string_view name_space = subject.namespace_.empty() ? binding_namespace : subject.namespace_;
  return name_space.empty() ? std::string() : "User " + account_user_name(name_space, subject.name);
}

std::string described(const Subject& subject, std::string_view binding_namespace) {
  const std::string_view name_space = subject.namespace_.empty() ? binding_namespace : subject.namespace_;
  const std::string name =
      subject.kind == "ServiceAccount" ? subject.name + "/" + std::string(name_space) : subject.name;
  return subject.kind + " " + schema::quoted(name);
}

}  // namespace

Policy::Policy(Objects objects) {
  for (auto& role : objects.roles) roles_[key_of(role.meta.namespace_, role.meta.name)] = std::move(role.rules);
  for (auto& role : objects.cluster_roles) roles_[key_of({}, role.meta.name)] = std::move(role.rules);
  for (const auto& binding : objects.cluster_bindings) add(binding);
  for (const auto& binding : objects.bindings) add(binding);
}

template <class Binding>
void Policy::add(const Binding& binding) {
  const std::string& name_space = binding.meta.namespace_;
  const Rules* rules = rules_of_role(binding.role_ref, name_space);
  if (rules == nullptr) return;  // grants nothing until the role is there
  const std::string name = binding.meta.name + (name_space.empty() ? "" : "/" + name_space);
  const std::string text = std::string(Binding::kResource.kind) + " " + schema::quoted(name) + " of " +
                           binding.role_ref.kind + " " + schema::quoted(binding.role_ref.name);
  for (const Subject& subject : binding.subjects) {
    const std::string who = who_is(subject, name_space);
    if (!who.empty()) grants_[who].push_back({name_space, rules, text, described(subject, name_space)});
  }
}

const Rules* Policy::rules_of_role(const api::core::RoleRef& role, std::string_view name_space) const {
  const auto found = roles_.find(key_of(role.kind == ClusterRole::kResource.kind ? "" : name_space, role.name));
  return found == roles_.end() ? nullptr : &found->second;
}

template <class Visit>
void Policy::each_grant(const User& user, std::string_view name_space, const Visit& visit) const {
  std::vector<std::string> whos = {"User " + user.name};
  for (const std::string& group : user.groups) whos.push_back("Group " + group);
  std::set<std::string_view> seen;
  for (const std::string& who : whos) {
    const auto found = grants_.find(who);
    if (found == grants_.end()) continue;
    for (const Grant& grant : found->second) {
      if (!grant.name_space.empty() && grant.name_space != name_space) continue;
      if (seen.insert(grant.binding).second && visit(grant)) return;
    }
  }
}

std::optional<std::string> Policy::grant_of(const User& user, const Attributes& wish) const {
  std::optional<std::string> out;
  const std::string_view name_space = wish.is_resource ? std::string_view(wish.name_space) : std::string_view();
  each_grant(user, name_space, [&](const Grant& grant) {
    const bool is_allowed =
        std::any_of(grant.rules->begin(), grant.rules->end(), [&](const auto& rule) { return allows(rule, wish); });
    if (is_allowed) out = grant.binding + " to " + grant.subject;
    return is_allowed;
  });
  return out;
}

Rules Policy::rules_of(const User& user, std::string_view name_space) const {
  Rules out;
  each_grant(user, name_space, [&](const Grant& grant) {
    out.insert(out.end(), grant.rules->begin(), grant.rules->end());
    return false;
  });
  return out;
}

}  // namespace rig::apiserver
