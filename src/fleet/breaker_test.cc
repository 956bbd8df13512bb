// fleet/breaker_test.cc — when a provider is left alone, and when it is asked again.
#include "fleet/breaker.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace rig::fleet {
namespace {

class ABreaker : public testing::Test {
 protected:
  void fail(Code code, int times = 1) {
    const Error error(code, "x");
    for (int i = 0; i < times; ++i) breaker_.on_result(&error, clock_.now());
  }
  bool allows() { return breaker_.allows(clock_.now()); }

  StepClock clock_;
  Breaker breaker_;
};

TEST_F(ABreaker, OpensAfterSoManySilencesInARow) {
  fail(Code::kUnavailable, kBreakerFailures - 1);
  EXPECT_TRUE(allows());
  breaker_.on_result(nullptr, clock_.now());
  fail(Code::kDeadlineExceeded, kBreakerFailures - 1);
  EXPECT_TRUE(allows()) << "an answer in between begins the count again";
  fail(Code::kUnavailable);
  EXPECT_FALSE(allows());
  EXPECT_EQ(breaker_.state(), Breaker::State::kOpen);
}

TEST_F(ABreaker, IsNotMovedByWhatOneMachineDoesWrong) {
  for (int code = 1; code <= 16; ++code) {
    if (static_cast<Code>(code) == Code::kUnavailable || static_cast<Code>(code) == Code::kDeadlineExceeded) continue;
    fail(static_cast<Code>(code), 2 * kBreakerFailures);
    EXPECT_TRUE(allows()) << to_string(static_cast<Code>(code));
  }
}

TEST_F(ABreaker, LetsAFewProbesThroughAfterATime) {
  fail(Code::kUnavailable, kBreakerFailures);
  clock_.advance(kBreakerReset - Duration(1));
  EXPECT_FALSE(allows());
  clock_.advance(Duration(1));
  for (int i = 0; i < kBreakerProbes; ++i) EXPECT_TRUE(allows());
  EXPECT_FALSE(allows());
  EXPECT_EQ(breaker_.state(), Breaker::State::kHalfOpen);
}

TEST_F(ABreaker, ClosesWhenAProbeIsAnsweredAndOpensWhenItIsNot) {
  fail(Code::kUnavailable, kBreakerFailures);
  clock_.advance(kBreakerReset);
  EXPECT_TRUE(allows());
  fail(Code::kUnavailable);
  EXPECT_FALSE(allows());
  clock_.advance(kBreakerReset);
  EXPECT_TRUE(allows());
  fail(Code::kNotFound);  // it answers
  EXPECT_EQ(breaker_.state(), Breaker::State::kClosed);
  EXPECT_TRUE(allows());
}

TEST_F(ABreaker, ProbesThatWereGivenUpAreFollowedByOthers) {
  fail(Code::kUnavailable, kBreakerFailures);
  clock_.advance(kBreakerReset);
  while (allows()) fail(Code::kCancelled);
  clock_.advance(kBreakerReset);
  EXPECT_TRUE(allows());
}

}  // namespace
}  // namespace rig::fleet
