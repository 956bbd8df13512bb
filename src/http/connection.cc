// http/connection.cc — see connection.h.
#include "http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/check.h"
#include "http/limits.h"

namespace rig::http {
namespace {

// OpenSSL's own socket BIO writes with write(2), which raises SIGPIPE when the peer is gone; this one does not.
int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::send(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), bytes,
                           static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(n);
}

int bio_read(BIO* bio, char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t n = ::recv(static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))), bytes,
                           static_cast<std::size_t>(size), 0);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(n);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO* socket_bio(int fd) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without SIGPIPE");
    BIO_meth_set_write(m, bio_write);
    BIO_meth_set_read(m, bio_read);
    BIO_meth_set_ctrl(m, bio_control);
    return m;
  }();
  BIO* bio = BIO_new(method);
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
  BIO_set_init(bio, 1);
  return bio;
}

// Looks at the client's certificate but lets everyone in: what it is worth is the handler's to say, and is told by
// SSL_get_verify_result().
int look_at_client(X509_STORE_CTX* store, void*) {
  if (X509_verify_cert(store) != 1 && X509_STORE_CTX_get_error(store) == X509_V_OK) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
  }
  return 1;
}

int choose_http1(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size,
                 void*) {
  static constexpr std::string_view kOurs = "\x08http/1.1";
  return SSL_select_next_proto(const_cast<unsigned char**>(out), out_size,
                               reinterpret_cast<const unsigned char*>(kOurs.data()), kOurs.size(), in,
                               in_size) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

Status trust_clients_of(SSL_CTX* context, std::string_view client_ca_pem) {
  const CertificatePtr authority = TRY(parse_certificate(client_ca_pem));
  CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) == 1);
  CHECK(SSL_CTX_add_client_CA(context, authority.get()) == 1);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, look_at_client, nullptr);
  return {};
}

