// vsphere/session_test.cc — the session against a vCenter that answers over TLS as one was recorded to.
#include "hypervisor/vsphere/session.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <mutex>
#include <thread>

#include "base/fd.h"
#include "http/certificate.h"
#include "http/server.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/recorded_test.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using http::Reply;
using http::ServerRequest;

constexpr char kSecret[] = "planted-s3cret";
constexpr char kVersions[] =
    "<namespaces version=\"1.0\"><namespace><name>urn:vim25</name><version>8.0.2.0</version><priorVersions>"
    "<version>7.0.3.0</version><version>6.7</version></priorVersions></namespace></namespaces>";

Call soon(Duration limit = 20s) {
  return {.deadline = std::chrono::steady_clock::now() + limit, .stop = {}, .request_id = {}};
}

struct Pki {
  SystemClock clock;
  http::KeyPair authority = http::make_authority("lab authority", clock.wall(), 1h).take();
  http::KeyPair center =
      http::issue(authority, {.common_name = "vc", .organizations = {}, .names = {"127.0.0.1"}, .server = true},
                  clock.wall(), 1h)
          .take();
};
const Pki& pki() {
  static const Pki made;
  return made;
}

Reply reply(int status, std::string body) { return {.status = status, .headers = {}, .body = std::move(body)}; }

std::string method_of(const ServerRequest& request) {
  if (request.method == "GET") return request.target;
  const std::size_t from = request.body.find("<soapenv:Body><") + 15;
  return request.body.substr(from, request.body.find(' ', from) - from);
}

// Something that needs a login; the method is not one of methods.h.
Result<std::string> ask_time(Session& session, const Call& call) {
  return session.send("CurrentTime", "<soapenv:Body><CurrentTime xmlns=\"urn:vim25\"></CurrentTime>", call);
}

// Logs people in and out; what else is asked needs the last login, and is answered by `answer`, or with the time.
class Center {
 public:
  using Answer = std::function<std::optional<Reply>(const ServerRequest&)>;
  explicit Center(Answer answer = {}) : answer_(std::move(answer)) {
    http::ServerOptions options;
    options.certificate_pem = pki().center.certificate_pem;
    options.key_pem = pki().center.key_pem;
    server_ = http::Server::start(options, [this](const ServerRequest& request, http::Responder& responder) {
                {
                  const std::lock_guard lock(mutex_);
                  asked_.push_back(request);
                }
                auto special = answer_ ? answer_(request) : std::nullopt;
                responder.send(special ? std::move(*special) : usual(request));
              }).take();
    url_ = "https://127.0.0.1:" + std::to_string(server_->port());
  }

  Reply usual(const ServerRequest& request) {
    const std::string method = method_of(request);
    if (method == "/sdk/vimServiceVersions.xml") return reply(200, kVersions);
    if (method == "RetrieveServiceContent") return reply(200, recorded("RetrieveServiceContent"));
    const std::lock_guard lock(mutex_);
    if (method == "Login") {
      if (request.body.find(">" + std::string(kSecret) + "<") == std::string::npos)
        return reply(500, recorded("Login-bad-password"));
      Reply welcome = reply(200, recorded("Login"));
      welcome.headers = {{"Set-Cookie", "other=1"},
                         {"Set-Cookie", "vmware_soap_session=\"s" + std::to_string(++logins_) + "\"; Path=/; Secure"}};
      return welcome;
    }
    if (request.header("Cookie") != "vmware_soap_session=\"s" + std::to_string(logins_) + "\"")
      return reply(500, recorded("CurrentTime-unauthenticated"));
    return reply(200, recorded("CurrentTime"));
  }

  std::string url() const { return url_; }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> methods;
    for (const ServerRequest& request : asked_) methods.push_back(method_of(request));
    return methods;
  }
  std::size_t asked_for(std::string_view method) const {
    const auto all = asked();
    return static_cast<std::size_t>(std::ranges::count(all, method));
  }
  ServerRequest last() const {
    const std::lock_guard lock(mutex_);
    return asked_.back();
  }
  void end_sessions() {
    const std::lock_guard lock(mutex_);
    ++logins_;
  }
  void stop() { server_.reset(); }  // from then on connections are refused

 private:
  Answer answer_;
  mutable std::mutex mutex_;
  std::vector<ServerRequest> asked_;
  int logins_ = 0;
  std::string url_;
  std::unique_ptr<http::Server> server_;  // last: its handlers use the rest
};

