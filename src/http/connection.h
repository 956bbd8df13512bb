// http/connection.h — one accepted socket, plain or TLS, read and written with deadlines. Inside this room only.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "http/openssl.h"

namespace rig::http {

// What a TLS server shows and whom it trusts. Immutable once made.
struct TlsServer {
  SslContextPtr context;
  // kInvalidArgument: bad PEM, or a key that does not fit the certificate.
  static Result<std::shared_ptr<const TlsServer>> make(std::string_view certificate_pem, std::string_view key_pem,
                                                       std::string_view client_ca_pem);
};

// The socket does not block; every wait is a poll(2) that ends at a deadline or at shut(). One thread may read while
// another writes; shut() may be called by any thread.
class Connection {
 public:
  Connection(Fd socket, std::shared_ptr<const TlsServer> tls);  // tls null: plain
  ~Connection();

  // kInvalidArgument: the peer spoke plain HTTP. kUnavailable: no TLS with this peer.
  Status handshake(Time deadline);
  // At least one byte; 0: the peer ended. kDeadlineExceeded, kUnavailable.
  Result<std::size_t> read(std::span<char> buffer, Time deadline);
  // All bytes. kDeadlineExceeded: the peer took none for kWriteTimeout, or until `deadline`.
  Status write(std::string_view bytes, Time deadline = Time::max());
  Status write_plain(std::string_view bytes);  // past TLS, for a peer that does not speak it
  bool is_peer_there() const;                  // false once the peer closed its end, or shut() was called
  void shut();                                 // wakes who waits; both directions end
  void end_writing();                          // says goodbye; reading goes on

  std::string peer_certificate_pem() const;  // "" : none shown
  bool is_peer_trusted() const;

 private:
  enum class Wait : std::uint8_t { kRead, kWrite };
  struct Step;
  Step tls_step(int result);
  Status wait(Wait what, Time deadline) const;

  const Fd socket_;
  const std::shared_ptr<const TlsServer> tls_;
  std::mutex ssl_mutex_;  // guards ssl_, which is not for two threads at once
  SslPtr ssl_;
  std::atomic<bool> shut_ = false;
};

}  // namespace rig::http
