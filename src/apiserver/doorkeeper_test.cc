// apiserver/doorkeeper_test.cc — who is recognised, who may act as whom.
#include "apiserver/doorkeeper.h"

#include <gtest/gtest.h>

#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"
#include "base/clock.h"
#include "base/text.h"
#include "http/certificate.h"

namespace rig::apiserver {
namespace {

using namespace std::chrono_literals;

std::string certificate(const std::string& name, const std::vector<std::string>& groups = {}) {
  static const StepClock clock;
  static const http::KeyPair authority = http::make_authority("a", clock.wall(), 1h).take();
  return http::issue(authority, {.common_name = name, .organizations = groups, .names = {}, .client = true},
                     clock.wall(), 1h)
      ->certificate_pem;
}

class DoorkeeperTest : public RegistryTest {
 protected:
  Access access{registry};
  Tokens tokens{registry, clock, SigningKey::make()};
  Doorkeeper door{access, tokens};
};

// "name: group, group", or the status of a refusal.
std::string identified(Doorkeeper& door, const http::ServerRequest& request) {
  const Result<User> user = door.identify(request);
  return user.ok() ? user->name + ": " + join(user->groups, ", ") : std::to_string(http_code(user.error()));
}

TEST_F(DoorkeeperTest, KnowsPeopleByWhatTheyShow) {
  http::ServerRequest request;
  EXPECT_EQ(identified(door, request), "system:anonymous: system:unauthenticated");
  request.headers = {{"Authorization", "Basic abc"}};
  EXPECT_EQ(identified(door, request), "system:anonymous: system:unauthenticated");
  request.headers = {{"Authorization", "Bearer  "}};
  EXPECT_EQ(identified(door, request), "system:anonymous: system:unauthenticated");
  request.headers = {{"Authorization", "Bearer guess"}};
  EXPECT_EQ(identified(door, request), "401");
  request.peer_certificate_pem = certificate("alice", {"team"});
  EXPECT_EQ(identified(door, request), "401");  // not proven
  request.peer_certificate_trusted = true;
  EXPECT_EQ(identified(door, request), "alice: team, system:authenticated");
  request.local_socket = true;
  EXPECT_EQ(identified(door, request), "local: system:masters, system:authenticated");
}

TEST_F(DoorkeeperTest, LetsMastersActAsOthers) {
  http::ServerRequest request;
  request.local_socket = true;
  request.headers = {{"impersonate-user", "bob"}, {"Impersonate-Group", "a"}, {"Impersonate-Group", "b"}};
  EXPECT_EQ(identified(door, request), "bob: a, b, system:authenticated");
  request.headers = {{"Impersonate-User", "system:serviceaccount:ns:robot"}};
  EXPECT_EQ(identified(door, request),
            "system:serviceaccount:ns:robot: system:serviceaccounts, system:serviceaccounts:ns, system:authenticated");
  request.headers = {{"Impersonate-User", "system:anonymous"}};
  EXPECT_EQ(identified(door, request), "system:anonymous: system:unauthenticated");
  request.headers = {{"Impersonate-Group", "system:masters"}};
  EXPECT_EQ(identified(door, request), "400");
  request.headers = {{"Impersonate-User", "bob"}, {"Impersonate-Uid", "42"}, {"Impersonate-Extra-Scope", "x"}};
  const Result<User> bob = door.identify(request);
  ASSERT_TRUE(bob.ok());
  EXPECT_EQ(bob->uid, "42");
  EXPECT_EQ(bob->extra.at("scope"), std::vector<std::string>{"x"});
}

TEST_F(DoorkeeperTest, BelievesATokenOfAnAccountUnlessACertificateSaysMore) {
  const json::Value account = create(core("serviceaccounts"), config_map("robot"));
  const Tokens::Issued issued = tokens.issue(account, {std::string(kIssuer)}, 1h);
  http::ServerRequest request;
  request.headers = {{"Authorization", "Bearer " + issued.text}};
  const std::string robot =
      "system:serviceaccount:default:robot: system:serviceaccounts, system:serviceaccounts:default, "
      "system:authenticated";
  EXPECT_EQ(identified(door, request), robot);
  request.headers = {{"authorization", "Bearer  " + issued.text + " "}};
  EXPECT_EQ(identified(door, request), robot);
  request.headers = {{"Authorization", "Bearer " + issued.text + "x"}};
  EXPECT_EQ(identified(door, request), "401");
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  EXPECT_EQ(identified(door, request), "alice: system:authenticated");
  request.peer_certificate_trusted = false;
  request.headers = {{"Authorization", "Bearer " + issued.text}};
  EXPECT_EQ(identified(door, request), "401");  // a certificate that is not proven is no smaller lie
}

// Each part of the user is a right of its own.
TEST_F(DoorkeeperTest, LetsThoseActAsOthersWhoHaveARoleForIt) {
  const auto grant = [&](std::string_view name, std::string_view rule) {
    json::Value role = json::Object{{"metadata", json::Object{{"name", name}}}, {"rules", json::Array{J(rule)}}};
    good(registry.create(kind("clusterroles", "rbac.authorization.k8s.io"), "", role, writer()));
    json::Value binding = J(R"({"roleRef":{"kind":"ClusterRole"},"subjects":[{"kind":"User","name":"alice"}]})");
    binding["metadata"] = json::Object{{"name", name}};
    binding["roleRef"]["name"] = name;
    good(registry.create(kind("clusterrolebindings", "rbac.authorization.k8s.io"), "", binding, writer()));
  };
  http::ServerRequest request;
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  const auto as = [&](http::Headers headers) {
    request.headers = std::move(headers);
    return identified(door, request);
  };
  EXPECT_EQ(as({{"Impersonate-User", "bob"}}), "403");
  grant("users", R"({"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["bob"]})");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}}), "bob: system:authenticated");
  EXPECT_EQ(as({{"Impersonate-User", "carol"}}), "403");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Group", "system:masters"}}), "403");
  grant("groups", R"({"verbs":["impersonate"],"apiGroups":[""],"resources":["groups"],"resourceNames":["team"]})");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Group", "team"}}), "bob: team, system:authenticated");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Group", "team"}, {"Impersonate-Group", "x"}}), "403");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Uid", "42"}}), "403");
  EXPECT_EQ(as({{"Impersonate-Uid", "42"}}), "400");
  grant("uids", R"({"verbs":["impersonate"],"apiGroups":["authentication.k8s.io"],"resources":["uids"]})");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Uid", "42"}}), "bob: system:authenticated");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Extra-Scope", "all"}}), "403");
  grant("extras", R"({"verbs":["impersonate"],"apiGroups":["authentication.k8s.io"],"resources":["userextras/scope"],
      "resourceNames":["all"]})");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Extra-Scope", "all"}}), "bob: system:authenticated");
  EXPECT_EQ(as({{"Impersonate-User", "bob"}, {"Impersonate-Extra-Scope", "some"}}), "403");
  const std::string robot = "system:serviceaccount:ns:robot";
  EXPECT_EQ(as({{"Impersonate-User", robot}}), "403");
  grant("robots", R"({"verbs":["impersonate"],"apiGroups":[""],"resources":["serviceaccounts"]})");
  EXPECT_EQ(as({{"Impersonate-User", robot}}),
            robot + ": system:serviceaccounts, system:serviceaccounts:ns, system:authenticated");
}

