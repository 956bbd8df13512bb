// controllers/caches_test.cc — which change wakes which queue.
#include "controllers/caches.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace rig::controllers {
namespace {

struct CachesTest : ::testing::Test {
  Caches caches;
  runtime::WorkQueueCore machines{/*lane_max=*/1};
  std::vector<std::string> woken;  // images at once, and whatever is to be counted

  void SetUp() override {
    const auto nobody = [](const ObjectKey&, runtime::Priority) {};
    connect(
        caches,
        {.machine = [this](const ObjectKey& key, runtime::Priority priority) { machines.add(key, priority); },
         .provider = nobody,
         .image = [this](const ObjectKey& key, runtime::Priority) { woken.push_back("image " + key.name); },
         .vm_class = nobody,
         .network = nobody,
         .snapshot = nobody,
         .clone = nobody,
         .migration = nobody,
         .set = nobody,
         .placement_policy = nobody,
         .count_provider = count("provider"),
         .count_image = count("ready image"),
         .count_class = count("class"),
         .count_network = count("network"),
         .set_machine_lane = [this](const ObjectKey& key, const std::string& lane) { machines.set_lane(key, lane); },
         .wake_machine_lane = [this](const std::string& lane) { machines.wake_lane(lane); },
         .follow_provider = [](const ObjectKey&, bool) {}});
  }
  std::function<void(const ObjectKey&)> count(std::string what) {
    return [this, what = std::move(what)](const ObjectKey& key) { woken.push_back(what + " " + key.name); };
  }
  std::vector<std::string> taken() { return std::exchange(woken, {}); }
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

TEST_F(CachesTest, WhatAMachineNamesIsCountedWhenThatChanges) {
  v1::VirtualMachine vm;
  vm.meta.namespace_ = "default";
  vm.meta.name = "a";
  vm.meta.resource_version = "1";
  vm.meta.generation = 1;
  vm.spec.provider_ref = {"lab", ""};
  vm.spec.class_ref = {"small", ""};
  vm.spec.image_ref = {"debian", ""};
  caches.machines.apply(kube::Apply{kube::to_json(vm)});
  EXPECT_EQ(taken(), (std::vector<std::string>{"image debian", "provider lab", "class small"}));

  vm.meta.resource_version = "2";
  vm.meta.generation = 2;
  vm.spec.class_ref = {"large", ""};
  caches.machines.apply(kube::Apply{kube::to_json(vm)});
  EXPECT_EQ(taken(), (std::vector<std::string>{"image debian", "class large", "class small"}));

  v1::VmImage image;
  image.meta.namespace_ = "default";
  image.meta.name = "debian";
  image.meta.resource_version = "3";
  image.status.provider_status["lab"].available = true;
  caches.images.apply(kube::Apply{kube::to_json(image)});
  EXPECT_EQ(taken(), std::vector<std::string>{"image debian"});
  vm.meta.resource_version = "4";
  vm.meta.generation = 3;
  caches.machines.apply(kube::Apply{kube::to_json(vm)});
  EXPECT_EQ(taken(), std::vector<std::string>{"ready image debian"}) << "nobody waits for it";

  caches.machines.apply(kube::Delete{kube::to_json(vm)});
  EXPECT_EQ(taken(), (std::vector<std::string>{"provider lab", "class large"}));
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
