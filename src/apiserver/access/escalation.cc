// apiserver/access/escalation.cc — nobody gives away what he has not.
//
// Source of the rules: kubernetes pkg/registry/rbac/{role,clusterrole,rolebinding,clusterrolebinding}/policybased.
#include "apiserver/access/access.h"
#include "apiserver/failure.h"
#include "base/text.h"
#include "schema/walk.h"
#include "schema/wording.h"

namespace rig::apiserver {
namespace {

using api::core::ClusterRole;
using api::core::RoleRef;

Error refusal(const Attributes& asked, std::string_view name, const std::string& why) {
  return forbidden({.group = asked.group, .version = asked.version, .kind = {}, .plural = asked.resource}, name, why);
}

std::string groups_text(const User& user) {
  std::vector<std::string> quoted;
  for (const std::string& group : user.groups) quoted.push_back(schema::quoted(group));
  return "[" + join(quoted, " ") + "]";
}

Attributes wish_of(std::string_view verb, std::string_view resource, std::string_view name_space,
                   std::string_view name) {
  Attributes wish;
  wish.verb = verb;
  wish.is_resource = true;
  wish.group = ClusterRole::kResource.group;
  wish.version = "*";
  wish.resource = resource;
  wish.name_space = name_space;
  wish.name = name;
  return wish;
}

bool is_same(const json::Value* a, const json::Value* b) { return a == nullptr || b == nullptr ? a == b : *a == *b; }

// But for finalizers, owners and the server's own bookkeeping. A label counts: aggregation goes by it.
bool grants_the_same(const json::Value& object, const json::Value& old) {
  for (const std::string_view name : {"rules", "aggregationRule", "subjects", "roleRef"}) {
    if (!is_same(object.find(name), old.find(name))) return false;
  }
  for (const std::string_view name : {"labels", "annotations"}) {
    if (!is_same(object.at({"metadata", name}), old.at({"metadata", name}))) return false;
  }
  return true;
}

bool aggregates(const json::Value* role) { return role != nullptr && role->find("aggregationRule") != nullptr; }

const Rules& everything() {
  static const Rules kEverything = {
      {.verbs = {"*"}, .api_groups = {"*"}, .resources = {"*"}, .resource_names = {}, .non_resource_urls = {}},
      {.verbs = {"*"}, .api_groups = {}, .resources = {}, .resource_names = {}, .non_resource_urls = {"*"}}};
  return kEverything;
}

}  // namespace

Status Access::check_rules(const User& user, const Attributes& asked, std::string_view name, const Rules& given) {
  const Rules held = TRY(policy())->rules_of(user, asked.name_space);
  const Result<Rules> missing = uncovered(held, given);
  if (!missing.ok()) return refusal(asked, name, missing.error().message());
  if (missing->empty()) return {};
  std::vector<std::string> lines;
  for (const auto& rule : *missing) lines.push_back(to_text(rule));
  std::sort(lines.begin(), lines.end());
  return refusal(asked, name,
                 "user " + schema::quoted(user.name) + " (groups=" + groups_text(user) +
                     ") is attempting to grant RBAC permissions not currently held:\n" + join(lines, "\n"));
}

Status Access::check_role(const User& user, const Attributes& asked, const json::Value& object,
                          const json::Value* old) {
  if (TRY(decide(user, wish_of("escalate", asked.resource, asked.name_space, asked.name))).is_allowed) return {};
  const std::string_view name = object.text({"metadata", "name"});
  const auto role = TRY(schema::decode<ClusterRole>(object));
  TRY(check_rules(user, asked, name, role.rules));
  if (!aggregates(&object) && !aggregates(old)) return {};
  // It gathers whatever anybody labels.
  if (check_rules(user, asked, name, everything()).ok()) return {};
  return refusal(asked, name, "must have cluster-admin privileges to use the aggregationRule");
}

Status Access::check_binding(const User& user, const Attributes& asked, const json::Value& object) {
  const json::Value* reference = object.find("roleRef");
  const auto role = TRY(schema::decode<RoleRef>(reference == nullptr ? json::Value(json::Object()) : *reference));
  const bool is_cluster_role = role.kind == ClusterRole::kResource.kind;
  const std::string_view plural = is_cluster_role ? ClusterRole::kResource.plural : "roles";
  if (TRY(decide(user, wish_of("bind", plural, asked.name_space, role.name))).is_allowed) return {};
  const auto now = TRY(policy());
  const Rules* given = now->rules_of_role(role, asked.name_space);
  if (given == nullptr) {
    return not_found({.group = ClusterRole::kResource.group, .version = "v1", .kind = {}, .plural = plural}, role.name);
  }
  return check_rules(user, asked, object.text({"metadata", "name"}), *given);
}

Status Access::check_grant(const User& user, const Attributes& asked, const json::Value& object,
                           const json::Value* old) {
  if (asked.group != ClusterRole::kResource.group || user.is_in(kMasters)) return {};
  if (old != nullptr && grants_the_same(object, *old)) return {};
  const bool is_role = asked.resource == "roles" || asked.resource == "clusterroles";
  return is_role ? check_role(user, asked, object, old) : check_binding(user, asked, object);
}

}  // namespace rig::apiserver
