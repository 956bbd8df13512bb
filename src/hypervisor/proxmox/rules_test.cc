// proxmox/rules_test.cc — each rule, and all of them at once.
#include "hypervisor/proxmox/rules.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/nic.h"

namespace rig::proxmox {
namespace {

using provider::MachineSpec;

MachineSpec good() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.cpus = 2;
  spec.memory_mib = 16;
  spec.image.location = "local:import/a.qcow2";
  spec.disks.resize(1);
  spec.disks[0].name = "data";
  spec.disks[0].size_bytes = kDiskBytesMax;
  spec.disks[0].storage = "local-lvm";
  spec.nics.resize(1);
  spec.nics[0].name = "eth0";
  spec.nics[0].bridge = "vmbr0.10";
  spec.nics[0].vlan = 4094;
  spec.nics[0].mtu = 65520;
  spec.tags = {"shop"};
  spec.placement.host = "pve1";
  return spec;
}

TEST(Rules, AGoodSpecIsGood) {
  const Status status = check_spec(good());
  EXPECT_TRUE(status.ok()) << status.error().to_string();
}

TEST(Rules, EachFindsItsField) {
  struct Case {
    void (*spoil)(MachineSpec&);
    const char* says;
  };
  const Case cases[] = {
      {[](MachineSpec& s) { s.display_name = "bad_name"; }, "name 'bad_name': wanted a DNS name"},
      {[](MachineSpec& s) { s.display_name = ""; }, "name '': wanted a DNS name"},
      {[](MachineSpec& s) { s.display_name = "a..b"; }, "name 'a..b': wanted"},
      {[](MachineSpec& s) { s.display_name = "-a"; }, "name '-a': wanted"},
      {[](MachineSpec& s) { s.display_name = std::string(64, 'a'); }, "wanted a DNS name"},
      {[](MachineSpec& s) {
         for (int i = 0; i < 130; ++i) s.display_name += ".a";
       },
       "wanted a DNS name"},
      {[](MachineSpec& s) { s.cpus = 0; }, "cpus: 0, wanted at least 1"},
      {[](MachineSpec& s) { s.memory_mib = 15; }, "memory: 15 MiB, wanted at least 16"},
      {[](MachineSpec& s) { s.root_disk_bytes = -1; }, "root disk: -1 bytes"},
      {[](MachineSpec& s) { s.root_disk_bytes = kDiskBytesMax + 1; }, "root disk: "},
      {[](MachineSpec& s) { s.image.location.clear(); }, "root disk: neither image nor size"},
      {[](MachineSpec& s) { s.secure_boot = true; }, "secure boot: needs UEFI firmware"},
      {[](MachineSpec& s) { s.placement.host = ".."; }, "placement.host: '..', wanted"},
      {[](MachineSpec& s) { s.placement.host = "a/b"; }, "placement.host: 'a/b', wanted"},
      {[](MachineSpec& s) { s.placement.storage = "st:0"; }, "placement.storage: 'st:0', wanted"},
      {[](MachineSpec& s) { s.tags = {"Shop"}; }, "tags: 'Shop', wanted"},
      {[](MachineSpec& s) { s.disks[0].name = "root"; }, "disks[root].name: taken twice, or one of root, seed"},
      {[](MachineSpec& s) { s.disks[0].name = ""; }, "disks[].name: wanted one"},
      {[](MachineSpec& s) { s.disks[0].size_bytes = 0; }, "disks[data].size: 0 bytes, wanted 1 to"},
      {[](MachineSpec& s) { s.disks[0].size_bytes = kDiskBytesMax + 1; }, "disks[data].size: "},
      {[](MachineSpec& s) { s.disks[0].storage = "a,b"; }, "disks[data].storage: 'a,b', wanted"},
      {[](MachineSpec& s) { s.disks.push_back(s.disks[0]); }, "disks[data].name: taken twice"},
      {[](MachineSpec& s) { s.nics.push_back(s.nics[0]); }, "networks[eth0].name: taken twice"},
      {[](MachineSpec& s) { s.nics[0].model = "warp"; }, "networks[eth0].model: 'warp', wanted virtio"},
      {[](MachineSpec& s) { s.nics[0].vlan = 4095; }, "networks[eth0].vlan: 4095, wanted 1 to 4094"},
      {[](MachineSpec& s) { s.nics[0].mtu = 0; }, "networks[eth0].mtu: 0, wanted 1 to 65520"},
      {[](MachineSpec& s) { s.nics[0].bridge = "vmbr0,tag=1"; }, "networks[eth0].bridge: 'vmbr0,tag=1', wanted"},
  };
  for (const Case& c : cases) {
    MachineSpec spec = good();
    c.spoil(spec);
    const Status status = check_spec(spec);
    ASSERT_FALSE(status.ok()) << c.says;
    EXPECT_TRUE(status.error().is(Code::kInvalidArgument));
    EXPECT_NE(status.error().message().find(c.says), std::string::npos) << status.error().message();
  }
}

TEST(Rules, FindAllAtOnce) {
  MachineSpec spec = good();
  spec.cpus = 0;
  spec.memory_mib = 0;
  EXPECT_EQ(check_spec(spec).error().message(),
            "machine 'web-6a3f0d2e': cpus: 0, wanted at least 1; memory: 0 MiB, wanted at least 16");
}

TEST(Rules, CountDisksAndInterfaces) {
  MachineSpec spec = good();
  spec.disks.resize(kDisksMax, spec.disks[0]);
  spec.nics.resize(kNicSlots, spec.nics[0]);
  for (std::size_t i = 0; i < spec.disks.size(); ++i) spec.disks[i].name = "d" + std::to_string(i);
  for (std::size_t i = 0; i < spec.nics.size(); ++i) spec.nics[i].name = "n" + std::to_string(i);
  EXPECT_TRUE(check_spec(spec).ok());
  spec.disks.push_back(good().disks[0]);
  spec.nics.push_back(good().nics[0]);
  const std::string found = check_spec(spec).error().message();
  EXPECT_NE(found.find("disks: 30, at most 29 fit"), std::string::npos) << found;
  EXPECT_NE(found.find("networks: 33, at most 32 fit"), std::string::npos) << found;
}

}  // namespace
}  // namespace rig::proxmox
