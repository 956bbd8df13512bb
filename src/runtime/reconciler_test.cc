// runtime/reconciler_test.cc — when a key is looked at again after each outcome.
#include "runtime/reconciler.h"

#include <gtest/gtest.h>

#include "runtime/limits.h"

namespace rig::runtime {
namespace {

using namespace std::chrono_literals;

const ObjectKey kKey{"ns", "a"};

class Settle : public ::testing::Test {
 protected:
  // How long until the key comes again; nullopt: only when something changes.
  std::optional<Duration> after(const Result<Action>& result) {
    queue_.add(kKey, Priority::kUser);
    EXPECT_EQ(queue_.take(now_), kKey);
    settle(kKey, "Balloon", result, queue_, now_);
    EXPECT_TRUE(queue_.idle()) << "the key was not given back";
    const auto next = queue_.next_delayed();
    if (!next) return std::nullopt;
    now_ = *next;
    EXPECT_EQ(queue_.take(now_), kKey);
    queue_.done(kKey);
    return *next - before_;
  }
  void SetUp() override { before_ = now_; }

  Time now_{1h}, before_;
  WorkQueueCore queue_;
};

TEST_F(Settle, ComesBackWhenTheOutcomeSays) {
  struct Case {
    const char* name;
    Result<Action> result;
    std::optional<Duration> want;
  };
  const Case cases[] = {
      {"waits for a change", Action::wait_for_change(), std::nullopt},
      {"looks again", Action::look_again_in(3s), 3s},
      {"user must fix", Error(Code::kInvalidArgument, "no"), limits::kUserFixDelay},
      {"not found", Error(Code::kNotFound, "no"), limits::kUserFixDelay},
      {"retry", Error(Code::kUnavailable, "no"), limits::kRetryMin},
      {"conflict", Error(Code::kAborted, "no"), limits::kRetryMin},
      {"our bug", Error(Code::kInternal, "no"), limits::kRetryMin},
      {"the peer says when", Error(Code::kResourceExhausted, "no").with_retry_after(9s), 9s},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    queue_ = WorkQueueCore();
    before_ = now_;
    EXPECT_EQ(after(c.result), c.want);
  }
}

TEST_F(Settle, BacksOffWhileFailuresFollowEachOtherAndForgetsThemAtASuccess) {
  const Result<Action> failure = Error(Code::kUnavailable, "no");
  (void)after(failure);
  before_ = now_;
  EXPECT_EQ(after(failure), 2 * limits::kRetryMin);
  EXPECT_EQ(after(Action::wait_for_change()), std::nullopt);
  before_ = now_;
  EXPECT_EQ(after(failure), limits::kRetryMin);
}

TEST_F(Settle, LetsAChangeEndTheWaitForAUsersFix) {
  queue_.add(kKey, Priority::kUser);
  (void)queue_.take(now_);
  settle(kKey, "Balloon", Error(Code::kInvalidArgument, "no"), queue_, now_);
  queue_.add(kKey, Priority::kUser);
  EXPECT_EQ(queue_.take(now_), kKey);
}

}  // namespace
}  // namespace rig::runtime
