// base/metrics.h — the process's metrics, each one row of the table in metrics.cc.
//
// Names, labels and buckets are those of the reference (dashboards and alerts keep working). A label set
// is given in the order of the row's labels. Thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rig::metrics {

enum class Metric : std::uint8_t {
  kBuildInfo,                    // version, git_sha, go_version, component
  kReconcileTotal,               // kind, outcome (success, error, requeue)
  kReconcileDurationSeconds,     // kind
  kQueueDepth,                   // kind
  kVmOperationsTotal,            // operation, provider_type, provider, outcome
  kProviderRpcRequestsTotal,     // provider_type, method, code
  kProviderRpcLatencySeconds,    // provider_type, method
  kProviderTasksInflight,        // provider_type, provider
  kErrorsTotal,                  // reason, component
  kIpDiscoveryDurationSeconds,   // provider_type
  kCircuitBreakerState,          // provider_type, provider: 0 closed, 1 half-open, 2 open
  kCircuitBreakerFailuresTotal,  // provider_type, provider
};

enum class Type : std::uint8_t { kCounter, kGauge, kHistogram };
struct Row {
  Metric metric;
  Type type;
  std::string_view name, help;
  std::vector<std::string_view> labels;
  double bucket_start = 0;  // histogram: bucket_start * 2^i, i < bucket_count
  int bucket_count = 0;
};
std::span<const Row> rows();

using Labels = std::initializer_list<std::string_view>;
void add(Metric counter, Labels labels, double by = 1);
void set(Metric gauge, Labels labels, double value);
void observe(Metric histogram, Labels labels, double value);

std::string text();  // the Prometheus text format, all metrics of the process

}  // namespace rig::metrics
