// apiserver/api_server.h — the Kubernetes API as a function from request to answer: routes, negotiation, discovery,
// OpenAPI, tables, over a Registry. Knows no socket: apiserver/serve puts it behind http::Server, local_transport
// makes it a kube::Transport in the same process.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "apiserver/access/access.h"
#include "apiserver/access/tokens.h"
#include "apiserver/registry.h"
#include "base/byte_stream.h"
#include "http/client.h"

namespace rig::apiserver {

struct ApiRequest {
  std::string method, target;  // path and query, percent-encoded
  std::string accept, content_type, user_agent, if_none_match, if_modified_since;
  std::string host;     // under which the client reached us; "" : in this process
  std::string upgrade;  // the protocol that the client wants to change to; "" : none
  std::string body;
  User user;
  std::stop_token stop = {};  // the server ends: do not wait for anything
};

// The protocol of .../virtualmachines/NAME/console: the bytes of the machine's console and nothing else.
inline constexpr std::string_view kConsoleProtocol = "virtrigaud-console";

// A running watch as the client wants it: each value is one line ({"type":…,"object":…}, in Table form if asked).
class EventStream {
 public:
  virtual ~EventStream() = default;
  // Empty at `deadline`; `ended` says that the server has nothing more to say (its timeout, or an ERROR event was
  // last).
  struct Batch {
    std::vector<json::Value> events;
    std::string lines;  // before the events: those that are written already
    bool ended = false;
  };
  virtual Batch next(Time deadline, std::stop_token stop) = 0;
};

struct ApiAnswer {
  int status = 200;
  std::string content_type = "application/json";
  http::Headers headers;  // Warning, ETag, Retry-After, ...
  json::Value body;       // for JSON and YAML
  std::string text;       // instead of body: written already
  bool pretty = false;
  std::unique_ptr<EventStream> watch;  // set: stream it
  // Set: the connection is upgraded to this protocol and the function runs with the stream (consoles).
  std::string upgrade_protocol;
  std::function<void(ByteStream&)> upgraded;
};

class ApiServer {
 public:
  // Opens a byte stream of a machine ("console"): the answer of .../virtualmachines/NAME/console. May be null.
  using OpenConsole =
      std::function<Result<std::unique_ptr<ByteStream>>(const ObjectKey& virtual_machine, const Call& call)>;
  struct Options {
    OpenConsole open_console;
    std::function<std::string()> metrics;  // text of /metrics; null: 404
    std::function<Status()> ready;         // for /readyz; null: always
    Duration watch_timeout_max = std::chrono::minutes(30);
    // Signs the tokens of ServiceAccounts; without one they are good as long as this server lives.
    std::optional<SigningKey> token_key = {};
  };
  ApiServer(Registry& registry, const Clock& clock, Options options);
  ~ApiServer();
  ApiAnswer handle(const ApiRequest& request);
  // For those who let requests in.
  Access& access();
  const Tokens& tokens() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::apiserver
