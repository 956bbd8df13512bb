// apiserver/doorkeeper_test.cc — who is recognised, who may act as whom.
#include "apiserver/doorkeeper.h"

#include <gtest/gtest.h>

#include "apiserver/failure.h"
#include "apiserver/limits.h"
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

// "name: group, group", or the status of a refusal.
std::string identified(Doorkeeper& door, const http::ServerRequest& request) {
  const Result<User> user = door.identify(request);
  return user.ok() ? user->name + ": " + join(user->groups, ", ") : std::to_string(http_code(user.error()));
}

TEST(Doorkeeper, KnowsPeopleByWhatTheyShow) {
  Doorkeeper door;
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

TEST(Doorkeeper, LetsMastersActAsOthers) {
  Doorkeeper door;
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

TEST(Doorkeeper, SaysWhichCertificateWasShown) {
  Doorkeeper door;
  http::ServerRequest request;
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  const Result<User> alice = door.identify(request);
  ASSERT_TRUE(alice.ok());
  const std::string sha256 = http::read_certificate(request.peer_certificate_pem)->sha256_hex;
  EXPECT_EQ(alice->extra.at("authentication.kubernetes.io/credential-id"),
            std::vector<std::string>{"X509SHA256=" + sha256});
}

TEST(Doorkeeper, LetsNobodyElseActAsAMaster) {
  Doorkeeper door;
  http::ServerRequest request;
  request.headers = {{"Impersonate-User", "admin"}, {"Impersonate-Group", "system:masters"}};
  EXPECT_EQ(identified(door, request), "403");
  request.peer_certificate_pem = certificate("alice");
  request.peer_certificate_trusted = true;
  EXPECT_EQ(identified(door, request), "403");
}

TEST(Doorkeeper, ForgetsCertificatesAboveItsLimitAndReadsThemAgain) {
  Doorkeeper door;
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
