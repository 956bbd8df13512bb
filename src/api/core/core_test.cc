// api/core/core_test.cc — core objects between JSON and C++, as a real API server writes them.
#include <gtest/gtest.h>

#include "api/core/config_map.h"
#include "api/core/custom_resource_definition.h"
#include "api/core/event.h"
#include "api/core/lease.h"
#include "api/core/namespace.h"
#include "api/core/role.h"
#include "api/core/role_binding.h"
#include "api/core/secret.h"
#include "api/core/service_account.h"
#include "schema/walk.h"

namespace rig::api::core {
namespace {

// `text` has no defaults to be filled in, so it comes back as it went.
template <class Object>
void expect_round_trip(std::string_view text) {
  const json::Value value = json::parse(text).take();
  const Result<Object> object = schema::decode<Object>(value);
  ASSERT_TRUE(object.ok()) << object.error().to_string();
  EXPECT_EQ(json::to_text(schema::encode(*object)), json::to_text(value));
  EXPECT_TRUE(schema::unknown_fields(schema::type_of<Object>(), value).empty()) << text;
}

TEST(Core, ComesBackFromTheStructsAsItWent) {
  expect_round_trip<Namespace>(R"({"metadata":{"generation":0,"name":"a"},"spec":{"finalizers":["kubernetes"]},
    "status":{"phase":"Terminating","conditions":[{"type":"NamespaceContentRemaining","status":"True",
    "lastTransitionTime":"2026-01-01T00:00:00Z","reason":"SomeResourcesRemain","message":"m"}]}})");
  expect_round_trip<Secret>(R"({"metadata":{"generation":0,"name":"a"},"data":{"user":"cm9vdA=="},
    "stringData":{"x":"y"},"type":"Opaque","immutable":true})");
  expect_round_trip<ConfigMap>(R"({"metadata":{"generation":0,"name":"a"},"data":{"k":"v"},
    "binaryData":{"b":"AAE="},"immutable":false})");
  expect_round_trip<ServiceAccount>(R"({"metadata":{"generation":0,"name":"a"},"secrets":[{"name":"s"}],
    "imagePullSecrets":[{"name":"r"}],"automountServiceAccountToken":false})");
  expect_round_trip<Lease>(R"({"metadata":{"generation":0,"name":"leader"},"spec":{"holderIdentity":"a",
    "leaseDurationSeconds":15,"acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:00:00.123456Z",
    "leaseTransitions":0,"strategy":"OldestEmulationVersion","preferredHolder":"b"}})");
  expect_round_trip<CustomResourceDefinition>(R"({"metadata":{"generation":0,"name":"a.b"},
    "spec":{"group":"b","versions":[{"anything":[1,{"x":null}]}]},"status":{"storedVersions":["v1"]}})");
}

TEST(Core, KeepsRolesAndBindings) {
  expect_round_trip<Role>(R"({"metadata":{"generation":0,"name":"a"},"rules":[{"verbs":["get"],"apiGroups":[""],
    "resources":["secrets"],"resourceNames":["one"]}]})");
  expect_round_trip<ClusterRole>(R"({"metadata":{"generation":0,"name":"a:b"},"rules":[{"verbs":["get"],
    "nonResourceURLs":["/metrics"]}],"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to":"view"},
    "matchExpressions":[{"key":"k","operator":"In","values":["x"]}]}]}})");
  for (const auto expect : {expect_round_trip<RoleBinding>, expect_round_trip<ClusterRoleBinding>}) {
    expect(R"({"metadata":{"generation":0,"name":"a"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io",
      "kind":"ClusterRole","name":"view"},"subjects":[{"kind":"ServiceAccount","name":"robot","namespace":"n"},
      {"kind":"User","apiGroup":"rbac.authorization.k8s.io","name":"alice"}]})");
  }
}

TEST(Core, ReadsAnEventOfEitherGroup) {
  expect_round_trip<Event>(R"({"metadata":{"generation":0,"name":"a","namespace":"n"},
    "involvedObject":{"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","namespace":"n","name":"vm",
      "uid":"u","resourceVersion":"7","fieldPath":"spec"},
    "type":"Normal","reason":"Started","message":"it started","action":"Start",
    "source":{"component":"manager","host":"h"},"firstTimestamp":"2026-01-01T00:00:00Z",
    "lastTimestamp":"2026-01-01T00:00:01Z","count":1,"eventTime":"2026-01-01T00:00:00.000001Z",
    "series":{"count":2,"lastObservedTime":"2026-01-01T00:00:02.000000Z"},"related":{"kind":"Provider","name":"p"},
    "reportingComponent":"manager","reportingInstance":"m-0"})");
  expect_round_trip<EventsV1Event>(R"({"metadata":{"generation":0,"name":"a","namespace":"n"},
    "regarding":{"kind":"VirtualMachine","name":"vm"},"type":"Warning","reason":"Failed","note":"it failed",
    "action":"Start","eventTime":"2026-01-01T00:00:00.000001Z","series":{"count":2,
    "lastObservedTime":"2026-01-01T00:00:02.000000Z"},"related":{"kind":"Provider","name":"p"},
    "reportingController":"manager","reportingInstance":"m-0","deprecatedSource":{"component":"manager"},
    "deprecatedFirstTimestamp":"2026-01-01T00:00:00Z","deprecatedLastTimestamp":"2026-01-01T00:00:01Z",
    "deprecatedCount":3})");
}

TEST(Secret, GivesTheBytesOfAKey) {
  Secret secret;
  secret.meta.name = "kvm";
  secret.meta.namespace_ = "infra";
  secret.data = {{"user", "cm9vdA=="}, {"bad", "%"}};
  EXPECT_EQ(*secret.value("user"), "root");
  EXPECT_TRUE(secret.value("bad").error().is(Code::kInvalidArgument));
  EXPECT_TRUE(secret.value("password").error().is(Code::kNotFound));
  EXPECT_EQ(secret.value("password").error().message(), "Secret infra/kvm has no key password; it has bad, user");
}

}  // namespace
}  // namespace rig::api::core
