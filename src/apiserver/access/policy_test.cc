// apiserver/access/policy_test.cc — what rules allow, what covers what, to whom roles are given.
#include "apiserver/access/policy.h"

#include <gtest/gtest.h>

#include "apiserver/limits.h"
#include "base/text.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

using api::core::PolicyRule;

template <class Object>
Object read(std::string_view text) {
  Result<json::Value> value = json::parse(text);
  Result<Object> object = value.ok() ? schema::decode<Object>(*value) : Result<Object>(value.error());
  if (!object.ok()) ADD_FAILURE() << object.error().message() << " in " << text;
  return object.ok() ? object.take() : Object();
}

// "get infra/virtualmachines/status one", "get /metrics".
Attributes wish(std::string_view text) {
  const std::vector<std::string> words = split(text, ' ');
  Attributes out;
  out.verb = words[0];
  if (words[1].starts_with('/') && words.size() == 2 && words[1] != "/secrets" && words[1] != "/") {
    out.path = words[1];
    return out;
  }
  const std::vector<std::string> parts = split(words[1], '/');
  out.is_resource = true;
  out.group = parts[0];
  out.resource = parts[1];
  if (parts.size() > 2) out.subresource = parts[2];
  if (words.size() > 2) out.name = words[2];
  return out;
}