Login login_of(const Center& center) {
  Login login;
  login.base_url = center.url();
  login.username = "op@vsphere.local";
  login.password = kSecret;
  login.ca_bundle = pki().authority.certificate_pem;
  return login;
}

std::unique_ptr<Session> open(const Login& login, const Clock& clock) { return Session::open(login, clock).take(); }

TEST(Session, LogsInOnceAndOutAtItsEnd) {
  Center center;
  {
    const SystemClock clock;
    const auto session = open(login_of(center), clock);
    EXPECT_TRUE(center.asked().empty());
    EXPECT_TRUE(ask_time(*session, soon()).ok());
    EXPECT_TRUE(ask_time(*session, soon()).ok());
    const ServerRequest request = center.last();
    EXPECT_EQ(request.target, "/sdk");
    EXPECT_EQ(request.header("SOAPAction"), "urn:vim25/7.0.3.0");
    EXPECT_EQ(request.header("Content-Type"), "text/xml; charset=\"utf-8\"");
    EXPECT_EQ(request.header("Cookie"), "vmware_soap_session=\"s1\"");
    EXPECT_EQ(session->service(soon())->search_index.id, "SearchIndex");
    EXPECT_TRUE(session->contact().answered_at.has_value());
  }
  EXPECT_EQ(center.asked(), (std::vector<std::string>{"/sdk/vimServiceVersions.xml", "RetrieveServiceContent", "Login",
                                                      "CurrentTime", "CurrentTime", "Logout"}));
}

TEST(Session, SpeaksTheNewestVersionThatBothKnow) {
  using List = std::vector<std::string>;
  EXPECT_EQ(choose_version(List{"8.0.2.0", "7.0.3.0", "7.0.2.0"}), "7.0.3.0");
  EXPECT_EQ(choose_version(List{"8.0.2.0", "7.0.2.1", "7.0.2.0"}), "7.0.2.1");
  EXPECT_EQ(choose_version(List{"6.5", "6.0", "5.5"}), "6.5");
  EXPECT_EQ(choose_version(List{"10.0.0.0", "6.7.3", "next"}), "6.7.3");
  EXPECT_EQ(choose_version(List{"6.0", "5.5"}), std::nullopt);
  EXPECT_EQ(choose_version(List{"8.0.2.0"}), std::nullopt);
}

TEST(Session, ThatEndedIsMadeAgainAndTheCallAskedOnceMore) {
  Center center;
  const SystemClock clock;
  const auto session = open(login_of(center), clock);
  EXPECT_TRUE(ask(*session, PowerOn{{"VirtualMachine", "vm-1"}}, soon()).error().is(Code::kDataLoss));  // the time
  center.end_sessions();
  EXPECT_TRUE(ask_time(*session, soon()).ok());
  EXPECT_EQ(center.asked_for("Login"), 2U);
  EXPECT_EQ(center.asked_for("CurrentTime"), 2U);

  Center closed([](const ServerRequest& request) -> std::optional<Reply> {
    if (method_of(request) != "CurrentTime") return std::nullopt;
    return reply(500, recorded("CurrentTime-unauthenticated"));
  });
  const auto refused = ask_time(*open(login_of(closed), clock), soon());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kUnauthenticated));
  EXPECT_EQ(closed.asked_for("CurrentTime"), 2U);
}

TEST(Session, ThatIsDistrustedIsMadeAgainOnce) {
  Center center;
  const SystemClock clock;
  const auto session = open(login_of(center), clock);
  EXPECT_TRUE(session->service(soon()).ok());
  const std::uint64_t seen = session->login_number();
  session->distrust(seen);
  session->distrust(seen);
  EXPECT_TRUE(session->service(soon()).ok());
  session->distrust(seen);  // of the one before
  EXPECT_TRUE(session->service(soon()).ok());
  EXPECT_EQ(center.asked_for("Login"), 2U);
}

TEST(Session, FiftyCallsLogInOnce) {
  constexpr int kCalls = 50;
  std::latch all_came(kCalls);
  Center center([&](const ServerRequest& request) -> std::optional<Reply> {
    if (method_of(request) == "Login") all_came.wait();
    return std::nullopt;
  });
  const SystemClock clock;
  const auto session = open(login_of(center), clock);
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < kCalls; ++i) {
      callers.emplace_back([&] {
        all_came.count_down();
        answered += ask_time(*session, soon(60s)).ok();
      });
    }
  }
  EXPECT_EQ(answered, kCalls);
  EXPECT_EQ(center.asked_for("Login"), 1U);
}

