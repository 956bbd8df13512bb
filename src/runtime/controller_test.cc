// runtime/controller_test.cc — worker threads around a reconciler.
#include "runtime/controller.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace rig::runtime {
namespace {

using namespace std::chrono_literals;

// Fails, asks to be called again, is content; all keys are counted.
class Counting final : public Reconciler {
 public:
  explicit Counting(int calls_wanted) : wanted_(calls_wanted) {}
  std::string_view kind() const override { return "Balloon"; }
  Result<Action> reconcile(const ObjectKey&) override {
    const int n = ++inside_;
    for (int max = inside_max; n > max && !inside_max.compare_exchange_weak(max, n);) {}
    std::this_thread::yield();
    --inside_;
    const int call = ++calls_;
    if (call == wanted_) enough.count_down();
    if (call % 2 == 0) return Action::look_again_in(1ms);
    return Error(Code::kAborted, "again");
  }
  std::latch enough{1};
  std::atomic<int> inside_max = 0;
  int inside() const { return inside_; }

 private:
  std::atomic<int> inside_ = 0, calls_ = 0;
  const int wanted_;
};

TEST(Controller, CallsItsReconcilerWithSoManyThreadsAndLeavesNoneBehind) {
  Counting reconciler(500);
  const SystemClock clock;
  {
    Controller controller(reconciler, 4, clock);
    controller.start();
    for (int i = 0; i < 20; ++i) controller.queue().add({"ns", std::to_string(i)}, Priority::kEvent);
    reconciler.enough.wait();
  }
  EXPECT_EQ(reconciler.inside(), 0);
  EXPECT_GE(reconciler.inside_max, 1);
  EXPECT_LE(reconciler.inside_max, 4);
}

// Waits inside until it is let go.
class Slow final : public Reconciler {
 public:
  std::string_view kind() const override { return "Balloon"; }
  Result<Action> reconcile(const ObjectKey&) override {
    entered.count_down();
    go_on.wait();
    finished = true;
    return Action::wait_for_change();
  }
  std::latch entered{1}, go_on{1};
  std::atomic<bool> finished = false;
};

TEST(Controller, WaitsForWhatIsBeingWorkedOnAndTakesNoNewKey) {
  Slow reconciler;
  const SystemClock clock;
  std::jthread helper;
  {
    Controller controller(reconciler, 1, clock);
    controller.start();
    controller.queue().add({"ns", "a"}, Priority::kEvent);
    reconciler.entered.wait();
    controller.queue().add({"ns", "b"}, Priority::kEvent);  // entering again would count the latch below zero
    helper = std::jthread([&] { reconciler.go_on.count_down(); });
  }
  EXPECT_TRUE(reconciler.finished);
}

}  // namespace
}  // namespace rig::runtime
