// provider/task_runner_core_test.cc — order, joining, exclusion and remembering, without a thread.
#include "provider/task_runner_core.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "provider/limits.h"
#include "provider/task_runner.h"

namespace rig::provider {
namespace {

using Phase = TaskState::Phase;

class TaskRules : public testing::Test {
 protected:
  TaskId submit(const std::string& machine, std::string_view verb) {
    return core_.submit(machine, verb, clock_.now()).take().id;
  }
  void finish(const TaskId& id, const Status& outcome = {}) { core_.finish(id, outcome, clock_.now()); }
  TaskState poll(const TaskId& id) { return core_.poll(id, clock_.now()); }

  StepClock clock_;
  TaskRunnerCore core_{"t", 4};
};

TEST_F(TaskRules, RunsOneTaskPerMachineInTheOrderSubmitted) {
  const TaskId create = submit("a", "create"), start = submit("a", "power_on"), other = submit("b", "create");
  EXPECT_EQ(core_.take(), create);
  EXPECT_EQ(core_.take(), other);
  EXPECT_EQ(core_.take(), std::nullopt);
  finish(create);
  EXPECT_EQ(core_.take(), start);
}

TEST_F(TaskRules, TheSameVerbIsTheSameTaskWhileQueuedAndWhileRunning) {
  const TaskId first = submit("a", "create");
  EXPECT_EQ(submit("a", "create"), first);
  core_.take();
  EXPECT_EQ(submit("a", "create"), first);
  finish(first);
  EXPECT_NE(submit("a", "create"), first);
}

TEST_F(TaskRules, RefusesWhenTheQueueIsFullAndSaysWhenToComeBack) {
  for (const char* machine : {"a", "b", "c", "d"}) submit(machine, "create");
  const auto refused = core_.submit("e", "create", clock_.now());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), Code::kResourceExhausted);
  EXPECT_EQ(refused.error().retry_after(), kTaskRetryAfter);
  EXPECT_TRUE(core_.submit("a", "create", clock_.now()).ok()) << "joining needs no room";
}

TEST_F(TaskRules, ShowsProgressAndTheOutcome) {
  const TaskId id = submit("a", "create");
  EXPECT_EQ(poll(id).step, "queued");
  core_.take();
  EXPECT_EQ(poll(id).step, "create");
  core_.progress(id, {"copy", 40, 4, 10});
  EXPECT_EQ(poll(id).step, "copy");
  EXPECT_EQ(poll(id).percent, 40);
  EXPECT_EQ(poll(id).bytes_done, 4);
  EXPECT_EQ(poll(id).phase, Phase::kRunning);
  finish(id, Error(Code::kResourceExhausted, "pool is full"));
  EXPECT_EQ(poll(id).phase, Phase::kFailed);
  EXPECT_EQ(poll(id).error->code(), Code::kResourceExhausted);
  EXPECT_EQ(poll(id).percent, 40);
}

TEST_F(TaskRules, AFinishedTaskIsKeptForAnHour) {
  const TaskId id = submit("a", "create");
  core_.take();
  finish(id);
  clock_.advance(kTaskKept);
  EXPECT_EQ(poll(id).phase, Phase::kDone);
  clock_.advance(Duration(1));
  EXPECT_EQ(poll(id).phase, Phase::kForgotten);
}

TEST_F(TaskRules, OnlySoManyFinishedTasksAreKept) {
  std::vector<TaskId> ids;
  for (std::size_t i = 0; i <= kTasksKeptMax; ++i) {
    ids.push_back(submit("a", "power_on"));
    core_.take();
    finish(ids.back());
  }
  EXPECT_EQ(poll(ids[0]).phase, Phase::kForgotten);
  EXPECT_EQ(poll(ids[1]).phase, Phase::kDone);
}

TEST_F(TaskRules, CancellingAQueuedTaskEndsIt) {
  const TaskId running = submit("a", "create"), queued = submit("a", "power_on");
  core_.take();
  EXPECT_FALSE(core_.cancel(queued, clock_.now()));
  EXPECT_EQ(poll(queued).phase, Phase::kFailed);
  EXPECT_EQ(poll(queued).error->code(), Code::kCancelled);
  EXPECT_TRUE(core_.cancel(running, clock_.now())) << "the worker must be told";
  EXPECT_EQ(poll(running).phase, Phase::kRunning);
  finish(running);
  EXPECT_FALSE(core_.cancel(running, clock_.now()));
  EXPECT_EQ(core_.take(), std::nullopt);
}

TEST_F(TaskRules, AResultThatWasToldIsKept) {
  const TaskId id = submit("a", "create");
  core_.take();
  core_.progress(id, {"clone", std::nullopt, 0, 0, "vm-7"});
  core_.progress(id, {"configure", std::nullopt, 0, 0});
  finish(id);
  EXPECT_EQ(poll(id).result_id, "vm-7");
}

TEST_F(TaskRules, UnknownTasksAreForgottenAndIdsOfAnotherProcessAreUnknown) {
  EXPECT_EQ(poll({"nobody"}).phase, Phase::kForgotten);
  const TaskId id = submit("a", "create");
  const TaskRunnerCore restarted("u", 4);
  EXPECT_EQ(restarted.poll(id, clock_.now()).phase, Phase::kForgotten);
}

}  // namespace
}  // namespace rig::provider
