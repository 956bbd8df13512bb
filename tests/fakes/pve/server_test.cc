// fakes/pve/server_test.cc — the fake through its door, as a client meets it, with everything that goes wrong there.
#include "fakes/pve/server.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/eventually_test.h"
#include "http/client.h"

namespace rig::fakes::pve {
namespace {

using namespace std::chrono_literals;

class Door : public ::testing::Test {
 protected:
  Door() {
    http::ClientOptions options;
    options.base_url = fake->url();
    options.ca_pem = fake->authority_pem();
    client = http::Client::make(options).take();
  }
  Result<http::Reply> ask(const std::string& method, const std::string& path, Duration limit = 20s,
                          const std::string& body = "", http::Headers headers = {}) {
    if (headers.empty()) headers = {{"Authorization", "PVEAPIToken=" + std::string(Fake::kToken)}};
    if (!body.empty()) headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    const Call call{.deadline = std::chrono::steady_clock::now() + limit, .stop = {}, .request_id = {}};
    return client->send({.method = method, .target = "/api2/json" + path, .headers = headers, .body = body}, call);
  }
  // Asks, and goes as soon as the fake has the call: how the exchange ended.
  Code ask_and_go(const std::string& method, const std::string& path, const std::string& body) {
    const int before = fake->calls("*", "*");
    std::stop_source patience;
    Code ended = Code::kUnknown;
    std::jthread asking([&] {
      const Call call{
          .deadline = std::chrono::steady_clock::now() + 60s, .stop = patience.get_token(), .request_id = {}};
      const http::Headers headers = {{"Authorization", "PVEAPIToken=" + std::string(Fake::kToken)},
                                     {"Content-Type", "application/x-www-form-urlencoded"}};
      const auto reply =
          client->send({.method = method, .target = "/api2/json" + path, .headers = headers, .body = body}, call);
      if (!reply.ok()) ended = reply.error().code();
    });
    EXPECT_TRUE(eventually(60s, [&] { return fake->calls("*", "*") > before; }));
    patience.request_stop();
    asking.join();
    return ended;
  }
  std::size_t machines() {
    return fake->with([](Cluster& cluster) { return cluster.vms.size(); });
  }

