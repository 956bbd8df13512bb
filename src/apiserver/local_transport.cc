// apiserver/local_transport.cc — see local_transport.h.
#include "apiserver/local_transport.h"

#include "base/text.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kUserAgent = "virtrigaud";

class LocalTransport final : public kube::Transport {
 public:
  LocalTransport(ApiServer& server, const Clock& clock, User user)
      : server_(server), clock_(clock), user_(std::move(user)) {}

  Result<json::Value> send(const kube::Request& request, const Call& call) override {
    if (clock_.now() >= call.deadline)
      return Error(Code::kDeadlineExceeded, request.method + " " + request.path + ": no time is left");
    ApiAnswer answer = server_.handle(as_api_request(request));
    if (answer.status < 200 || answer.status > 299) return error_of(answer);
    return std::move(answer.body);
  }

  Status stream(const kube::Request& request, const Call& call,
                const std::function<bool(json::Value)>& on_event) override {
    ApiAnswer answer = server_.handle(as_api_request(request));
    if (answer.status < 200 || answer.status > 299) return error_of(answer);
    if (!answer.watch) return Error(Code::kInvalidArgument, request.method + " " + request.path + " is not a watch");
    while (clock_.now() < call.deadline && !call.stop.stop_requested()) {
      EventStream::Batch batch = answer.watch->next(call.deadline, call.stop);
      for (json::Value& event : batch.events) {
        if (auto error = kube::watch_error(event)) return *std::move(error);
        if (!on_event(std::move(event))) return {};
      }
      if (batch.ended) break;
    }
    return {};
  }

 private:
  ApiRequest as_api_request(const kube::Request& request) const {
    ApiRequest out;
    out.method = request.method;
    out.target = request.target();
    out.accept = request.accept;
    out.content_type = request.content_type;
    out.user_agent = kUserAgent;
    out.body = request.body;
    out.user = user_;
    return out;
  }

  static Error error_of(const ApiAnswer& answer) {
    json::Value status = answer.body;
    if (status.is_null()) status = json::Object{{"kind", "Status"}, {"message", trim(answer.text)}};
    Error error = kube::error_from_status(status, answer.status);
    for (const auto& [name, value] : answer.headers) {
      const Result<std::int64_t> seconds = parse_int(value);
      if (name == "Retry-After" && seconds.ok() && !error.retry_after())
        return std::move(error).with_retry_after(std::chrono::seconds(*seconds));
    }
    return error;
  }

  ApiServer& server_;
  const Clock& clock_;
  const User user_;
};

}  // namespace

std::unique_ptr<kube::Transport> local_transport(ApiServer& server, const Clock& clock, User user) {
  return std::make_unique<LocalTransport>(server, clock, std::move(user));
}

}  // namespace rig::apiserver
