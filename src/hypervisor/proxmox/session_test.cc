// proxmox/session_test.cc — the session against nodes of a cluster that answer over TLS as real ones were recorded to.
#include "hypervisor/proxmox/session.h"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <mutex>
#include <thread>

#include "http/certificate.h"
#include "http/server.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using http::Reply;
using http::ServerRequest;

constexpr char kSecret[] = "planted-s3cret";

Call soon(Duration limit = 20s) {
  return {.deadline = std::chrono::steady_clock::now() + limit, .stop = {}, .request_id = {}};
}

struct Pki {
  SystemClock clock;
  http::KeyPair authority = http::make_authority("cluster authority", clock.wall(), 1h).take();
  http::KeyPair node =
      http::issue(authority, {.common_name = "pve1", .organizations = {}, .names = {"127.0.0.1"}, .server = true},
                  clock.wall(), 1h)
          .take();
};
const Pki& pki() {
  static const Pki made;
  return made;
}

Reply reply(int status, std::string body, std::string reason = "") {
  return {.status = status, .headers = {}, .body = std::move(body), .reason = std::move(reason)};
}
Reply data(const std::string& text) { return reply(200, R"({"data":)" + text + "}"); }

// One node: answers by `answer`, remembers what it was asked.
class Node {
 public:
  using Answer = std::function<Reply(const ServerRequest&)>;
  explicit Node(Answer answer) : answer_(std::move(answer)) {
    http::ServerOptions options;
    options.certificate_pem = pki().node.certificate_pem;
    options.key_pem = pki().node.key_pem;
    server_ = http::Server::start(options, [this](const ServerRequest& request, http::Responder& responder) {
                {
                  const std::lock_guard lock(mutex_);
                  asked_.push_back(request);
                }
                responder.send(answer_(request));
              }).take();
    url_ = "https://127.0.0.1:" + std::to_string(server_->port());
  }
  std::string url() const { return url_; }
  std::vector<ServerRequest> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  std::size_t asked_for(std::string_view target) const {
    std::size_t count = 0;
    for (const ServerRequest& request : asked()) count += request.target == target;
    return count;
  }
  void stop() { server_.reset(); }  // from then on connections are refused

 private:
  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<ServerRequest> asked_;
  std::string url_;
  std::unique_ptr<http::Server> server_;  // last: its handlers use the rest
};

Login with_token(const std::vector<const Node*>& nodes) {
  Login login;
  for (const Node* node : nodes) login.endpoints.push_back({node->url(), ""});
  login.token = std::string("op@pve!k8s=") + kSecret;
  login.ca_bundle = pki().authority.certificate_pem;
  return login;
}
Login with_password(const std::vector<const Node*>& nodes) {
  Login login = with_token(nodes);
  login.token.clear();
  login.username = "op@pve";
  login.password = kSecret;
  return login;
}

ApiCall get(std::string path) {
  return {.method = "GET", .path = std::move(path), .form = {}, .content_type = {}, .body = {}};
}
ApiCall post(std::string path, Form form = {}) {
  return {.method = "POST", .path = std::move(path), .form = std::move(form), .content_type = {}, .body = {}};
}

std::unique_ptr<Session> open(const Login& login, const Clock& clock) { return Session::open(login, clock).take(); }

