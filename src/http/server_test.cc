// http/server_test.cc — client and server against each other, and the server against peers without manners.
#include "http/server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <future>
#include <latch>
#include <thread>

#include "base/fd.h"
#include "base/folder_test.h"
#include "http/certificate.h"
#include "http/limits.h"
#include "http/openssl.h"

namespace rig::http {
namespace {

using namespace std::chrono_literals;

Call soon(Duration limit = 20s) {
  return {.deadline = std::chrono::steady_clock::now() + limit, .stop = {}, .request_id = {}};
}

Request get(std::string target) { return {.method = "GET", .target = std::move(target), .headers = {}, .body = {}}; }

// Authority, server and client certificates, made once.
struct Pki {
  SystemClock clock;
  KeyPair authority = make_authority("test authority", clock.wall(), 1h).take();
  KeyPair other = make_authority("other authority", clock.wall(), 1h).take();
  KeyPair server =
      issue(authority,
            {.common_name = "server", .organizations = {}, .names = {"127.0.0.1", "localhost"}, .server = true},
            clock.wall(), 1h)
          .take();
  KeyPair client = issue(authority, {.common_name = "alice", .organizations = {"readers"}, .names = {}, .client = true},
                         clock.wall(), 1h)
                       .take();
  KeyPair late =
      issue(authority, {.common_name = "late", .organizations = {}, .names = {}, .client = true}, clock.wall() - 2h, 1h)
          .take();
  KeyPair foreign =
      issue(other, {.common_name = "mallory", .organizations = {}, .names = {}, .client = true}, clock.wall(), 1h)
          .take();
};
const Pki& pki() {
  static const Pki made;
  return made;
}

ServerOptions tls_options() {
  ServerOptions out;
  out.certificate_pem = pki().server.certificate_pem;
  out.key_pem = pki().server.key_pem;
  out.client_ca_pem = pki().authority.certificate_pem;
  return out;
}

std::unique_ptr<Client> client_of(const Server& server, ClientOptions options = {}) {
  const std::string scheme = options.ca_pem.empty() && options.fingerprint_sha256.empty() ? "http" : "https";
  options.base_url = scheme + "://127.0.0.1:" + std::to_string(server.port());
  return Client::make(options).take();
}
ClientOptions trusting() {
  ClientOptions out;
  out.ca_pem = pki().authority.certificate_pem;
  return out;
}
ClientOptions showing(const KeyPair& pair) {
  ClientOptions out = trusting();
  out.certificate_pem = pair.certificate_pem;
  out.key_pem = pair.key_pem;
  return out;
}

void echo(const ServerRequest& request, Responder& responder) {
  Reply reply{.status = 200, .headers = {{"X-Method", request.method}}, .body = request.target + "\n" + request.body};
  if (!request.peer_certificate_pem.empty()) {
    reply.headers.emplace_back("X-Peer", read_certificate(request.peer_certificate_pem)->common_name);
    reply.headers.emplace_back("X-Trusted", request.peer_certificate_trusted ? "yes" : "no");
  }
  responder.send(std::move(reply));
}

// A peer that speaks no HTTP of its own: bytes in, bytes out, until the server closes.
class RawPeer {
 public:
  explicit RawPeer(int port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(static_cast<std::uint16_t>(port));
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }
  void say(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  std::string hear_all() {
    std::string out;
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = ::recv(socket_.get(), buffer.data(), buffer.size(), 0)) > 0;)
      out.append(buffer.data(), static_cast<std::size_t>(n));
    return out;
  }

 private:
  Fd socket_;
};

TEST(Server, EchoesMethodTargetAndBody) {
  const auto server = Server::start({}, echo).take();
  const auto client = client_of(*server);
  for (const std::string method : {"GET", "POST", "PUT", "PATCH", "DELETE", "BREW"}) {
    const Reply reply =
        client->send({.method = method, .target = "/a?b=%20c", .headers = {}, .body = "body"}, soon()).take();
    EXPECT_EQ(reply.header("x-method"), method);
    EXPECT_EQ(reply.body, "/a?b=%20c\nbody");
  }
  const Reply head = client->send({.method = "HEAD", .target = "/a", .headers = {}, .body = {}}, soon()).take();
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.header("Content-Length"), "3");
}

