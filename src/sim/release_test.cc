// sim/release_test.cc — a machine is given up and taken over: nobody's in between, and never two owners'.
#include "api/reasons.h"
#include "base/text.h"
#include "controllers/identity.h"
#include "kube/api.h"
#include "sim/calm_test.h"

namespace rig::sim {
namespace {

using api::v1beta1::VirtualMachine;

class Release : public CalmTest {
 protected:
  void SetUp() override {
    CalmTest::SetUp();
    scenario_.create_machine("a", "small", "On");
    settle();
    before_ = machine();
  }
  void settle() {
    CalmTest::settle();
    EXPECT_EQ(join(scenario_.broken_promises(), "; "), "");
  }
  VirtualMachine vm(const std::string& name) {
    return kube::Api<VirtualMachine>(world_.kubectl()).get({"default", name}, world_.call()).take();
  }
  bool is_gone(const std::string& name) {
    return !kube::Api<VirtualMachine>(world_.kubectl()).get({"default", name}, world_.call()).ok();
  }
  std::string ready(const std::string& name) {
    const VirtualMachine object = vm(name);
    const auto* ready = api::find_condition(object.status.conditions, api::condition::kReady);
    return ready == nullptr ? "nothing is said" : ready->reason + ": " + ready->message;
  }
  void patch(const std::string& name, const json::Value& change) {
    const auto request = kube::merge_patch_request(VirtualMachine::kResource, {"default", name}, change);
    ASSERT_TRUE(world_.kubectl().send(request, world_.call()).ok());
  }
  // The one that is ours or was; a machine without an id when there is none.
  provider::Machine machine() {
    for (const provider::Machine& found : world_.hosts().of({"default", "lab"}).machines())
      if (found.ref.id != "somebody-elses") return found;
    return {};
  }
  void release_a() {
    scenario_.release_machine(vm("a"));
    settle();
    EXPECT_EQ(machine().existence, provider::Existence::kReleased);
  }
  void expect_untouched(const provider::Machine& now) {
    EXPECT_EQ(now.ref.id, before_.ref.id);
    EXPECT_EQ(now.ref.machine_id, before_.ref.machine_id);
    EXPECT_EQ(now.power, before_.power);
    EXPECT_EQ(now.booted_at, before_.booted_at);
    EXPECT_EQ(now.configured, before_.configured);
  }

  provider::Machine before_;
};

TEST_F(Release, LeavesTheMachineAsItIsAndTheObjectWithoutEffect) {
  release_a();
  expect_untouched(machine());
  EXPECT_TRUE(ready("a").starts_with("Released: ")) << ready("a");
  EXPECT_NE(ready("a").find(before_.ref.machine_id), std::string::npos) << ready("a");
  EXPECT_EQ(vm("a").meta.annotation(controllers::kMachineIdAnnotation), before_.ref.machine_id);
  scenario_.change_machine(vm("a"), "powerState", "Off");
  settle();
  scenario_.delete_machine(vm("a"));
  settle();
  EXPECT_TRUE(is_gone("a"));
  expect_untouched(machine());
}

TEST_F(Release, LetsACopyTakeTheMachineOverAndRemoveIt) {
  release_a();
  scenario_.copy_machine(vm("a"), "b");
  settle();
  EXPECT_TRUE(ready("b").starts_with("ReconcileSuccess")) << ready("b");
  EXPECT_EQ(vm("b").status.id, before_.ref.id);
  EXPECT_EQ(machine().ref.owner.uid, vm("b").meta.uid);
  expect_untouched(machine());
  scenario_.delete_machine(vm("a"));
  settle();
  expect_untouched(machine());
  scenario_.delete_machine(vm("b"));
  settle();
  EXPECT_EQ(machine().ref.id, "");
}

TEST_F(Release, IsWhatACopyThatCameTooEarlyWaitsFor) {
  scenario_.copy_machine(vm("a"), "b");
  settle();
  EXPECT_TRUE(ready("b").starts_with("OwnedByAnother")) << ready("b");
  EXPECT_NE(ready("b").find("`vrtg release vm/a -n default`"), std::string::npos) << ready("b");
  EXPECT_EQ(machine().ref.owner.uid, vm("a").meta.uid);
  scenario_.release_machine(vm("a"));
  settle();
  EXPECT_EQ(machine().ref.owner.uid, vm("b").meta.uid);
  expect_untouched(machine());
}

TEST_F(Release, IsWhatARetainedMachineGetsWhenItsObjectGoes) {
  scenario_.change_machine(vm("a"), "deletionPolicy", "Retain");
  settle();
  scenario_.delete_machine(vm("a"));
  CalmTest::settle();  // the promises know of no release
  EXPECT_TRUE(is_gone("a"));
  EXPECT_EQ(machine().existence, provider::Existence::kReleased);
  expect_untouched(machine());
}

TEST_F(Release, IsTakenBackWithTheAnnotationWhileNobodyElseHasIt) {
  release_a();
  patch("a", json::parse(R"({"metadata": {"annotations": {"virtrigaud.io/release": null}}})").take());
  settle();
  EXPECT_TRUE(ready("a").starts_with("ReconcileSuccess")) << ready("a");
  EXPECT_EQ(machine().ref.owner.uid, vm("a").meta.uid);
  expect_untouched(machine());
}

TEST_F(Release, OfAMachineThatIsNotHereMakesNone) {
  release_a();
  scenario_.erase(machine());
  scenario_.copy_machine(vm("a"), "b");
  settle();
  EXPECT_NE(ready("b").find("which was released elsewhere, is not here"), std::string::npos) << ready("b");
  EXPECT_EQ(machine().ref.id, "");
  patch("b", json::parse(R"({"metadata": {"annotations": {"virtrigaud.io/release": null}}})").take());
  settle();
  EXPECT_EQ(machine().ref.machine_id, before_.ref.machine_id) << "asked for, it is a new one";
}

}  // namespace
}  // namespace rig::sim
