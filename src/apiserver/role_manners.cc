// apiserver/role_manners.cc — Role, RoleBinding and their cluster forms: what is filled in, what is refused.
//
// Source of rules and words: kubernetes pkg/apis/rbac/validation.
#include "apiserver/manners.h"
#include "schema/wording.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

constexpr std::string_view kGroup = "rbac.authorization.k8s.io", kServiceAccount = "ServiceAccount";

const json::Array& items(const json::Value& object, std::string_view name) {
  static const json::Array kNone;
  const json::Value* found = object.find(name);
  return found == nullptr || !found->is_array() ? kNone : *found->as<json::Array>();
}

void require(Problems& problems, const std::string& path, std::string_view why = {}) {
  add_problem(problems, path, "FieldValueRequired", "Required value" + (why.empty() ? "" : ": " + std::string(why)));
}

void check_word(Problems& problems, const std::string& path, std::string_view found,
                std::initializer_list<std::string_view> words) {
  std::string list;
  for (const std::string_view word : words) {
    if (word == found) return;
    list += (list.empty() ? "" : ", ") + schema::quoted(word);
  }
  add_problem(problems, path, "FieldValueNotSupported",
              "Unsupported value: " + schema::quoted(found) + ": supported values: " + list);
}

void check_rule(const json::Value& rule, const std::string& path, bool is_namespaced, Problems& problems) {
  if (items(rule, "verbs").empty()) require(problems, path + ".verbs", "verbs must contain at least one value");
  if (!items(rule, "nonResourceURLs").empty()) {
    const json::Value& urls = *rule.find("nonResourceURLs");
    if (is_namespaced) {
      add_invalid(problems, path + ".nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs");
    }
    for (const std::string_view other : {"apiGroups", "resources", "resourceNames"}) {
      if (items(rule, other).empty()) continue;
      add_invalid(problems, path + ".nonResourceURLs", urls,
                  "rules cannot apply to both regular resources and non-resource URLs");
      break;
    }
    return;
  }
  if (items(rule, "apiGroups").empty())
    require(problems, path + ".apiGroups", "resource rules must supply at least one api group");
  if (items(rule, "resources").empty())
    require(problems, path + ".resources", "resource rules must supply at least one resource");
}

void check_rules(const json::Value& role, bool is_namespaced, Problems& problems) {
  std::size_t index = 0;
  for (const json::Value& rule : items(role, "rules")) {
    check_rule(rule, "rules[" + std::to_string(index++) + "]", is_namespaced, problems);
  }
}

void check_subject(const json::Value& subject, const std::string& path, bool is_namespaced, Problems& problems) {
  const std::string_view kind = subject.text({"kind"}), name = subject.text({"name"});
  if (name.empty()) require(problems, path + ".name");
  check_word(problems, path + ".kind", kind, {kServiceAccount, "User", "Group"});
  if (kind == kServiceAccount) {
    if (!name.empty()) {
      for (const std::string& why : check_name(NameRule::kSubdomain, name))
        add_invalid(problems, path + ".name", name, why);
    }
    check_word(problems, path + ".apiGroup", subject.text({"apiGroup"}), {""});
    if (!is_namespaced && subject.text({"namespace"}).empty()) require(problems, path + ".namespace");
  } else if (kind == "User" || kind == "Group") {
    check_word(problems, path + ".apiGroup", subject.text({"apiGroup"}), {kGroup});
  }
}

// As the server's own struct is printed.
json::Value shown(const json::Value& role_ref) {
  return json::Object{
      {"APIGroup", role_ref.text({"apiGroup"})}, {"Kind", role_ref.text({"kind"})}, {"Name", role_ref.text({"name"})}};
}

void check_binding(const json::Value& binding, const json::Value* old, bool is_namespaced, Problems& problems) {
  const json::Value& reference = *binding.find("roleRef");
  check_word(problems, "roleRef.apiGroup", reference.text({"apiGroup"}), {kGroup});
  if (is_namespaced)
    check_word(problems, "roleRef.kind", reference.text({"kind"}), {"Role", "ClusterRole"});
  else
    check_word(problems, "roleRef.kind", reference.text({"kind"}), {"ClusterRole"});
  const std::string_view name = reference.text({"name"});
  if (name.empty()) require(problems, "roleRef.name");
  for (const std::string& why : check_name(NameRule::kPath, name)) add_invalid(problems, "roleRef.name", name, why);
  std::size_t index = 0;
  for (const json::Value& subject : items(binding, "subjects")) {
    check_subject(subject, "subjects[" + std::to_string(index++) + "]", is_namespaced, problems);
  }
  const json::Value* before = old == nullptr ? nullptr : old->find("roleRef");
  if (before != nullptr && shown(*before) != shown(reference))
    add_invalid(problems, "roleRef", shown(reference), "cannot change roleRef");
}

void default_group(json::Value& reference) {
  if (reference.text({"apiGroup"}).empty()) reference["apiGroup"] = kGroup;
}

}  // namespace

// Without rules there is a null, as the real server shows it.
void prepare_role(json::Value& object, const json::Value*) { (void)object["rules"]; }

void check_role(const json::Value& object, const json::Value*, Problems& problems) {
  check_rules(object, /*is_namespaced=*/true, problems);
}

void check_cluster_role(const json::Value& object, const json::Value*, Problems& problems) {
  check_rules(object, /*is_namespaced=*/false, problems);
  const json::Value* aggregation = object.find("aggregationRule");
  if (aggregation != nullptr && items(*aggregation, "clusterRoleSelectors").empty()) {
    require(problems, "aggregationRule.clusterRoleSelectors",
            "at least one clusterRoleSelector required if aggregationRule is non-nil");
  }
}

void prepare_binding(json::Value& object, const json::Value*) {
  json::Value& reference = object["roleRef"];
  if (!reference.is_object()) reference = json::Object();
  default_group(reference);
  json::Value* subjects = object.find("subjects");
  auto* all = subjects == nullptr ? nullptr : subjects->as<json::Array>();
  if (all == nullptr) return;
  for (json::Value& subject : *all) {
    if (const std::string_view kind = subject.text({"kind"}); kind == "User" || kind == "Group") default_group(subject);
  }
}

void check_role_binding(const json::Value& object, const json::Value* old, Problems& problems) {
  check_binding(object, old, /*is_namespaced=*/true, problems);
}
void check_cluster_role_binding(const json::Value& object, const json::Value* old, Problems& problems) {
  check_binding(object, old, /*is_namespaced=*/false, problems);
}

}  // namespace rig::apiserver
