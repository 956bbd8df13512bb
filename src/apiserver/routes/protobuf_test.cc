// apiserver/routes/protobuf_test.cc — recorded bodies of kubectl and helm, bodies made by hand, and rubbish.
#include "apiserver/routes/protobuf.h"

#include <gtest/gtest.h>

#include "apiserver/failure.h"
#include "base/text.h"

namespace rig::apiserver::protobuf {
namespace {

// Bodies that kubectl 1.33, kubectl 1.37 and helm 3.22 sent to a real API server.
struct Case {
  const char* name;
  const char* base64;
  const char* api_version;
  const char* kind;
  const char* json;
};
const Case kRecorded[] = {
    {"kubectl create namespace", "azhzAAoPCgJ2MRIJTmFtZXNwYWNlEhwKFAoEZGVtbxIAGgAiACoAMgA4AEIAEgAaAgoAGgAiAA==", "v1",
     "Namespace", R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"demo"},"spec":{},"status":{}})"},
    {"kubectl create secret", "azhzAAoMCgJ2MRIGU2VjcmV0EicKFQoFbG9naW4SABoAIgAqADIAOABCABIMCgR1c2VyEgRyb290GgAaACIA",
     "v1", "Secret", R"({"apiVersion":"v1","data":{"user":"cm9vdA=="},"kind":"Secret","metadata":{"name":"login"}})"},
    {"a secret with a type", "azhzAAoMCgJ2MRIGU2VjcmV0Eh0KBQoDb25lEgwKBHVzZXISBHJvb3QaBk9wYXF1ZRoAIgA=", "v1", "Secret",
     R"({"apiVersion":"v1","data":{"user":"cm9vdA=="},"kind":"Secret","metadata":{"name":"one"},"type":"Opaque"})"},
    {"configmap", "azhzAAoPCgJ2MRIJQ29uZmlnTWFwEhcKBQoDb25lEgYKAWESATESBgoBYhIBMhoAIgA=", "v1", "ConfigMap",
     R"({"apiVersion":"v1","data":{"a":"1","b":"2"},"kind":"ConfigMap","metadata":{"name":"one"}})"},
    {"without a type inside", "azhzAAoECgASABILCgkKB3VudHlwZWQaACIA", "v1", "ConfigMap",
     R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"untyped"}})"},
    {"a field that has no row", "azhzAAoPCgJ2MRIJQ29uZmlnTWFwEg8KCQoHdW5rbm93bpoGAXgaACIA", "v1", "ConfigMap",
     R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"unknown"}})"},
    {"kubectl auth can-i",
     "azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSPRI7CjkKDHJlYy1wcm90b2J1ZhIDZ2V0GhNpb"
     "mZyYS52aXJ0cmlnYXVkLmlvKg92aXJ0dWFsbWFjaGluZXMaACIA",
     "authorization.k8s.io/v1", "SelfSubjectAccessReview",
     R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"group":"infra.virtrigaud.io","namespace":"rec-protobuf","resource":"virtualmachines","verb":"get"}}})"},
    {"kubectl auth can-i --list",
     "azhzAAoxChdhdXRob3JpemF0aW9uLms4cy5pby92MRIWU2VsZlN1YmplY3RSdWxlc1JldmlldxIgChAKABIAGgAiACoAMgA4AEIAEgYKBGRlbW8aB"
     "BgAIgAaACIA",
     "authorization.k8s.io/v1", "SelfSubjectRulesReview",
     R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectRulesReview","metadata":{},"spec":{"namespace":"demo"}})"},
    {"helm uninstall", "azhzAAoTCgJ2MRINRGVsZXRlT3B0aW9ucxIMIgpCYWNrZ3JvdW5kGgAiAA==", "v1", "DeleteOptions",
     R"({"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"})"},
};

TEST(Protobuf, ReadsWhatKubectlAndHelmSend) {
  for (const Case& c : kRecorded) {
    const auto object = decode(*parse_base64(c.base64), c.api_version, c.kind);
    ASSERT_TRUE(object.ok()) << c.name << ": " << object.error().message();
    EXPECT_EQ(json::to_text(*object), c.json) << c.name;
  }
}

