// apiserver/access/default_policy.cc — the rows. See default_policy.h.
#include "apiserver/access/default_policy.h"

#include "apiserver/access/policy.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

using api::core::ClusterRole;
using api::core::ClusterRoleBinding;
using api::core::PolicyRule;
using Texts = std::vector<std::string>;

constexpr std::string_view kGroup = ClusterRole::kResource.group;
constexpr std::string_view kAutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

const Texts kRead = {"get", "list", "watch"};
const Texts kWrite = {"create", "delete", "deletecollection", "patch", "update"};
const Texts kReadAndWrite = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};

PolicyRule on(std::string_view group, Texts resources, Texts verbs) {
  return {.verbs = std::move(verbs),
          .api_groups = {std::string(group)},
          .resources = std::move(resources),
          .resource_names = {},
          .non_resource_urls = {}};
}
PolicyRule at(Texts paths, std::string_view verb = "get") {
  return {.verbs = {std::string(verb)},
          .api_groups = {},
          .resources = {},
          .resource_names = {},
          .non_resource_urls = std::move(paths)};
}

// Our kinds, with their scales, and on demand with their status.
Texts ours(bool with_status) {
  Texts out;
  for (const api::KindInfo& kind : api::kinds()) {
    if (!kind.is_custom) continue;
    out.emplace_back(kind.resource.plural);
    if (!kind.scale_spec_path.empty()) out.push_back(std::string(kind.resource.plural) + "/scale");
    if (with_status && kind.has_status) out.push_back(std::string(kind.resource.plural) + "/status");
  }
  return out;
}
constexpr std::string_view kOurs = "infra.virtrigaud.io";

std::string to_label(std::string_view role) { return "rbac.authorization.k8s.io/aggregate-to-" + std::string(role); }

ClusterRole role(std::string_view name, Rules rules, std::string_view part_of = {}) {
  ClusterRole out;
  out.meta.name = name;
  out.meta.labels = {{"kubernetes.io/bootstrapping", "rbac-defaults"}};
  out.meta.annotations = {{std::string(kAutoUpdate), "true"}};
  if (!part_of.empty()) out.meta.labels[to_label(part_of)] = "true";
  out.rules = std::move(rules);
  return out;
}

// Put together from those with its label.
ClusterRole sum(std::string_view name, std::string_view part_of = {}) {
  ClusterRole out = role(name, {}, part_of);
  out.aggregation_rule = {{{.match_labels = {{to_label(name), "true"}}, .match_expressions = {}}}};
  return out;
}

ClusterRoleBinding binding(std::string_view role_name, std::initializer_list<std::string_view> groups) {
  ClusterRoleBinding out;
  const ClusterRole like = role(role_name, {});
  out.meta = like.meta;
  out.role_ref = {std::string(kGroup), std::string(ClusterRole::kResource.kind), std::string(role_name)};
  for (const std::string_view group : groups)
    out.subjects.push_back({"Group", std::string(kGroup), std::string(group), {}});
  return out;
}

// ---- laying them ----

bool is_left_alone(const api::ObjectMeta& meta) { return meta.annotation(kAutoUpdate) == "false"; }

// Adds what is missing; says whether anything was.
bool complete(std::map<std::string, std::string>& found, const std::map<std::string, std::string>& wanted) {
  bool is_changed = false;
  for (const auto& [name, value] : wanted) is_changed = found.emplace(name, value).second || is_changed;
  return is_changed;
}

Result<bool> complete(ClusterRole& found, const ClusterRole& wanted) {
  bool is_changed = complete(found.meta.labels, wanted.meta.labels);
  is_changed = complete(found.meta.annotations, wanted.meta.annotations) || is_changed;
  if (wanted.aggregation_rule) {
    if (found.aggregation_rule) return is_changed;
    found.aggregation_rule = wanted.aggregation_rule;
    return true;
  }
  const Rules missing = TRY(uncovered(found.rules, wanted.rules));
  found.rules.insert(found.rules.end(), missing.begin(), missing.end());
  return is_changed || !missing.empty();
}

Result<bool> complete(ClusterRoleBinding& found, const ClusterRoleBinding& wanted) {
  bool is_changed = complete(found.meta.labels, wanted.meta.labels);
  is_changed = complete(found.meta.annotations, wanted.meta.annotations) || is_changed;
  for (const api::core::Subject& subject : wanted.subjects) {
    const bool is_there = std::any_of(found.subjects.begin(), found.subjects.end(), [&](const api::core::Subject& s) {
      return s.kind == subject.kind && s.name == subject.name;
    });
    if (!is_there) found.subjects.push_back(subject);
    is_changed = is_changed || !is_there;
  }
  return is_changed;
}

