// controllers/provider_watch_test.cc — what a provider's stream wakes.
#include "controllers/provider_watch.h"

#include <gtest/gtest.h>

#include "controllers/caches.h"

namespace rig::controllers {
namespace {

using provider::Event;
using provider::Machine;
using provider::Synced;

struct ProviderWatchTest : ::testing::Test {
  Caches caches;
  const ObjectKey kvm{"infra", "kvm"};
  void SetUp() override {
    const Wake nothing = [](const ObjectKey&, runtime::Priority) {};
    const auto uncounted = [](const ObjectKey&) {};
    connect(caches, {.machine = nothing,
                     .provider = nothing,
                     .image = nothing,
                     .vm_class = nothing,
                     .network = nothing,
                     .snapshot = nothing,
                     .clone = nothing,
                     .migration = nothing,
                     .set = nothing,
                     .placement_policy = nothing,
                     .count_provider = uncounted,
                     .count_image = uncounted,
                     .count_class = uncounted,
                     .count_network = uncounted,
                     .set_machine_lane = [](const ObjectKey&, const std::string&) {},
                     .wake_machine_lane = [](const std::string&) {},
                     .follow_provider = [](const ObjectKey&, bool) {}});
    for (const char* name : {"a", "b"}) {
      v1::VirtualMachine vm;
      vm.meta.namespace_ = "default";
      vm.meta.name = name;
      vm.spec.provider_ref = {"kvm", "infra"};
      caches.machines.apply(kube::Apply{kube::to_json(vm)});
    }
  }
  static Event seen(const std::string& name, const std::string& resume) {
    Machine machine;
    machine.ref.owner = {.cluster_id = "c", .name_space = "default", .name = name, .uid = "u"};
    return {resume, machine};
  }
};

TEST_F(ProviderWatchTest, AbsentAtTheEndOfTheSnapshotIsLookedAt) {
  ProviderWatchCore core(kvm, caches.machines.store());
  EXPECT_EQ(core.on_event(seen("a", "1")), (std::vector<ObjectKey>{{"default", "a"}}));
  EXPECT_EQ(core.on_event({"2", Synced{}}), (std::vector<ObjectKey>{{"default", "b"}}));
  EXPECT_EQ(core.on_event({"3", Synced{}}), std::vector<ObjectKey>{});  // no snapshot went before it
}

TEST_F(ProviderWatchTest, OnlyTheEndOfATaskIsNews) {
  ProviderWatchCore core(kvm, caches.machines.store());
  provider::TaskEvent task;
  task.ref = std::get<Machine>(seen("a", "1").what).ref;
  task.state.phase = provider::TaskState::Phase::kRunning;
  EXPECT_EQ(core.on_event({"1", task}), std::vector<ObjectKey>{});
  task.state.phase = provider::TaskState::Phase::kFailed;
  EXPECT_EQ(core.on_event({"2", task}), (std::vector<ObjectKey>{{"default", "a"}}));
}

TEST_F(ProviderWatchTest, GoesOnWhereItWasCutOffButASnapshotStartsAnew) {
  ProviderWatchCore core(kvm, caches.machines.store());
  core.on_event(seen("a", "1"));
  core.on_end(Error(Code::kUnavailable, "gone"));
  EXPECT_EQ(core.resume(), "");  // half a snapshot proves nothing
  core.on_event({"2", Synced{}});
  core.on_event(seen("a", "3"));
  core.on_end(Error(Code::kUnavailable, "gone"));
  EXPECT_EQ(core.resume(), "3");
  core.on_end(Error(Code::kOutOfRange, "too old"));
  EXPECT_EQ(core.resume(), "");
}

}  // namespace
}  // namespace rig::controllers