TEST(Session, ARefusedLoginIsNotTriedAgainAtOnce) {
  Center center;
  StepClock clock;
  Login login = login_of(center);
  login.password = "wrong";
  const auto session = open(login, clock);
  for (int i = 0; i < 3; ++i) {
    const auto refused = ask_time(*session, soon());
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(Code::kUnauthenticated));
    EXPECT_TRUE(refused.error().to_string().starts_with("log in as op@vsphere.local: Login: InvalidLogin"))
        << refused.error().to_string();
  }
  EXPECT_EQ(center.asked_for("Login"), 1U);
  clock.advance(kLoginRefusedFor);
  EXPECT_FALSE(ask_time(*session, soon()).ok());
  EXPECT_EQ(center.asked_for("Login"), 2U);
}

TEST(Session, AnotherProductIsToldApart) {
  struct Case {
    const char* what;
    std::string at;
    Reply answer;
    Code code;
    const char* says;
  };
  const std::string content = recorded("RetrieveServiceContent");
  std::string host = content;
  host.replace(host.find("VirtualCenter</apiType>"), 13, "HostAgent");
  const std::vector<Case> cases = {
      {"a web page", "/sdk/vimServiceVersions.xml", reply(200, "<html>hello</html>"), Code::kFailedPrecondition,
       "and a web page, which is no answer of the API of vSphere"},
      {"nothing there", "/sdk/vimServiceVersions.xml", reply(404, ""), Code::kFailedPrecondition, "status 404"},
      {"a proxy whose vCenter is away", "/sdk/vimServiceVersions.xml", reply(503, "<html>"), Code::kUnavailable,
       "status 503 and no fault of vSphere's"},
      {"a vCenter that is too old", "/sdk/vimServiceVersions.xml",
       reply(200, "<namespaces><namespace><name>urn:vim25</name><version>5.5</version></namespace></namespaces>"),
       Code::kFailedPrecondition, "vCenter speaks vim25 5.5; wanted one from 6.5"},
      {"a host alone", "RetrieveServiceContent", reply(200, host), Code::kFailedPrecondition, "wanted a vCenter"},
      {"a proxy's page for a call", "CurrentTime", reply(503, "<html>"), Code::kUnavailable, "CurrentTime: status 503"},
      {"no session", "Login", reply(200, recorded("Login")), Code::kUnavailable, "has no session"},
  };
  for (const Case& c : cases) {
    Center center([&](const ServerRequest& request) -> std::optional<Reply> {
      if (method_of(request) != c.at) return std::nullopt;
      return c.answer;
    });
    const SystemClock clock;
    const auto answer = ask_time(*open(login_of(center), clock), soon());
    ASSERT_FALSE(answer.ok()) << c.what;
    EXPECT_EQ(to_string(answer.error().code()), to_string(c.code)) << c.what;
    EXPECT_NE(answer.error().to_string().find(c.says), std::string::npos) << answer.error().to_string();
  }
}

TEST(Session, StopsWhenItIsTold) {
  std::promise<void> came, over;
  const auto is_over = over.get_future().share();
  Center center([&](const ServerRequest& request) -> std::optional<Reply> {
    if (method_of(request) != "CurrentTime") return std::nullopt;
    came.set_value();
    is_over.wait();
    return std::nullopt;
  });
  const SystemClock clock;
  const auto session = open(login_of(center), clock);
  std::stop_source stop;
  Call call = soon();
  call.stop = stop.get_token();
  std::jthread stopper([&] {
    came.get_future().wait();
    stop.request_stop();
  });
  EXPECT_TRUE(ask_time(*session, call).error().is(Code::kCancelled));
  over.set_value();
}

