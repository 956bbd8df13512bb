// kube/kubeconfig_test.cc — kubeconfigs as people and tools write them.
#include "kube/kubeconfig.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/folder_test.h"

namespace rig::kube {
namespace {

class Kubeconfig : public ::testing::Test {
 protected:
  void put(const std::string& name, std::string_view text) { ASSERT_TRUE(write_file(folder_ + "/" + name, text).ok()); }
  Result<Access> read(std::string_view text, const std::string& context = {}) {
    put("config", text);
    return read_kubeconfig(folder_ + "/config", context);
  }
  const TestFolder own_;
  const std::string& folder_ = own_.path();
};

constexpr std::string_view kTwoContexts = R"(
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: lab, context: {cluster: lab, user: robot}}
- {name: prod, context: {cluster: prod, user: admin, namespace: vms}}
clusters:
- name: lab
  cluster: {server: "https://lab:6443", insecure-skip-tls-verify: true}
- name: prod
  cluster: {server: "https://prod:6443", certificate-authority: pki/ca.crt}
users:
- name: robot
  user: {token: t0}
- name: admin
  user: {client-certificate-data: Q0VSVA==, client-key-data: S0VZ, tokenFile: token}
)";

TEST_F(Kubeconfig, ReadsTheCurrentContextWithFilesBesideIt) {
  ASSERT_TRUE(make_folder(folder_ + "/pki").ok());
  put("pki/ca.crt", "CA");
  const auto access = read(kTwoContexts);
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  EXPECT_EQ(access->server, "https://prod:6443");
  EXPECT_EQ(access->ca_pem, "CA");
  EXPECT_EQ(access->certificate_pem, "CERT");
  EXPECT_EQ(access->key_pem, "KEY");
  EXPECT_EQ(access->token_file, folder_ + "/token");
  EXPECT_EQ(access->name_space, "vms");
  EXPECT_EQ(access->user, "admin");
  EXPECT_FALSE(access->insecure_skip_tls_verify);
}

TEST_F(Kubeconfig, ReadsTheContextThatIsNamed) {
  const auto access = read(kTwoContexts, "lab");
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  EXPECT_EQ(access->server, "https://lab:6443");
  EXPECT_EQ(access->token, "t0");
  EXPECT_EQ(access->name_space, "default");
  EXPECT_TRUE(access->insecure_skip_tls_verify);
}

TEST_F(Kubeconfig, ReadsWhichProgramLogsIn) {
  const auto access = read(R"(
current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://x"}}]
users:
- name: u
  user:
    exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/login, args: [get-token, --cluster=c],
           env: [{name: PROFILE, value: lab}], provideClusterInfo: true, installHint: See the manual.}
)");
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  ASSERT_TRUE(access->exec);
  EXPECT_EQ(access->exec->program.arguments,
            (std::vector<std::string>{folder_ + "/bin/login", "get-token", "--cluster=c"}));
  ASSERT_EQ(access->exec->program.environment.size(), 2U);
  EXPECT_EQ(access->exec->program.environment[0], std::pair(std::string("PROFILE"), std::string("lab")));
  EXPECT_EQ(access->exec->program.environment[1].second,
            R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
            R"("spec":{"cluster":{"server":"https://x"},"interactive":false}})");
  EXPECT_EQ(access->exec->install_hint, "See the manual.");
}

TEST_F(Kubeconfig, SaysWhatIsWrong) {
  struct Case {
    const char* name;
    std::string text, context;
    Code code;
    const char* says;
  };
  const std::string one = "contexts: [{name: a, context: {cluster: c, user: u}}]\ncurrent-context: a\n";
  const std::string cluster = "clusters: [{name: c, cluster: {server: 'https://x'}}]\n";
  const Case cases[] = {
      {"another context", std::string(kTwoContexts), "staging", Code::kNotFound, "there is: lab, prod"},
      {"no current context", "contexts: []", "", Code::kNotFound, "current-context"},
      {"no such cluster", one, "", Code::kNotFound, "cluster \"c\""},
      {"no such user", one + cluster, "", Code::kNotFound, "user \"u\""},
      {"no server", one + "clusters: [{name: c, cluster: {}}]", "", Code::kInvalidArgument, "no server"},
      {"CA file missing", one + "clusters: [{name: c, cluster: {server: 'https://x', certificate-authority: none}}]",
       "", Code::kNotFound, "certificate-authority"},
      {"bad data", one + cluster + "users: [{name: u, user: {client-key-data: '!'}}]", "", Code::kInvalidArgument,
       "client-key-data"},
      {"auth provider", one + cluster + "users: [{name: u, user: {auth-provider: {name: gcp}}}]", "",
       Code::kUnimplemented, "\"auth-provider\""},
      {"plugin of another version",
       one + cluster +
           "users: [{name: u, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}}}]",
       "", Code::kInvalidArgument, "v1alpha1"},
      {"plugin without a command",
       one + cluster + "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", "",
       Code::kInvalidArgument, "no command"},
      {"not YAML", "{", "", Code::kInvalidArgument, "config"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto access = read(c.text, c.context);
    ASSERT_FALSE(access.ok());
    EXPECT_EQ(access.error().code(), c.code) << access.error().to_string();
    EXPECT_NE(access.error().to_string().find(c.says), std::string::npos) << access.error().to_string();
  }
  EXPECT_EQ(read_kubeconfig(folder_ + "/none").error().code(), Code::kNotFound);
}

TEST_F(Kubeconfig, ReadsWhatItWrote) {
  Access access{.server = "https://127.0.0.1:6443",
                .unix_socket = {},
                .ca_pem = "CA",
                .certificate_pem = "CERT",
                .key_pem = "KEY",
                .token = "t",
                .token_file = "/run/token",
                .exec = {},
                .insecure_skip_tls_verify = true,
                .name_space = "vms",
                .user = "admin"};
  const auto again = read(write_kubeconfig(access, "virtrigaud"));
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_EQ(again->server, access.server);
  EXPECT_EQ(again->ca_pem + again->certificate_pem + again->key_pem, "CACERTKEY");
  EXPECT_EQ(again->token + again->token_file, "t/run/token");
  EXPECT_EQ(again->insecure_skip_tls_verify, true);
  EXPECT_EQ(again->name_space + again->user, "vmsadmin");
}

TEST_F(Kubeconfig, FindsTheClusterThatAPodIsIn) {
  ::unsetenv("KUBERNETES_SERVICE_HOST");
  EXPECT_EQ(in_cluster(folder_).error().code(), Code::kNotFound);
  ::setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
  ::setenv("KUBERNETES_SERVICE_PORT", "443", 1);
  put("ca.crt", "CA");
  put("namespace", "vms\n");
  const auto access = in_cluster(folder_);
  ::unsetenv("KUBERNETES_SERVICE_HOST");
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  EXPECT_EQ(access->server, "https://[fd00::1]:443");
  EXPECT_EQ(access->token_file, folder_ + "/token");
  EXPECT_EQ(access->name_space, "vms");
}

}  // namespace
}  // namespace rig::kube
