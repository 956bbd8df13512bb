// base/metrics_test.cc — the table is the reference's; each row counts.
#include "base/metrics.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rig::metrics {
namespace {

bool has_line(const std::string& line) {
  for (const std::string& found : split(text(), '\n')) {
    if (found == line) return true;
  }
  return false;
}

TEST(Metrics, HaveTheNamesAndLabelsOfTheReference) {
  std::string table;
  for (const Row& row : rows()) {
    table += std::string(row.name) + "{";
    for (const std::string_view label : row.labels) table += (table.back() == '{' ? "" : ",") + std::string(label);
    table += "} " + std::to_string(static_cast<int>(row.type)) + "\n";
  }
  EXPECT_EQ(table, R"(virtrigaud_build_info{version,git_sha,go_version,component} 1
virtrigaud_manager_reconcile_total{kind,outcome} 0
virtrigaud_manager_reconcile_duration_seconds{kind} 2
virtrigaud_queue_depth{kind} 1
virtrigaud_vm_operations_total{operation,provider_type,provider,outcome} 0
virtrigaud_provider_rpc_requests_total{provider_type,method,code} 0
virtrigaud_provider_rpc_latency_seconds{provider_type,method} 2
virtrigaud_provider_tasks_inflight{provider_type,provider} 1
virtrigaud_errors_total{reason,component} 0
virtrigaud_ip_discovery_duration_seconds{provider_type} 2
virtrigaud_circuit_breaker_state{provider_type,provider} 1
virtrigaud_circuit_breaker_failures_total{provider_type,provider} 0
)");
}

TEST(Metrics, CountersAddUp) {
  add(Metric::kErrorsTotal, {"ProviderUnreachable", "manager"});
  add(Metric::kErrorsTotal, {"ProviderUnreachable", "manager"}, 2);
  EXPECT_TRUE(has_line(R"(virtrigaud_errors_total{component="manager",reason="ProviderUnreachable"} 3)")) << text();
}

TEST(Metrics, GaugesAreSet) {
  set(Metric::kCircuitBreakerState, {"libvirt", "lab"}, 2);
  set(Metric::kCircuitBreakerState, {"libvirt", "lab"}, 1);
  EXPECT_TRUE(has_line(R"(virtrigaud_circuit_breaker_state{provider="lab",provider_type="libvirt"} 1)")) << text();
}

TEST(Metrics, HistogramsDoubleTheirBounds) {
  observe(Metric::kReconcileDurationSeconds, {"VMSet"}, 16);
  EXPECT_TRUE(has_line(R"(virtrigaud_manager_reconcile_duration_seconds_bucket{kind="VMSet",le="8.192"} 0)"));
  EXPECT_TRUE(has_line(R"(virtrigaud_manager_reconcile_duration_seconds_bucket{kind="VMSet",le="16.384"} 1)"));
  observe(Metric::kIpDiscoveryDurationSeconds, {"vsphere"}, 50);
  EXPECT_TRUE(has_line(R"(virtrigaud_ip_discovery_duration_seconds_bucket{provider_type="vsphere",le="25.6"} 0)"));
  EXPECT_TRUE(has_line(R"(virtrigaud_ip_discovery_duration_seconds_bucket{provider_type="vsphere",le="51.2"} 1)"));
  EXPECT_TRUE(has_line(R"(virtrigaud_ip_discovery_duration_seconds_bucket{provider_type="vsphere",le="+Inf"} 1)"));
}

TEST(Metrics, AWrongUseIsABug) {
  EXPECT_DEATH(add(Metric::kErrorsTotal, {"OneLabelOfTwo"}), "CHECK failed");
  EXPECT_DEATH(set(Metric::kErrorsTotal, {"a", "b"}, 1), "CHECK failed");
}

}  // namespace
}  // namespace rig::metrics
