// sim/loss_test.cc — a lost machine is made again as often as somebody asked for it.
#include <algorithm>

#include "base/text.h"
#include "controllers/identity.h"
#include "kube/api.h"
#include "sim/calm_test.h"

namespace rig::sim {
namespace {

using api::v1beta1::VirtualMachine;

class Loss : public CalmTest {
 protected:
  void SetUp() override {
    CalmTest::SetUp();
    scenario_.create_machine("a", "small", "On");
    settle();
    ASSERT_TRUE(is_there());
  }
  void settle() {
    CalmTest::settle();
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
