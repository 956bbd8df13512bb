// tests/vsphere/shutdown_test.cc — more machines that shut down than there are threads for tasks.
#include <gtest/gtest.h>

#include "base/eventually_test.h"
#include "fakes/vcenter/machine.h"
#include "hypervisor/vsphere/limits.h"
#include "vsphere/on_fake.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using Phase = provider::TaskState::Phase;

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 1min, .stop = {}, .request_id = {}}; }

// A machine whose guest does not care.
provider::MachineRef deaf(OnFake& on, const std::string& name) {
  const std::string id = on.fake->with([&](fakes::vcenter::Center& center) {
    center.add_machine(
        {.name = name, .is_on = true, .extra_config = {{std::string(fakes::vcenter::kGuestKey), "ignores"}}});
    return center.machine(name)->self.id;
  });
  return {.owner = {"", "team", name, ""}, .machine_id = "", .id = id, .legacy = true};
}

TEST(Shutdowns, NoneWaitsForTheDeadlinesOfOthers) {
  OnFake on;
  provider::Provider& provider = on.bed.provider();
  const auto is_on = [&](const std::string& name) {
    return on.fake->with(
        [&](fakes::vcenter::Center& center) { return fakes::vcenter::is_on(center.machine(name)->tree); });
  };
  std::vector<provider::TaskId> slow;
  for (int i = 0; i < kTaskThreads + 6; ++i) {
    auto task = provider.power_off(deaf(on, "slow" + std::to_string(i)), on.clock.wall() + 1h, soon());
    ASSERT_TRUE(task.ok()) << task.error().to_string();
    slow.push_back(task.take());
  }
  const WallTime hard_at = on.clock.wall() + 1s;
  const auto quick = provider.power_off(deaf(on, "quick"), hard_at, soon());
  ASSERT_TRUE(quick.ok()) << quick.error().to_string();
  EXPECT_TRUE(eventually(30s, [&] { return provider.poll(*quick, soon())->phase == Phase::kDone; }));
  EXPECT_FALSE(is_on("quick"));
  EXPECT_GE(on.clock.wall(), hard_at);
  for (std::size_t i = 0; i < slow.size(); ++i) {
    EXPECT_TRUE(is_on("slow" + std::to_string(i)));
    EXPECT_EQ(provider.poll(slow[i], soon())->phase, Phase::kRunning);
  }
}

}  // namespace
}  // namespace rig::vsphere
