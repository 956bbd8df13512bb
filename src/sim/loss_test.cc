// sim/loss_test.cc — a lost machine is made again as often as somebody asked for it.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "controllers/identity.h"
#include "kube/api.h"
#include "sim/manager_process.h"
#include "sim/scenario.h"

namespace rig::sim {
namespace {

using api::v1beta1::VirtualMachine;

constexpr int kSettleSteps = 20'000;

class Loss : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(log::setup({.level = log::Level::kError, .file = {}}).ok()); }
  void SetUp() override {
    world_.faults = Faults::none();
    world_.boot(manager_process);
    scenario_.create_machine("a", "small", "On");
    settle();
    ASSERT_TRUE(is_there());
  }
  void settle() {
    ASSERT_TRUE(world_.settle(kSettleSteps));
    EXPECT_EQ(join(scenario_.broken_promises(), "; "), "");
  }
  VirtualMachine vm() {
    return kube::Api<VirtualMachine>(world_.kubectl()).list("", world_.call()).take().items.front();
  }
  bool is_there() { return scenario_.machine_of(vm()).has_value(); }
  void lose() {
    scenario_.erase(*scenario_.machine_of(vm()));
    settle();
  }

  World world_{3};
  Scenario scenario_{world_};
};

TEST_F(Loss, IsMadeGoodOnceForOneRequest) {
  lose();
  EXPECT_FALSE(is_there());
  scenario_.ask_to_recreate(vm());
  settle();
  EXPECT_TRUE(is_there());
  EXPECT_EQ(vm().meta.annotation(controllers::kRecreateAnnotation), "") << "used up";
  lose();
  EXPECT_FALSE(is_there()) << "nobody asked for a third";
  scenario_.ask_to_recreate(vm());
  settle();
  EXPECT_TRUE(is_there());
}

TEST_F(Loss, IsMadeGoodAtOnceWhenThatWasAskedForBefore) {
  scenario_.ask_to_recreate(vm());
  settle();
  lose();
  EXPECT_TRUE(is_there());
  lose();
  EXPECT_FALSE(is_there());
}

}  // namespace
}  // namespace rig::sim
