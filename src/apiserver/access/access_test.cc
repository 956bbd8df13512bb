// apiserver/access/access_test.cc — rights as they stand in the store, and giving them away.
#include "apiserver/access/access.h"

#include "apiserver/access/default_policy.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kRbac = "rbac.authorization.k8s.io";
const User kAlice{.name = "alice", .groups = {"team-a", std::string(kAuthenticated)}};
const User kNobody{.name = std::string(kAnonymous), .groups = {std::string(kUnauthenticated)}};
const User kMaster{.name = "root", .groups = {std::string(kMasters)}};

class AccessTest : public RegistryTest {
 protected:
  AccessTest() {
    while (*registry.collect()) {}  // puts the default roles together
  }

  void make(std::string_view plural, std::string_view object) {
    good(registry.create(kind(plural, kRbac), plural.starts_with("cluster") ? "" : "default", J(object), writer()));
  }
  void bind(std::string_view role, std::string_view group) {
    const json::Value reference = json::Object{{"kind", "ClusterRole"}, {"name", role}};
    const json::Value subject = json::Object{{"kind", "Group"}, {"name", group}};
    good(registry.create(
        kind("rolebindings", kRbac), "default",
        json::Object{
            {"metadata", json::Object{{"name", role}}}, {"roleRef", reference}, {"subjects", json::Array{subject}}},
        writer()));
  }
  static Attributes about(std::string_view method, std::string_view target) {
    return attributes_of(method, parse_target(target).take());
  }
  bool may(const User& user, std::string_view method, std::string_view target) {
    return access.decide(user, about(method, target))->is_allowed;
  }
  // As Resources asks it: "" or the refusal.
  std::string create_as(const User& user, std::string_view plural, std::string_view object) {
    const bool is_local = !plural.starts_with("cluster");
    const Attributes asked = about(
        "POST", "/apis/" + std::string(kRbac) + "/v1/" + (is_local ? "namespaces/default/" : "") + std::string(plural));
    WriteContext context = writer();
    context.permit = [&](const json::Value& wanted, const json::Value* old) {
      return access.check_grant(user, asked, wanted, old);
    };
    const auto made = registry.create(kind(plural, kRbac), is_local ? "default" : "", J(object), context);
    return made.ok() ? "" : made.error().message();
  }

  Access access{registry};
};

constexpr std::string_view kVms = "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines";