  StepClock clock;
  std::unique_ptr<Fake> fake = Fake::start(clock).take();
  std::unique_ptr<http::Client> client;
};

TEST_F(Door, SaysItsErrorsInTheStatusLineAndEndsTheConnection) {
  const auto reply = ask("GET", "/nodes/pve1/qemu/999/config");
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->status, 500);
  EXPECT_EQ(reply->reason, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist");
  EXPECT_EQ(reply->header("Connection"), "close");
  EXPECT_EQ(ask("GET", "/version")->header("Connection"), "");
  const auto refused = ask("GET", "/version", 20s, "", {{"Authorization", "PVEAPIToken=root@pam!test=wrong"}});
  EXPECT_EQ(refused->status, 401);
  EXPECT_EQ(refused->reason, "Authentication failed!");
  EXPECT_EQ(refused->body, "");
}

TEST_F(Door, TakesATicketForTwoHoursAndAsksForItsTokenOnWrites) {
  const auto login = ask("POST", "/access/ticket", 20s, "username=root%40pam&password=root-password");
  ASSERT_EQ(login->status, 200) << login->reason;
  const json::Value body = json::parse(login->body).take();
  const std::string cookie = "PVEAuthCookie=" + std::string(body.text({"data", "ticket"}));
  const http::Headers read = {{"Cookie", cookie}};
  const http::Headers write = {{"Cookie", cookie},
                               {"CSRFPreventionToken", std::string(body.text({"data", "CSRFPreventionToken"}))}};
  EXPECT_EQ(ask("GET", "/version", 20s, "", read)->status, 200);
  EXPECT_EQ(ask("POST", "/nodes/pve1/qemu", 20s, "vmid=100", read)->reason, "Permission denied - invalid csrf token");
  EXPECT_EQ(ask("POST", "/nodes/pve1/qemu", 20s, "vmid=100", write)->status, 200);
  clock.advance(2h);
  EXPECT_EQ(ask("GET", "/version", 20s, "", read)->status, 401);
}

TEST_F(Door, FailsTheCallThatIsAsked) {
  using Kind = Fault::Kind;
  const struct {
    Kind kind;
    int status;  // 0: no answer
    bool has_effect;
  } rows[] = {{Kind::kRefuse, 500, false}, {Kind::kProxyPage, 503, false}, {Kind::kLoseReply, 0, true},
              {Kind::kDrop, 0, false},     {Kind::kHang, 0, false},        {Kind::kHangAfter, 0, true}};
  int vmid = 200;
  for (const auto& row : rows) {
    fake->fail({.kind = row.kind, .method = "POST", .path = "/nodes/*/qemu", .nth = 2});
    const std::size_t before = machines();
    ASSERT_EQ(ask("POST", "/nodes/pve1/qemu", 20s, "vmid=" + std::to_string(vmid++))->status, 200)
        << "the first is well";
    const std::string second = "vmid=" + std::to_string(vmid++);
    if (row.kind == Kind::kHang || row.kind == Kind::kHangAfter) {
      EXPECT_EQ(ask_and_go("POST", "/nodes/pve1/qemu", second), Code::kCancelled);
    } else {
      const auto reply = ask("POST", "/nodes/pve1/qemu", 20s, second);
      EXPECT_EQ(reply.ok() ? reply->status : 0, row.status);
    }
    EXPECT_EQ(machines(), before + (row.has_effect ? 2 : 1)) << static_cast<int>(row.kind);
    fake->with_faults([](Faults& faults) { faults.clear(); });
  }
  EXPECT_EQ(fake->calls("POST", "*"), 12);
  EXPECT_EQ(fake->calls("GET", "*"), 0);
}

TEST_F(Door, LetsSomebodyElseBeQuicker) {
  ASSERT_EQ(ask("POST", "/nodes/pve1/qemu", 20s, "vmid=100&name=web")->status, 200);
  const std::string digest = fake->with([](Cluster& cluster) { return cluster.vms.at(100).digest(); });
  Fault fault{.kind = Fault::Kind::kMeanwhile, .method = "PUT"};
  fault.meanwhile = [](Cluster& cluster) { cluster.vms.at(100).config["tags"] = "theirs"; };
  fake->fail(fault);
  const auto reply = ask("PUT", "/nodes/pve1/qemu/100/config", 20s, "tags=ours&digest=" + digest);
  EXPECT_EQ(reply->reason, "checksum mismatch (file change by other user?)");
  fake->fail({.kind = Fault::Kind::kSlow, .method = "PUT", .delay = 1h});
  EXPECT_EQ(ask_and_go("PUT", "/nodes/pve1/qemu/100/config", "tags=ours"), Code::kCancelled);
  EXPECT_EQ(fake->with([](Cluster& cluster) { return cluster.vms.at(100).value("tags"); }), "ours");
}

TEST_F(Door, AnswersOnlyWhatNeedsNoDaemonWhileThatIsDown) {
  fake->with([](Cluster& cluster) { cluster.nodes.front().daemon_runs = false; });
  EXPECT_EQ(ask("GET", "/version")->status, 200);
  const auto reply = ask("GET", "/nodes/pve1/qemu");
  EXPECT_EQ(reply->status, 595);
  EXPECT_EQ(reply->reason, "Connection refused");
  EXPECT_EQ(ask("GET", "/nodes/pve2/qemu")->status, 200);
}

TEST_F(Door, IsTheSameClusterBehindEveryDoor) {
  ASSERT_EQ(ask("POST", "/nodes/pve1/qemu", 20s, "vmid=100&name=web")->status, 200);
  fake->close_door(0);
  EXPECT_FALSE(ask("GET", "/version").ok());
  http::ClientOptions options;
  options.base_url = fake->url(1);
  options.ca_pem = fake->authority_pem();
  client = http::Client::make(options).take();
  EXPECT_NE(ask("GET", "/nodes/pve1/qemu")->body.find("web"), std::string::npos);
}

TEST(SlowFake, LetsWaitWhoIsNotKnown) {
  const StepClock clock;
  const auto fake = Fake::start(clock, {.is_slow = true}).take();
  http::ClientOptions options;
  options.base_url = fake->url();
  options.ca_pem = fake->authority_pem();
  const auto client = http::Client::make(options).take();
  const Call call{.deadline = std::chrono::steady_clock::now() + 200ms, .stop = {}, .request_id = {}};
  const auto reply = client->send({.method = "GET", .target = "/api2/json/version", .headers = {}, .body = {}}, call);
  EXPECT_EQ(reply.error().code(), Code::kDeadlineExceeded);
}

}  // namespace
}  // namespace rig::fakes::pve