// A cluster's login: a new ticket each time, refused unless the password is right or a ticket of ours.
class Tickets {
 public:
  Reply log_in(const ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    forms_.push_back(request.body);
    const bool right = request.body.ends_with("password=" + std::string(kSecret)) ||
                       (renews_ && request.body.find("password=PVE%3A") != std::string::npos);
    if (!right) return reply(401, R"({"data":null,"message":"authentication failure\n"})", "authentication failure");
    const std::string number = std::to_string(++given_);
    return data(R"({"ticket":"PVE:op@pve:)" + number + R"(::c2ln","CSRFPreventionToken":"csrf-)" + number + R"("})");
  }
  // Whether the request shows the ticket that was given last.
  bool is_shown(const ServerRequest& request) const {
    const std::lock_guard lock(mutex_);
    const std::string number = std::to_string(given_);
    return request.header("Cookie") == "PVEAuthCookie=PVE%3Aop%40pve%3A" + number + "%3A%3Ac2ln" &&
           (request.method == "GET") == request.header("CSRFPreventionToken").empty() &&
           (request.method == "GET" || request.header("CSRFPreventionToken") == "csrf-" + number);
  }
  std::vector<std::string> forms() const {
    const std::lock_guard lock(mutex_);
    return forms_;
  }
  void revoke() {  // what was given is worth nothing any more
    const std::lock_guard lock(mutex_);
    ++given_;
  }
  void renew_no_more() {
    const std::lock_guard lock(mutex_);
    renews_ = false;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> forms_;
  int given_ = 0;
  bool renews_ = true;
};

// A node that wants tickets.
Node::Answer guarded(Tickets& tickets) {
  return [&tickets](const ServerRequest& request) {
    if (request.target == "/api2/json/access/ticket") return tickets.log_in(request);
    if (!tickets.is_shown(request)) return reply(401, "", "No ticket");
    return data(R"("yes")");
  };
}

TEST(Session, ATokenIsShownWithEveryCall) {
  Node node([](const ServerRequest&) { return data(R"({"version":"9.2"})"); });
  const SystemClock clock;
  const auto session = open(with_token({&node}), clock);
  EXPECT_EQ(session->send(get("/version"), soon())->text({"version"}), "9.2");
  ApiCall change = post(path_of({"nodes", "pve1", "qemu"}), {{"vmid", "100"}, {"net0", "virtio,bridge=vmbr0"}});
  EXPECT_TRUE(session->send(change, soon()).ok());
  ApiCall removal{
      .method = "DELETE", .path = "/nodes/pve1/qemu/100", .form = {{"purge", "1"}}, .content_type = {}, .body = {}};
  EXPECT_TRUE(session->send(removal, soon()).ok());
  const auto asked = node.asked();
  ASSERT_EQ(asked.size(), 3U);
  for (const ServerRequest& request : asked) {
    EXPECT_EQ(request.header("Authorization"), std::string("PVEAPIToken=op@pve!k8s=") + kSecret);
    EXPECT_EQ(request.header("Cookie"), "");
    EXPECT_EQ(request.header("CSRFPreventionToken"), "");
  }
  EXPECT_EQ(asked[1].target, "/api2/json/nodes/pve1/qemu");
  EXPECT_EQ(asked[1].body, "vmid=100&net0=virtio%2Cbridge%3Dvmbr0");
  EXPECT_EQ(asked[1].header("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked[2].target, "/api2/json/nodes/pve1/qemu/100?purge=1");
}

TEST(Session, ARefusalTellsTheReasonPhraseAndIsNotAskedAgain) {
  Node node([](const ServerRequest& request) {
    if (request.target == "/api2/json/down") return reply(595, "", "Connection refused");
    if (request.target == "/api2/json/page") return reply(200, "<html>", "OK");
    if (request.target == "/api2/json/null") return reply(200, R"({"data":null})", "OK");
    if (request.target == "/api2/json/but") return reply(200, R"({"data":null,"message":"invalid bootorder\n"})", "OK");
    return reply(500, R"({"data":null,"message":"VM is locked (backup)\n"})", "VM is locked (backup)");
  });
  const SystemClock clock;
  const auto session = open(with_token({&node}), clock);
  const auto down = session->send(get("/down"), soon());
  ASSERT_FALSE(down.ok());
  EXPECT_EQ(down.error().message(), "GET /down: Connection refused");
  EXPECT_TRUE(down.error().is(Code::kUnavailable));
  EXPECT_TRUE(session->send(get("/page"), soon()).error().is(Code::kUnavailable));
  EXPECT_EQ(session->send(post("/a"), soon()).error().message(), "POST /a: VM is locked (backup)");
  EXPECT_TRUE(session->send(post("/null"), soon()).ok());
  EXPECT_EQ(session->send(post("/but"), soon()).error().message(), "POST /but: invalid bootorder (status 500)");
  EXPECT_EQ(node.asked().size(), 5U);
}

TEST(Session, ATicketIsFetchedOnceAndShown) {
  Tickets tickets;
  Node node(guarded(tickets));
  const StepClock clock;
  const auto session = open(with_password({&node}), clock);
  EXPECT_TRUE(session->send(get("/version"), soon()).ok());
  EXPECT_TRUE(session->send(post("/a"), soon()).ok());
  EXPECT_EQ(tickets.forms(), (std::vector<std::string>{std::string("username=op%40pve&password=") + kSecret}));
}

TEST(Session, ATicketIsRenewedByItselfAndElseByThePassword) {
  Tickets tickets;
  Node node(guarded(tickets));
  StepClock clock;
  const auto session = open(with_password({&node}), clock);
  EXPECT_TRUE(session->send(get("/version"), soon()).ok());
  clock.advance(kTicketFresh - 1s);
  EXPECT_TRUE(session->send(get("/version"), soon()).ok());
  EXPECT_EQ(tickets.forms().size(), 1U);
  clock.advance(1s);
  EXPECT_TRUE(session->send(get("/version"), soon()).ok());
  EXPECT_EQ(tickets.forms().back(), "username=op%40pve&password=PVE%3Aop%40pve%3A1%3A%3Ac2ln");
  tickets.renew_no_more();
  clock.advance(kTicketFresh);
  EXPECT_TRUE(session->send(get("/version"), soon()).ok());
  EXPECT_EQ(tickets.forms().size(), 4U) << "the old ticket, then the password";
}

TEST(Session, ATicketThatIsRefusedIsReplacedOnce) {
  Tickets tickets;
  Node node(guarded(tickets));
  const StepClock clock;
  const auto session = open(with_password({&node}), clock);
  EXPECT_TRUE(session->send(post("/a"), soon()).ok());
  tickets.revoke();
  EXPECT_TRUE(session->send(post("/a"), soon()).ok());
  EXPECT_EQ(tickets.forms().size(), 2U);
  EXPECT_EQ(node.asked_for("/api2/json/a"), 3U);

  Node closed([&](const ServerRequest& request) {
    return request.target == "/api2/json/access/ticket" ? tickets.log_in(request) : reply(401, "", "No ticket");
  });
  const auto refused = open(with_password({&closed}), clock)->send(post("/a"), soon());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kUnauthenticated));
  EXPECT_EQ(closed.asked_for("/api2/json/a"), 2U);
}

TEST(Session, FiftyCallsFetchOneTicket) {
  constexpr int kCalls = 50;
  Tickets tickets;
  std::latch all_came(kCalls);
  const auto answer = guarded(tickets);
  Node node([&](const ServerRequest& request) {
    if (request.target == "/api2/json/access/ticket") all_came.wait();
    return answer(request);
  });
  const StepClock clock;
  const auto session = open(with_password({&node}), clock);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCalls; ++i) {
      callers.emplace_back([&] {
        all_came.count_down();
        answered += session->send(get("/version"), soon(60s)).ok();
      });
    }
  }
  EXPECT_EQ(answered, kCalls);
  EXPECT_EQ(tickets.forms().size(), 1U);
}

