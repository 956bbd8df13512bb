// controllers/caches_test.cc — which change wakes which queue.
#include "controllers/caches.h"

#include <gtest/gtest.h>

namespace rig::controllers {
namespace {

struct CachesTest : ::testing::Test {
  Caches caches;
  runtime::WorkQueueCore machines{/*lane_max=*/1};

  void SetUp() override {
    const auto nobody = [](const ObjectKey&, runtime::Priority) {};
    connect(
        caches,
        {.machine = [this](const ObjectKey& key, runtime::Priority priority) { machines.add(key, priority); },
         .provider = nobody,
         .image = nobody,
         .vm_class = nobody,
         .network = nobody,
         .snapshot = nobody,
         .clone = nobody,
         .migration = nobody,
         .set = nobody,
         .placement_policy = nobody,
         .set_machine_lane = [this](const ObjectKey& key, const std::string& lane) { machines.set_lane(key, lane); },
         .wake_machine_lane = [this](const std::string& lane) { machines.wake_lane(lane); },
         .follow_provider = [](const ObjectKey&, bool) {}});
  }
  static json::Value machine(const std::string& name) {
    v1::VirtualMachine vm;
    vm.meta.namespace_ = "default";
    vm.meta.name = name;
    vm.meta.resource_version = "1";
    vm.spec.provider_ref = {"lab", ""};
    return kube::to_json(vm);
  }
  void add(const std::string& name) { caches.machines.apply(kube::Apply{machine(name)}); }
  std::string take() {
    const auto key = machines.take(Time{});
    return key ? key->name : "";
  }
};

TEST_F(CachesTest, AMachineWaitsInTheLaneOfItsProvider) {
  add("a");
  add("b");
  EXPECT_EQ(take(), "a");
  EXPECT_EQ(take(), "") << "a lane of one is full";
  machines.done({"default", "a"});
  EXPECT_EQ(take(), "b");
}

TEST_F(CachesTest, AMachineThatIsGoneHoldsNoPlaceInALane) {
  add("a");
  add("b");
  ASSERT_EQ(take(), "a");
  caches.machines.apply(kube::Delete{machine("a")});
  EXPECT_EQ(take(), "b") << "although a is still being worked on";
  machines.done({"default", "a"});
  EXPECT_EQ(take(), "a") << "a last time, to forget it";
  machines.done({"default", "a"});
  machines.done({"default", "b"});
  EXPECT_TRUE(machines.idle());
}

}  // namespace
}  // namespace rig::controllers
