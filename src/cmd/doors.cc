// cmd/doors.cc — probes and metrics over HTTP.
#include "cmd/doors.h"

#include <condition_variable>
#include <map>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/mutex.h"
#include "base/text.h"
#include "http/certificate.h"

namespace rig::cmd {
namespace {

constexpr Duration kVerdictStands = std::chrono::seconds(10);
constexpr std::size_t kVerdictsMax = 100;
constexpr Duration kReviewTimeout = std::chrono::seconds(10);
constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

std::string_view path_of(const http::ServerRequest& request) {
  const std::string_view target = request.target;
  return target.substr(0, target.find('?'));
}
void answer(http::Responder& responder, int status, std::string body, std::string_view type = "text/plain") {
  responder.send({.status = status, .headers = {{"Content-Type", std::string(type)}}, .body = std::move(body)});
}

// Who may read metrics, as the API server says. What it said stands for a few seconds.
class Gatekeeper {
 public:
  Gatekeeper(kube::Transport& api, const Clock& clock) : api_(api), clock_(clock) {}

  // The HTTP status to refuse with; 200: come in.
  int judge(std::string_view authorization) {
    constexpr std::string_view kBearer = "Bearer ";
    if (!authorization.starts_with(kBearer)) return 401;
    const std::string token(authorization.substr(kBearer.size())), key = sha256_hex(token);
    {
      const Lock lock(mutex_);
      const auto known = verdicts_.find(key);
      if (known != verdicts_.end() && clock_.now() < known->second.until) return known->second.status;
    }
    const auto status = ask(token);
    if (!status.ok()) {
      log::warn("nobody says who may read metrics", {{"error", status.error()}});
      return 503;
    }
    const Lock lock(mutex_);
    if (verdicts_.size() >= kVerdictsMax) verdicts_.clear();
    verdicts_[key] = {*status, clock_.now() + kVerdictStands};
    return *status;
  }

 private:
  struct Verdict {
    int status = 401;
    Time until{};
  };

  Result<json::Value> post(const char* path, const json::Value& body) {
    const Call call{.deadline = clock_.now() + kReviewTimeout, .stop = {}, .request_id = {}};
    return api_.send({.method = "POST", .path = path, .content_type = "application/json", .body = json::to_text(body)},
                     call);
  }

  Result<int> ask(const std::string& token) {
    json::Value who = json::Object{{"apiVersion", "authentication.k8s.io/v1"}, {"kind", "TokenReview"}};
    who.set({"spec", "token"}, token);
    const json::Value known = TRY(post("/apis/authentication.k8s.io/v1/tokenreviews", who));
    const json::Value* authenticated = known.at({"status", "authenticated"});
    if (authenticated == nullptr || *authenticated != json::Value(true)) return 401;

    json::Value may = json::Object{{"apiVersion", "authorization.k8s.io/v1"}, {"kind", "SubjectAccessReview"}};
    for (const auto& [from, to] : {std::pair{"username", "user"}, {"groups", "groups"}, {"uid", "uid"}})
      if (const json::Value* value = known.at({"status", "user", from})) may.set({"spec", to}, *value);
    may.set({"spec", "nonResourceAttributes"}, json::Object{{"path", "/metrics"}, {"verb", "get"}});
    const json::Value verdict = TRY(post("/apis/authorization.k8s.io/v1/subjectaccessreviews", may));
    const json::Value* allowed = verdict.at({"status", "allowed"});
    return allowed != nullptr && *allowed == json::Value(true) ? 200 : 403;
  }

  kube::Transport& api_;
  const Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Verdict> verdicts_ GUARDED_BY(mutex_);  // by the digest of the token
};

class Metrics final : public MetricsDoor {
 public:
  Metrics(MetricsOptions options, kube::Transport& api, const Clock& clock)
      : options_(std::move(options)), clock_(clock), gatekeeper_(api, clock) {}

