// apiserver/serve.cc — see serve.h.
#include "apiserver/serve.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "apiserver/doorkeeper.h"
#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "apiserver/pki.h"
#include "base/file.h"
#include "base/log.h"
#include "base/yaml/yaml.h"
#include "http/gzip.h"
#include "http/server.h"
#include "kube/kubeconfig.h"

namespace rig::apiserver {
namespace {

ApiRequest api_request(const http::ServerRequest& request, User user) {
  ApiRequest out;
  out.method = request.method;
  out.target = request.target;
  out.accept = request.header("Accept");
  out.host = request.header("Host");
  out.content_type = request.header("Content-Type");
  out.user_agent = request.header("User-Agent");
  out.if_none_match = request.header("If-None-Match");
  out.if_modified_since = request.header("If-Modified-Since");
  out.upgrade = request.header("Upgrade");
  out.body = request.body;
  out.user = std::move(user);
  return out;
}

std::string body_text(ApiAnswer& answer) {
  if (answer.body.is_null()) return std::move(answer.text);
  if (answer.content_type == "application/yaml") return yaml::to_text(answer.body);
  return answer.pretty ? json::to_pretty(answer.body) : json::to_text(answer.body) + "\n";
}

http::Reply reply_of(ApiAnswer answer, std::string_view accept_encoding) {
  http::Reply out{.status = answer.status, .headers = std::move(answer.headers), .body = body_text(answer)};
  if (!out.body.empty()) out.headers.emplace_back("Content-Type", answer.content_type);
  if (out.body.size() >= limits::kCompressedBytesMin && http::accepts_gzip(accept_encoding)) {
    const http::Headers::value_type vary{"Vary", "Accept-Encoding"};
    out.body = http::gzip(out.body);
    out.headers.emplace_back("Content-Encoding", "gzip");
    if (std::find(out.headers.begin(), out.headers.end(), vary) == out.headers.end()) out.headers.push_back(vary);
  }
  return out;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 413: return "RequestEntityTooLarge";
    case 408: return "Timeout";
    case 503: return "ServiceUnavailable";
    default: return "BadRequest";
  }
}

http::Reply error_reply(const Error& error) {
  return {.status = http_code(error),
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-cache, private"}},
          .body = json::to_text(status_of(error)) + "\n"};
}

// What the HTTP layer refuses by itself is a Status, too.
http::Reply refuse(int status, std::string_view why) {
  return error_reply(status_error(status, reason_of(status), std::string(why)));
}

Time now() { return std::chrono::steady_clock::now(); }

class ServingServer final : public Serving {
 public:
  ServingServer(ApiServer& api, ServeOptions options, const Clock& clock, http::KeyPair authority)
      : api_(api),
        options_(std::move(options)),
        clock_(clock),
        authority_(std::move(authority)),
        doorkeeper_(api.access(), api.tokens()) {}
  ~ServingServer() override { stop(Duration::zero()); }

  Status start() {
    const WallTime issued = clock_.wall();
    const Identities identities = TRY(issue_identities(authority_, options_.address, issued));
    const http::Handler handler = [this](const http::ServerRequest& request, http::Responder& responder) {
      answer(request, responder);
    };
    http::ServerOptions tcp;
    tcp.address = options_.address;
    tcp.port = options_.port;
    tcp.certificate_pem = identities.server.certificate_pem;
    tcp.key_pem = identities.server.key_pem;
    tcp.client_ca_pem = authority_.certificate_pem;
    tcp.refuse = refuse;
    tcp_ = TRY(http::Server::start(tcp, handler));
    if (!options_.unix_socket.empty()) {
      http::ServerOptions local;
      local.unix_socket = options_.unix_socket;
      local.refuse = refuse;
      local_ = TRY(http::Server::start(local, handler));
    }
    TRY(write_access(identities.admin));
    renewal_ = std::jthread([this, issued](const std::stop_token& stop) { renew_in_time(issued, stop); });
    return {};
  }

