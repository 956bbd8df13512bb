// kube/transport_http.cc — an API server over HTTP.
#include "kube/transport_http.h"

#include "base/mutex.h"
#include "base/text.h"
#include "kube/limits.h"

namespace rig::kube {
namespace {

Error error_of(const http::Reply& reply) {
  Result<json::Value> body = json::parse(reply.body);
  const bool is_status = body.ok() && body->text({"kind"}) == "Status";
  Error error = error_from_status(is_status ? *body : json::Value(), reply.status);
  const auto seconds = parse_int(reply.header("Retry-After"));
  if (error.retry_after() || !seconds.ok() || *seconds < 0) return error;
  return std::move(error).with_retry_after(std::chrono::seconds(*seconds));
}

// Cuts a watch's bytes into lines and each line into a value. Ends at the first error, its own or an ERROR event's.
class Lines {
 public:
  explicit Lines(const std::function<bool(json::Value)>& on_event) : on_event_(on_event) {}

  bool add(std::string_view bytes) {  // false: no more
    while (!bytes.empty()) {
      const auto end = bytes.find('\n');
      rest_.append(bytes.substr(0, end));
      if (rest_.size() > limits::kWatchLineBytesMax) {
        return stop(Error(Code::kResourceExhausted, "an event of the watch is longer than " +
                                                        std::to_string(limits::kWatchLineBytesMax >> 20) + " MiB"));
      }
      if (end == std::string_view::npos) return true;
      bytes.remove_prefix(end + 1);
      if (!deliver(std::exchange(rest_, {}))) return false;
    }
    return true;
  }
  Status ended() const { return error_ ? Status(*error_) : Status(); }

 private:
  bool deliver(const std::string& line) {
    if (trim(line).empty()) return true;
    Result<json::Value> event = json::parse(line);
    if (!event.ok())
      return stop(Error(Code::kUnavailable, "an event of the watch is not JSON: " + event.error().message()));
    if (auto error = watch_error(*event)) return stop(std::move(*error));
    return on_event_(event.take());
  }
  bool stop(Error error) {
    error_ = std::move(error);
    return false;
  }

  const std::function<bool(json::Value)>& on_event_;
  std::string rest_;
  std::optional<Error> error_;
};

class HttpTransport final : public Transport {
 public:
  HttpTransport(std::unique_ptr<http::Client> client, TokenSource token)
      : client_(std::move(client)), token_(std::move(token)) {}

  Result<json::Value> send(const Request& request, const Call& call) override {
    const std::string token = TRY(next_token());
    const http::Reply reply = TRY(client_->send(http_request(request, token), call));
    if (reply.status < 200 || reply.status > 299) return refusal(reply, token);
    if (reply.body.empty()) return json::Value();
    Result<json::Value> body = json::parse(reply.body);
    if (body.ok()) return body;
    return Error(Code::kUnavailable, "the API server's answer is not JSON: " + body.error().message());
  }

  Status stream(const Request& request, const Call& call, const std::function<bool(json::Value)>& on_event) override {
    Lines lines(on_event);
    const std::string token = TRY(next_token());
    const http::Reply reply =
        TRY(client_->stream(http_request(request, token), call, [&](std::string_view b) { return lines.add(b); }));
    if (reply.status < 200 || reply.status > 299) return refusal(reply, token);
    return lines.ended();
  }

 private:
  static http::Request http_request(const Request& request, const std::string& token) {
    http::Request out{.method = request.method, .target = request.target(), .headers = {}, .body = request.body};
    out.headers.emplace_back("Accept", request.accept);
    if (!request.content_type.empty()) out.headers.emplace_back("Content-Type", request.content_type);
    if (!token.empty()) out.headers.emplace_back("Authorization", "Bearer " + token);
    return out;
  }

  Result<std::string> next_token() {
    std::string refused;
    {
      const Lock lock(mutex_);
      refused = refused_;
    }
    return token_(refused);
  }

  // What was refused is not sent again here: who asked asks again, and comes with another token then.
  Error refusal(const http::Reply& reply, const std::string& token) {
    if (reply.status == 401) {
      const Lock lock(mutex_);
      refused_ = token;
    }
    return error_of(reply);
  }

  const std::unique_ptr<http::Client> client_;
  const TokenSource token_;
  Mutex mutex_;
  std::string refused_ GUARDED_BY(mutex_);  // the last one
};

}  // namespace

std::unique_ptr<Transport> http_transport(std::unique_ptr<http::Client> client, TokenSource token) {
  return std::make_unique<HttpTransport>(std::move(client), std::move(token));
}

}  // namespace rig::kube
