// libvirt/prices_test.cc — what a change costs, as a table.
#include "hypervisor/libvirt/prices.h"

#include <gtest/gtest.h>

#include <functional>

namespace rig::libvirt {
namespace {

using provider::Cost;
using provider::MachineSpec;

constexpr std::int64_t kGib = 1LL << 30;

MachineSpec base() {
  MachineSpec spec;
  spec.display_name = "web";
  spec.image = {"/images/a.qcow2", "qcow2"};
  spec.root_disk_bytes = 10 * kGib;
  spec.placement.storage = "default";
  spec.disks = {{.name = "data", .size_bytes = 2 * kGib, .provisioning = "", .storage = "default"}};
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.mac = "52:54:00:00:00:01";
  nic.network = "default";
  nic.model = "virtio";
  spec.nics = {nic};
  return spec;
}

struct Case {
  const char* path;
  std::function<void(MachineSpec&)> wish;
  Cost off, running;
};
const std::vector<Case> kCases = {
    {"cpus", [](MachineSpec& s) { s.cpus = 2; }, Cost::kOnline, Cost::kPowerCycle},
    {"memory_mib", [](MachineSpec& s) { s.memory_mib = 1024; }, Cost::kOnline, Cost::kPowerCycle},
    {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 20 * kGib; }, Cost::kOnline, Cost::kOnline},
    {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 5 * kGib; }, Cost::kImpossible, Cost::kImpossible},
    {"disks[data].size_bytes", [](MachineSpec& s) { s.disks[0].size_bytes = 3 * kGib; }, Cost::kOnline, Cost::kOnline},
    {"disks[data].size_bytes", [](MachineSpec& s) { s.disks[0].size_bytes = kGib; }, Cost::kImpossible,
     Cost::kImpossible},
    {"disks[data]", [](MachineSpec& s) { s.disks.clear(); }, Cost::kOnline, Cost::kOnline},
    {"disks[more]",
     [](MachineSpec& s) { s.disks.push_back({.name = "more", .size_bytes = 1, .provisioning = "", .storage = ""}); },
     Cost::kOnline, Cost::kOnline},
    {"disks[data].storage", [](MachineSpec& s) { s.disks[0].storage = "slow"; }, Cost::kImpossible, Cost::kImpossible},
    {"placement.storage", [](MachineSpec& s) { s.placement.storage = "slow"; }, Cost::kImpossible, Cost::kImpossible},
    {"nics[eth0]", [](MachineSpec& s) { s.nics.clear(); }, Cost::kOnline, Cost::kOnline},
    {"nics[eth0].network", [](MachineSpec& s) { s.nics[0].network = "lab"; }, Cost::kOnline, Cost::kOnline},
    {"nics[eth0].bridge",
     [](MachineSpec& s) {
       s.nics[0].network = "";
       s.nics[0].bridge = "br0";
     },
     Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].mac", [](MachineSpec& s) { s.nics[0].mac = "52:54:00:00:00:02"; }, Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].model", [](MachineSpec& s) { s.nics[0].model = "e1000e"; }, Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].vlan", [](MachineSpec& s) { s.nics[0].vlan = 7; }, Cost::kOnline, Cost::kPowerCycle},
    {"nics[eth0].mtu", [](MachineSpec& s) { s.nics[0].mtu = 9000; }, Cost::kOnline, Cost::kPowerCycle},
    {"firmware", [](MachineSpec& s) { s.firmware = provider::Firmware::kUefi; }, Cost::kRecreate, Cost::kRecreate},
    {"secure_boot", [](MachineSpec& s) { s.secure_boot = true; }, Cost::kRecreate, Cost::kRecreate},
    {"tpm", [](MachineSpec& s) { s.tpm = true; }, Cost::kRecreate, Cost::kRecreate},
    {"nested_virtualization", [](MachineSpec& s) { s.nested_virtualization = true; }, Cost::kRecreate, Cost::kRecreate},
    {"image.location", [](MachineSpec& s) { s.image.location = "/images/b.qcow2"; }, Cost::kRecreate, Cost::kRecreate},
};

TEST(Prices, OfEachChange) {
  for (const Case& c : kCases) {
    for (const bool running : {false, true}) {
      MachineSpec wish = base();
      c.wish(wish);
      const auto changes = priced_changes({base(), running, 0}, wish);
      ASSERT_EQ(changes.size(), 1U) << c.path;
      EXPECT_EQ(changes[0].path, c.path);
      EXPECT_EQ(changes[0].cost, running ? c.running : c.off) << c.path << " running " << running;
      EXPECT_EQ(changes[0].why.empty(), changes[0].cost == Cost::kOnline) << c.path;
    }
  }
}

TEST(Prices, NothingIsToPayForWhatIsNotActedOnOrLeftOpen) {
  MachineSpec wish = base();
  wish.display_name = "renamed on the host";
  wish.tags = {"a"};
  wish.extra_config = {{"a", "b"}};
  wish.placement = {
      .host = "h", .cluster = "c", .folder = "f", .resource_pool = "r", .storage = "", .storage_cluster = "s"};
  wish.disks[0].provisioning = "thick";
  wish.root_disk_bytes = 0;
  wish.seed.user_data = "#cloud-config\n";
  EXPECT_TRUE(priced_changes({base(), true, 0}, wish).empty());
}

TEST(Prices, ARootDiskIsNeverAskedToBeSmallerThanItsImage) {
  MachineSpec wish = base();
  wish.root_disk_bytes = kGib;
  EXPECT_TRUE(priced_changes({base(), true, 10 * kGib}, wish).empty());
}

TEST(Prices, ARootDiskWithoutAnImageBehindItIsNotMadeAnew) {
  MachineSpec flattened = base();
  flattened.image = {};
  EXPECT_TRUE(priced_changes({flattened, true, 0}, base()).empty());
}

}  // namespace
}  // namespace rig::libvirt