// Puts fields together by hand, for kinds that no recording has.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string bytes(std::uint32_t number, std::string_view value) {
  return varint(number << 3 | 2) + varint(value.size()) + std::string(value);
}
std::string number(std::uint32_t field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string envelope(std::string_view api_version, std::string_view kind, std::string_view raw) {
  return std::string("k8s\0", 4) + bytes(1, bytes(1, api_version) + bytes(2, kind)) + bytes(2, raw);
}
std::string decoded(std::string_view api_version, std::string_view kind, const std::string& raw) {
  const auto object = decode(envelope(api_version, kind, raw), api_version, kind);
  return object.ok() ? json::to_text(*object) : object.error().message();
}

TEST(Protobuf, ReadsMetadataWithOwnersTimesAndManagers) {
  const std::string owner =
      bytes(1, "VirtualMachine") + bytes(3, "one") + bytes(4, "u-1") + bytes(5, "g/v1") + number(6, 1) + number(7, 0);
  const std::string managed =
      bytes(1, "me") + bytes(2, "Update") + bytes(4, number(1, 1767225600)) + bytes(7, bytes(1, R"({"f:data":{}})"));
  const std::string meta = bytes(1, "m") + number(7, 3) + bytes(8, number(1, 1767225600) + number(2, 0)) +
                           number(10, 0) + bytes(11, bytes(1, "app") + bytes(2, "x")) + bytes(13, owner) +
                           bytes(14, "a/b") + bytes(14, "c/d") + bytes(17, managed);
  EXPECT_EQ(
      decoded("v1", "ServiceAccount", bytes(1, meta) + bytes(3, bytes(1, "pull")) + number(4, 0)),
      R"({"apiVersion":"v1","automountServiceAccountToken":false,"imagePullSecrets":[{"name":"pull"}],"kind":"ServiceAccount","metadata":)"
      R"({"creationTimestamp":"2026-01-01T00:00:00Z","deletionGracePeriodSeconds":0,"finalizers":["a/b","c/d"],"generation":3,"labels":{"app":"x"},)"
      R"("managedFields":[{"fieldsV1":{"f:data":{}},"manager":"me","operation":"Update","time":"2026-01-01T00:00:00Z"}],"name":"m",)"
      R"("ownerReferences":[{"apiVersion":"g/v1","blockOwnerDeletion":false,"controller":true,"kind":"VirtualMachine","name":"one","uid":"u-1"}]}})");
}

TEST(Protobuf, ReadsEventsOfBothGroupsAndLeases) {
  const std::string about = bytes(1, "VirtualMachine") + bytes(2, "ns") + bytes(3, "one");
  EXPECT_EQ(
      decoded("v1", "Event",
              bytes(2, about) + bytes(3, "Started") + bytes(5, bytes(1, "us")) + bytes(6, "") + number(8, 2) +
                  bytes(9, "Normal")),
      R"({"apiVersion":"v1","count":2,"involvedObject":{"kind":"VirtualMachine","name":"one","namespace":"ns"},"kind":"Event","reason":"Started","source":{"component":"us"},"type":"Normal"})");
  EXPECT_EQ(
      decoded("events.k8s.io/v1", "Event",
              bytes(2, number(1, 1767225600) + number(2, 5000)) + bytes(8, about) + bytes(10, "hello")),
      R"({"apiVersion":"events.k8s.io/v1","eventTime":"2026-01-01T00:00:00.000005Z","kind":"Event","note":"hello","regarding":{"kind":"VirtualMachine","name":"one","namespace":"ns"}})");
  EXPECT_EQ(
      decoded("coordination.k8s.io/v1", "Lease", bytes(2, bytes(1, "me") + number(2, 15) + number(5, 0))),
      R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","spec":{"holderIdentity":"me","leaseDurationSeconds":15,"leaseTransitions":0}})");
  EXPECT_EQ(
      decoded("authentication.k8s.io/v1", "TokenRequest", bytes(2, bytes(1, "aud") + number(4, 600))),
      R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["aud"],"expirationSeconds":600}})");
}

