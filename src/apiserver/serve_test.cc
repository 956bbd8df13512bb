// apiserver/serve_test.cc — the API server behind real sockets: certificates, users, streams, stop.
#include "apiserver/serve.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <future>

#include "apiserver/limits.h"
#include "apiserver/pki.h"
#include "base/file.h"
#include "base/folder_test.h"
#include "base/yaml/yaml.h"
#include "kube/kubeconfig.h"

namespace rig::apiserver {
namespace {

using namespace std::chrono_literals;

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 20s, .stop = {}, .request_id = {}}; }
http::Request get(std::string target) {
  return {.method = "GET", .target = std::move(target), .headers = {}, .body = {}};
}

class ServeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(registry_.bootstrap().ok());
    options_ = {
        .port = 0, .unix_socket = folder_ + "/s", .pki_dir = folder_ + "/pki", .kubeconfig = folder_ + "/kubeconfig"};
    serving_ = serve(server_, options_, clock_).take();
  }

  // A client of the TLS port with this certificate; none: without.
  std::unique_ptr<http::Client> client(const http::KeyPair& pair = {}) {
    http::ClientOptions options;
    options.base_url = "https://127.0.0.1:" + std::to_string(serving_->port());
    options.ca_pem = *read_file(folder_ + "/pki/ca.crt");
    options.certificate_pem = pair.certificate_pem;
    options.key_pem = pair.key_pem;
    return http::Client::make(options).take();
  }
  http::KeyPair certificate(const std::string& name, const std::vector<std::string>& groups) {
    const http::KeyPair authority = load_authority(folder_ + "/pki", clock_.wall()).take();
    return http::issue(authority, {.common_name = name, .organizations = groups, .names = {}, .client = true},
                       clock_.wall(), 1h)
        .take();
  }
  std::unique_ptr<http::Client> local() {
    http::ClientOptions options;
    options.unix_socket = options_.unix_socket;
    return http::Client::make(options).take();
  }

  SystemClock clock_;
  std::unique_ptr<Store> store_ = memory_store();
  Registry registry_{*store_, api::kinds(), clock_};
  ApiServer server_{registry_, clock_, {}};
  const TestFolder own_;
  const std::string& folder_ = own_.path();
  ServeOptions options_;
  std::unique_ptr<Serving> serving_;
};

TEST_F(ServeTest, WritesAKubeconfigThatOnlyItsOwnerReadsAndThatWorks) {
  EXPECT_EQ(mode_of(folder_ + "/kubeconfig"), 0600U);
  EXPECT_EQ(mode_of(folder_ + "/pki"), 0700U);
  EXPECT_EQ(mode_of(folder_ + "/pki/ca.key"), 0600U);
  const auto transport = kube::connect(kube::read_kubeconfig(folder_ + "/kubeconfig").take()).take();
  kube::Request request;
  request.path = "/api/v1/namespaces/default";
  EXPECT_EQ(transport->send(request, soon())->text({"metadata", "name"}), "default");
}

TEST_F(ServeTest, KnowsWhoIsAsking) {
  const http::KeyPair other = http::make_authority("other", clock_.wall(), 1h).take();
  const http::KeyPair foreign =
      http::issue(other, {.common_name = "admin", .organizations = {"system:masters"}, .names = {}, .client = true},
                  clock_.wall(), 1h)
          .take();
  struct {
    std::unique_ptr<http::Client> client;
    int version, secrets;
  } const cases[] = {
      {client(certificate("root", {"system:masters"})), 200, 200},
      {client(certificate("alice", {"team"})), 200, 403},
      {client(), 200, 403},
      {client(foreign), 401, 401},
      {local(), 200, 200},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(c.client->send(get("/version"), soon())->status, c.version);
    EXPECT_EQ(c.client->send(get("/api/v1/secrets"), soon())->status, c.secrets);
  }
  http::Request with_token = get("/version");
  with_token.headers.emplace_back("Authorization", "Bearer guess");
  EXPECT_EQ(client()->send(with_token, soon())->status, 401);
  EXPECT_EQ(client(certificate("root", {"system:masters"}))->send(with_token, soon())->status,
            200);  // the certificate wins
}

TEST_F(ServeTest, KeepsItsAuthorityAcrossStarts) {
  const http::KeyPair root = certificate("root", {"system:masters"});
  serving_.reset();
  serving_ = serve(server_, options_, clock_).take();
  EXPECT_EQ(client(root)->send(get("/api"), soon())->status, 200);
}

TEST_F(ServeTest, KeepsItsTokenKeyAndGuardsIt) {
  const std::string dir = folder_ + "/tokens";
  const auto key = load_token_key(dir);
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(mode_of(dir + "/token.key"), 0600U);
  EXPECT_EQ(load_token_key(dir)->id(), key->id());
  ASSERT_TRUE(write_file(dir + "/token.key", "rubbish").ok());
  const auto damaged = load_token_key(dir);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code(), Code::kInvalidArgument);
  EXPECT_NE(damaged.error().to_string().find("token.key"), std::string::npos);
  EXPECT_EQ(*read_file(dir + "/token.key"), "rubbish");
}

TEST_F(ServeTest, LetsAnAccountInByItsToken) {
  const auto post = [&](std::string target, std::string body) {
    http::Request request{.method = "POST",
                          .target = std::move(target),
                          .headers = {{"Content-Type", "application/json"}},
                          .body = std::move(body)};
    return local()->send(request, soon()).take();
  };
  ASSERT_EQ(post("/api/v1/namespaces/default/serviceaccounts", R"({"metadata":{"name":"robot"}})").status, 201);
  const http::Reply reply = post("/api/v1/namespaces/default/serviceaccounts/robot/token", "{}");
  ASSERT_EQ(reply.status, 201) << reply.body;
  http::Request request = get("/api");
  request.headers.emplace_back("Authorization",
                               "Bearer " + std::string(json::parse(reply.body)->text({"status", "token"})));
  EXPECT_EQ(client()->send(request, soon())->status, 200);
  request.target = "/api/v1/secrets";
  EXPECT_EQ(client()->send(request, soon())->status, 403);
}

