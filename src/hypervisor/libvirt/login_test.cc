// libvirt/login_test.cc — endpoints and credentials to URIs.
#include "hypervisor/libvirt/login.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/folder_test.h"

namespace rig::libvirt {
namespace {

const Credentials kFull{"root", "pw", "/c/ssh-privatekey", "/c/known_hosts"};

TEST(Login, LocalEndpointsStayAsTheyAre) {
  for (const char* endpoint :
       {"qemu:///system", "qemu:///session", "qemu+unix:///system?socket=/run/x&mode=direct", "test:///default",
        "qemu+tcp://h:16509/system", "qemu+tls://h/system?pkipath=/p", "qemu+tls://[::1]:16514/system"}) {
    const auto login = login_for(endpoint, kFull, false);
    ASSERT_TRUE(login.ok()) << login.error().to_string();
    EXPECT_EQ(login->uri, endpoint);
    EXPECT_EQ(login->username, "root");
    EXPECT_EQ(login->password, "pw");
  }
}

TEST(Login, SshIsSpokenByTheTransportThatChecksHostKeys) {
  struct Case {
    const char* endpoint;
    Credentials credentials;
    const char* uri;
  };
  const std::vector<Case> cases = {
      {"qemu+ssh://h/system", kFull,
       "qemu+libssh2://root@h/system?known_hosts=%2Fc%2Fknown_hosts&known_hosts_verify=normal&"
       "keyfile=%2Fc%2Fssh-privatekey&sshauth=privkey%2Cpassword"},
      {"qemu+libssh://admin@h:2222/system?socket=/run/x",
       {"root", "", "/c/k", "/c/known_hosts"},
       "qemu+libssh2://admin@h:2222/system?socket=/run/x&known_hosts=%2Fc%2Fknown_hosts&known_hosts_verify=normal&"
       "keyfile=%2Fc%2Fk&sshauth=privkey"},
      {"qemu+libssh2://h/system",
       {"a@b", "pw", "", "/k"},
       "qemu+libssh2://a%40b@h/system?known_hosts=%2Fk&known_hosts_verify=normal&sshauth=password"},
  };
  for (const Case& c : cases) {
    const auto login = login_for(c.endpoint, c.credentials, false);
    ASSERT_TRUE(login.ok()) << login.error().to_string();
    EXPECT_EQ(login->uri, c.uri);
  }
}

TEST(Login, WithoutKnownHostsNeedsTheInsecureSwitch) {
  const Credentials none{"root", "pw", "", ""};
  const auto refused = login_for("qemu+ssh://h/system", none, false);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  EXPECT_NE(refused.error().to_string().find("known_hosts"), std::string::npos);
  EXPECT_NE(login_for("qemu+ssh://h/system", none, true)->uri.find("known_hosts_verify=ignore"), std::string::npos);
  EXPECT_NE(login_for("qemu+tls://h/system", none, true)->uri.find("no_verify=1"), std::string::npos);
}

TEST(Login, EndpointsThatCannotWorkAreRefusedByName) {
  struct Case {
    const char *endpoint, *says;
  };
  for (const Case& c : {Case{"", "not a URI"}, Case{"host", "not a URI"}, Case{"http://h/", "driver 'http'"},
                        Case{"qemu+ext:///system?command=/bin/sh", "transport 'ext'"},
                        Case{"qemu+ssh://h/system?command=/bin/sh", "'command'"},
                        Case{"qemu+ssh://h/system?no_verify=1", "'no_verify'"},
                        Case{"qemu+libssh://h/system?known_hosts_verify=ignore", "'known_hosts_verify'"},
                        Case{"qemu+ssh://u:p@h/system", "belong in the Secret"}}) {
    const auto login = login_for(c.endpoint, kFull, false);
    ASSERT_FALSE(login.ok()) << c.endpoint;
    EXPECT_EQ(login.error().code(), Code::kInvalidArgument);
    EXPECT_NE(login.error().to_string().find(c.says), std::string::npos) << login.error().to_string();
  }
}

TEST(Credentials, AreFilesOfOneFolder) {
  const TestFolder folder;
  const std::string& base = folder.path();
  EXPECT_EQ(*read_credentials(base), Credentials{});
  EXPECT_EQ(*read_credentials(""), Credentials{});
  ASSERT_TRUE(write_file(base + "/username", "root\n").ok());
  ASSERT_TRUE(write_file(base + "/password", "pw").ok());
  ASSERT_TRUE(write_file(base + "/ssh-privatekey", "key").ok());
  ASSERT_TRUE(write_file(base + "/known_hosts", "h ssh-ed25519 A").ok());
  EXPECT_EQ(*read_credentials(base), (Credentials{"root", "pw", base + "/ssh-privatekey", base + "/known_hosts"}));
  ASSERT_TRUE(write_file(base + "/password", std::string(70'000, 'x')).ok());
  EXPECT_FALSE(read_credentials(base).ok());
}

}  // namespace
}  // namespace rig::libvirt