TEST_F(AccessTest, OpensLittleToThoseWhoHaveNoRole) {
  struct {
    const char* method;
    const char* target;
    bool alice, nobody;
  } const cases[] = {
      {"GET", "/version", true, true},
      {"GET", "/readyz", true, true},
      {"POST", "/version", false, false},
      {"GET", "/api", true, false},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1", true, false},
      {"GET", "/openapi/v3/api/v1", true, false},
      {"GET", "/metrics", false, false},
      {"GET", "/api/v1/namespaces/x/secrets", false, false},
      {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", true, false},
      {"POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", false, false},
      {"POST", "/apis/infra.virtrigaud.io/v1beta1/namespaces/x/virtualmachines", false, false},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(may(kAlice, c.method, c.target), c.alice) << c.target;
    EXPECT_EQ(may(kNobody, c.method, c.target), c.nobody) << c.target;
    EXPECT_TRUE(may(kMaster, c.method, c.target)) << c.target;
  }
}

TEST_F(AccessTest, CountsFromTheNextRequestOn) {
  EXPECT_FALSE(may(kAlice, "GET", kVms));
  bind("view", "team-a");
  EXPECT_TRUE(may(kAlice, "GET", kVms));
  create(core("configmaps"), config_map("of-no-matter"));
  EXPECT_TRUE(may(kAlice, "GET", kVms));
  good(registry.remove(kind("rolebindings", kRbac), {"default", "view"}, {}));
  EXPECT_FALSE(may(kAlice, "GET", kVms));
}

TEST_F(AccessTest, IsReadAgainWhenTheLogWasCompacted) {
  EXPECT_FALSE(may(kAlice, "GET", kVms));
  bind("view", "team-a");
  ASSERT_TRUE(store->compact(store->revision()).ok());
  EXPECT_TRUE(may(kAlice, "GET", kVms));
}

TEST_F(AccessTest, LetsViewReadEditWriteAndAdminGrant) {
  const std::string secrets = "/api/v1/namespaces/default/secrets";
  const std::string roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
  struct {
    std::string_view method, target;
    std::string_view roles;  // that allow it
  } const cases[] = {
      {"GET", kVms, "view edit admin"},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines/one/status", "view edit admin"},
      {"POST", kVms, "edit admin"},
      {"PUT", "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines/one/status", ""},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/virtualmachines/one/console", "edit admin"},
      {"PATCH", "/apis/infra.virtrigaud.io/v1beta1/namespaces/default/vmsets/one/scale", "edit admin"},
      {"GET", secrets, "edit admin"},
      {"POST", "/api/v1/namespaces/default/serviceaccounts/robot/token", "edit admin"},
      {"GET", "/api/v1/namespaces/default", "view edit admin"},
      {"GET", "/api/v1/namespaces", ""},
      {"DELETE", "/api/v1/namespaces/default", ""},
      {"GET", roles, "admin"},
      {"POST", roles, "admin"},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/virtualmachines", ""},
  };
  for (const std::string_view role : {"view", "edit", "admin"}) {
    bind(role, role);
    const User user{.name = "u", .groups = {std::string(role)}};
    for (const auto& c : cases) {
      EXPECT_EQ(may(user, c.method, c.target), c.roles.find(role) != std::string_view::npos)
          << role << " " << c.method << " " << c.target;
    }
  }
}

TEST_F(AccessTest, RefusesInKubernetesWords) {
  struct {
    const char* method;
    const char* target;
    const char* wanted;
  } const cases[] = {
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/namespaces/x/virtualmachines/one",
       R"(virtualmachines.infra.virtrigaud.io "one" is forbidden: User "alice" cannot get resource "virtualmachines" in API group "infra.virtrigaud.io" in the namespace "x")"},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/virtualmachines",
       R"(virtualmachines.infra.virtrigaud.io is forbidden: User "alice" cannot list resource "virtualmachines" in API group "infra.virtrigaud.io" at the cluster scope)"},
      {"PUT", "/api/v1/namespaces/x/things/one/status",
       R"(things "one" is forbidden: User "alice" cannot update resource "things/status" in API group "" in the namespace "x")"},
      {"GET", "/metrics", R"(forbidden: User "alice" cannot get path "/metrics")"},
  };
  for (const auto& c : cases) {
    const Status refused = access.check(kAlice, about(c.method, c.target));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().message(), c.wanted);
    EXPECT_EQ(refused.error().code(), Code::kPermissionDenied);
  }
}

// ---- nobody gives away what he has not ----

constexpr std::string_view kReader = R"({"metadata":{"name":"reader"},"rules":[
    {"verbs":["get"],"apiGroups":["infra.virtrigaud.io"],"resources":["virtualmachines"]},
    {"verbs":["get","list"],"apiGroups":[""],"resources":["nodes"]}]})";

TEST_F(AccessTest, LetsNobodyMakeARoleAboveHisOwn) {
  bind("admin", "team-a");
  EXPECT_EQ(create_as(kAlice, "roles", kReader),
            "roles.rbac.authorization.k8s.io \"reader\" is forbidden: user \"alice\" (groups=[\"team-a\" "
            "\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
            "{APIGroups:[\"\"], Resources:[\"nodes\"], Verbs:[\"get\" \"list\"]}");
  EXPECT_EQ(create_as(kAlice, "roles", R"({"metadata":{"name":"reader"},"rules":[
      {"verbs":["get"],"apiGroups":["infra.virtrigaud.io"],"resources":["virtualmachines"]}]})"),
            "");
  EXPECT_EQ(create_as(kMaster, "roles", R"({"metadata":{"name":"more"},"rules":[
      {"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]})"),
            "");
}