TEST_F(ServeTest, SaysWhatItFindsInItsPlaces) {
  EXPECT_EQ(serve(server_, options_, clock_).error().code(), Code::kAlreadyExists);  // the unix socket
  ServeOptions same_port = options_;
  same_port.port = serving_->port();
  same_port.unix_socket.clear();
  EXPECT_EQ(serve(server_, same_port, clock_).error().code(), Code::kAlreadyExists);
  ServeOptions damaged = options_;
  damaged.pki_dir = folder_ + "/damaged";
  ASSERT_TRUE(make_folder(damaged.pki_dir).ok());
  ASSERT_TRUE(write_file(damaged.pki_dir + "/ca.crt", "rubbish").ok());
  ASSERT_TRUE(write_file(damaged.pki_dir + "/ca.key", "rubbish").ok());
  EXPECT_EQ(serve(server_, damaged, clock_).error().code(), Code::kInvalidArgument);
  EXPECT_EQ(*read_file(damaged.pki_dir + "/ca.crt"), "rubbish");
}

TEST_F(ServeTest, SendsWatchEventsAtOnceAndEndsThemWhenItStops) {
  std::promise<void> first, second;
  int lines = 0;
  auto streamed = std::async(std::launch::async, [&] {
    return local()
        ->stream(get("/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=0"), soon(),
                 [&](std::string_view bytes) {
                   lines += static_cast<int>(std::count(bytes.begin(), bytes.end(), '\n'));
                   if (lines == 1) first.set_value();
                   if (lines == 2) second.set_value();
                   return true;
                 })
        .ok();
  });
  http::Request create{.method = "POST",
                       .target = "/api/v1/namespaces/default/configmaps",
                       .headers = {{"Content-Type", "application/json"}},
                       .body = R"({"metadata":{"name":"a"}})"};
  ASSERT_EQ(local()->send(create, soon())->status, 201);
  ASSERT_EQ(first.get_future().wait_for(20s), std::future_status::ready);
  create.body = R"({"metadata":{"name":"b"}})";
  ASSERT_EQ(local()->send(create, soon())->status, 201);
  ASSERT_EQ(second.get_future().wait_for(20s), std::future_status::ready);
  serving_->stop(20s);
  EXPECT_TRUE(streamed.get());
}

TEST_F(ServeTest, CompressesLargeAnswersForThoseWhoWantIt) {
  const auto encoding = [&](const std::string& target, const char* accept) {
    http::Request request = get(target);
    request.headers.emplace_back("Accept-Encoding", accept);
    const http::Reply reply = local()->send(request, soon()).take();
    return std::string(reply.header("Content-Encoding")) +
           (reply.body.size() < limits::kCompressedBytesMin ? " small" : " large");
  };
  EXPECT_EQ(encoding("/openapi/v3/apis/infra.virtrigaud.io/v1beta1", "gzip"), "gzip small");
  EXPECT_EQ(encoding("/openapi/v3/apis/infra.virtrigaud.io/v1beta1", "identity"), " large");
  EXPECT_EQ(encoding("/version", "gzip"), " small");
}

TEST_F(ServeTest, AnswersInYamlAndIndentedJson) {
  http::Request request = get("/api/v1/namespaces/default");
  request.headers.emplace_back("Accept", "application/yaml");
  const http::Reply reply = local()->send(request, soon()).take();
  EXPECT_EQ(reply.header("Content-Type"), "application/yaml");
  EXPECT_EQ(yaml::parse(reply.body)->text({"kind"}), "Namespace");
  EXPECT_NE(
      local()->send(get("/api/v1/namespaces/default?pretty=true"), soon())->body.find("\n  \"kind\": \"Namespace\""),
      std::string::npos);
}

TEST_F(ServeTest, RefusesMalformedRequestsWithAStatus) {
  http::Request request = get("/version");
  request.body = std::string((3U << 20) + 1, 'x');
  const http::Reply reply = local()->send(request, soon()).take();
  EXPECT_EQ(reply.status, 413);
  const json::Value status = json::parse(reply.body).take();
  EXPECT_EQ(status.text({"reason"}), "RequestEntityTooLarge");
  EXPECT_EQ(status.text({"message"}), "Request entity too large: limit is 3145728");
}

TEST(Pki, RenewsBeforeTheEnd) {
  const StepClock clock;
  const http::KeyPair authority = http::make_authority("a", clock.wall(), 24h * 3650).take();
  const Identities made = issue_identities(authority, "10.0.0.1", clock.wall()).take();
  const http::CertificateFacts facts = http::read_certificate(made.server.certificate_pem).take();
  EXPECT_LT(renewal_time(clock.wall()), facts.not_after);
  EXPECT_GT(renewal_time(clock.wall()), clock.wall());
  EXPECT_EQ(http::read_certificate(made.admin.certificate_pem)->organizations,
            std::vector<std::string>{"system:masters"});
}

TEST_F(ServeTest, ReplacesAnAuthorityInItsLastYear) {
  const std::string dir = folder_ + "/aging";
  const http::KeyPair young = load_authority(dir, clock_.wall()).take();
  EXPECT_EQ(load_authority(dir, clock_.wall() + 24h * 3000)->certificate_pem, young.certificate_pem);
  EXPECT_NE(load_authority(dir, clock_.wall() + 24h * 3400)->certificate_pem, young.certificate_pem);
}

}  // namespace
}  // namespace rig::apiserver
