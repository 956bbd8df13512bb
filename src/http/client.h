// http/client.h — HTTP exchanges with one peer. Knows TLS, deadlines and connection reuse; knows no API.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_stream.h"
#include "base/call.h"

namespace rig::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method = "GET";
  std::string target;  // path and query, percent-encoded, or a whole URL when the client has no base URL
  Headers headers;
  std::string body;
};
struct Reply {
  int status = 0;
  Headers headers;
  std::string body;
  // The text behind the status, in which some peers alone say what went wrong (Proxmox VE). Sent as "": the usual one.
  std::string reason = {};
  std::string_view header(std::string_view name) const;  // first of that name, any case; "" when absent
};

// Fills some of the buffer: at least one byte; 0: the end. May block, and honours stop and deadline by itself.
using ReadBody = std::function<Result<std::size_t>(std::span<char>)>;

struct ClientOptions {
  std::string base_url;                  // "https://127.0.0.1:6443"; "" : every target is a whole URL
  std::string unix_socket;               // connect here instead
  std::string ca_pem;                    // trust only these; "" : the system's
  std::string certificate_pem, key_pem;  // client certificate
  std::string fingerprint_sha256;        // hex; trust exactly this server certificate
  std::string fingerprint_sha1;          // the same, where nobody has told a better one
  bool insecure_skip_verify = false;
  std::string user_agent = "virtrigaud";
  std::size_t body_bytes_max = 64U << 20;  // of a reply to send(); longer is kResourceExhausted
  int redirects_max = 0;
};

// Thread-safe: calls run side by side, each on a connection of its own from a pool.
// A reply with any status is a value. kUnavailable: no reply, with the reason (refused, TLS, name). kDeadlineExceeded.
class Client {
 public:
  static Result<std::unique_ptr<Client>> make(const ClientOptions& options);
  virtual ~Client() = default;
  virtual Result<Reply> send(const Request& request, const Call& call) = 0;
  // As send(), but the body of a 2xx reply goes to `on_bytes` as it arrives (false ends the exchange; that is not an
  // error), and the returned reply has none. Other statuses return with their body.
  virtual Result<Reply> stream(const Request& request, const Call& call,
                               const std::function<bool(std::string_view)>& on_bytes) = 0;
  // As send(), but the body is what `read` gives: `bytes` of it, or with -1 all, in chunks. An error of `read` ends the
  // exchange, and is what is answered.
  virtual Result<Reply> upload(const Request& request, std::int64_t bytes, const ReadBody& read, const Call& call) = 0;
  // Sends `request` with Upgrade and, after 101, hands the connection over. Another status: kUnavailable with it.
  virtual Result<std::unique_ptr<ByteStream>> upgrade(const Request& request, std::string_view protocol,
                                                      const Call& call) = 0;
};

}  // namespace rig::http
