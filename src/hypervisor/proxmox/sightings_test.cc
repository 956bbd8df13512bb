// proxmox/sightings_test.cc — a boot is one process, and what an agent said is of that boot.
#include "hypervisor/proxmox/sightings.h"

#include <gtest/gtest.h>

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;

Sight running(std::int64_t pid, WallTime booted_at, const std::string& node = "pve1") {
  Sight sight;
  sight.vmid = "100";
  sight.node = node;
  sight.status.running = true;
  sight.status.pid = pid;
  sight.status.booted_at = booted_at;
  return sight;
}
Sight off() {
  Sight sight;
  sight.vmid = "100";
  return sight;
}

TEST(Sightings, KeepWhatWasReckonedFirstOfABoot) {
  Sightings seen;
  EXPECT_TRUE(seen.saw(running(7, WallTime(100s)), "m"));
  EXPECT_FALSE(seen.saw(running(7, WallTime(101s)), "m"));
  EXPECT_EQ(seen.boot_of("100"), WallTime(100s));
  seen.hear("100", {{"192.0.2.1"}, {}}, WallTime(110s));
  EXPECT_TRUE(seen.saw(running(8, WallTime(101s)), "m")) << "another process";
  EXPECT_EQ(seen.boot_of("100"), WallTime(101s));
  EXPECT_EQ(seen.last_word("100"), std::nullopt) << "of the boot before";
  EXPECT_FALSE(seen.saw(off(), "m"));
  EXPECT_EQ(seen.boot_of("100"), std::nullopt);
}

TEST(Sightings, FollowAMachineAndForgetOneWhoseNumberIsAnothers) {
  Sightings seen;
  seen.saw(running(7, WallTime(100s)), "m");
  seen.saw(running(7, WallTime(100s), "pve2"), "m");
  EXPECT_EQ(seen.node_of("100"), "pve2");
  EXPECT_EQ(seen.vmid_of("m"), "100");
  EXPECT_TRUE(seen.saw(running(7, WallTime(100s)), "n"));
  EXPECT_EQ(seen.vmid_of("m"), "");
  EXPECT_EQ(seen.machine_of("100"), "n");
  seen.gone("100");
  EXPECT_EQ(seen.vmid_of("n"), "");
  EXPECT_EQ(seen.next_after(""), "");
}

TEST(Sightings, GoRoundAndRound) {
  Sightings seen;
  for (const char* vmid : {"100", "101"}) {
    Sight sight = off();
    sight.vmid = vmid;
    seen.saw(sight, vmid);
  }
  EXPECT_EQ(seen.next_after(""), "100");
  EXPECT_EQ(seen.next_after("100"), "101");
  EXPECT_EQ(seen.next_after("101"), "100");
}

TEST(Sightings, CompleteAMachineThatRuns) {
  Sightings seen;
  seen.saw(running(7, WallTime(100s)), "m");
  seen.hear("100", {{"192.0.2.1"}, {}}, WallTime(110s));
  EXPECT_TRUE(seen.has_fresh_word("100", WallTime(111s)));
  EXPECT_FALSE(seen.has_fresh_word("100", WallTime(1000s)));
  provider::Machine machine;
  machine.ref.id = "100";
  seen.complete(machine);
  EXPECT_TRUE(machine.addresses.empty()) << "it is off";
  machine.booted_at = WallTime(101s);
  seen.complete(machine);
  EXPECT_EQ(machine.booted_at, WallTime(100s));
  EXPECT_EQ(machine.addresses, std::vector<std::string>{"192.0.2.1"});
}

}  // namespace
}  // namespace rig::proxmox