int poll_milliseconds(Time deadline) {
  if (deadline == Time::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

Error gone() { return {Code::kUnavailable, "the peer is gone"}; }

}  // namespace

Result<std::shared_ptr<const TlsServer>> TlsServer::make(std::string_view certificate_pem, std::string_view key_pem,
                                                         std::string_view client_ca_pem) {
  const CertificatePtr certificate = TRY(parse_certificate(certificate_pem));
  const KeyPtr key = TRY(parse_key(key_pem));
  SslContextPtr context(SSL_CTX_new(TLS_server_method()));
  CHECK(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // Without resumption every connection proves its certificate, and a replaced one counts at once.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_http1, nullptr);
  if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1 || SSL_CTX_check_private_key(context.get()) != 1) {
    return Error(Code::kInvalidArgument, "server certificate and key do not fit: " + openssl_error());
  }
  if (!client_ca_pem.empty()) TRY(trust_clients_of(context.get(), client_ca_pem));
  auto out = std::make_shared<TlsServer>();
  out->context = std::move(context);
  return std::shared_ptr<const TlsServer>(std::move(out));
}

Connection::Connection(Fd socket, std::shared_ptr<const TlsServer> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
  if (!tls_) return;
  ssl_.reset(SSL_new(tls_->context.get()));
  CHECK(ssl_ != nullptr);
  BIO* bio = socket_bio(socket_.get());
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

Connection::~Connection() = default;

// What an SSL call said: done, wait for something, or over.
struct Connection::Step {
  enum class Next : std::uint8_t { kDone, kWait, kEnd, kBroken } next = Next::kDone;
  Wait wait_for = Wait::kRead;
};

Connection::Step Connection::tls_step(int result) {
  using Next = Step::Next;
  if (result > 0) return {};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {.next = Next::kWait, .wait_for = Wait::kRead};
    case SSL_ERROR_WANT_WRITE: return {.next = Next::kWait, .wait_for = Wait::kWrite};
    case SSL_ERROR_ZERO_RETURN: return {.next = Next::kEnd};
    default: return {.next = Next::kBroken};
  }
}

Status Connection::wait(Wait what, Time deadline) const {
  while (true) {
    if (shut_) return gone();
    pollfd p{.fd = socket_.get(), .events = static_cast<short>(what == Wait::kRead ? POLLIN : POLLOUT), .revents = 0};
    const int n = ::poll(&p, 1, poll_milliseconds(deadline));
    if (n > 0) return {};
    if (n < 0 && errno != EINTR) return gone();
    if (std::chrono::steady_clock::now() >= deadline) return Error(Code::kDeadlineExceeded, "the peer is too slow");
  }
}

Status Connection::handshake(Time deadline) {
  if (!ssl_) return {};
  while (true) {
    ERR_clear_error();
    const Step step = tls_step(SSL_accept(ssl_.get()));
    if (step.next == Step::Next::kDone) return {};
    if (step.next != Step::Next::kWait) {
      const bool is_plain_http = ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST;
      if (is_plain_http) {
        ERR_clear_error();
        return Error(Code::kInvalidArgument, "Client sent an HTTP request to an HTTPS server.");
      }
      return Error(Code::kUnavailable, "TLS handshake: " + openssl_error());
    }
    TRY(wait(step.wait_for, deadline));
  }
}

Result<std::size_t> Connection::read(std::span<char> buffer, Time deadline) {
  while (true) {
    Step step;
    if (ssl_) {
      const std::lock_guard lock(ssl_mutex_);
      ERR_clear_error();
      const int n =
          SSL_read(ssl_.get(), buffer.data(), static_cast<int>(std::min<std::size_t>(buffer.size(), 1U << 30)));
      if (n > 0) return static_cast<std::size_t>(n);
      step = tls_step(n);
      ERR_clear_error();
    } else {
      const ssize_t n = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (n >= 0) return static_cast<std::size_t>(n);
      step.next = errno == EAGAIN || errno == EINTR ? Step::Next::kWait : Step::Next::kBroken;
    }
    if (step.next == Step::Next::kEnd) return std::size_t{0};
    if (step.next == Step::Next::kBroken) return gone();
    TRY(wait(step.wait_for, deadline));
  }
}

Status Connection::write(std::string_view bytes, Time deadline) {
  while (!bytes.empty()) {
    Step step{.next = Step::Next::kWait, .wait_for = Wait::kWrite};
    ssize_t n = 0;
    if (ssl_) {
      const std::lock_guard lock(ssl_mutex_);
      ERR_clear_error();
      n = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 30)));
      step = tls_step(static_cast<int>(n));
      ERR_clear_error();
    } else {
      n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n < 0 && errno != EAGAIN && errno != EINTR) return gone();
    }
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
      continue;
    }
    if (step.next != Step::Next::kWait) return gone();
    TRY(wait(step.wait_for, std::min<Time>(deadline, std::chrono::steady_clock::now() + kWriteTimeout)));
  }
  return {};
}

Status Connection::write_plain(std::string_view bytes) {
  const ssize_t n = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (n != static_cast<ssize_t>(bytes.size())) return gone();
  return {};
}

bool Connection::is_peer_there() const {
  if (shut_) return false;
  pollfd p{.fd = socket_.get(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&p, 1, 0) == 0;
}

void Connection::shut() {
  shut_ = true;
  ::shutdown(socket_.get(), SHUT_RDWR);
}

void Connection::end_writing() {
  if (ssl_) {
    const std::lock_guard lock(ssl_mutex_);
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  ::shutdown(socket_.get(), SHUT_WR);
}

std::string Connection::peer_certificate_pem() const {
  if (!ssl_) return {};
  X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate == nullptr ? "" : to_pem(certificate);
}

bool Connection::is_peer_trusted() const {
  return ssl_ && SSL_get0_peer_certificate(ssl_.get()) != nullptr && SSL_get_verify_result(ssl_.get()) == X509_V_OK;
}

}  // namespace rig::http
