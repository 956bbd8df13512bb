// http/server.cc — see server.h. A thread accepts; each connection has a thread of its own.
#include "http/server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <list>
#include <thread>

#include "base/log.h"
#include "http/connection.h"
#include "http/limits.h"
#include "http/listener.h"
#include "http/message.h"

namespace rig::http {
namespace {

Time now() { return std::chrono::steady_clock::now(); }

// An upgraded connection. A stop request ends it, as close() does.
class UpgradedStream final : public ByteStream {
 public:
  UpgradedStream(Connection& connection, std::string early) : connection_(connection), early_(std::move(early)) {}
  ~UpgradedStream() override { close(); }

  Result<std::size_t> read(std::span<char> buffer, const Call& call) override {
    if (!early_.empty()) {
      const std::size_t n = early_.copy(buffer.data(), buffer.size());
      early_.erase(0, n);
      return n;
    }
    const std::stop_callback on_stop(call.stop, [this] { connection_.shut(); });
    Result<std::size_t> n = connection_.read(buffer, call.deadline);
    if (!n.ok() && n.error().is(Code::kUnavailable)) return std::size_t{0};
    return n;
  }
  Status write(std::string_view bytes, const Call& call) override {
    const std::stop_callback on_stop(call.stop, [this] { connection_.shut(); });
    return connection_.write(bytes, call.deadline);
  }
  void close() override { connection_.shut(); }

 private:
  Connection& connection_;
  std::string early_;  // what the client sent behind its request
};

class ConnectionResponder final : public Responder {
 public:
  struct Facts {
    bool keep_alive = true, is_head = false, is_http_1_0 = false;
  };
  ConnectionResponder(Connection& connection, const std::atomic<bool>& stopping, Facts facts, std::string rest)
      : connection_(connection), stopping_(stopping), facts_(facts), rest_(std::move(rest)) {}

  void send(Reply reply) override {
    answered_ = true;
    std::string out =
        reply_head(reply.status, reply.headers, Framing::kLength, reply.body.size(), keeps_alive(), reply.reason);
    if (facts_.is_head || !has_body(reply.status)) reply.body.clear();
    if (reply.body.size() <= kReadBytesMax) out += std::exchange(reply.body, {});  // one packet for what is small
    if (!wrote(connection_.write(out))) return;
    wrote(connection_.write(reply.body));
  }

  void begin(int status, Headers headers) override {
    answered_ = true;
    streaming_ = !facts_.is_head;
    if (facts_.is_http_1_0) facts_.keep_alive = false;
    const Framing framing = facts_.is_http_1_0 ? Framing::kUntilClose : Framing::kChunked;
    wrote(connection_.write(reply_head(status, headers, framing, 0, keeps_alive())));
  }

  bool write(std::string_view bytes) override {
    if (!streaming_ || !is_open()) return false;
    if (bytes.empty()) return true;  // an empty chunk would be the end
    if (facts_.is_http_1_0) return wrote(connection_.write(bytes));
    std::array<char, 24> size{};
    std::string chunk(size.data(),
                      static_cast<std::size_t>(std::snprintf(size.data(), size.size(), "%zx\r\n", bytes.size())));
    chunk.append(bytes).append("\r\n");
    return wrote(connection_.write(chunk));
  }

  bool is_open() override { return !broken_ && !stopping_ && connection_.is_peer_there(); }

  void end_connection() override {
    facts_.keep_alive = false;
    is_last_ = true;
  }

  std::unique_ptr<ByteStream> upgrade(std::string_view protocol) override {
    answered_ = true;
    facts_.keep_alive = false;
    const Headers headers = {{"Connection", "Upgrade"}, {"Upgrade", std::string(protocol)}};
    if (!connection_.write(reply_head(101, headers, Framing::kUpgrade, 0, true)).ok()) return nullptr;
    return std::make_unique<UpgradedStream>(connection_, std::move(rest_));
  }

  // After the handler: ends what it began. Says whether another request may follow.
  bool finish() {
    if (!answered_ && !is_last_) send({.status = 500, .headers = {}, .body = "no answer\n"});
    if (streaming_ && !facts_.is_http_1_0 && !broken_) wrote(connection_.write("0\r\n\r\n"));
    return keeps_alive() && !broken_;
  }
  std::string take_rest() { return std::move(rest_); }

 private:
  bool keeps_alive() const { return facts_.keep_alive && !stopping_; }
  bool wrote(const Status& status) {
    broken_ = broken_ || !status.ok();
    return !broken_;
  }