  Status start() {
    http::ServerOptions serving;
    serving.address = options_.address.host;
    serving.port = options_.address.port;
    serving.plaintext_anywhere = !options_.secure;
    if (options_.secure) {
      shown_ = TRY(read_pair());
      serving.certificate_pem = shown_.certificate_pem;
      serving.key_pem = shown_.key_pem;
    }
    server_ = TRY(http::Server::start(
        serving, [this](const auto& request, http::Responder& responder) { serve(request, responder); }));
    if (options_.secure && !options_.certificate_file.empty())
      reloader_ = std::jthread([this](const std::stop_token& stop) { reload(stop); });
    return {};
  }
  int port() const override { return server_->port(); }

 private:
  void serve(const http::ServerRequest& request, http::Responder& responder) {
    if (path_of(request) != "/metrics") return answer(responder, 404, "metrics are at /metrics\n");
    const int verdict = options_.secure ? gatekeeper_.judge(request.header("Authorization")) : 200;
    if (verdict != 200) return answer(responder, verdict, verdict == 401 ? "Unauthorized\n" : "Forbidden\n");
    answer(responder, 200, metrics::text(), kPrometheusText);
  }

  Result<http::KeyPair> read_pair() const {
    if (options_.certificate_file.empty()) {
      const WallTime now = clock_.wall();
      constexpr Duration kLifetime = std::chrono::hours(24 * 365);
      const auto authority = TRY(http::make_authority("virtrigaud-metrics", now, kLifetime));
      return http::issue(authority,
                         {.common_name = "metrics", .organizations = {}, .names = {"localhost"}, .server = true}, now,
                         kLifetime);
    }
    http::KeyPair pair;
    pair.certificate_pem = TRY(read_file(options_.certificate_file).context("--metrics-cert-path"));
    pair.key_pem = TRY(read_file(options_.key_file).context("--metrics-cert-path"));
    return pair;
  }

  void reload(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any never;
    while (!never.wait_for(lock, stop, options_.look_every, [] { return false; }) && !stop.stop_requested()) {
      auto pair = read_pair();
      if (!pair.ok() || pair->certificate_pem == shown_.certificate_pem) continue;
      if (const Status set = server_->set_certificate(pair->certificate_pem, pair->key_pem); !set.ok()) {
        log::warn("the new certificate for metrics is not taken", {{"error", set.error()}});
        continue;  // perhaps only half of it is written yet
      }
      shown_ = pair.take();
      log::info("a new certificate for metrics");
    }
  }

  const MetricsOptions options_;
  const Clock& clock_;
  Gatekeeper gatekeeper_;
  http::KeyPair shown_;
  std::unique_ptr<http::Server> server_;
  std::jthread reloader_;
};

}  // namespace

Result<Address> parse_address(std::string_view flag, const std::string& text) {
  const std::string what = std::string(flag) + " \"" + text + "\"";
  const auto colon = text.rfind(':');
  if (colon == std::string::npos)
    return Error(Code::kInvalidArgument, what + " is not ADDRESS:PORT").with_hint("For example 127.0.0.1:6443.");
  std::string host = text.substr(0, colon);
  if (host.empty()) host = "::";
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::int64_t port = TRY(parse_int(text.substr(colon + 1)).context(what));
  if (port < 0 || port > 65535) return Error(Code::kInvalidArgument, what + ": the port is not between 0 and 65535");
  return Address{std::move(host), static_cast<int>(port)};
}

Result<std::unique_ptr<http::Server>> open_probes(const Address& address, std::vector<Probe> probes) {
  http::ServerOptions options;
  options.address = address.host;
  options.port = address.port;
  options.plaintext_anywhere = true;  // kubelets speak plain HTTP; nothing secret is said
  return http::Server::start(options, [probes = std::move(probes)](const auto& request, http::Responder& responder) {
    for (const Probe& probe : probes) {
      if (probe.path != path_of(request)) continue;
      const auto found = probe.look();
      return answer(responder, found.ok() ? 200 : 500, (found.ok() ? *found : found.error().to_string()) + "\n");
    }
    answer(responder, 404, "not found\n");
  });
}

Result<std::unique_ptr<MetricsDoor>> open_metrics(const MetricsOptions& options, kube::Transport& api,
                                                  const Clock& clock) {
  auto door = std::make_unique<Metrics>(options, api, clock);
  TRY(door->start());
  return std::unique_ptr<MetricsDoor>(std::move(door));
}

}  // namespace rig::cmd