TEST(Trust, IsByAuthorityByPinOrSwitchedOffAloud) {
  Center center;
  const SystemClock clock;
  const std::string pin = http::read_certificate(pki().center.certificate_pem)->sha256_hex;
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
    Login login = login_of(center);
    if (!c.ca) login.ca_bundle.clear();
    login.fingerprint = c.pin;
    login.insecure = c.insecure;
    const auto answer = ask_time(*open(login, clock), soon());
    EXPECT_EQ(answer.ok(), c.trusted);
    if (!answer.ok()) {
      EXPECT_TRUE(answer.error().is(Code::kUnavailable)) << answer.error().to_string();
    }
  }
  Login login = login_of(center);
  login.ca_bundle = "no PEM";
  EXPECT_TRUE(Session::open(login, clock).error().is(Code::kInvalidArgument));
}

TEST(Upload, GoesWhereTheLeaseSaysAndTrustsWhoIsThere) {
  Login login;
  login.base_url = "https://vc.example:444";
  login.fingerprint = "aa";
  login.ca_bundle = "CA";
  struct Case {
    const char *url, *to, *sha256, *sha1;
  };
  const Case cases[] = {
      {"https://*/nfc/t/d", "https://vc.example:444/nfc/t/d", "aa", ""},
      {"https://*:443/nfc/t/d", "https://vc.example:444/nfc/t/d", "aa", ""},
      {"https://vc.example:444/nfc/t/d", "https://vc.example:444/nfc/t/d", "aa", ""},
      {"https://esx1/nfc/t/d", "https://esx1/nfc/t/d", "", "bb"},
  };
  for (const Case& c : cases) {
    const auto options = upload_options(login, {c.url, "bb"});
    ASSERT_TRUE(options.ok()) << options.error().to_string();
    EXPECT_EQ(options->base_url, c.to);
    EXPECT_EQ(options->fingerprint_sha256, c.sha256) << c.url;
    EXPECT_EQ(options->fingerprint_sha1, c.sha1) << c.url;
    EXPECT_EQ(options->ca_pem, "CA");
    EXPECT_FALSE(options->insecure_skip_verify);
  }
  login.insecure = true;
  EXPECT_TRUE(upload_options(login, {"https://esx1/d", ""})->insecure_skip_verify);
  for (const char* url : {"http://esx1/nfc/secret/d", "https://esx1", "https:///nfc", "", "ftp"}) {
    const auto refused = upload_options(login, {url, ""});
    ASSERT_FALSE(refused.ok()) << url;
    EXPECT_TRUE(refused.error().is(Code::kFailedPrecondition));
    EXPECT_EQ(refused.error().to_string().find("secret"), std::string::npos);
  }
}

http::ReadBody text_of(std::string text) {
  return [text = std::move(text), at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
    const std::size_t n = text.copy(buffer.data(), buffer.size(), at);
    at += n;
    return n;
  };
}

TEST(Upload, BringsADiskOrMakesAFileAndTellsNoTicket) {
  Center center([](const ServerRequest& request) -> std::optional<Reply> {
    if (!request.target.starts_with("/nfc/")) return std::nullopt;
    return reply(request.target.ends_with("gone") ? 404 : request.target.ends_with("never") ? 405 : 200, "");
  });
  const SystemClock clock;
  const auto session = open(login_of(center), clock);
  ASSERT_TRUE(session->upload({"https://*/nfc/planted-ticket/disk-0.vmdk", "", 5}, text_of("bytes"), soon()).ok());
  EXPECT_EQ(center.last().method, "POST");
  EXPECT_EQ(center.last().body, "bytes");
  EXPECT_EQ(center.last().header("Content-Type"), "application/x-vnd.vmware-streamVmdk");
  EXPECT_EQ(center.last().header("Cookie"), "") << "the ticket is enough";
  ASSERT_TRUE(session->upload({center.url() + "/nfc/t/seed.iso", "", -1, true}, text_of("iso"), soon()).ok());
  EXPECT_EQ(center.last().method, "PUT");
  EXPECT_EQ(center.last().header("Overwrite"), "t");

  const auto upload = [&](const std::string& file, const http::ReadBody& read) {
    Status refused = session->upload({center.url() + "/nfc/planted-ticket/" + file, "", 5}, read, soon());
    EXPECT_FALSE(refused.ok()) << file;
    EXPECT_EQ(refused.error().to_string().find("planted"), std::string::npos) << refused.error().to_string();
    return refused.take_error();
  };
  EXPECT_TRUE(upload("gone", text_of("bytes")).is(Code::kUnavailable));
  EXPECT_TRUE(upload("never", text_of("bytes")).is(Code::kFailedPrecondition));
  EXPECT_EQ(upload("d", [](std::span<char>) -> Result<std::size_t> { return Error(Code::kDataLoss, "cut"); }).message(),
            "cut");
  center.stop();
  EXPECT_TRUE(upload("away", text_of("bytes")).is(Code::kUnavailable));
}