TEST(Session, ARefusedLoginIsNotTriedAgainAtOnce) {
  Tickets tickets;
  Node node(guarded(tickets));
  StepClock clock;
  Login login = with_password({&node});
  login.password = "wrong";
  const auto session = open(login, clock);
  for (int i = 0; i < 3; ++i) {
    const auto refused = session->send(get("/version"), soon());
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(Code::kUnauthenticated));
    EXPECT_TRUE(
        refused.error().to_string().starts_with("log in as op@pve: POST /access/ticket: authentication failure"))
        << refused.error().to_string();
  }
  EXPECT_EQ(tickets.forms().size(), 1U);
  clock.advance(kLoginRefusedFor);
  EXPECT_FALSE(session->send(get("/version"), soon()).ok());
  EXPECT_EQ(tickets.forms().size(), 2U);
}

TEST(Session, ASecondFactorIsSaidToNeedAToken) {
  Node node(
      [](const ServerRequest&) { return data(R"({"ticket":"PVE:!tfa!x","NeedTFA":1,"CSRFPreventionToken":"c"})"); });
  const StepClock clock;
  const auto refused = open(with_password({&node}), clock)->send(get("/version"), soon());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().to_string().find("API token"), std::string::npos) << refused.error().to_string();
}

TEST(Failover, WhatReadsIsAskedOfTheNextEndpointAtOnce) {
  Node away([](const ServerRequest&) { return data("1"); }), node([](const ServerRequest&) { return data("2"); });
  const SystemClock clock;
  const auto session = open(with_token({&away, &node}), clock);
  EXPECT_EQ(session->send(get("/a"), soon()).take(), json::Value(1));
  away.stop();
  EXPECT_EQ(session->send(get("/a"), soon()).take(), json::Value(2));
  EXPECT_EQ(session->send(post("/a"), soon()).take(), json::Value(2)) << "it stays with who answered";
}