TEST(Rule, AllowsWhatItNames) {
  struct {
    std::string_view rule, wish;
    bool is_allowed;
  } const cases[] = {
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms"]})", "get g/vms", true},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms"]})", "get g/vms one", true},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms"]})", "list g/vms", false},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms"]})", "get h/vms", false},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms"]})", "get g/vms/status", false},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms/status"]})", "get g/vms/status", true},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["vms/status"]})", "get g/vms", false},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["*/status"]})", "get g/vms/status", true},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["*/status"]})", "get g/vms/scale", false},
      {R"({"verbs":["get"],"apiGroups":["g"],"resources":["*/status"]})", "get g/vms", false},
      {R"({"verbs":["*"],"apiGroups":["*"],"resources":["*"]})", "brew h/pots/tea x", true},
      {R"({"verbs":["*"],"apiGroups":["*"],"resources":["*"]})", "get /metrics", false},
      {R"({"verbs":["get"],"apiGroups":[""],"resources":["secrets"]})", "get /secrets", true},
      {R"({"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a","b"]})", "get /secrets b",
       true},
      {R"({"verbs":["get"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]})", "get /secrets b", false},
      {R"({"verbs":["list"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["a"]})", "list /secrets", false},
      {R"({"verbs":["get"],"nonResourceURLs":["/metrics"]})", "get /metrics", true},
      {R"({"verbs":["get"],"nonResourceURLs":["/metrics"]})", "get /metrics/x", false},
      {R"({"verbs":["get"],"nonResourceURLs":["/apis/*"]})", "get /apis/g/v1", true},
      {R"({"verbs":["get"],"nonResourceURLs":["/apis/*"]})", "get /apis", false},
      {R"({"verbs":["get"],"nonResourceURLs":["*"]})", "get /anything", true},
      {R"({"verbs":["get"],"nonResourceURLs":["*"]})", "put /anything", false},
      {R"({"verbs":["get"],"nonResourceURLs":["*"]})", "get g/vms", false},
      {R"({"verbs":["get"]})", "get g/vms", false},
  };
  for (const auto& c : cases)
    EXPECT_EQ(allows(read<PolicyRule>(c.rule), wish(c.wish)), c.is_allowed) << c.rule << c.wish;
}

TEST(Rules, SayWhatTheyDoNotCover) {
  struct {
    std::string_view held, wanted, missing;
  } const cases[] = {
      {"[]", "[]", ""},
      {"[]", R"([{"verbs":["get","list"],"apiGroups":[""],"resources":["secrets"]}])",
       R"({APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]})"},
      // Taken apart, put together from several, and the rest joined again.
      {R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"]},{"verbs":["list"],"apiGroups":["g"],"resources":["*"]}])",
       R"([{"verbs":["get","list","watch"],"apiGroups":["g"],"resources":["a","b"]}])",
       R"({APIGroups:["g"], Resources:["a"], Verbs:["watch"]} {APIGroups:["g"], Resources:["b"], Verbs:["get" "watch"]})"},
      {R"([{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}])",
       R"([{"verbs":["*"],"apiGroups":["g"],"resources":["a/b"]}])", ""},
      {R"([{"verbs":["get"],"apiGroups":["*"],"resources":["*"]}])",
       R"([{"verbs":["*"],"apiGroups":["g"],"resources":["a"]}])",
       R"({APIGroups:["g"], Resources:["a"], Verbs:["*"]})"},
      {R"([{"verbs":["get"],"apiGroups":["g"],"resources":["*/status"]}])",
       R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a/status","*/status","a"]}])",
       R"({APIGroups:["g"], Resources:["a"], Verbs:["get"]})"},
      // One name is less than all names.
      {R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"],"resourceNames":["x"]}])",
       R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"]}])",
       R"({APIGroups:["g"], Resources:["a"], Verbs:["get"]})"},
      {R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"],"resourceNames":["x"]}])",
       R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"],"resourceNames":["x","y"]}])",
       R"({APIGroups:["g"], Resources:["a"], ResourceNames:["y"], Verbs:["get"]})"},
      {R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"]}])",
       R"([{"verbs":["get"],"apiGroups":["g"],"resources":["a"],"resourceNames":["x"]}])", ""},
      {R"([{"verbs":["get"],"nonResourceURLs":["/a/*"]}])",
       R"([{"verbs":["get"],"nonResourceURLs":["/a/b","/a/*","/a","*"]}])",
       R"({NonResourceURLs:["*"], Verbs:["get"]} {NonResourceURLs:["/a"], Verbs:["get"]})"},
      {R"([{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}])", R"([{"verbs":["get"],"nonResourceURLs":["/a"]}])",
       R"({NonResourceURLs:["/a"], Verbs:["get"]})"},
  };
  for (const auto& c : cases) {
    const Result<Rules> missing = uncovered(read<Rules>(c.held), read<Rules>(c.wanted));
    ASSERT_TRUE(missing.ok());
    std::vector<std::string> texts;
    for (const PolicyRule& rule : *missing) texts.push_back(to_text(rule));
    EXPECT_EQ(join(texts, " "), c.missing) << c.held << c.wanted;
  }
}

TEST(Rules, AreNotComparedWithoutEnd) {
  PolicyRule wanted;
  while (wanted.verbs.size() * wanted.verbs.size() <= limits::kComparedRightsMax) {
    wanted.verbs.push_back("v" + std::to_string(wanted.verbs.size()));
    wanted.resources.push_back("r" + std::to_string(wanted.resources.size()));
  }
  wanted.api_groups = {"g"};
  EXPECT_TRUE(uncovered({}, {wanted}).error().is(Code::kResourceExhausted));
  EXPECT_TRUE(uncovered({wanted}, {wanted})->empty());  // covered as a whole
}

TEST(Aggregation, TakesRulesByLabel) {
  const auto role = [](std::string_view name, std::string_view label, std::string_view resource) {
    api::core::ClusterRole out;
    out.meta.name = name;
    if (!label.empty()) out.meta.labels = {{std::string(label), "true"}};
    out.rules = {{.verbs = {"get"},
                  .api_groups = {""},
                  .resources = {std::string(resource)},
                  .resource_names = {},
                  .non_resource_urls = {}}};
    return out;
  };
  struct {
    std::string_view selectors, wanted;
  } const cases[] = {
      {R"([{"matchLabels":{"to":"true"}}])", "a c"},
      {R"([{"matchLabels":{"to":"false"}}])", ""},
      {R"([{"matchLabels":{"to":"true"}},{"matchLabels":{"other":"true"}}])", "a b c"},
      {R"([{"matchExpressions":[{"key":"to","operator":"Exists"}]}])", "a c"},
      {R"([{"matchExpressions":[{"key":"to","operator":"DoesNotExist"}]}])", "b d"},
      {R"([{"matchExpressions":[{"key":"to","operator":"In","values":["true","x"]}]}])", "a c"},
      {R"([{"matchExpressions":[{"key":"to","operator":"NotIn","values":["true"]}]}])", "b d"},
      {R"([{"matchExpressions":[{"key":"to","operator":"Like","values":["true"]}]}])", ""},
      {R"([{}])", "a b c d"},
      {R"([])", ""},
  };
  const std::vector<api::core::ClusterRole> all = {role("a", "to", "a"),    role("b", "other", "b"),
                                                   role("c", "to", "c"),    role("d", "", "d"),
                                                   role("same", "to", "a"), role("sum", "to", "z")};
  for (const auto& c : cases) {
    api::core::ClusterRole sum = all.back();
    sum.aggregation_rule = {read<std::vector<api::LabelSelector>>(c.selectors)};
    std::vector<std::string> resources;
    for (const PolicyRule& rule : aggregated(sum, all)) resources.push_back(rule.resources.front());
    EXPECT_EQ(join(resources, " "), c.wanted) << c.selectors;
  }
  EXPECT_TRUE(aggregated(all.front(), all).empty());  // not put together from others
}

// ---- bindings ----

Policy policy() {
  Policy::Objects out;
  const std::string reads = R"(,"rules":[{"verbs":["get"],"apiGroups":["g"],"resources":["vms","namespaces"]}]})";
  out.roles.push_back(read<api::core::Role>(R"({"metadata":{"name":"reader","namespace":"x"})" + reads));
  out.cluster_roles.push_back(read<api::core::ClusterRole>(
      R"({"metadata":{"name":"reader"},"rules":[{"verbs":["list"],"apiGroups":["g"],"resources":["vms"]},
          {"verbs":["get"],"nonResourceURLs":["/metrics"]}]})"));
  for (const std::string_view text :
       {R"({"metadata":{"name":"a","namespace":"x"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[
           {"kind":"User","name":"alice"},{"kind":"Group","name":"team"}]})",
        R"({"metadata":{"name":"b","namespace":"x"},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[
           {"kind":"ServiceAccount","name":"robot"},{"kind":"ServiceAccount","name":"robot","namespace":"y"}]})",
        R"({"metadata":{"name":"c","namespace":"y"},"roleRef":{"kind":"Role","name":"reader"},"subjects":[
           {"kind":"User","name":"alice"}]})",
        R"({"metadata":{"name":"d","namespace":"z"},"roleRef":{"kind":"ClusterRole","name":"none"},"subjects":[
           {"kind":"User","name":"alice"}]})"}) {
    out.bindings.push_back(read<api::core::RoleBinding>(text));
  }
  out.cluster_bindings.push_back(read<api::core::ClusterRoleBinding>(
      R"({"metadata":{"name":"all"},"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[
          {"kind":"User","name":"carol"},{"kind":"ServiceAccount","name":"robot"}]})"));
  return Policy(std::move(out));
}

TEST(Policy, GivesRolesToUsersGroupsAndAccounts) {
  const Policy all = policy();
  struct {
    std::string_view user, group, name_space, wish, grant;
  } const cases[] = {
      {"alice", "", "x", "get g/vms", R"(RoleBinding "a/x" of Role "reader" to User "alice")"},
      {"alice", "", "y", "get g/vms", ""},  // the role is in another namespace
      {"alice", "", "z", "get g/vms", ""},  // there is no such role
      {"alice", "", "", "get g/vms", ""},   // everywhere is more than in x
      {"alice", "", "x", "list g/vms", ""},
      {"bob", "team", "x", "get g/vms one", R"(RoleBinding "a/x" of Role "reader" to Group "team")"},
      {"team", "alice", "x", "get g/vms", ""},  // a user is no group
      {"system:serviceaccount:x:robot", "", "x", "list g/vms",
       R"(RoleBinding "b/x" of ClusterRole "reader" to ServiceAccount "robot/x")"},
      {"system:serviceaccount:y:robot", "", "x", "list g/vms",
       R"(RoleBinding "b/x" of ClusterRole "reader" to ServiceAccount "robot/y")"},
      {"system:serviceaccount:z:robot", "", "x", "list g/vms", ""},
      {"system:serviceaccount:x:robot", "", "y", "list g/vms", ""},
      {"system:serviceaccount:x:robot", "", "x", "get /metrics", ""},  // a namespace has no paths
      {"carol", "", "x", "list g/vms", R"(ClusterRoleBinding "all" of ClusterRole "reader" to User "carol")"},
      {"carol", "", "", "list g/vms", R"(ClusterRoleBinding "all" of ClusterRole "reader" to User "carol")"},
      {"carol", "", "", "get /metrics", R"(ClusterRoleBinding "all" of ClusterRole "reader" to User "carol")"},
      {"robot", "", "", "list g/vms", ""},
  };
  for (const auto& c : cases) {
    const User user{.name = std::string(c.user), .groups = {std::string(c.group)}};
    Attributes asked = wish(c.wish);
    asked.name_space = c.name_space;
    EXPECT_EQ(all.grant_of(user, asked).value_or(""), c.grant) << c.user << " " << c.name_space << " " << c.wish;
  }
}

TEST(Policy, ListsEachRuleOnce) {
  const Policy all = policy();
  EXPECT_EQ(all.rules_of({.name = "alice", .groups = {"team"}}, "x").size(), 1U);  // of one binding, twice
  EXPECT_EQ(all.rules_of({.name = "carol", .groups = {"team"}}, "x").size(), 3U);
  EXPECT_EQ(all.rules_of({.name = "carol", .groups = {"team"}}, "").size(), 2U);
  EXPECT_TRUE(all.rules_of({.name = "nobody", .groups = {}}, "x").empty());
  EXPECT_EQ(all.rules_of_role({.api_group = {}, .kind = "Role", .name = "reader"}, "y"), nullptr);
  EXPECT_EQ(all.rules_of_role({.api_group = {}, .kind = "ClusterRole", .name = "reader"}, "y")->size(), 2U);
}

TEST(User, MayBeAnAccount) {
  EXPECT_EQ(account_of("system:serviceaccount:ns:robot")->to_string(), "ns/robot");
  EXPECT_EQ(account_user_name("ns", "robot"), "system:serviceaccount:ns:robot");
  for (const std::string_view name : {"robot", "system:serviceaccount:", "system:serviceaccount:ns",
                                      "system:serviceaccount::robot", "system:serviceaccount:ns:"})
    EXPECT_FALSE(account_of(name)) << name;
}

}  // namespace
}  // namespace rig::apiserver