// ESXi hosts that the provider cannot find are what most often stands in the way of an import.
TEST(Upload, AHostThatIsNotReachedIsNamedWithWhatToDo) {
  Login login;
  login.base_url = "https://127.0.0.1:1";
  const SystemClock clock;
  const auto session = open(login, clock);
  for (const char* host : {"esx1.invalid", "127.0.0.1"}) {  // one that no DNS knows, and one that does not listen
    const Status refused =
        session->upload({"https://" + std::string(host) + ":1/nfc/planted/d", "", 5}, text_of("bytes"), soon());
    ASSERT_FALSE(refused.ok());
    const std::string says = refused.error().to_string();
    EXPECT_TRUE(says.find("host '" + std::string(host) + "', to which vCenter") != std::string::npos) << says;
    EXPECT_TRUE(refused.error().hint().find("must reach ESXi hosts on port 443") != std::string::npos) << says;
    EXPECT_EQ(says.find("planted"), std::string::npos) << says;
  }
}

// As behind a firewall that drops what it does not let pass: nobody is there, and nobody says so.
TEST(Upload, AHostThatNeverAnswersIsNamedToo) {
  const Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(listener.get(), 4), 0);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at), &size);
  Login login;
  login.base_url = "https://127.0.0.1:1";
  const SystemClock clock;
  const auto session = Session::open(login, clock, 20ms).take();
  const Status given_up = session->upload(
      {"https://127.0.0.1:" + std::to_string(ntohs(at.sin_port)) + "/nfc/planted/d", "", 5}, text_of("bytes"), soon());
  ASSERT_FALSE(given_up.ok());
  EXPECT_TRUE(given_up.error().is(Code::kUnavailable)) << given_up.error().to_string();
  EXPECT_EQ(given_up.error().message().find("host '127.0.0.1', to which vCenter"), 0U) << given_up.error().to_string();
}

// A task may take a day: its deadline is no limit here.
TEST(Upload, ToAHostThatFallsSilentIsGivenUp) {
  std::promise<void> end;
  const Center center([ended = end.get_future().share()](const ServerRequest& request) -> std::optional<Reply> {
    if (!request.target.starts_with("/nfc/")) return std::nullopt;
    ended.wait();
    return reply(200, "");
  });
  const SystemClock clock;
  const auto session = Session::open(login_of(center), clock, 20ms).take();
  const Status given_up = session->upload({"https://*/nfc/planted-ticket/d", "", 5}, text_of("bytes"), soon());
  end.set_value();
  ASSERT_FALSE(given_up.ok());
  EXPECT_TRUE(given_up.error().is(Code::kUnavailable)) << given_up.error().to_string();
  EXPECT_NE(given_up.error().message().find("does not answer"), std::string::npos) << given_up.error().to_string();
}

TEST(Session, TellsNoSecretInErrors) {
  const std::vector<Center::Answer> answers = {
      [](const ServerRequest& request) -> std::optional<Reply> {
        if (method_of(request) != "Login") return std::nullopt;
        std::string fault = recorded("Login-bad-password");
        return reply(500, fault.replace(fault.find("Login failure"), 13, kSecret));
      },
      [](const ServerRequest& request) -> std::optional<Reply> {
        if (method_of(request) != "Login") return std::nullopt;
        return reply(500, request.body);
      },
      [](const ServerRequest& request) -> std::optional<Reply> {
        if (method_of(request) != "Login") return std::nullopt;
        return reply(403, request.body);
      },
  };
  const SystemClock clock;
  for (const auto& answer : answers) {
    Center center(answer);
    const auto session = open(login_of(center), clock);
    for (int i = 0; i < 2; ++i) {  // as it answers, and when it is away
      const auto refused = ask_time(*session, soon());
      ASSERT_FALSE(refused.ok());
      EXPECT_EQ(refused.error().to_string().find(kSecret), std::string::npos) << refused.error().to_string();
      center.stop();
    }
    EXPECT_EQ(session->contact().problem.find(kSecret), std::string::npos);
  }
}

}  // namespace
}  // namespace rig::vsphere
