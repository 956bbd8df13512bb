// base/run_test.cc — outcomes of real programs.
#include "base/run.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

using namespace std::chrono_literals;

Time in(Duration time) { return std::chrono::steady_clock::now() + time; }

TEST(Run, TellsTheOutcomeAndBothOutputs) {
  const auto ran =
      run({{"sh", "-c", "echo \"$0 $GIVEN\"; echo wrong >&2; exit 3", "a 'b' $c"}, {{"GIVEN", "x"}}}, in(30s));
  ASSERT_TRUE(ran.ok());
  EXPECT_EQ(ran->status, 3);
  EXPECT_EQ(ran->output, "a 'b' $c x\n");
  EXPECT_EQ(ran->errors, "wrong\n");
}

TEST(Run, TellsTheSignalThatEndedIt) { EXPECT_EQ(run({{"sh", "-c", "kill -9 $$"}}, in(30s))->status, 128 + 9); }

TEST(Run, KeepsNoMoreThanItMay) {
  EXPECT_EQ(run({{"head", "-c", "6000000", "/dev/zero"}}, in(30s))->output.size(), std::size_t{4} << 20);
}

TEST(Run, EndsWhatRunsTooLongAndItsChildren) {
  const auto ran = run({{"sh", "-c", "sleep 1000 & wait"}}, in(50ms));
  EXPECT_EQ(ran.error().code(), Code::kDeadlineExceeded);
}

TEST(Run, EndsWhatRunsTooLongWithItsOutputsClosed) {
  const auto ran = run({{"sh", "-c", "exec >&- 2>&-; sleep 1000"}}, in(50ms));
  EXPECT_EQ(ran.error().code(), Code::kDeadlineExceeded);
}

TEST(Run, SaysThatThereIsNoSuchProgram) {
  EXPECT_EQ(run({{"no-such-program"}}, in(1s)).error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace rig
