// apiserver/routes/authorization_test.cc — what a path is about, and who may ask for it.
#include "apiserver/routes/authorization.h"

#include <gtest/gtest.h>

namespace rig::apiserver {
namespace {

std::string shown(const Attributes& a) {
  if (!a.is_resource) return a.verb + " " + a.path;
  return a.verb + " " + a.group + "/" + a.version + " " + a.name_space + "/" + a.resource + "/" + a.name +
         (a.subresource.empty() ? "" : ":" + a.subresource);
}

TEST(Attributes, AreReadFromThePathAlone) {
  struct {
    const char* method;
    const char* target;
    const char* wanted;
  } const cases[] = {
      {"GET", "/version", "get /version"},
      {"GET", "/api/v1", "get /api/v1"},
      {"GET", "/apis/g/v1", "get /apis/g/v1"},
      {"GET", "/apis//v1/secrets", "get /apis//v1/secrets"},
      {"GET", "/api/v1/secrets", "list /v1 /secrets/"},
      {"GET", "/api/v1/namespaces/x/secrets?watch=true", "watch /v1 x/secrets/"},
      {"GET", "/api/v1/watch/namespaces/x/secrets", "watch /v1 x/secrets/"},
      {"GET", "/api/v1/namespaces/x/secrets/one?watch=true", "get /v1 x/secrets/one"},
      {"GET", "/api/v1/namespaces", "list /v1 /namespaces/"},
      {"GET", "/api/v1/namespaces/x", "get /v1 x/namespaces/x"},
      {"PUT", "/api/v1/namespaces/x/finalize", "update /v1 x/namespaces/x:finalize"},
      {"POST", "/apis/g/v1/namespaces/x/things", "create g/v1 x/things/"},
      {"PATCH", "/apis/g/v1/namespaces/x/things/one/status", "patch g/v1 x/things/one:status"},
      {"DELETE", "/apis/g/v1/namespaces/x/things/one", "delete g/v1 x/things/one"},
      {"DELETE", "/apis/g/v1/namespaces/x/things", "deletecollection g/v1 x/things/"},
      {"GET", "/apis/g/v1/namespaces//things", "list g/v1 /things/"},
      {"HEAD", "/apis/g/v1/things", "list g/v1 /things/"},
      {"get", "/apis/g/v1/things", " g/v1 /things/"},
      {"BREW", "/pot", " /pot"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(shown(attributes_of(c.method, parse_target(c.target).take())), c.wanted) << c.method << " " << c.target;
}

const User kMaster{.name = "admin", .groups = {"system:masters", "system:authenticated"}};
const User kAlice{.name = "alice", .groups = {"team-a", "system:authenticated"}};
const User kNobody{.name = "system:anonymous", .groups = {"system:unauthenticated"}};

TEST(Authorization, OpensLittleToThoseWhoAreNoMasters) {
  struct {
    const char* method;
    const char* target;
    bool alice, nobody;
  } const cases[] = {
      {"GET", "/version", true, true},
      {"GET", "/readyz/ready", true, true},
      {"POST", "/version", false, false},
      {"GET", "/api", true, false},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1", true, false},
      {"GET", "/openapi/v3/api/v1", true, false},
      {"GET", "/metrics", false, false},
      {"GET", "/api/v1/namespaces/x/secrets", false, false},
      {"POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", true, false},
      {"POST", "/apis/infra.virtrigaud.io/v1beta1/namespaces/x/virtualmachines", false, false},
  };
  for (const auto& c : cases) {
    const Attributes a = attributes_of(c.method, parse_target(c.target).take());
    EXPECT_EQ(is_allowed(kAlice, a), c.alice) << c.target;
    EXPECT_EQ(is_allowed(kNobody, a), c.nobody) << c.target;
    EXPECT_TRUE(is_allowed(kMaster, a)) << c.target;
  }
}

TEST(Authorization, RefusesInKubernetesWords) {
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
    const Error error = denied(kAlice, attributes_of(c.method, parse_target(c.target).take()));
    EXPECT_EQ(error.message(), c.wanted);
    EXPECT_EQ(error.code(), Code::kPermissionDenied);
  }
}

}  // namespace
}  // namespace rig::apiserver
