// cmd/doors.h — the HTTP doors of a program: probes for the kubelet, metrics for Prometheus.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/server.h"
#include "kube/transport.h"

namespace rig::cmd {

struct Address {
  std::string host;  // an IP address
  int port = 0;
};
// "127.0.0.1:6443", "[::1]:0", ":8080" (every address of this machine). `flag` names it in errors.
Result<Address> parse_address(std::string_view flag, const std::string& text);

// Answers 200 and "ok", or 500 and why not. Each is looked at when somebody asks.
struct Probe {
  std::string_view path;
  std::function<Result<std::string>()> look;  // what to answer with 200
};
Result<std::unique_ptr<http::Server>> open_probes(const Address& address, std::vector<Probe> probes);

struct MetricsOptions {
  Address address;
  bool secure = false;  // TLS, and only for who may `get` the path /metrics, as the API server says (contract of the
                        // reference: TokenReview, SubjectAccessReview)
  std::string certificate_file, key_file;  // read again when they change; "": a certificate of its own making
  Duration look_every = std::chrono::seconds(10);
};
// `api` must outlive it.
class MetricsDoor {
 public:
  virtual ~MetricsDoor() = default;
  virtual int port() const = 0;
};
Result<std::unique_ptr<MetricsDoor>> open_metrics(const MetricsOptions& options, kube::Transport& api,
                                                  const Clock& clock);

}  // namespace rig::cmd