  Connection& connection_;
  const std::atomic<bool>& stopping_;
  Facts facts_;
  std::string rest_;
  bool answered_ = false, streaming_ = false, broken_ = false, is_last_ = false;
};

class ThreadedServer final : public Server {
 public:
  ThreadedServer(ServerOptions options, Handler handler, Listener listener, std::shared_ptr<const TlsServer> tls)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        listener_(std::move(listener)),
        wake_(::eventfd(0, EFD_CLOEXEC)),
        tls_(std::move(tls)),
        acceptor_([this] { accept_all(); }) {}
  ~ThreadedServer() override { stop(Duration::zero()); }

  int port() const override { return listener_.port; }

  Status set_certificate(std::string_view certificate_pem, std::string_view key_pem) override {
    auto tls = TRY(TlsServer::make(certificate_pem, key_pem, options_.client_ca_pem));
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
    return {};
  }

  void stop(Duration grace) override {
    if (!acceptor_.joinable()) return;
    stopping_ = true;
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);  // cannot fail: the counter is far from full
    acceptor_.join();
    if (!options_.unix_socket.empty()) ::unlink(options_.unix_socket.c_str());
    std::unique_lock lock(mutex_);
    for (Peer& peer : peers_) {
      if (!peer.busy) peer.connection.shut();
    }
    changed_.wait_until(lock, now() + grace, [this] { return live() == 0; });
    for (Peer& peer : peers_) peer.connection.shut();
    changed_.wait(lock, [this] { return live() == 0; });
    peers_.clear();  // joins
  }

 private:
  struct Peer {
    Peer(Fd socket, std::shared_ptr<const TlsServer> tls) : connection(std::move(socket), std::move(tls)) {}
    Connection connection;
    bool busy = false, finished = false;  // guarded by mutex_; busy: from the first byte of a request to its answer
    std::jthread thread;                  // last: it uses the rest
  };

  std::ptrdiff_t live() const {  // mutex_ held
    return std::count_if(peers_.begin(), peers_.end(), [](const Peer& peer) { return !peer.finished; });
  }

