// proxmox/prices_test.cc — what a change costs, as a table.
#include "hypervisor/proxmox/prices.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/nic.h"

namespace rig::proxmox {
namespace {

using provider::Cost;
using provider::MachineSpec;

constexpr std::int64_t kGib = 1LL << 30;

MachineSpec base() {
  MachineSpec spec;
  spec.display_name = "web";
  spec.image.location = "local:import/a.qcow2";
  spec.root_disk_bytes = 10 * kGib;
  spec.placement.storage = "st";
  spec.placement.host = "pve1";
  spec.disks.resize(1);
  spec.disks[0].name = "data";
  spec.disks[0].size_bytes = 2 * kGib;
  spec.disks[0].storage = "st";
  spec.nics.resize(1);
  spec.nics[0].name = "eth0";
  spec.nics[0].mac = "bc:24:11:00:00:01";
  spec.nics[0].bridge = "vmbr0";
  spec.nics[0].model = "virtio";
  spec.tags = {"a", "b"};
  return spec;
}

struct Case {
  const char* path;
  void (*wish)(MachineSpec&);
  Cost off, running, without_hotplug;  // the last: running, and devices cannot come and go
};
const Case kCases[] = {
    {"cpus", [](MachineSpec& s) { s.cpus = 2; }, Cost::kOnline, Cost::kPowerCycle, Cost::kPowerCycle},
    {"memory_mib", [](MachineSpec& s) { s.memory_mib = 1024; }, Cost::kOnline, Cost::kPowerCycle, Cost::kPowerCycle},
    {"nested_virtualization", [](MachineSpec& s) { s.nested_virtualization = true; }, Cost::kOnline, Cost::kPowerCycle,
     Cost::kPowerCycle},
    {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 20 * kGib; }, Cost::kOnline, Cost::kOnline,
     Cost::kOnline},
    {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 5 * kGib; }, Cost::kImpossible, Cost::kImpossible,
     Cost::kImpossible},
    {"disks[data].size_bytes", [](MachineSpec& s) { s.disks[0].size_bytes = 3 * kGib; }, Cost::kOnline, Cost::kOnline,
     Cost::kOnline},
    {"disks[data].size_bytes", [](MachineSpec& s) { s.disks[0].size_bytes = kGib; }, Cost::kImpossible,
     Cost::kImpossible, Cost::kImpossible},
    {"disks[data]", [](MachineSpec& s) { s.disks.clear(); }, Cost::kOnline, Cost::kOnline, Cost::kPowerCycle},
    {"disks[data].storage", [](MachineSpec& s) { s.disks[0].storage = "slow"; }, Cost::kImpossible, Cost::kImpossible,
     Cost::kImpossible},
    {"placement.storage", [](MachineSpec& s) { s.placement.storage = "slow"; }, Cost::kImpossible, Cost::kImpossible,
     Cost::kImpossible},
    {"nics[eth0]", [](MachineSpec& s) { s.nics.clear(); }, Cost::kOnline, Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].bridge", [](MachineSpec& s) { s.nics[0].bridge = "vmbr1"; }, Cost::kOnline, Cost::kOnline,
     Cost::kPowerCycle},
    {"nics[eth0].vlan", [](MachineSpec& s) { s.nics[0].vlan = 7; }, Cost::kOnline, Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].mac", [](MachineSpec& s) { s.nics[0].mac = "bc:24:11:00:00:02"; }, Cost::kOnline, Cost::kOnline,
     Cost::kPowerCycle},
    {"nics[eth0].model", [](MachineSpec& s) { s.nics[0].model = "e1000"; }, Cost::kOnline, Cost::kOnline,
     Cost::kPowerCycle},
    {"nics[eth0].mtu", [](MachineSpec& s) { s.nics[0].mtu = 9000; }, Cost::kOnline, Cost::kOnline, Cost::kPowerCycle},
    {"tags", [](MachineSpec& s) { s.tags = {"c"}; }, Cost::kOnline, Cost::kOnline, Cost::kOnline},
    {"firmware", [](MachineSpec& s) { s.firmware = provider::Firmware::kUefi; }, Cost::kRecreate, Cost::kRecreate,
     Cost::kRecreate},
    {"secure_boot", [](MachineSpec& s) { s.secure_boot = true; }, Cost::kRecreate, Cost::kRecreate, Cost::kRecreate},
    {"tpm", [](MachineSpec& s) { s.tpm = true; }, Cost::kRecreate, Cost::kRecreate, Cost::kRecreate},
    {"image.location", [](MachineSpec& s) { s.image.location = "local:import/b.qcow2"; }, Cost::kRecreate,
     Cost::kRecreate, Cost::kRecreate},
};

