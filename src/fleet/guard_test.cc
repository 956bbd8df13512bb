// fleet/guard_test.cc — calls are counted, and a provider that does not answer is left alone.
#include "fleet/guard.h"

#include <gtest/gtest.h>

#include <thread>

#include "base/metrics.h"
#include "fleet/limits.h"
#include "provider/fake/fake_provider.h"

namespace rig::fleet {
namespace {

using provider::fake::FakeProvider;

class AGuard : public testing::Test {
 protected:
  AGuard() {
    auto fake = std::make_unique<FakeProvider>(clock_, provider::fake::Options{});
    fake_ = fake.get();
    guarded_ = guard(std::move(fake), {"default", "guarded"}, "fake", clock_, over_.get_token());
  }
  Status describe() {
    const auto machine = guarded_->describe({}, {});
    return machine.ok() ? Status() : Status(machine.error());
  }
  static bool has_metric(const std::string& line) { return metrics::text().find(line) != std::string::npos; }

  StepClock clock_;
  std::stop_source over_;
  FakeProvider* fake_;
  std::shared_ptr<provider::Provider> guarded_;
};

TEST_F(AGuard, CountsCallsByMethodAndCode) {
  ASSERT_TRUE(describe().ok());
  fake_->set_available(false);
  EXPECT_FALSE(describe().ok());
  const std::string labels = "\",method=\"Describe\",provider_type=\"fake\"} 1";
  EXPECT_TRUE(has_metric("virtrigaud_provider_rpc_requests_total{code=\"OK" + labels));
  EXPECT_TRUE(has_metric("virtrigaud_provider_rpc_requests_total{code=\"Unavailable" + labels));
  EXPECT_TRUE(has_metric("virtrigaud_circuit_breaker_failures_total{provider=\"guarded\",provider_type=\"fake\"} 1"));
}

TEST_F(AGuard, LeavesASilentProviderAloneAndComesBack) {
  fake_->set_available(false);
  for (int i = 0; i < kBreakerFailures; ++i)
    EXPECT_EQ(describe().error().message(), "the hypervisor cannot be reached");
  EXPECT_NE(describe().error().message(), "the hypervisor cannot be reached") << "not asked";
  EXPECT_EQ(describe().error().code(), Code::kUnavailable);
  EXPECT_TRUE(has_metric("virtrigaud_circuit_breaker_state{provider=\"guarded\",provider_type=\"fake\"} 2"));
  fake_->set_available(true);
  EXPECT_FALSE(describe().ok());
  clock_.advance(kBreakerReset);
  EXPECT_TRUE(describe().ok());
  EXPECT_TRUE(describe().ok());
}

TEST_F(AGuard, EndsCallsThatWaitWhenTheProviderIsOver) {
  std::jthread ends([this] { over_.request_stop(); });
  const Status ended = guarded_->watch("cluster", "", [](const provider::Event&) { return true; }, {});
  EXPECT_EQ(ended.error().code(), Code::kUnavailable) << ended.error().to_string();
}

TEST_F(AGuard, TellsTheCallerOfHisOwnStop) {
  over_.request_stop();
  std::stop_source caller;
  caller.request_stop();
  const Status ended =
      guarded_->watch("cluster", "", [](const provider::Event&) { return true; }, {{}, caller.get_token(), ""});
  EXPECT_EQ(ended.error().code(), Code::kCancelled);
}

TEST_F(AGuard, AHealthyCheckEndsTheSilenceAtOnce) {
  fake_->set_available(false);
  for (int i = 0; i < kBreakerFailures; ++i) (void)describe();  // opens
  fake_->set_available(true);
  ASSERT_TRUE(guarded_->check({}).ok());
  EXPECT_TRUE(describe().ok());
}

}  // namespace
}  // namespace rig::fleet