  void accept_all() {
    std::array<pollfd, 2> polls{{{.fd = listener_.socket.get(), .events = POLLIN, .revents = 0},
                                 {.fd = wake_.get(), .events = POLLIN, .revents = 0}}};
    while (!stopping_) {
      if (::poll(polls.data(), polls.size(), -1) < 0 && errno != EINTR) break;
      if (stopping_ || polls[0].revents == 0) continue;
      Fd socket(::accept4(listener_.socket.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket)
        admit(std::move(socket));
      else if (errno == EMFILE || errno == ENFILE)
        rest_a_little();
    }
  }

  // Without file descriptors the listening socket stays readable: do not spin until one is free again.
  void rest_a_little() {
    log::warn("out of file descriptors, accepting later");
    pollfd wake{.fd = wake_.get(), .events = POLLIN, .revents = 0};
    ::poll(&wake, 1, 100);
  }

  void admit(Fd socket) {
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // refused by unix sockets, which need it not
    const std::lock_guard lock(mutex_);
    peers_.remove_if([](const Peer& peer) { return peer.finished; });
    const auto count = static_cast<int>(peers_.size());
    if (count >= options_.connections_max + kRefusingMax) return;
    const bool is_too_many = count >= options_.connections_max;
    Peer& peer = peers_.emplace_back(std::move(socket), tls_);
    peer.thread = std::jthread([this, &peer, is_too_many] {
      is_too_many ? turn_away(peer) : talk(peer);
      const std::lock_guard done(mutex_);
      peer.connection.shut();
      peer.finished = true;
      changed_.notify_all();
    });
  }

  void set_busy(Peer& peer, bool busy) {
    const std::lock_guard lock(mutex_);
    peer.busy = busy;
  }

  void talk(Peer& peer) {
    if (!greet(peer, now() + options_.header_timeout)) return;
    RequestParser parser(options_.header_bytes_max, options_.body_bytes_max);
    const std::string certificate = peer.connection.peer_certificate_pem();
    while (!stopping_ && read_request(peer, parser)) {
      ConnectionResponder::Facts facts{.keep_alive = parser.keeps_alive(), .is_http_1_0 = parser.is_http_1_0()};
      ServerRequest request = parser.take();
      request.peer_certificate_pem = certificate;
      request.peer_certificate_trusted = peer.connection.is_peer_trusted();
      request.local_socket = !options_.unix_socket.empty();
      facts.is_head = request.method == "HEAD";
      ConnectionResponder responder(peer.connection, stopping_, facts, parser.take_rest());
      handler_(request, responder);
      if (!responder.finish()) break;
      set_busy(peer, false);
      parser.add(responder.take_rest());
    }
    peer.connection.end_writing();
  }

  bool greet(Peer& peer, Time deadline) {
    const Status status = peer.connection.handshake(deadline);
    if (!status.ok() && status.error().is(Code::kInvalidArgument)) {
      // As Go's server says it: in plain text, for this peer speaks no TLS. If it does not arrive, nothing is lost.
      (void)peer.connection.write_plain("HTTP/1.0 400 Bad Request\r\n\r\n" + status.error().message() + "\n");
    }
    return status.ok();
  }

  // False: the connection is over (answered if there was something to answer).
  bool read_request(Peer& peer, RequestParser& parser) {
    std::string buffer(kReadBytes, '\0');
    RequestParser::State state = parser.add({});
    Time deadline = now() + (parser.has_begun() ? options_.header_timeout : options_.idle_timeout);
    if (parser.has_begun()) set_busy(peer, true);
    while (state == RequestParser::State::kMore) {
      if (parser.wants_continue() && !peer.connection.write("HTTP/1.1 100 Continue\r\n\r\n").ok()) return false;
      const Result<std::size_t> n = peer.connection.read(buffer, deadline);
      if (!n.ok() && n.error().is(Code::kDeadlineExceeded) && parser.has_begun()) {
        refuse(peer.connection, {408, "the request did not arrive in time"});
      }
      if (!n.ok() || *n == 0) return false;
      if (!parser.has_begun()) {
        set_busy(peer, true);
        deadline = now() + options_.header_timeout;
      }
      state = parser.add(std::string_view(buffer).substr(0, *n));
      if (*n == buffer.size() && buffer.size() < kReadBytesMax) buffer.resize(buffer.size() * 2);
    }
    if (state == RequestParser::State::kRefused) refuse(peer.connection, parser.refusal());
    return state == RequestParser::State::kDone;
  }

  // One connection too many: it is told so, when it can be told quickly.
  void turn_away(Peer& peer) {
    const Time deadline = now() + kRefusalTime;
    if (!greet(peer, deadline)) return;
    RequestParser parser(options_.header_bytes_max, options_.body_bytes_max);
    std::string buffer(kReadBytes, '\0');
    while (true) {
      const Result<std::size_t> n = peer.connection.read(buffer, deadline);
      if (!n.ok() || *n == 0) return;
      if (parser.add(std::string_view(buffer).substr(0, *n)) != RequestParser::State::kMore) break;
    }
    refuse(peer.connection, {503, "too many connections: limit is " + std::to_string(options_.connections_max)});
  }

  // Answers, says goodbye, and reads on for a little: closing with bytes unread would reset the connection and could
  // take the answer with it.
  void refuse(Connection& connection, const Refusal& refusal) {
    Reply reply = options_.refuse ? options_.refuse(refusal.status, refusal.why)
                                  : Reply{.status = refusal.status,
                                          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
                                          .body = refusal.why + "\n"};
    if (refusal.status == 503) reply.headers.emplace_back("Retry-After", std::to_string(kRetryAfterSeconds));
    const Time deadline = now() + kLingerTime;
    std::string out = reply_head(reply.status, reply.headers, Framing::kLength, reply.body.size(), false) + reply.body;
    if (!connection.write(out, deadline).ok()) return;
    connection.end_writing();
    std::string sink(kReadBytesMax, '\0');
    for (std::size_t total = 0; total < kLingerBytes;) {
      const Result<std::size_t> n = connection.read(sink, deadline);
      if (!n.ok() || *n == 0) return;
      total += *n;
    }
  }

  const ServerOptions options_;
  const Handler handler_;
  const Listener listener_;
  const Fd wake_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;  // guards tls_, peers_ and what their comments say
  std::condition_variable changed_;
  std::shared_ptr<const TlsServer> tls_;
  std::list<Peer> peers_;
  std::jthread acceptor_;  // last: it uses the rest
};

Result<Listener> listen(const ServerOptions& options) {
  if (!options.unix_socket.empty()) return Listener::unix_socket(options.unix_socket);
  if (options.certificate_pem.empty() && !options.plaintext_anywhere && !is_loopback(options.address)) {
    return Error(Code::kInvalidArgument, "HTTP without TLS on " + options.address + " would be readable by the network")
        .with_hint("Give a certificate, or listen on 127.0.0.1.");
  }
  return Listener::tcp(options.address, options.port);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Handler handler) {
  std::shared_ptr<const TlsServer> tls;
  if (!options.certificate_pem.empty()) {
    tls = TRY(TlsServer::make(options.certificate_pem, options.key_pem, options.client_ca_pem));
  }
  Listener listener = TRY(listen(options));
  return std::unique_ptr<Server>(
      std::make_unique<ThreadedServer>(options, std::move(handler), std::move(listener), std::move(tls)));
}

}  // namespace rig::http
