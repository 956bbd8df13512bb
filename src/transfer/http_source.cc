// transfer/http_source.cc — on http::Client; a server that stops sending is noticed by a thread of the reading.
#include "transfer/http_source.h"

#include "base/text.h"
#include "http/client.h"
#include "transfer/limits.h"
#include "transfer/stall_watch.h"

namespace rig::transfer {
namespace {

Error refused(int status, const std::string& url) {
  const std::string text = url + ": the server answers " + std::to_string(status);
  switch (status) {
    case 401:
    case 403: return Error(Code::kPermissionDenied, text).with_hint("The URL must be readable without a login.");
    case 404:
    case 410: return Error(Code::kNotFound, text).with_hint("Check the URL.");
    default: break;
  }
  return Error(status == 408 || status == 429 || status >= 500 ? Code::kUnavailable : Code::kFailedPrecondition, text);
}

class HttpSource final : public ByteSource {
 public:
  HttpSource(std::string url, Duration stall_max, std::unique_ptr<http::Client> client)
      : url_(std::move(url)), stall_max_(stall_max), client_(std::move(client)) {}

  std::int64_t size(const Call& call) override {
    Call short_call = call;
    short_call.deadline = std::min(call.deadline, std::chrono::steady_clock::now() + kSizeQuestionMax);
    const auto reply = client_->send({.method = "HEAD", .target = url_, .headers = {}, .body = ""}, short_call);
    if (!reply.ok() || reply->status != 200) return 0;  // servers need not answer HEAD
    const auto length = parse_int(reply->header("Content-Length"));
    return length.ok() && *length > 0 ? *length : 0;
  }

  Status read(const std::function<bool(std::string_view)>& on_bytes, const Call& call) override {
    StallWatch watch(stall_max_);
    const std::stop_callback forward(call.stop, [&] { watch.stop().request_stop(); });
    Call watched = call;
    watched.stop = watch.stop().get_token();
    const auto reply = client_->stream({.method = "GET", .target = url_, .headers = {}, .body = ""}, watched,
                                       [&](std::string_view bytes) {
                                         watch.is_busy();
                                         const bool goes_on = on_bytes(bytes);
                                         watch.fed();
                                         return goes_on;
                                       });
    const std::string shown = shown_url(url_);
    if (watch.has_stalled()) return Error(Code::kUnavailable, shown + ": the server has stopped sending");
    if (!reply.ok()) return Error(reply.error()).with_context(shown);
    return reply->status / 100 == 2 ? Status{} : refused(reply->status, shown);
  }

 private:
  const std::string url_;
  const Duration stall_max_;
  const std::unique_ptr<http::Client> client_;
};

}  // namespace

std::string shown_url(const std::string& url) {
  std::string shown = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = shown.find("://");
  if (host == std::string::npos) return shown;
  const std::size_t path = shown.find('/', host + 3), at = shown.rfind('@', path);
  if (at != std::string::npos && at > host) shown.erase(host + 3, at - host - 2);
  return shown;
}

Result<std::unique_ptr<ByteSource>> http_source(const std::string& url, Duration stall_max) {
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return Error(Code::kInvalidArgument, "'" + shown_url(url) + "' is neither an http nor an https URL");
  }
  http::ClientOptions options;
  options.redirects_max = kRedirectsMax;
  auto client = TRY(http::Client::make(options));
  return std::unique_ptr<ByteSource>(std::make_unique<HttpSource>(url, stall_max, std::move(client)));
}

}  // namespace rig::transfer