TEST(Failover, WhatChangesSomethingIsAskedOnceAndTheNextCallGoesElsewhere) {
  Node in_doubt([](const ServerRequest&) { return reply(596, "", "Broken pipe"); });
  Node node([](const ServerRequest&) { return data("2"); });
  const SystemClock clock;
  const auto session = open(with_token({&in_doubt, &node}), clock);
  EXPECT_TRUE(session->send(post("/a"), soon()).error().is(Code::kUnavailable));
  EXPECT_EQ(node.asked().size(), 0U);
  EXPECT_TRUE(session->send(post("/a"), soon()).ok());
  EXPECT_EQ(in_doubt.asked().size(), 1U);
}

TEST(Failover, ANodesOwnNoIsNotAskedOfOthers) {
  Node first([](const ServerRequest&) { return reply(500, "", "QEMU guest agent is not running"); });
  Node second([](const ServerRequest&) { return data("2"); });
  const SystemClock clock;
  const auto session = open(with_token({&first, &second}), clock);
  EXPECT_TRUE(session->send(get("/a"), soon()).error().is(Code::kUnavailable));
  EXPECT_EQ(second.asked().size(), 0U);
}

TEST(Failover, AnEndpointThatHangsTakesItsShareOfTheTime) {
  std::promise<void> over;
  const auto is_over = over.get_future().share();
  Node hanging([&](const ServerRequest&) {
    is_over.wait();
    return data("1");
  });
  Node node([](const ServerRequest&) { return data("2"); });
  const SystemClock clock;
  const auto session = open(with_token({&hanging, &node}), clock);
  EXPECT_EQ(session->send(get("/a"), soon(2s)).take(), json::Value(2));
  over.set_value();
}

TEST(Failover, AllEndpointsAwayIsDoubt) {
  Node one([](const ServerRequest&) { return data("1"); }), two([](const ServerRequest&) { return data("2"); });
  const SystemClock clock;
  const auto session = open(with_token({&one, &two}), clock);
  one.stop();
  two.stop();
  EXPECT_TRUE(session->send(get("/a"), soon()).error().is(Code::kUnavailable));
  EXPECT_FALSE(session->contact().answered_at.has_value());
  EXPECT_FALSE(session->contact().problem.empty());
}

TEST(Session, StopsWhenItIsTold) {
  std::promise<void> came, over;
  const auto is_over = over.get_future().share();
  Node node([&](const ServerRequest&) {
    came.set_value();
    is_over.wait();
    return data("1");
  });
  const SystemClock clock;
  const auto session = open(with_token({&node}), clock);
  std::stop_source stop;
  Call call = soon();
  call.stop = stop.get_token();
  std::jthread stopper([&] {
    came.get_future().wait();
    stop.request_stop();
  });
  EXPECT_TRUE(session->send(get("/a"), call).error().is(Code::kCancelled));
  over.set_value();
}