TEST_F(AccessTest, LetsThoseMakeAnyRoleWhoMayEscalate) {
  make("roles", R"({"metadata":{"name":"escalator"},"rules":[
      {"verbs":["escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"]}]})");
  make("rolebindings", R"({"metadata":{"name":"e"},"roleRef":{"kind":"Role","name":"escalator"},
      "subjects":[{"kind":"User","name":"alice"}]})");
  EXPECT_EQ(create_as(kAlice, "roles", kReader), "");
  EXPECT_NE(create_as(kAlice, "clusterroles", kReader), "");
}

TEST_F(AccessTest, LetsNobodyBindARoleAboveHisOwn) {
  bind("edit", "team-a");
  const std::string_view to_edit = R"({"metadata":{"name":"b1"},"roleRef":{"kind":"ClusterRole","name":"edit"},
      "subjects":[{"kind":"User","name":"bob"}]})";
  const std::string_view to_admin = R"({"metadata":{"name":"b2"},"roleRef":{"kind":"ClusterRole","name":"admin"},
      "subjects":[{"kind":"User","name":"alice"}]})";
  const std::string_view to_none = R"({"metadata":{"name":"b3"},"roleRef":{"kind":"Role","name":"none"},
      "subjects":[{"kind":"User","name":"alice"}]})";
  EXPECT_EQ(create_as(kAlice, "rolebindings", to_edit), "");
  EXPECT_NE(create_as(kAlice, "rolebindings", to_admin).find("not currently held"), std::string::npos);
  EXPECT_EQ(create_as(kAlice, "rolebindings", to_none), R"(roles.rbac.authorization.k8s.io "none" not found)");
  // Held in a namespace is not held everywhere.
  EXPECT_NE(create_as(kAlice, "clusterrolebindings", to_edit).find("not currently held"), std::string::npos);
  make("roles", R"({"metadata":{"name":"binder"},"rules":[{"verbs":["bind"],"apiGroups":["rbac.authorization.k8s.io"],
      "resources":["clusterroles"],"resourceNames":["admin"]}]})");
  make("rolebindings", R"({"metadata":{"name":"b4"},"roleRef":{"kind":"Role","name":"binder"},
      "subjects":[{"kind":"User","name":"alice"}]})");
  EXPECT_EQ(create_as(kAlice, "rolebindings", to_admin), "");
}

TEST_F(AccessTest, JudgesAChangeOfARoleButNotOfItsFinalizers) {
  make("roles", kReader);
  const auto patch_as = [&](const User& user, std::string_view patch) {
    WriteContext context = writer();
    const Attributes asked = about("PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/reader");
    context.permit = [&](const json::Value& wanted, const json::Value* old) {
      return access.check_grant(user, asked, wanted, old);
    };
    return registry
        .patch(kind("roles", kRbac), {"default", "reader"}, PatchType::kMerge, J(patch), Part::kWhole, context)
        .ok();
  };
  EXPECT_TRUE(patch_as(kAlice, R"({"metadata":{"finalizers":["example.com/a"]}})"));
  EXPECT_FALSE(patch_as(kAlice, R"({"metadata":{"labels":{"a":"b"}}})"));  // it may be aggregated by it
  EXPECT_FALSE(patch_as(kAlice, R"({"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]})"));
  EXPECT_TRUE(patch_as(kAlice, R"({"rules":null})"));
  EXPECT_TRUE(patch_as(kMaster, R"({"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]})"));
}

TEST_F(AccessTest, LetsOnlyThoseAggregateWhoMayDoEverything) {
  const std::string_view sum = R"({"metadata":{"name":"sum"},
      "aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}})";
  EXPECT_NE(create_as(kAlice, "clusterroles", sum).find("must have cluster-admin privileges"), std::string::npos);
  make("clusterrolebindings", R"({"metadata":{"name":"root"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},
      "subjects":[{"kind":"User","name":"alice"}]})");
  EXPECT_EQ(create_as(kAlice, "clusterroles", sum), "");
}