  int port() const override { return tcp_->port(); }

  void stop(Duration grace) override {
    stop_.request_stop();
    renewal_ = {};
    if (tcp_) tcp_->stop(grace);
    if (local_) local_->stop(grace);
  }

 private:
  void answer(const http::ServerRequest& request, http::Responder& responder) {
    const Result<User> user = doorkeeper_.identify(request);
    if (!user.ok()) {
      http::Reply refusal = error_reply(user.error());
      if (refusal.status != 401) refusal.headers.emplace_back("X-Content-Type-Options", "nosniff");
      return responder.send(std::move(refusal));
    }
    ApiRequest asked = api_request(request, *user);
    asked.stop = stop_.get_token();
    ApiAnswer answer = api_.handle(asked);
    if (answer.watch) return stream(answer, responder);
    if (answer.upgraded) {
      if (const auto client = responder.upgrade(answer.upgrade_protocol)) answer.upgraded(*client);
      return;
    }
    responder.send(reply_of(std::move(answer), request.header("Accept-Encoding")));
  }

  // Every event is a line and is sent at once.
  void stream(ApiAnswer& answer, http::Responder& responder) {
    answer.headers.emplace_back("Content-Type", answer.content_type);
    responder.begin(200, std::move(answer.headers));
    while (responder.is_open()) {
      EventStream::Batch batch = answer.watch->next(now() + limits::kWatchLookEvery, stop_.get_token());
      std::string lines = std::move(batch.lines);
      for (const json::Value& event : batch.events) lines += json::to_text(event) + "\n";
      if (!responder.write(lines) || batch.ended) return;
    }
  }

  Status write_access(const http::KeyPair& admin) {
    if (options_.kubeconfig.empty()) return {};
    const bool is_v6 = options_.address.find(':') != std::string::npos;
    kube::Access access;
    access.server =
        "https://" + (is_v6 ? "[" + options_.address + "]" : options_.address) + ":" + std::to_string(port());
    access.ca_pem = authority_.certificate_pem;
    access.certificate_pem = admin.certificate_pem;
    access.key_pem = admin.key_pem;
    access.user = "admin";
    return write_file(options_.kubeconfig, kube::write_kubeconfig(access, "virtrigaud"), 0600);
  }

  // Looks at the wall clock now and then, for a machine may sleep longer than any timer.
  void renew_in_time(WallTime issued, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
      never.wait_for(lock, stop, limits::kRenewalLookEvery, [] { return false; });
      if (stop.stop_requested() || clock_.wall() < renewal_time(issued)) continue;
      const WallTime at = clock_.wall();
      if (const Status renewed = renew(at); renewed.ok())
        issued = at;
      else
        log::error("certificates could not be renewed, trying again later", {{"error", renewed.error()}});
    }
  }
  Status renew(WallTime at) {
    const Identities identities = TRY(issue_identities(authority_, options_.address, at));
    TRY(tcp_->set_certificate(identities.server.certificate_pem, identities.server.key_pem));
    TRY(write_access(identities.admin));
    log::info("certificates renewed");
    return {};
  }

  ApiServer& api_;
  const ServeOptions options_;
  const Clock& clock_;
  const http::KeyPair authority_;
  Doorkeeper doorkeeper_;
  std::stop_source stop_;  // ends the waits of watches
  std::unique_ptr<http::Server> tcp_, local_;
  std::jthread renewal_;
};

}  // namespace

Result<std::unique_ptr<Serving>> serve(ApiServer& server, const ServeOptions& options, const Clock& clock) {
  http::KeyPair authority =
      TRY(load_authority(options.pki_dir, clock.wall()).context("certificate authority in " + options.pki_dir));
  auto out = std::make_unique<ServingServer>(server, options, clock, std::move(authority));
  TRY(out->start());
  return std::unique_ptr<Serving>(std::move(out));
}

}  // namespace rig::apiserver