TEST(Trust, IsByAuthorityByPinOrSwitchedOffAloud) {
  Node node([](const ServerRequest&) { return data("1"); });
  const SystemClock clock;
  const std::string pin = http::read_certificate(pki().node.certificate_pem)->sha256_hex;
  struct Case {
    const char* name;
    bool ca;
    std::string pin;
    bool insecure, trusted;
  };
  const Case cases[] = {
      {"the authority's certificate", true, "", false, true},
      {"nothing said: the system's authorities", false, "", false, false},
      {"its fingerprint", false, pin, false, true},
      {"another fingerprint", true, std::string(64, 'a'), false, false},
      {"another fingerprint, and insecure", false, std::string(64, 'a'), true, false},
      {"insecure", false, "", true, true},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    Login login = with_token({&node});
    if (!c.ca) login.ca_bundle.clear();
    login.endpoints.front().fingerprint = c.pin;
    login.insecure = c.insecure;
    const auto answer = open(login, clock)->send(get("/version"), soon());
    EXPECT_EQ(answer.ok(), c.trusted);
    if (!answer.ok()) {
      EXPECT_TRUE(answer.error().is(Code::kUnavailable)) << answer.error().to_string();
    }
  }
  Login login = with_token({&node});
  login.ca_bundle = "no PEM";
  EXPECT_TRUE(Session::open(login, clock).error().is(Code::kInvalidArgument));
}

TEST(Session, TellsNoSecretInErrors) {
  const std::vector<Node::Answer> answers = {
      [](const ServerRequest&) { return reply(401, "", "Authentication failed!"); },
      [](const ServerRequest& request) { return reply(500, request.body, "no"); },
      [](const ServerRequest&) { return reply(200, "<html>", "OK"); },
  };
  const SystemClock clock;
  for (const auto& answer : answers) {
    for (const auto login : {with_token, with_password}) {
      Node node(answer);
      const auto session = open(login({&node}), clock);
      for (int i = 0; i < 2; ++i) {  // as it answers, and when it is away
        const auto refused = session->send(post("/a", {{"cipassword", kSecret}}), soon());
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().to_string().find(kSecret), std::string::npos) << refused.error().to_string();
        node.stop();
      }
      EXPECT_EQ(session->contact().problem.find(kSecret), std::string::npos);
    }
  }
}

TEST(Session, AFormThatIsTooLongIsNotSent) {
  Node node([](const ServerRequest&) { return data("1"); });
  const SystemClock clock;
  const auto session = open(with_token({&node}), clock);
  EXPECT_TRUE(
      session->send(post("/a", {{"x", std::string(kFormBytesMax, 'x')}}), soon()).error().is(Code::kOutOfRange));
  EXPECT_TRUE(node.asked().empty());
  EXPECT_TRUE(session->send(post("/a", {{"x", std::string(kFormBytesMax - 2, 'x')}}), soon()).ok());
}

TEST(Upload, IsMultipartWithTheFileLast) {
  Node node([](const ServerRequest&) { return data(R"("UPID:pve1:1:1:1:imgcopy::u:")"); });
  const SystemClock clock;
  const auto session = open(with_token({&node}), clock);
  const auto upload = upload_call("pve1", "local", "import", "seed.raw", std::string("a\0\r\nb", 5));
  ASSERT_TRUE(upload.ok());
  EXPECT_TRUE(session->send(*upload, soon()).ok());
  const ServerRequest request = node.asked().front();
  EXPECT_EQ(request.target, "/api2/json/nodes/pve1/storage/local/upload");
  const std::string type(request.header("Content-Type"));
  ASSERT_TRUE(type.starts_with("multipart/form-data; boundary=")) << type;
  const std::string line = "--" + type.substr(type.find('=') + 1);
  EXPECT_EQ(request.body, line + "\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nimport\r\n" + line +
                              "\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"seed.raw\"\r\n" +
                              "Content-Type: application/octet-stream\r\n\r\n" + std::string("a\0\r\nb", 5) + "\r\n" +
                              line + "--\r\n");
  for (const char* name : {"", "a\"b", "a/b", "a\r\nb"})
    EXPECT_TRUE(upload_call("pve1", "local", "import", name, "").error().is(Code::kInvalidArgument)) << name;
}

TEST(Path, PartsAreEncoded) {
  EXPECT_EQ(path_of({"nodes", "pve1", "tasks", "UPID:pve1:1:1:1:qmstart:100:root@pam!t1:", "status"}),
            "/nodes/pve1/tasks/UPID%3Apve1%3A1%3A1%3A1%3Aqmstart%3A100%3Aroot%40pam%21t1%3A/status");
  EXPECT_EQ(path_of({"storage", "a/../b"}), "/storage/a%2F..%2Fb");
}

}  // namespace
}  // namespace rig::proxmox
