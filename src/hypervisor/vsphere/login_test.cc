// vsphere/login_test.cc — endpoints and credentials.
#include "hypervisor/vsphere/login.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/folder_test.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

Credentials password() { return {"op@vsphere.local", "s3cret pass", "", ""}; }

TEST(Login, TakesTheWaysToWriteAnEndpoint) {
  struct Case {
    const char* text;
    const char* base_url;
  };
  const Case cases[] = {
      {"https://vc", "https://vc"},
      {"https://vc/", "https://vc"},
      {"https://vc/sdk", "https://vc"},
      {"https://vc/sdk/", "https://vc"},
      {"https://vc/ui/", "https://vc"},
      {"https://vc:8443/sdk", "https://vc:8443"},
      {"vc.example.org", "https://vc.example.org"},
      {"vc:8443", "https://vc:8443"},
      {"https://[fd00::1]/sdk", "https://[fd00::1]"},
      {" https://[fd00::1]:8443 ", "https://[fd00::1]:8443"},
  };
  for (const Case& c : cases) {
    const auto login = login_for(c.text, password(), false);
    ASSERT_TRUE(login.ok()) << login.error().to_string();
    EXPECT_EQ(login->base_url, c.base_url) << c.text;
  }
}

TEST(Login, EndpointsThatCannotWorkAreRefused) {
  for (const char* text : {"", " ", "http://vc/sdk", "ftp://vc", "https://", "https://:443", "https://vc:0",
                           "https://vc:65536", "https://vc:x", "https://vc/other", "https://vc/sdk?x=1",
                           "https://u:s3cret@vc/sdk", "u:s3cret@vc", "https://v c"}) {
    const auto login = login_for(text, password(), false);
    ASSERT_FALSE(login.ok()) << text;
    EXPECT_TRUE(login.error().is(Code::kInvalidArgument)) << text;
    EXPECT_EQ(login.error().to_string().find("s3cret"), std::string::npos) << login.error().to_string();
  }
}

TEST(Login, WantsUsernameAndPassword) {
  for (const bool without_name : {true, false}) {
    Credentials credentials = password();
    (without_name ? credentials.username : credentials.password).clear();
    const auto login = login_for("https://vc", credentials, false);
    ASSERT_FALSE(login.ok());
    EXPECT_TRUE(login.error().is(Code::kUnauthenticated));
    EXPECT_EQ(login.error().message(),
              without_name ? "the Provider's Secret: it has no username" : "the Provider's Secret: it has no password");
    EXPECT_EQ(login.error().to_string().find("s3cret"), std::string::npos);
  }
}

TEST(Login, TakesAFingerprintInEitherSpelling) {
  Credentials credentials = password();
  credentials.fingerprint = "AB";
  for (int i = 0; i < 31; ++i) credentials.fingerprint += ":ab";
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "ab";
  EXPECT_EQ(login_for("vc", credentials, false)->fingerprint, digits);
  credentials.fingerprint = digits;
  EXPECT_EQ(login_for("vc", credentials, true)->fingerprint, digits);
  credentials.fingerprint = digits.substr(24);
  const auto sha1 = login_for("vc", credentials, false);
  ASSERT_FALSE(sha1.ok());
  EXPECT_NE(sha1.error().message().find("looks like a SHA-1"), std::string::npos);
}

TEST(Credentials, ComeFromAFolderAndElseFromTheEnvironment) {
  const TestFolder folder;
  EXPECT_TRUE(write_file(folder / "username", "DOMAIN\\op\n").ok());
  EXPECT_TRUE(write_file(folder / "ca_bundle", std::string(kCredentialBytesMax, 'x')).ok());
  EXPECT_TRUE(write_file(folder / "fingerprint", "\n").ok());
  const auto found = read_credentials(folder.path(), {"other", "from-env", "", "f"});
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(*found, (Credentials{"DOMAIN\\op", "from-env", std::string(kCredentialBytesMax, 'x'), "f"}));
  EXPECT_EQ(*read_credentials("", password()), password());
  EXPECT_TRUE(write_file(folder / "ca_bundle", std::string(kCredentialBytesMax + 1, 'x')).ok());
  EXPECT_FALSE(read_credentials(folder.path()).ok());
}

}  // namespace
}  // namespace rig::vsphere
