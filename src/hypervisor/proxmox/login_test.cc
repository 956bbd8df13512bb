// proxmox/login_test.cc — endpoints and credentials.
#include "hypervisor/proxmox/login.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

Credentials token() {
  Credentials credentials;
  credentials.token_id = "op@pve!k8s";
  credentials.token_secret = "s3cret-token";
  return credentials;
}
Credentials password() {
  Credentials credentials;
  credentials.username = "op@pve";
  credentials.password = "s3cret pass";
  return credentials;
}

TEST(Login, EndpointsGetSchemeAndPort) {
  struct Case {
    const char* text;
    const char* base_url;
  };
  const Case cases[] = {
      {"https://pve1", "https://pve1:8006"},           {"https://pve1:443", "https://pve1:443"},
      {"https://pve1:8006/", "https://pve1:8006"},     {"https://pve1/api2/json", "https://pve1:8006"},
      {"https://[fd00::1]", "https://[fd00::1]:8006"}, {"https://[fd00::1]:9006", "https://[fd00::1]:9006"},
      {" https://pve1 , ", "https://pve1:8006"},
  };
  for (const Case& c : cases) {
    const auto login = login_for(c.text, token(), false);
    ASSERT_TRUE(login.ok()) << login.error().to_string();
    EXPECT_EQ(login->endpoints, (std::vector<Endpoint>{{c.base_url, ""}})) << c.text;
  }
}

TEST(Login, EndpointsThatCannotWorkAreRefused) {
  for (const char* text :
       {"", ",", "pve1", "http://pve1:8006", "https://", "https://:8006", "https://pve1:0", "https://pve1:65536",
        "https://pve1:x", "https://pve1/other", "https://u:s3cret@pve1", "https://pve 1"}) {
    const auto login = login_for(text, token(), false);
    ASSERT_FALSE(login.ok()) << text;
    EXPECT_TRUE(login.error().is(Code::kInvalidArgument)) << text;
    EXPECT_EQ(login.error().to_string().find("s3cret"), std::string::npos) << login.error().to_string();
  }
}

TEST(Login, TakesSeveralEndpointsOfOneCluster) {
  Credentials credentials = token();
  credentials.endpoints = "https://pve2,https://pve3:8006,https://pve1";
  credentials.fingerprint = std::string(64, 'A');
  const std::string pin(64, 'a');
  EXPECT_EQ(
      login_for("https://pve1", credentials, false)->endpoints,
      (std::vector<Endpoint>{{"https://pve1:8006", pin}, {"https://pve2:8006", pin}, {"https://pve3:8006", pin}}));
  credentials.endpoints = "https://pve2";
  std::string colons;
  for (int i = 0; i < 32; ++i) colons += (i == 0 ? "" : ":") + std::string("0B");
  credentials.fingerprint = std::string(64, 'c') + ", " + colons;
  const auto each = login_for("https://pve1", credentials, false);
  ASSERT_TRUE(each.ok()) << each.error().to_string();
  EXPECT_EQ(each->endpoints[0].fingerprint, std::string(64, 'c'));
  EXPECT_EQ(each->endpoints[1].fingerprint.substr(0, 4), "0b0b");

  credentials.endpoints += ",https://pve3";
  EXPECT_TRUE(login_for("https://pve1", credentials, false).error().is(Code::kInvalidArgument)) << "two pins for three";
  credentials.fingerprint = "AB:CD";
  EXPECT_TRUE(login_for("https://pve1", credentials, false).error().is(Code::kInvalidArgument));
  std::vector<std::string> many(kEndpointsMax + 1, "https://a");
  EXPECT_TRUE(login_for(join(many, ","), token(), false).error().is(Code::kInvalidArgument));
  many.pop_back();
  EXPECT_TRUE(login_for(join(many, ","), token(), false).ok());
}

TEST(Login, SaysWhoAsks) {
  EXPECT_EQ(login_for("https://a", token(), false)->token, "op@pve!k8s=s3cret-token");
  const auto somebody = login_for("https://a", password(), true).take();
  EXPECT_EQ(somebody.token, "");
  EXPECT_EQ(somebody.username, "op@pve");
  EXPECT_TRUE(somebody.insecure);
  Credentials both = token();
  both.username = "x@pve";
  both.password = "y";
  EXPECT_EQ(login_for("https://a", both, false)->token, "op@pve!k8s=s3cret-token");
}

TEST(Login, WithoutSomebodyWhoAsksIsRefusedAndTellsNoSecret) {
  const auto without = [](void (*change)(Credentials&), Credentials credentials) {
    change(credentials);
    return login_for("https://a", credentials, false);
  };
  const std::vector<Result<Login>> refused = {
      without([](Credentials& c) { c.token_id.clear(); }, token()),
      without([](Credentials& c) { c.token_secret.clear(); }, token()),
      without([](Credentials& c) { c.token_id = "op@pve"; }, token()),
      without([](Credentials& c) { c.token_id = "op!k8s"; }, token()),
      without([](Credentials& c) { c.token_id = "op@pve!k8s=s3cret-token"; }, token()),
      without([](Credentials& c) { c.token_secret = "s3cret\r\nX: y"; }, token()),
      without([](Credentials& c) { c.username.clear(); }, password()),
      without([](Credentials& c) { c.username = "op"; }, password()),
      without([](Credentials& c) { c.password.clear(); }, password()),
      without([](Credentials&) {}, {}),
  };
  for (const auto& login : refused) {
    ASSERT_FALSE(login.ok());
    EXPECT_TRUE(login.error().is(Code::kUnauthenticated)) << login.error().to_string();
    EXPECT_EQ(login.error().to_string().find("s3cret"), std::string::npos) << login.error().to_string();
  }
}

TEST(Credentials, FilesWinOverTheEnvironment) {
  const std::string folder = ::testing::TempDir() + "proxmox-credentials";
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(make_folder(folder).ok());
  ASSERT_TRUE(write_file(folder + "/token_id", "op@pve!file\n").ok());
  ASSERT_TRUE(write_file(folder + "/ca_bundle", "-----BEGIN CERTIFICATE-----\n").ok());
  Credentials environment = token();
  environment.username = "env@pve";
  const auto read = read_credentials(folder, environment);
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->token_id, "op@pve!file");
  EXPECT_EQ(read->token_secret, "s3cret-token");
  EXPECT_EQ(read->username, "env@pve");
  EXPECT_EQ(read->ca_bundle, "-----BEGIN CERTIFICATE-----");
  EXPECT_EQ(read_credentials("", environment).take(), environment);
  ASSERT_TRUE(write_file(folder + "/password", std::string(kCredentialBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(read_credentials(folder).ok());
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace rig::proxmox