TEST(Server, TellsWhoTheClientIsAndWhetherThatIsProven) {
  const auto server = Server::start(tls_options(), echo).take();
  struct {
    const KeyPair* shown;
    std::string_view name, trusted;
  } const cases[] = {{nullptr, "", ""},
                     {&pki().client, "alice", "yes"},
                     {&pki().late, "late", "no"},
                     {&pki().foreign, "mallory", "no"}};
  for (const auto& c : cases) {
    const auto client = client_of(*server, c.shown == nullptr ? trusting() : showing(*c.shown));
    const Reply reply = client->send(get("/"), soon()).take();
    EXPECT_EQ(reply.header("X-Peer"), c.name);
    EXPECT_EQ(reply.header("X-Trusted"), c.trusted);
  }
}

TEST(Client, RefusesAServerOfAnotherAuthority) {
  const auto server = Server::start(tls_options(), echo).take();
  ClientOptions options;
  options.ca_pem = pki().other.certificate_pem;
  const auto reply = client_of(*server, options)->send(get("/"), soon());
  EXPECT_EQ(reply.error().code(), Code::kUnavailable);
  EXPECT_NE(reply.error().message().find("certificate"), std::string::npos) << reply.error().message();
}

TEST(Client, TrustsExactlyThePinnedCertificate) {
  const auto server = Server::start(tls_options(), echo).take();
  ClientOptions options;
  options.fingerprint_sha256 = read_certificate(pki().server.certificate_pem)->sha256_hex;
  EXPECT_TRUE(client_of(*server, options)->send(get("/"), soon()).ok());
  options.fingerprint_sha256 = read_certificate(pki().client.certificate_pem)->sha256_hex;
  EXPECT_EQ(client_of(*server, options)->send(get("/"), soon()).error().code(), Code::kUnavailable);
}

TEST(Client, TrustsThePinnedCertificateByItsSha1WhereThatIsAllThatIsKnown) {
  const auto server = Server::start(tls_options(), echo).take();
  ClientOptions options;
  options.base_url = "https://127.0.0.1:" + std::to_string(server->port());
  options.fingerprint_sha1 = sha1_hex_of(parse_certificate(pki().server.certificate_pem)->get());
  options.fingerprint_sha1.insert(2, ":");
  EXPECT_TRUE(Client::make(options).take()->send(get("/"), soon()).ok());
  options.fingerprint_sha1 = sha1_hex_of(parse_certificate(pki().client.certificate_pem)->get());
  EXPECT_EQ(Client::make(options).take()->send(get("/"), soon()).error().code(), Code::kUnavailable);
}

TEST(Server, ShowsAReplacedCertificateToNewConnections) {
  const auto server = Server::start(tls_options(), echo).take();
  const KeyPair next =
      issue(pki().other, {.common_name = "next", .organizations = {}, .names = {"127.0.0.1"}, .server = true},
            pki().clock.wall(), 1h)
          .take();
  ASSERT_TRUE(server->set_certificate(next.certificate_pem, next.key_pem).ok());
  EXPECT_FALSE(client_of(*server, trusting())->send(get("/"), soon()).ok());
  ClientOptions options;
  options.ca_pem = pki().other.certificate_pem;
  EXPECT_TRUE(client_of(*server, options)->send(get("/"), soon()).ok());
  EXPECT_EQ(server->set_certificate(next.certificate_pem, pki().client.key_pem).error().code(), Code::kInvalidArgument);
}

TEST(Server, AnswersPlainHttpOnATlsPortInPlainText) {
  const auto server = Server::start(tls_options(), echo).take();
  RawPeer peer(server->port());
  peer.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(peer.hear_all().starts_with("HTTP/1.0 400 Bad Request\r\n"));
}