TEST_F(DoorkeeperTest, SaysWhichCertificateWasShown) {
  http::ServerRequest request;
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  const Result<User> alice = door.identify(request);
  ASSERT_TRUE(alice.ok());
  const std::string sha256 = http::read_certificate(request.peer_certificate_pem)->sha256_hex;
  EXPECT_EQ(alice->extra.at("authentication.kubernetes.io/credential-id"),
            std::vector<std::string>{"X509SHA256=" + sha256});
}

TEST_F(DoorkeeperTest, LetsNobodyElseActAsAMaster) {
  http::ServerRequest request;
  request.headers = {{"Impersonate-User", "admin"}, {"Impersonate-Group", "system:masters"}};
  EXPECT_EQ(identified(door, request), "403");
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  EXPECT_EQ(identified(door, request), "403");
}

TEST_F(DoorkeeperTest, ForgetsCertificatesAboveItsLimitAndReadsThemAgain) {
  http::ServerRequest request;
  request.peer_certificate_trusted = true;
  const std::string first = certificate("first");
  for (std::size_t i = 0; i <= limits::kKnownCertificatesMax; ++i) {
    request.peer_certificate_pem = i == 0 ? first : certificate("u" + std::to_string(i));
    ASSERT_NE(identified(door, request), "401");
  }
  request.peer_certificate_pem = first;
  EXPECT_EQ(identified(door, request), "first: system:authenticated");
}

}  // namespace
}  // namespace rig::apiserver