// What the types allow may be odd; nobody else may suffer from it.
TEST_F(AccessTest, GoesOnWhateverRolesAreStored) {
  const std::pair<std::string_view, std::string_view> odd[] = {
      {"clusterroles",
       R"({"rules":null,"aggregationRule":{"clusterRoleSelectors":[null,{"matchLabels":{"a":null}}]}})"},
      {"clusterroles", R"({"rules":[null]})"},
      {"clusterroles", R"({"rules":[{"verbs":[null],"apiGroups":[null],"resources":[""]}]})"},
      {"clusterroles", R"({"rules":[{"verbs":["get"],"nonResourceURLs":[null,""]}]})"},
      {"clusterroles", R"({"aggregationRule":{"clusterRoleSelectors":[{"matchExpressions":[null]}]}})"},
      {"clusterrolebindings", R"({"subjects":[null],"roleRef":{"kind":"ClusterRole","name":"view"}})"},
      {"clusterrolebindings",
       R"({"subjects":[{"kind":"Group","name":"alice"}],"roleRef":{"kind":"ClusterRole","name":"none"}})"},
  };
  int index = 0;
  for (const auto& [plural, text] : odd) {
    json::Value object = J(text);
    object["metadata"]["name"] = "odd-" + std::to_string(index++);
    (void)registry.create(kind(plural, kRbac), "", object, writer());
  }
  EXPECT_TRUE(may(kAlice, "GET", "/api"));
  EXPECT_FALSE(may(kAlice, "GET", "/metrics"));
  EXPECT_FALSE(may(kAlice, "GET", kVms));
  while (true) {
    const Result<bool> changed = registry.collect();
    ASSERT_TRUE(changed.ok());
    if (!*changed) break;
  }
  EXPECT_TRUE(registry.bootstrap().ok());
  EXPECT_TRUE(may(kAlice, "GET", "/api"));
}

// ---- the default policy ----

TEST_F(AccessTest, IsCompletedAtEachStartUnlessLeftAlone) {
  const auto role = [&](const std::string& name) {
    return good(registry.get(kind("clusterroles", kRbac), {"", name}));
  };
  const auto patch = [&](const std::string& name, std::string_view text) {
    good(registry.patch(kind("clusterroles", kRbac), {"", name}, PatchType::kMerge, J(text), Part::kWhole, writer()));
  };
  const Revision before = store->revision();
  ASSERT_TRUE(lay_default_policy(registry).ok());
  EXPECT_EQ(store->revision(), before);  // all is there

  patch("system:basic-user", R"({"metadata":{"labels":{"mine":"x"}},"rules":[{"verbs":["get"],"apiGroups":["g"],
      "resources":["mine"]}]})");
  patch("system:discovery", R"({"metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"false"}},
      "rules":[]})");
  good(registry.remove(kind("clusterroles", kRbac), {"", "cluster-admin"}, {}));
  good(registry.patch(kind("clusterrolebindings", kRbac), {"", "system:public-info-viewer"}, PatchType::kMerge,
                      J(R"({"subjects":[{"kind":"User","name":"mine"}]})"), Part::kWhole, writer()));
  ASSERT_TRUE(registry.bootstrap().ok());
  const std::string basic = json::to_text(role("system:basic-user"));
  EXPECT_NE(basic.find(R"("mine":"x")"), std::string::npos);
  EXPECT_NE(basic.find(R"("resources":["mine"])"), std::string::npos);
  EXPECT_NE(basic.find("selfsubjectreviews"), std::string::npos);
  EXPECT_EQ(json::to_text(role("system:discovery")).find("/apis"), std::string::npos);
  EXPECT_NE(json::to_text(role("cluster-admin")).find(R"("resources":["*"])"), std::string::npos);
  EXPECT_TRUE(may(kNobody, "GET", "/version"));
  EXPECT_TRUE(may({.name = "mine", .groups = {}}, "GET", "/version"));
}

TEST_F(AccessTest, GivesABindingBackToItsRole) {
  good(registry.remove(kind("clusterrolebindings", kRbac), {"", "cluster-admin"}, {}));
  make("clusterrolebindings",
       R"({"metadata":{"name":"cluster-admin"},"roleRef":{"kind":"ClusterRole","name":"view"}})");
  ASSERT_TRUE(registry.bootstrap().ok());
  EXPECT_EQ(good(registry.get(kind("clusterrolebindings", kRbac), {"", "cluster-admin"})).text({"roleRef", "name"}),
            "cluster-admin");
}

}  // namespace
}  // namespace rig::apiserver