TEST(Server, EndsAConnectionWithOrWithoutAnAnswer) {
  const auto server = Server::start({}, [](const ServerRequest& request, Responder& responder) {
                        responder.end_connection();
                        if (request.target == "/answer") responder.send({.status = 200, .headers = {}, .body = "last"});
                      }).take();
  for (const std::string target : {"/answer", "/silence"}) {
    RawPeer peer(server->port());
    peer.say("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string heard = peer.hear_all();
    EXPECT_EQ(heard.find("Connection: close\r\n") != std::string::npos, target == "/answer") << heard;
    EXPECT_EQ(heard.empty(), target == "/silence") << heard;
  }
}

TEST(Server, KeepsAConnectionForManyRequests) {
  const auto server = Server::start({}, echo).take();
  RawPeer peer(server->port());
  peer.say(
      "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\nConnection: "
      "close\r\n\r\n");
  const std::string heard = peer.hear_all();
  EXPECT_NE(heard.find("/1\n"), std::string::npos);
  EXPECT_NE(heard.find("/3\n"), std::string::npos);
}

struct Refused {
  const char* name;
  std::string bytes, status;
};
TEST(Server, AnswersMalformedRequestsAndCloses) {
  const auto server = Server::start({}, echo).take();
  const std::vector<Refused> cases = {
      {"rubbish", "\x01\x02\x03\r\n\r\n", "400"},
      {"header over 1 MiB", "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string((1U << 20) + 100, 'a') + "\r\n\r\n",
       "431"},
      {"body over 3 MiB", "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3145729\r\n\r\n" + std::string(3145729, 'b'),
       "413"},
      {"expectation", "PUT / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n", "417"},
  };
  for (const Refused& c : cases) {
    RawPeer peer(server->port());
    peer.say(c.bytes);
    const std::string heard = peer.hear_all();
    EXPECT_TRUE(heard.starts_with("HTTP/1.1 " + c.status + " ")) << c.name << ": " << heard.substr(0, 80);
    EXPECT_NE(heard.find("Connection: close\r\n"), std::string::npos) << c.name;
  }
}

TEST(Server, LetsTheOwnerWordItsRefusals) {
  ServerOptions options;
  options.refuse = [](int status, std::string_view why) {
    return Reply{.status = status, .headers = {}, .body = "ours: " + std::string(why)};
  };
  const auto server = Server::start(options, echo).take();
  RawPeer peer(server->port());
  peer.say("nonsense\r\n\r\n");
  EXPECT_NE(peer.hear_all().find("ours: malformed request line"), std::string::npos);
}

TEST(Server, AnswersARequestThatDoesNotArriveInTime) {
  ServerOptions options;
  options.header_timeout = 50ms;
  const auto server = Server::start(options, echo).take();
  RawPeer peer(server->port());
  peer.say("GET / HT");
  EXPECT_TRUE(peer.hear_all().starts_with("HTTP/1.1 408 "));
  RawPeer slow_body(server->port());
  slow_body.say("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabc");
  EXPECT_TRUE(slow_body.hear_all().starts_with("HTTP/1.1 408 "));
}

TEST(Server, ClosesIdleConnectionsWithoutAWord) {
  ServerOptions options;
  options.idle_timeout = 50ms;
  const auto server = Server::start(options, echo).take();
  EXPECT_EQ(RawPeer(server->port()).hear_all(), "");
}

TEST(Server, TurnsAwayConnectionsAboveItsLimitAndRecovers) {
  ServerOptions options;
  options.connections_max = 1;
  const auto server = Server::start(options, echo).take();
  const auto first = client_of(*server);
  ASSERT_EQ(first->send(get("/"), soon())->status, 200);  // and keeps its connection
  RawPeer second(server->port());
  second.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string heard = second.hear_all();
  EXPECT_TRUE(heard.starts_with("HTTP/1.1 503 ")) << heard;
  EXPECT_NE(heard.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_EQ(first->send(get("/"), soon())->status, 200);
}

TEST(Server, SaysNothingToConnectionsFarAboveItsLimit) {
  ServerOptions options;
  options.connections_max = 1;
  const auto server = Server::start(options, echo).take();
  std::vector<RawPeer> waiting;
  for (int i = 0; i < 1 + kRefusingMax; ++i) waiting.emplace_back(server->port());  // silent, so they stay
  EXPECT_EQ(RawPeer(server->port()).hear_all(), "");
}

TEST(Server, StreamsEachPieceAsItIsWritten) {
  std::latch heard_one(1);
  const auto server = Server::start({}, [&](const ServerRequest&, Responder& responder) {
                        responder.begin(200, {{"Content-Type", "text/plain"}});
                        responder.write("one");
                        heard_one.wait();  // the client has the first piece before the second is made
                        responder.write("two");
                      }).take();
  std::string heard;
  const auto reply = client_of(*server)->stream(get("/"), soon(), [&](std::string_view bytes) {
    heard += bytes;
    if (heard == "one") heard_one.count_down();
    return true;
  });
  ASSERT_TRUE(reply.ok()) << reply.error().to_string();
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(heard, "onetwo");
}

TEST(Server, NoticesThatAStreamsReaderLeft) {
  std::promise<void> noticed;
  const auto server = Server::start({}, [&](const ServerRequest&, Responder& responder) {
                        responder.begin(200, {});
                        responder.write("x");
                        while (responder.is_open()) std::this_thread::yield();
                        EXPECT_FALSE(responder.write("y"));
                        noticed.set_value();
                      }).take();
  const auto reply = client_of(*server)->stream(get("/"), soon(), [](std::string_view) { return false; });
  EXPECT_TRUE(reply.ok());
  EXPECT_EQ(noticed.get_future().wait_for(20s), std::future_status::ready);
}

TEST(Server, EndsStreamsWhenItStops) {
  std::promise<void> begun;
  const auto server = Server::start(tls_options(), [&](const ServerRequest&, Responder& responder) {
                        responder.begin(200, {});
                        responder.write("x");
                        begun.set_value();
                        while (responder.is_open()) std::this_thread::yield();
                      }).take();
  auto streamed = std::async(std::launch::async, [&] {
    return client_of(*server, trusting())->stream(get("/"), soon(), [](std::string_view) { return true; }).ok();
  });
  begun.get_future().wait();
  server->stop(20s);
  EXPECT_TRUE(streamed.get());  // the stream was ended, not cut
}

TEST(Server, CutsAHandlersConnectionWhenTheGraceIsOver) {
  std::promise<void> begun;
  const auto server = Server::start({}, [&](const ServerRequest&, Responder& responder) {
                        const auto stream = responder.upgrade("raw");
                        begun.set_value();
                        std::array<char, 8> buffer{};
                        EXPECT_EQ(*stream->read(buffer, soon()), 0U);
                      }).take();
  const auto stream = client_of(*server)->upgrade(get("/"), "raw", soon()).take();
  begun.get_future().wait();
  server->stop(Duration::zero());
}

void shout(const ServerRequest&, Responder& responder) {
  const auto stream = responder.upgrade("raw");
  std::array<char, 64> buffer{};
  for (std::size_t n = 0; (n = *stream->read(buffer, soon())) > 0;) {
    for (char& c : buffer) c = static_cast<char>(std::toupper(c));
    ASSERT_TRUE(stream->write({buffer.data(), n}, soon()).ok());
  }
}

TEST(Client, TalksBothWaysAfterAnUpgrade) {
  for (const bool tls : {false, true}) {
    const auto server = Server::start(tls ? tls_options() : ServerOptions{}, shout).take();
    const auto stream =
        client_of(*server, tls ? trusting() : ClientOptions{})->upgrade(get("/c"), "raw", soon()).take();
    std::array<char, 64> buffer{};
    for (const std::string word : {"hello", "again"}) {
      ASSERT_TRUE(stream->write(word, soon()).ok());
      std::string heard;
      while (heard.size() < word.size()) {
        const std::size_t n = *stream->read(buffer, soon());
        ASSERT_GT(n, 0U);
        heard.append(buffer.data(), n);
      }
      EXPECT_EQ(heard, word == "hello" ? "HELLO" : "AGAIN");
    }
    EXPECT_EQ(stream->read(buffer, soon(20ms)).error().code(), Code::kDeadlineExceeded);
    stream->close();
    EXPECT_EQ(*stream->read(buffer, soon()), 0U);
  }
}

TEST(Client, SaysWhatCameInsteadOfAnUpgrade) {
  const auto server = Server::start({}, echo).take();
  const auto stream = client_of(*server)->upgrade(get("/"), "raw", soon());
  EXPECT_EQ(stream.error().code(), Code::kUnavailable);
  EXPECT_NE(stream.error().message().find("status 200"), std::string::npos) << stream.error().message();
}

TEST(Client, EndsAtTheDeadlineAndAtAStopRequest) {
  const auto server = Server::start({}, [](const ServerRequest&, Responder& responder) {
                        while (responder.is_open()) std::this_thread::yield();
                      }).take();
  const auto client = client_of(*server);
  EXPECT_EQ(client->send(get("/"), soon(30ms)).error().code(), Code::kDeadlineExceeded);
  std::stop_source stop;
  Call call = soon();
  call.stop = stop.get_token();
  auto sent = std::async(std::launch::async, [&] { return client->send(get("/"), call).error().code(); });
  stop.request_stop();
  EXPECT_EQ(sent.get(), Code::kCancelled);
}

TEST(Client, RefusesAReplyThatIsTooLong) {
  const auto server = Server::start({}, [](const ServerRequest&, Responder& responder) {
                        responder.send({.status = 200, .headers = {}, .body = std::string(1001, 'x')});
                      }).take();
  ClientOptions options;
  options.body_bytes_max = 1000;
  EXPECT_EQ(client_of(*server, options)->send(get("/"), soon()).error().code(), Code::kResourceExhausted);
}

TEST(Client, RefusesAReplyHeaderThatIsTooLong) {
  const auto server = Server::start({}, [](const ServerRequest&, Responder& responder) {
                        Reply reply{.status = 200, .headers = {}, .body = {}};
                        for (int i = 0; i < 20; ++i) reply.headers.emplace_back("X", std::string(60'000, 'x'));
                        responder.send(std::move(reply));
                      }).take();
  const auto reply = client_of(*server)->send(get("/"), soon());
  EXPECT_FALSE(reply.ok());
}

TEST(Client, FollowsAsManyRedirectsAsItMay) {
  const auto server = Server::start({}, [](const ServerRequest& request, Responder& responder) {
                        if (request.target == "/end")
                          return responder.send({.status = 200, .headers = {}, .body = "end"});
                        responder.send({.status = 302, .headers = {{"Location", "/end"}}, .body = "moved"});
                      }).take();
  EXPECT_EQ(client_of(*server)->send(get("/"), soon())->status, 302);
  ClientOptions options;
  options.redirects_max = 1;
  EXPECT_EQ(client_of(*server, options)->send(get("/"), soon())->body, "end");
}

TEST(Client, KeepsWhatIsSaidBesideTheStatus) {
  const auto server = Server::start({}, [](const ServerRequest& request, Responder& responder) {
                        Reply reply{.status = request.target == "/plain" ? 404 : 595, .headers = {}, .body = ""};
                        if (request.target == "/why") reply.reason = "can't lock file 'a' - got timeout";
                        responder.send(std::move(reply));
                      }).take();
  const auto client = client_of(*server);
  const auto why = client->send(get("/why"), soon());
  EXPECT_EQ(why->status, 595);
  EXPECT_EQ(why->reason, "can't lock file 'a' - got timeout");
  EXPECT_EQ(client->send(get("/plain"), soon())->reason, "Not Found");
  EXPECT_EQ(client->send(get("/unknown"), soon())->reason, "");
}

TEST(Client, DoesNotSendAPostTwiceWhenAKeptConnectionDies) {
  std::atomic<int> seen = 0;
  Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(::listen(listener.get(), 4), 0);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at), &size);
  // Answers one request per connection, reads the next one and hangs up without a reply.
  std::jthread peer([&] {
    for (int connection = 0; connection < 2; ++connection) {
      const Fd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      std::array<char, 4096> buffer{};
      while (::recv(socket.get(), buffer.data(), buffer.size(), 0) > 0) {
        if (++seen > 1) break;
        constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        ::send(socket.get(), kOk.data(), kOk.size(), MSG_NOSIGNAL);
      }
      if (seen > 1) return;
    }
  });
  ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  const auto client = Client::make(options).take();
  ASSERT_TRUE(client->send({.method = "POST", .target = "/", .headers = {}, .body = "1"}, soon()).ok());
  EXPECT_EQ(client->send({.method = "POST", .target = "/", .headers = {}, .body = "2"}, soon()).error().code(),
            Code::kUnavailable);
  EXPECT_EQ(seen, 2);
}

class UnixSocket : public testing::Test {
 protected:
  void SetUp() override { options_.unix_socket = folder_ / "s"; }
  const TestFolder folder_;
  ServerOptions options_;
};

TEST_F(UnixSocket, ServesItsOwnerOnly) {
  const auto server = Server::start(options_, [](const ServerRequest& request, Responder& responder) {
                        responder.send({.status = 200, .headers = {}, .body = request.local_socket ? "local" : "far"});
                      }).take();
  struct stat found {};
  ASSERT_EQ(::stat(options_.unix_socket.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ClientOptions options;
  options.unix_socket = options_.unix_socket;
  EXPECT_EQ(Client::make(options).take()->send(get("/"), soon())->body, "local");
  server->stop(Duration::zero());
  EXPECT_FALSE(std::filesystem::exists(options_.unix_socket));
}

TEST_F(UnixSocket, IsTakenOverFromTheDeadButNotFromTheLiving) {
  const auto living = Server::start(options_, echo).take();
  EXPECT_EQ(Server::start(options_, echo).error().code(), Code::kAlreadyExists);
  ServerOptions dead = options_;
  dead.unix_socket += "2";
  {
    const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    dead.unix_socket.copy(at.sun_path, sizeof at.sun_path - 1);
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&at), sizeof at), 0);
  }
  EXPECT_TRUE(Server::start(dead, echo).ok());
}

TEST_F(UnixSocket, RefusesAPathTheSystemCannotHold) {
  options_.unix_socket = folder_ / std::string(108, 'x');
  EXPECT_EQ(Server::start(options_, echo).error().code(), Code::kInvalidArgument);
}

TEST(Server, SaysThatItsPortIsTaken) {
  const auto first = Server::start({}, echo).take();
  ServerOptions same;
  same.port = first->port();
  const auto second = Server::start(same, echo);
  EXPECT_EQ(second.error().code(), Code::kAlreadyExists);
  EXPECT_NE(second.error().message().find(std::to_string(first->port())), std::string::npos);
}

TEST(Server, RefusesToBeReadableByTheNetwork) {
  ServerOptions options;
  options.address = "0.0.0.0";
  EXPECT_EQ(Server::start(options, echo).error().code(), Code::kInvalidArgument);
  options.address = "localhost";
  EXPECT_EQ(Server::start(options, echo).error().code(), Code::kInvalidArgument);
}

TEST(Client, SaysThatNobodyAnswers) {
  int port = 0;
  {
    const auto server = Server::start({}, echo).take();
    port = server->port();
  }
  ClientOptions options;
  options.base_url = "http://127.0.0.1:" + std::to_string(port);
  const auto reply = Client::make(options).take()->send(get("/"), soon());
  EXPECT_EQ(reply.error().code(), Code::kUnavailable);
  EXPECT_NE(reply.error().message().find("GET http://127.0.0.1"), std::string::npos);
}

TEST(Client, IsUsedByManyThreadsAtOnce) {
  const auto server = Server::start(tls_options(), echo).take();
  const auto client = client_of(*server, showing(pki().client));
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const std::string target = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto reply = client->send(get(target), soon());
        ASSERT_TRUE(reply.ok()) << reply.error().to_string();
        EXPECT_EQ(reply->body, target + "\n");
      }
    });
  }
}

}  // namespace
}  // namespace rig::http
