// http/server.h — an HTTP/1.1 server: blocking handlers, a thread per connection. Knows no API.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_stream.h"
#include "base/clock.h"
#include "http/client.h"

namespace rig::http {

struct ServerRequest {
  std::string method, target;  // target as sent: path and query, still percent-encoded
  Headers headers;
  std::string body;
  std::string peer_certificate_pem;       // of a client that showed one, verified or not; "" : none
  bool peer_certificate_trusted = false;  // chains to ServerOptions::client_ca_pem and is in its time
  bool local_socket = false;              // came over the unix socket
  std::string_view header(std::string_view name) const;
};

// Answers one request. Exactly one of send(), begin() or upgrade() is called, on the handler's thread; none of them
// only after end_connection(). An upgraded stream must be gone before the handler returns; it also ends when the server
// stops.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void send(Reply reply) = 0;
  // A chunked body: begin() once, then write() until it says false (the client is gone or the server stops).
  virtual void begin(int status, Headers headers) = 0;
  virtual bool write(std::string_view bytes) = 0;
  virtual bool is_open() = 0;  // false once the client went away or the server stops; cheap
  // Before send(): the connection ends with that answer. With no answer at all it just ends, as when a host dies.
  virtual void end_connection() = 0;
  virtual std::unique_ptr<ByteStream> upgrade(std::string_view protocol) = 0;  // 101; null when the client is gone
};
using Handler = std::function<void(const ServerRequest&, Responder&)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  int port = 0;                             // 0: any
  std::string unix_socket;                  // "" : TCP. One Server listens on one of the two
  std::string certificate_pem, key_pem;     // "" : plaintext, accepted for unix sockets and loopback addresses only
  bool plaintext_anywhere = false;          // what is said here may be read by the network: probes, metrics
  std::string client_ca_pem;                // asks clients for a certificate; the handler decides what it is worth
  int connections_max = 512;                // more get 503 with Retry-After
  std::size_t body_bytes_max = 3U << 20;    // 413
  std::size_t header_bytes_max = 1U << 20;  // 431
  Duration header_timeout = std::chrono::seconds(30);  // from the first byte of a request to its end
  Duration idle_timeout = std::chrono::minutes(5);
  // Words an answer (400, 408, 413, 417, 431, 503) to what never reaches the handler. Null: plain text.
  std::function<Reply(int status, std::string_view why)> refuse;
};

class Server {
 public:
  // kAlreadyExists: the port or socket is in use, with its name. kInvalidArgument: plaintext off the machine, bad PEM.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options, Handler handler);
  virtual ~Server() = default;  // stop(0)
  virtual int port() const = 0;
  // Replaces the certificate for new connections.
  virtual Status set_certificate(std::string_view certificate_pem, std::string_view key_pem) = 0;
  // No new connections; running handlers get `grace`, then their sockets are shut. Returns when all have returned.
  virtual void stop(Duration grace) = 0;
};

}  // namespace rig::http