TEST(Prices, OfEachChange) {
  for (const Case& c : kCases) {
    const std::pair<Standing, Cost> ways[] = {{{base(), false, 0, true}, c.off},
                                              {{base(), true, 0, true}, c.running},
                                              {{base(), true, 0, false}, c.without_hotplug},
                                              {{base(), false, 0, false}, c.off}};
    for (const auto& [standing, cost] : ways) {
      MachineSpec wish = base();
      c.wish(wish);
      const auto changes = priced_changes(standing, wish);
      ASSERT_EQ(changes.size(), 1U) << c.path;
      EXPECT_EQ(changes[0].path, c.path);
      EXPECT_EQ(changes[0].cost, cost) << c.path << " running " << standing.running << " hotplug " << standing.hotplug;
      EXPECT_EQ(changes[0].why.empty(), changes[0].cost == Cost::kOnline) << c.path;
    }
  }
}

TEST(Prices, NothingIsToPayForWhatIsNotActedOnOrLeftOpen) {
  MachineSpec wish = base();
  wish.display_name = "renamed on the host";
  wish.extra_config = {{"a", "b"}};
  wish.placement = {
      .host = "h", .cluster = "c", .folder = "f", .resource_pool = "r", .storage = "", .storage_cluster = "s"};
  wish.disks[0].provisioning = "thick";
  wish.root_disk_bytes = 0;
  wish.seed.user_data = "#cloud-config\n";
  wish.tags = {"b", "a"};
  wish.nics[0].network = "vmbr0";
  wish.nics[0].bridge = "";
  EXPECT_TRUE(priced_changes({base(), true, 0, true}, wish).empty());
}

TEST(Prices, ARootDiskIsNeverAskedToBeSmallerThanItsImage) {
  MachineSpec wish = base();
  wish.root_disk_bytes = kGib;
  EXPECT_TRUE(priced_changes({base(), true, 10 * kGib, true}, wish).empty());
}

TEST(Prices, WhatCannotBeDoneIsSaidBeforeAnythingIs) {
  provider::Plan plan;
  plan.changes = {{"cpus", "1", "2", Cost::kPowerCycle, "why"}};
  EXPECT_TRUE(check_costs(plan).ok());
  plan.changes.push_back({"tpm", "false", "true", Cost::kRecreate, "chosen"});
  EXPECT_TRUE(check_costs(plan).error().is(Code::kFailedPrecondition));
  plan.changes.insert(plan.changes.begin(), {"root_disk_bytes", "2", "1", Cost::kImpossible, "disks do not shrink"});
  EXPECT_TRUE(check_costs(plan).error().is(Code::kOutOfRange));
  EXPECT_EQ(check_costs(plan).error().message(), "root_disk_bytes from 2 to 1: disks do not shrink");
}

TEST(Prices, FirewallAndRateOfAnInterfaceChangeOnlineWhereTheWishSpeaksOfThem) {
  Standing standing;
  standing.running = true;
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.bridge = "vmbr0";
  standing.configured.nics = {nic};
  provider::MachineSpec wish = standing.configured;
  EXPECT_TRUE(priced_changes(standing, wish).empty());
  wish.nics[0].native = json::Object{{"firewall", false}};
  EXPECT_TRUE(priced_changes(standing, wish).empty());
  wish.nics[0].native = json::Object{{"firewall", true}, {"rateLimit", 10}};
  const auto changes = priced_changes(standing, wish);
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_EQ(changes[0].path, "nics[eth0].firewall");
  EXPECT_EQ(changes[1].path, "nics[eth0].rateLimit");
  for (const auto& change : changes) EXPECT_EQ(change.cost, provider::Cost::kOnline);
  Nic is;
  is.firewall = true;
  is.rate_mbytes = "10";
  standing.configured.nics[0].native = native_of(is);
  EXPECT_TRUE(priced_changes(standing, wish).empty());
}

}  // namespace
}  // namespace rig::proxmox
