// base/metrics.cc — the table of metrics and its registry.
#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "base/check.h"

namespace rig::metrics {
namespace {

const std::vector<Row>& table() {
  static const std::vector<Row> rows = {
      {Metric::kBuildInfo,
       Type::kGauge,
       "virtrigaud_build_info",
       "Version of this process; always 1.",
       {"version", "git_sha", "go_version", "component"}},
      {Metric::kReconcileTotal,
       Type::kCounter,
       "virtrigaud_manager_reconcile_total",
       "Reconciles by outcome.",
       {"kind", "outcome"}},
      {Metric::kReconcileDurationSeconds,
       Type::kHistogram,
       "virtrigaud_manager_reconcile_duration_seconds",
       "How long a reconcile took.",
       {"kind"},
       0.001,
       15},
      {Metric::kQueueDepth, Type::kGauge, "virtrigaud_queue_depth", "Objects that wait to be reconciled.", {"kind"}},
      {Metric::kVmOperationsTotal,
       Type::kCounter,
       "virtrigaud_vm_operations_total",
       "Operations on machines by outcome.",
       {"operation", "provider_type", "provider", "outcome"}},
      {Metric::kProviderRpcRequestsTotal,
       Type::kCounter,
       "virtrigaud_provider_rpc_requests_total",
       "Calls to providers by gRPC code.",
       {"provider_type", "method", "code"}},
      {Metric::kProviderRpcLatencySeconds,
       Type::kHistogram,
       "virtrigaud_provider_rpc_latency_seconds",
       "How long a call to a provider took.",
       {"provider_type", "method"},
       0.001,
       15},
      {Metric::kProviderTasksInflight,
       Type::kGauge,
       "virtrigaud_provider_tasks_inflight",
       "Tasks that run on providers.",
       {"provider_type", "provider"}},
      {Metric::kErrorsTotal, Type::kCounter, "virtrigaud_errors_total", "Errors by reason.", {"reason", "component"}},
      {Metric::kIpDiscoveryDurationSeconds,
       Type::kHistogram,
       "virtrigaud_ip_discovery_duration_seconds",
       "From the creation of the object to its first address.",
       {"provider_type"},
       0.1,
       10},
      {Metric::kCircuitBreakerState,
       Type::kGauge,
       "virtrigaud_circuit_breaker_state",
       "Circuit breaker of a provider: 0 closed, 1 half-open, 2 open.",
       {"provider_type", "provider"}},
      {Metric::kCircuitBreakerFailuresTotal,
       Type::kCounter,
       "virtrigaud_circuit_breaker_failures_total",
       "Failures the circuit breaker of a provider counted.",
       {"provider_type", "provider"}},
  };
  return rows;
}

// One family per row of its type; the others are null.
struct Family {
  prometheus::Family<prometheus::Counter>* counter = nullptr;
  prometheus::Family<prometheus::Gauge>* gauge = nullptr;
  prometheus::Family<prometheus::Histogram>* histogram = nullptr;
  prometheus::Histogram::BucketBoundaries buckets;
};

struct Families {
  prometheus::Registry registry;
  std::vector<Family> by_metric;

  Families() {
    for (const Row& row : table()) {
      CHECK(static_cast<std::size_t>(row.metric) == by_metric.size());  // the rows are in the order of the enum
      Family& family = by_metric.emplace_back();
      const std::string name(row.name), help(row.help);
      if (row.type == Type::kCounter)
        family.counter = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
      if (row.type == Type::kGauge) family.gauge = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
      if (row.type == Type::kHistogram) {
        family.histogram = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
      }
      double bound = row.bucket_start;
      for (int i = 0; i < row.bucket_count; ++i, bound *= 2) family.buckets.push_back(bound);
    }
  }
};

// Never destroyed: threads may count while the process ends.
Families& families() {
  static Families* const f = new Families;
  return *f;
}

Family& family(Metric metric) { return families().by_metric[static_cast<std::size_t>(metric)]; }

prometheus::Labels labelled(Metric metric, Labels values) {
  const std::vector<std::string_view>& names = table()[static_cast<std::size_t>(metric)].labels;
  CHECK(names.size() == values.size());
  prometheus::Labels labels;
  auto value = values.begin();
  for (const std::string_view name : names) labels.emplace(name, *value++);
  return labels;
}

}  // namespace

std::span<const Row> rows() { return table(); }

void add(Metric counter, Labels labels, double by) {
  Family& f = family(counter);
  CHECK(f.counter != nullptr);
  f.counter->Add(labelled(counter, labels)).Increment(by);
}

void set(Metric gauge, Labels labels, double value) {
  Family& f = family(gauge);
  CHECK(f.gauge != nullptr);
  f.gauge->Add(labelled(gauge, labels)).Set(value);
}

void observe(Metric histogram, Labels labels, double value) {
  Family& f = family(histogram);
  CHECK(f.histogram != nullptr);
  f.histogram->Add(labelled(histogram, labels), f.buckets).Observe(value);
}

std::string text() { return prometheus::TextSerializer().Serialize(families().registry.Collect()); }

}  // namespace rig::metrics
