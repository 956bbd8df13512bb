// kube/exec_login_test.cc — credential plugins: what they say, and when they are asked.
#include "kube/exec_login.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/uuid.h"
#include "base/wall_time.h"

namespace rig::kube {
namespace {

constexpr std::string_view kVersion = "client.authentication.k8s.io/v1";

std::string credential(const std::string& status) {
  return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{)" + status + "}}";
}

TEST(ExecCredential, IsReadOrRefusedWithoutRepeatingIt) {
  const auto good =
      parse_exec_credential(credential(R"("token":"t","expirationTimestamp":"2026-01-01T00:00:00Z")"), kVersion);
  ASSERT_TRUE(good.ok()) << good.error().to_string();
  EXPECT_EQ(good->token, "t");
  EXPECT_EQ(good->expires, *parse_time("2026-01-01T00:00:00Z"));
  EXPECT_FALSE(parse_exec_credential(credential(R"("token":"t")"), kVersion)->expires);
  struct Case {
    std::string text;
    Code code;
  };
  const Case cases[] = {
      {"", Code::kInvalidArgument},
      {"s3cret", Code::kInvalidArgument},
      {R"({"kind":"Secret","token":"s3cret"})", Code::kInvalidArgument},
      {R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v9","status":{"token":"s3cret"}})",
       Code::kInvalidArgument},
      {credential(""), Code::kInvalidArgument},
      {credential(R"("token":"s3cret","expirationTimestamp":"soon")"), Code::kInvalidArgument},
      {credential(R"("clientCertificateData":"c","clientKeyData":"s3cret")"), Code::kUnimplemented},
  };
  for (const Case& c : cases) {
    const auto found = parse_exec_credential(c.text, kVersion);
    ASSERT_FALSE(found.ok()) << c.text;
    EXPECT_EQ(found.error().code(), c.code) << found.error().to_string();
    EXPECT_EQ(found.error().to_string().find("s3cret"), std::string::npos);
  }
}

// A plugin that gives another token each time it is asked.
class ExecTokens : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  TokenSource plugin(const std::string& more) const {
    const std::string text = credential(R"("token":"t'$(wc -l <"$1")'")" + more);
    return exec_tokens(
        {.api_version = std::string(kVersion),
         .install_hint = "",
         .program = {.arguments = {"sh", "-c", "echo asked >>\"$1\"; echo '" + text + "'", "sh", folder_ + "/asked"}}});
  }
  const std::string folder_ = testing::TempDir() + "exec-" + random_suffix(8);
};

TEST_F(ExecTokens, AreAskedForOnceUntilTheServerRefusesOne) {
  const TokenSource tokens = plugin("");
  EXPECT_EQ(*tokens(""), "t1");
  EXPECT_EQ(*tokens(""), "t1");
  EXPECT_EQ(*tokens("t1"), "t2");
  EXPECT_EQ(*tokens("t1"), "t2") << "another one was refused";
}

TEST_F(ExecTokens, AreAskedForAgainShortlyBeforeTheyEnd) {
  const TokenSource tokens = plugin(R"(,"expirationTimestamp":"2020-01-01T00:00:00Z")");
  EXPECT_EQ(*tokens(""), "t1");
  EXPECT_EQ(*tokens(""), "t2");
}

TEST_F(ExecTokens, AProgramThatFailsSaysWhy) {
  const auto failed = exec_tokens({std::string(kVersion), "", {{"sh", "-c", "echo log in first >&2; exit 7"}}})("");
  EXPECT_EQ(failed.error().code(), Code::kUnauthenticated);
  EXPECT_NE(failed.error().to_string().find("status 7: log in first"), std::string::npos) << failed.error().to_string();
  const auto missing = exec_tokens({std::string(kVersion), "Install the CLI of your cloud.", {{"no-such-cli"}}})("");
  EXPECT_EQ(missing.error().code(), Code::kUnauthenticated);
  EXPECT_NE(missing.error().to_string().find("Install the CLI"), std::string::npos) << missing.error().to_string();
}

}  // namespace
}  // namespace rig::kube
