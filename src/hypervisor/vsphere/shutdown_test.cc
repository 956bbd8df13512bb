// vsphere/shutdown_test.cc — when the next step of a shutdown is due.
#include "hypervisor/vsphere/shutdown.h"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "base/eventually_test.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;

const WallTime kNow(std::chrono::hours(1000));

std::vector<std::string> names(const std::vector<ShutdownList::Entry>& entries) {
  std::vector<std::string> out;
  for (const auto& entry : entries) out.push_back(entry.ref.id);
  return out;
}
provider::MachineRef ref_of(const std::string& id) {
  provider::MachineRef ref = sample_ref();
  ref.id = id;
  return ref;
}
using Names = std::vector<std::string>;

TEST(ShutdownList, EachIsDueNowAndAgainAndAtItsDeadline) {
  ShutdownList list;
  EXPECT_EQ(list.next_due(), std::nullopt);
  list.add("a", ref_of("a"), kNow + kAskAgain + 1s, false, kNow);
  list.add("b", ref_of("b"), kNow + 1s, false, kNow);
  EXPECT_EQ(list.next_due(), kNow + 1s);
  EXPECT_TRUE(list.take_due(kNow).empty());
  EXPECT_EQ(names(list.take_due(kNow + 1s)), Names{"b"});
  EXPECT_TRUE(list.take_due(kNow + 1s).empty()) << "what could not be done is not tried all the time";
  EXPECT_EQ(names(list.take_due(kNow + kAskAgain)), Names{"a"});
  EXPECT_EQ(names(list.take_due(kNow + kAskAgain + 1s)), (Names{"a", "b"})) << "a's deadline, and b again";
}

TEST(ShutdownList, ARepeatDelaysNothingAndMayHurryIt) {
  ShutdownList list;
  list.add("a", ref_of("a"), kNow + 1h, false, kNow);
  list.add("a", ref_of("a"), kNow + 2h, false, kNow + 5s);
  EXPECT_EQ(list.find("a")->hard_at, kNow + 1h);
  EXPECT_EQ(list.next_due(), kNow + kAskAgain);
  list.add("a", ref_of("a"), kNow + 6s, false, kNow + 5s);
  EXPECT_EQ(list.next_due(), kNow + 6s);
  list.add("a", ref_of("a"), kNow + 1h, true, kNow + 5s);
  EXPECT_EQ(list.next_due(), kNow + 5s) << "it is off";
}

// Whoever looked a moment before the deadline does not cut the power, and his task may still be under way at it.
TEST(ShutdownList, AStepThatIsStillUnderWayIsDueAgainSoon) {
  ShutdownList list;
  list.add("a", ref_of("a"), kNow + 1s, false, kNow);
  list.stepped("a", {"task-1"}, kNow);
  EXPECT_EQ(list.take_due(kNow + 1s).size(), 1U);
  list.stepped("a", {"task-1"}, kNow + 1s);
  EXPECT_EQ(list.next_due(), kNow + 1s + kTaskPauseFirst);
  EXPECT_EQ(list.take_due(kNow + 2s).size(), 1U);
  list.stepped("a", {"task-2"}, kNow + 2s);
  EXPECT_EQ(list.next_due(), kNow + 2s + kAskAgain);
}

TEST(ShutdownList, TheEndOfAnEarlierOneDoesNotEndTheNext) {
  ShutdownList list;
  list.add("a", ref_of("a"), kNow, false, kNow);
  list.stepped("a", {"task-1"}, kNow);
  const auto earlier = list.find("a");
  EXPECT_EQ(earlier->step.text, "task-1");
  list.end("a");
  list.add("a", ref_of("a"), kNow, false, kNow);
  list.end("a", earlier->number);
  ASSERT_TRUE(list.find("a"));
  list.end("a", list.find("a")->number);
  EXPECT_FALSE(list.find("a"));
}

// More than there are threads for tasks: each comes at its own time.
TEST(Shutdowns, NoneWaitsForAnothersDeadline) {
  const SystemClock clock;
  std::mutex mutex;
  std::set<std::string> due;
  Shutdowns shutdowns(clock, [&](const provider::MachineRef& ref, WallTime) {
    const std::lock_guard lock(mutex);
    due.insert(ref.id);
  });
  shutdowns.start();
  for (int i = 0; i < 2 * kTaskThreads; ++i)
    shutdowns.add("slow" + std::to_string(i), ref_of("slow"), clock.wall() + 1h, false);
  shutdowns.add("quick", ref_of("quick"), clock.wall() + 1ms, false);
  shutdowns.add("off", ref_of("off"), clock.wall() + 1h, true);
  EXPECT_TRUE(eventually(10s, [&] {
    const std::lock_guard lock(mutex);
    return due.contains("quick") && due.contains("off");
  }));
  shutdowns.stop();
}

}  // namespace
}  // namespace rig::vsphere
