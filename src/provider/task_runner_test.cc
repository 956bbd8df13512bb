// provider/task_runner_test.cc — the threads around the rules; run under ThreadSanitizer by `./dev test --deep`.
#include "provider/task_runner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <mutex>

namespace rig::provider {
namespace {

using Phase = TaskState::Phase;

// Tells the test when a task has ended.
class Ends {
 public:
  explicit Ends(TaskRunner& runner) {
    runner.on_change([this](const std::string& machine, const TaskId&, const TaskState& state) {
      const std::lock_guard lock(mutex_);
      changes_.push_back(machine + " " + state.step);
      if (state.phase != Phase::kRunning) ++ended_;
      changed_.notify_all();
    });
  }
  void wait_for(int ended) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ >= ended; });
  }
  std::vector<std::string> changes() {
    const std::lock_guard lock(mutex_);
    return changes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int ended_ = 0;
  std::vector<std::string> changes_;
};

TEST(TaskRunner, DoesTheWorkAndTellsOfEachStep) {
  const SystemClock clock;
  TaskRunner runner(2, 8, clock);
  Ends ends(runner);
  const auto id = runner.submit("a", "create", [](const Call&, const auto& progress) -> Status {
    progress({"copy", 50, 1, 2});
    return {};
  });
  ASSERT_TRUE(id.ok());
  ends.wait_for(1);
  EXPECT_EQ(runner.poll(*id).phase, Phase::kDone);
  EXPECT_EQ(ends.changes(), (std::vector<std::string>{"a create", "a copy", "a copy"}));
}

TEST(TaskRunner, NeverRunsTwoTasksOfOneMachineAtOnce) {
  const SystemClock clock;
  TaskRunner runner(4, 256, clock);
  Ends ends(runner);
  std::atomic<int> inside = 0, worst = 0;
  for (int i = 0; i < 100; ++i) {
    const auto work = [&](const Call&, const auto&) -> Status {
      const int now = ++inside;
      if (now > worst) worst = now;
      --inside;
      return {};
    };
    ASSERT_TRUE(runner.submit("a", "verb " + std::to_string(i), work).ok());
  }
  ends.wait_for(100);
  EXPECT_EQ(worst, 1);
}

TEST(TaskRunner, MachinesDoNotWaitForEachOther) {
  const SystemClock clock;
  TaskRunner runner(2, 8, clock);
  Ends ends(runner);
  std::latch both(2);  // opens only when both run at the same time
  const auto work = [&](const Call&, const auto&) -> Status {
    both.arrive_and_wait();
    return {};
  };
  ASSERT_TRUE(runner.submit("a", "create", work).ok());
  ASSERT_TRUE(runner.submit("b", "create", work).ok());
  ends.wait_for(2);
}

// Runs until it is told to stop.
Status run_until_stopped(const Call& call, std::promise<void>& started) {
  started.set_value();
  std::promise<void> stopped;
  const std::stop_callback on_stop(call.stop, [&] { stopped.set_value(); });
  stopped.get_future().wait();
  return Error(Code::kCancelled, "stopped in the middle");
}

TEST(TaskRunner, CancelStopsWhatRunsAndWhatWaits) {
  const SystemClock clock;
  TaskRunner runner(1, 8, clock);
  Ends ends(runner);
  std::promise<void> started;
  const TaskId running =
      runner.submit("a", "create", [&](const Call& call, const auto&) { return run_until_stopped(call, started); })
          .take();
  started.get_future().wait();
  std::atomic<bool> ran = false;
  const auto never = [&](const Call&, const auto&) -> Status {
    ran = true;
    return {};
  };
  const TaskId waiting = runner.submit("b", "create", never).take();
  runner.cancel(waiting);
  EXPECT_EQ(runner.poll(waiting).phase, Phase::kFailed);
  runner.cancel(running);
  ends.wait_for(2);
  EXPECT_EQ(runner.poll(running).error->message(), "stopped in the middle");
  EXPECT_FALSE(ran);
}

TEST(TaskRunner, StopEndsWhatRunsDropsWhatWaitsAndTakesNoMore) {
  const SystemClock clock;
  TaskRunner runner(1, 8, clock);
  Ends ends(runner);
  std::promise<void> started;
  const TaskId running =
      runner.submit("a", "create", [&](const Call& call, const auto&) { return run_until_stopped(call, started); })
          .take();
  started.get_future().wait();
  const TaskId waiting = runner.submit("a", "power_on", [](const Call&, const auto&) -> Status { return {}; }).take();
  runner.stop(Duration::zero());
  EXPECT_EQ(runner.poll(running).error->code(), Code::kCancelled);
  EXPECT_EQ(runner.poll(waiting).error->code(), Code::kCancelled);
  const auto refused = runner.submit("b", "create", [](const Call&, const auto&) -> Status { return {}; });
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rig::provider