TEST(Protobuf, ReadsRolesBindingsAndReviews) {
  const std::string rbac = "rbac.authorization.k8s.io/v1";
  EXPECT_EQ(
      decoded(rbac, "ClusterRole",
              bytes(2, bytes(1, "get") + bytes(1, "list") + bytes(2, "") + bytes(3, "secrets") + bytes(4, "a")) +
                  bytes(2, bytes(1, "get") + bytes(5, "/metrics")) +
                  bytes(3, bytes(1, bytes(1, bytes(1, "k") + bytes(2, "v")) +
                                        bytes(2, bytes(1, "k") + bytes(2, "In") + bytes(3, "v"))))),
      R"({"aggregationRule":{"clusterRoleSelectors":[{"matchExpressions":[{"key":"k","operator":"In","values":["v"]}],"matchLabels":{"k":"v"}}]},)"
      R"("apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","rules":[{"apiGroups":[""],"resourceNames":["a"],"resources":["secrets"],"verbs":["get","list"]},{"nonResourceURLs":["/metrics"],"verbs":["get"]}]})");
  EXPECT_EQ(
      decoded(rbac, "RoleBinding",
              bytes(2, bytes(1, "ServiceAccount") + bytes(2, "") + bytes(3, "s") + bytes(4, "n")) +
                  bytes(3, bytes(1, "g") + bytes(2, "Role") + bytes(3, "r"))),
      R"({"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","roleRef":{"apiGroup":"g","kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"s","namespace":"n"}]})");
  EXPECT_EQ(
      decoded("authorization.k8s.io/v1", "SubjectAccessReview",
              bytes(2, bytes(2, bytes(1, "/x") + bytes(2, "get")) + bytes(3, "u") + bytes(4, "g") + bytes(6, "id"))),
      R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"groups":["g"],"nonResourceAttributes":{"path":"/x","verb":"get"},"uid":"id","user":"u"}})");
  EXPECT_EQ(decoded("authentication.k8s.io/v1", "TokenReview", bytes(2, bytes(1, "t") + bytes(2, "a"))),
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"audiences":["a"],"token":"t"}})");
}

TEST(Protobuf, RefusesWhatIsNone) {
  struct {
    const char* name;
    std::string body;
    const char* why;
  } const cases[] = {
      {"empty", "", "empty data (<empty>)"},
      {"no magic", "{\"kind\":\"ConfigMap\"}", "expected prefix [107 56 115 0]"},
      {"cut short", *parse_base64("azhzAAoPCgJ2MRIJQ29uZmlnTWFwEgU="),
       "unexpected EOF (6b3873000a0f0a0276311209436f6e6669674d61701205)"},
      {"endless number", std::string("k8s\0", 4) + std::string(12, '\xFF'), "integer overflow"},
      {"group", std::string("k8s\0", 4) + "\x0b", "illegal wireType 3"},
      {"field 0", std::string("k8s\0\x02\x00", 6), "illegal tag"},
      {"text as number", envelope("v1", "ConfigMap", bytes(1, number(1, 5))), "wrong wireType for field name"},
      {"text that is none", envelope("v1", "ConfigMap", bytes(1, bytes(1, "\xFF"))), "not UTF-8"},
      {"time of another age", envelope("v1", "ConfigMap", bytes(1, bytes(8, number(1, ~0ULL)))), "time out of range"},
      {"unknown kind", envelope("v1", "Pod", ""), "Pod in version \"v1\" cannot be handled as a ConfigMap"},
      {"unknown version", envelope("v2", "ConfigMap", ""),
       "ConfigMap in version \"v2\" cannot be handled as a ConfigMap: no kind \"ConfigMap\" is registered for version "
       "\"v2\""},
  };
  for (const auto& c : cases) {
    const auto object = decode(c.body, "v1", "ConfigMap");
    ASSERT_FALSE(object.ok()) << c.name;
    EXPECT_EQ(http_code(object.error()), 400) << c.name;
    EXPECT_NE(object.error().message().find(c.why), std::string::npos) << c.name << ": " << object.error().message();
  }
}

TEST(Protobuf, NeverReadsPastTheEndHoweverABodyIsCut) {
  for (const Case& c : kRecorded) {
    const std::string whole = *parse_base64(c.base64);
    for (std::size_t size = 0; size < whole.size(); ++size)
      (void)decode(whole.substr(0, size), c.api_version, c.kind);  // sanitizers watch
  }
}

}  // namespace
}  // namespace rig::apiserver::protobuf