bool is_of_another_role(const ClusterRole&, const ClusterRole&) { return false; }
bool is_of_another_role(const ClusterRoleBinding& found, const ClusterRoleBinding& wanted) {
  return found.role_ref.kind != wanted.role_ref.kind || found.role_ref.name != wanted.role_ref.name;
}

template <class Object>
json::Value body_of(const Object& object) {
  json::Value body = schema::encode(object);
  body["metadata"].template as<json::Object>()->erase("generation");
  return body;
}

template <class Object>
Status lay(Registry& registry, const Object& wanted) {
  const api::KindInfo& kind = *api::find_kind(Object::kResource.group, Object::kResource.plural);
  const ObjectKey key{{}, wanted.meta.name};
  const WriteContext context{.field_manager = "virtrigaud"};
  const Result<json::Value> there = registry.get(kind, key);
  if (!there.ok() && !there.error().is(Code::kNotFound)) return there.error();
  if (there.ok()) {
    auto found = TRY(schema::decode<Object>(*there));
    if (is_left_alone(found.meta)) return {};
    if (!is_of_another_role(found, wanted)) {
      if (!TRY(complete(found, wanted))) return {};
      TRY(registry.replace(kind, key, body_of(found), Part::kWhole, context));
      return {};
    }
    TRY(registry.remove(kind, key, {}));  // the role of a binding cannot be changed
  }
  TRY(registry.create(kind, {}, body_of(wanted), context));
  return {};
}

}  // namespace

std::vector<ClusterRole> default_roles() {
  return {
      role("cluster-admin", {on("*", {"*"}, {"*"}), at({"*"}, "*")}),
      role("system:discovery", {at({"/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi",
                                    "/openapi/*", "/readyz", "/version", "/version/"})}),
      role("system:public-info-viewer", {at({"/healthz", "/livez", "/readyz", "/version", "/version/"})}),
      role("system:basic-user",
           {on("authorization.k8s.io", {"selfsubjectaccessreviews", "selfsubjectrulesreviews"}, {"create"}),
            on("authentication.k8s.io", {"selfsubjectreviews"}, {"create"})}),
      role("system:auth-delegator", {on("authentication.k8s.io", {"tokenreviews"}, {"create"}),
                                     on("authorization.k8s.io", {"subjectaccessreviews"}, {"create"})}),
      sum("admin"),
      sum("edit", "admin"),
      sum("view", "edit"),
      role("system:aggregate-to-admin",
           {on("authorization.k8s.io", {"localsubjectaccessreviews"}, {"create"}),
            on(kGroup, {"rolebindings", "roles"}, kReadAndWrite)},
           "admin"),
      role("system:aggregate-to-edit",
           {on("", {"secrets"}, kRead), on("", {"serviceaccounts"}, {"impersonate"}),
            on("", {"configmaps", "events", "secrets", "serviceaccounts"}, kWrite),
            on("", {"serviceaccounts/token"}, {"create"}), on("events.k8s.io", {"events"}, kWrite),
            on("coordination.k8s.io", {"leases"}, kReadAndWrite)},
           "edit"),
      role("system:aggregate-to-view",
           {on("", {"configmaps", "events", "namespaces", "namespaces/status", "serviceaccounts"}, kRead),
            on("events.k8s.io", {"events"}, kRead)},
           "view"),
      role("virtrigaud-edit",
           {on(kOurs, ours(/*with_status=*/false), kWrite), on(kOurs, {"virtualmachines/console"}, {"get"})}, "edit"),
      role("virtrigaud-view", {on(kOurs, ours(/*with_status=*/true), kRead)}, "view"),
  };
}

std::vector<ClusterRoleBinding> default_bindings() {
  return {
      binding("cluster-admin", {kMasters}),
      binding("system:basic-user", {kAuthenticated}),
      binding("system:discovery", {kAuthenticated}),
      binding("system:public-info-viewer", {kAuthenticated, kUnauthenticated}),
  };
}

Status lay_default_policy(Registry& registry) {
  for (const ClusterRole& row : default_roles()) TRY(lay(registry, row));
  for (const ClusterRoleBinding& row : default_bindings()) TRY(lay(registry, row));
  return {};
}

}  // namespace rig::apiserver
