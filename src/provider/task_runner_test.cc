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

MachineRef machine(const std::string& id) { return {.owner = {}, .machine_id = id, .id = "vm-" + id}; }

// Tells the test when a task has ended.
class Ends {
 public:
  explicit Ends(TaskRunner& runner) {
    runner.on_end([this](const MachineRef& machine, const TaskId&, const TaskState& state) {
      const std::lock_guard lock(mutex_);
      EXPECT_NE(state.phase, Phase::kRunning);
      told_.push_back(machine.id + " " + state.step);
      changed_.notify_all();
    });
  }
  std::vector<std::string> wait_for(std::size_t ends) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return told_.size() >= ends; });
    return told_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
};

TEST(TaskRunner, DoesTheWorkAndTellsOfItsEnd) {
  const SystemClock clock;
  TaskRunner runner(2, 8, clock);
  Ends ends(runner);
  const auto id = runner.submit(machine("a"), "create", [](const Call&, const auto& progress) -> Status {
    progress({"copy", 50, 1, 2});
    return {};
  });
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(ends.wait_for(1), std::vector<std::string>{"vm-a copy"});
  EXPECT_EQ(runner.poll(*id).phase, Phase::kDone);
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
    ASSERT_TRUE(runner.submit(machine("a"), "verb " + std::to_string(i), work).ok());
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
  ASSERT_TRUE(runner.submit(machine("a"), "create", work).ok());
  ASSERT_TRUE(runner.submit(machine("b"), "create", work).ok());
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
  const TaskId running = runner
                             .submit(machine("a"), "create",
                                     [&](const Call& call, const auto&) { return run_until_stopped(call, started); })
                             .take();
  started.get_future().wait();
  std::atomic<bool> ran = false;
  const auto never = [&](const Call&, const auto&) -> Status {
    ran = true;
    return {};
  };
  const TaskId waiting = runner.submit(machine("b"), "create", never).take();
  runner.cancel(waiting);
  EXPECT_EQ(runner.poll(waiting).phase, Phase::kFailed);
  runner.cancel(machine("a"), "power_on");  // there is none
  EXPECT_EQ(runner.poll(running).phase, Phase::kRunning);
  runner.cancel(machine("a"), "create");
  EXPECT_EQ(ends.wait_for(2), (std::vector<std::string>{"vm-b queued", "vm-a create"}));
  EXPECT_EQ(runner.poll(running).error->message(), "stopped in the middle");
  EXPECT_FALSE(ran);
}

TEST(TaskRunner, NobodyIsToldOfWorkThatIsNoMachines) {
  const SystemClock clock;
  TaskRunner runner(1, 8, clock);
  Ends ends(runner);
  const auto work = [](const Call&, const auto&) -> Status { return {}; };
  ASSERT_TRUE(runner.submit("an image", "import", work).ok());
  ASSERT_TRUE(runner.submit(machine("a"), "create", work).ok());
  EXPECT_EQ(ends.wait_for(1), std::vector<std::string>{"vm-a create"});
}

TEST(TaskRunner, StopEndsWhatRunsDropsWhatWaitsAndTakesNoMore) {
  const SystemClock clock;
  TaskRunner runner(1, 8, clock);
  Ends ends(runner);
  std::promise<void> started;
  const TaskId running = runner
                             .submit(machine("a"), "create",
                                     [&](const Call& call, const auto&) { return run_until_stopped(call, started); })
                             .take();
  started.get_future().wait();
  const TaskId waiting =
      runner.submit(machine("a"), "power_on", [](const Call&, const auto&) -> Status { return {}; }).take();
  runner.stop(Duration::zero());
  EXPECT_EQ(runner.poll(running).error->code(), Code::kCancelled);
  EXPECT_EQ(runner.poll(waiting).error->code(), Code::kCancelled);
  const auto refused = runner.submit(machine("b"), "create", [](const Call&, const auto&) -> Status { return {}; });
  EXPECT_EQ(refused.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace rig::provider
