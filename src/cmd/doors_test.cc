// cmd/doors_test.cc — who comes in at the doors of a program, and what is said there.
#include "cmd/doors.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/eventually_test.h"
#include "base/file.h"
#include "base/folder_test.h"
#include "http/certificate.h"

namespace rig::cmd {
namespace {

using namespace std::chrono_literals;

TEST(Addresses, AreReadAsGoReadsThem) {
  const auto read = [](const std::string& text) {
    const auto address = parse_address("--flag", text);
    return address.ok() ? address->host + " " + std::to_string(address->port) : address.error().to_string();
  };
  EXPECT_EQ(read("127.0.0.1:6443"), "127.0.0.1 6443");
  EXPECT_EQ(read("[::1]:0"), "::1 0");
  EXPECT_EQ(read(":8080"), ":: 8080");
  const std::pair<std::string, std::string> kRefused[] = {
      {"8080", "--flag \"8080\" is not ADDRESS:PORT"},
      {":65536", "--flag \":65536\": the port is not between 0 and 65535"},
      {":http", "--flag \":http\""}};
  for (const auto& [text, why] : kRefused) EXPECT_NE(read(text).find(why), std::string::npos) << read(text);
}

struct Answer {
  int status = 0;
  std::string body;
};
Answer get(int port, const std::string& path, http::ClientOptions options = {}, const std::string& token = {}) {
  options.base_url = (options.ca_pem.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") + std::to_string(port);
  const auto client = http::Client::make(options).take();
  http::Request request;
  request.target = path;
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  const auto reply = client->send(request, {std::chrono::steady_clock::now() + 10s, {}, ""});
  return reply.ok() ? Answer{reply->status, reply->body} : Answer{0, reply.error().to_string()};
}

TEST(Probes, SayWhyNot) {
  std::atomic<bool> well = true;
  const auto door = open_probes({"127.0.0.1", 0}, {{"/readyz",
                                                    [&]() -> Result<std::string> {
                                                      if (well) return std::string("leader");
                                                      return Error(Code::kUnavailable, "the caches are not filled");
                                                    }}})
                        .take();
  EXPECT_EQ(get(door->port(), "/readyz").status, 200);
  EXPECT_EQ(get(door->port(), "/readyz?verbose").body, "leader\n");
  EXPECT_EQ(get(door->port(), "/elsewhere").status, 404);
  well = false;
  EXPECT_EQ(get(door->port(), "/readyz").status, 500);
  EXPECT_NE(get(door->port(), "/readyz").body.find("the caches are not filled"), std::string::npos);
}

// Knows two tokens, of which one may read metrics.
class Reviewer final : public kube::Transport {
 public:
  Result<json::Value> send(const kube::Request& request, const Call&) override {
    ++asked;
    const json::Value body = json::parse(request.body).take();
    json::Value out;
    if (request.path == "/apis/authentication.k8s.io/v1/tokenreviews") {
      const std::string token(body.text({"spec", "token"}));
      out.set({"status", "authenticated"}, token == "prometheus" || token == "somebody");
      out.set({"status", "user", "username"}, token);
      out.set({"status", "user", "groups"}, json::Array{"watchers"});
      return out;
    }
    EXPECT_EQ(request.path, "/apis/authorization.k8s.io/v1/subjectaccessreviews");
    EXPECT_EQ(body.text({"spec", "nonResourceAttributes", "path"}), "/metrics");
    EXPECT_EQ(body.text({"spec", "nonResourceAttributes", "verb"}), "get");
    EXPECT_EQ(*body.at({"spec", "groups"}), json::Value(json::Array{"watchers"}));
    out.set({"status", "allowed"}, body.text({"spec", "user"}) == "prometheus");
    return out;
  }
  Status stream(const kube::Request&, const Call&, const std::function<bool(json::Value)>&) override { return {}; }
  std::atomic<int> asked = 0;
};

TEST(MetricsDoor, IsOpenToAllWhenNobodyAskedForMore) {
  Reviewer reviewer;
  const SystemClock clock;
  MetricsOptions options;
  options.address = {"127.0.0.1", 0};
  const auto door = open_metrics(options, reviewer, clock).take();
  EXPECT_EQ(get(door->port(), "/metrics").status, 200);
  EXPECT_EQ(get(door->port(), "/").status, 404);
  EXPECT_EQ(reviewer.asked, 0);
}

class ASecureMetricsDoor : public testing::Test {
 protected:
  ASecureMetricsDoor() {
    renew();
    MetricsOptions options;
    options.address = {"127.0.0.1", 0};
    options.secure = true;
    options.certificate_file = folder_ + "/tls.crt";
    options.key_file = folder_ + "/tls.key";
    options.look_every = 10ms;
    door_ = open_metrics(options, reviewer_, clock_).take();
  }
  void renew() {
    const auto authority = http::make_authority("a", clock_.wall(), 1h).take();
    const auto pair =
        http::issue(authority, {.common_name = "provider", .organizations = {}, .names = {"127.0.0.1"}, .server = true},
                    clock_.wall(), 1h)
            .take();
    EXPECT_TRUE(write_file(folder_ + "/tls.key", pair.key_pem, 0600).ok());
    EXPECT_TRUE(write_file(folder_ + "/tls.crt", pair.certificate_pem, 0600).ok());
    trusted_.ca_pem = authority.certificate_pem;
  }
  int status(const std::string& token) { return get(door_->port(), "/metrics", trusted_, token).status; }

  SystemClock clock_;
  Reviewer reviewer_;
  const TestFolder own_;
  const std::string& folder_ = own_.path();
  http::ClientOptions trusted_;
  std::unique_ptr<MetricsDoor> door_;
};

TEST_F(ASecureMetricsDoor, LetsInWhoTheApiServerLetsIn) {
  EXPECT_EQ(status(""), 401);
  EXPECT_EQ(reviewer_.asked, 0) << "without a token there is nothing to ask";
  EXPECT_EQ(status("nobody"), 401);
  EXPECT_EQ(status("somebody"), 403);
  EXPECT_EQ(status("prometheus"), 200);
  const int asked = reviewer_.asked;
  EXPECT_EQ(status("prometheus"), 200);
  EXPECT_EQ(reviewer_.asked, asked) << "what was said stands for a while";
}

TEST_F(ASecureMetricsDoor, ShowsItsNewCertificate) {
  EXPECT_EQ(status("prometheus"), 200);
  const auto before = trusted_;
  renew();
  EXPECT_TRUE(eventually(10s, [&] { return status("prometheus") == 200; }));
  EXPECT_EQ(get(door_->port(), "/metrics", before, "prometheus").status, 0) << "nobody trusts the old one any more";
}

}  // namespace
}  // namespace rig::cmd
