// libvirt/rules_test.cc — specs that can never work are refused with every finding.
#include "hypervisor/libvirt/rules.h"

#include <gtest/gtest.h>

#include <functional>

#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

using provider::MachineSpec;

MachineSpec good() {
  MachineSpec spec;
  spec.display_name = "web";
  spec.root_disk_bytes = 1 << 30;
  spec.disks = {{.name = "data", .size_bytes = 1, .provisioning = "", .storage = ""}};
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.network = "default";
  spec.nics = {nic};
  return spec;
}

TEST(Rules, TakeAGoodSpec) { EXPECT_TRUE(check_spec(good()).ok()); }

TEST(Rules, RefuseEachBadField) {
  struct Case {
    const char* says;
    std::function<void(MachineSpec&)> spoil;
  };
  const std::vector<Case> cases = {
      {"name ''", [](MachineSpec& s) { s.display_name = ""; }},
      {"name 'a/b'", [](MachineSpec& s) { s.display_name = "a/b"; }},
      {"name ' a'", [](MachineSpec& s) { s.display_name = " a"; }},
      {"name '-a'", [](MachineSpec& s) { s.display_name = "-a"; }},
      {"name '.a'", [](MachineSpec& s) { s.display_name = ".a"; }},
      {"name 'a\n", [](MachineSpec& s) { s.display_name = "a\nb"; }},
      {"name 'a\x7f",
       [](MachineSpec& s) {
         s.display_name =
             "a\x7f"
             "b";
       }},
      {"name '\xff", [](MachineSpec& s) { s.display_name = "\xff"; }},
      {"at most 200", [](MachineSpec& s) { s.display_name = std::string(kNameBytesMax + 1, 'a'); }},
      {"cpus: 0", [](MachineSpec& s) { s.cpus = 0; }},
      {"memory: 0", [](MachineSpec& s) { s.memory_mib = 0; }},
      {"root disk: -1", [](MachineSpec& s) { s.root_disk_bytes = -1; }},
      {"root disk: neither", [](MachineSpec& s) { s.root_disk_bytes = 0; }},
      {"secure boot: needs UEFI", [](MachineSpec& s) { s.secure_boot = true; }},
      {"disks[a.b].name", [](MachineSpec& s) { s.disks[0].name = "a.b"; }},
      {"disks[].name", [](MachineSpec& s) { s.disks[0].name = ""; }},
      {"disks[root].name: taken twice", [](MachineSpec& s) { s.disks[0].name = "root"; }},
      {"disks[data].name: taken twice", [](MachineSpec& s) { s.disks.push_back(s.disks[0]); }},
      {"disks[data].size: 0", [](MachineSpec& s) { s.disks[0].size_bytes = 0; }},
      {"disks[data].size: ", [](MachineSpec& s) { s.disks[0].size_bytes = kDiskBytesMax + 1; }},
      {"at most 24", [](MachineSpec& s) { s.disks.resize(kDisksMax + 1, s.disks[0]); }},
      {"networks[Eth].name", [](MachineSpec& s) { s.nics[0].name = "Eth"; }},
      {"networks[eth0].name: taken twice", [](MachineSpec& s) { s.nics.push_back(s.nics[0]); }},
      {"networks[eth0]: network and bridge", [](MachineSpec& s) { s.nics[0].bridge = "br0"; }},
      {"networks[eth0].vlan",
       [](MachineSpec& s) {
         s.nics[0].network = "";
         s.nics[0].vlan = 3;
       }},
      {"at most 10", [](MachineSpec& s) { s.nics.resize(kNicsMax + 1, s.nics[0]); }},
  };
  for (const Case& c : cases) {
    MachineSpec spec = good();
    c.spoil(spec);
    const auto checked = check_spec(spec);
    ASSERT_FALSE(checked.ok()) << c.says;
    EXPECT_EQ(checked.error().code(), Code::kInvalidArgument);
    EXPECT_NE(checked.error().message().find(c.says), std::string::npos) << checked.error().message();
  }
}

TEST(Rules, TellEverythingThatIsWrongAtOnce) {
  MachineSpec spec = good();
  spec.cpus = 0;
  spec.memory_mib = 0;
  const std::string message = check_spec(spec).error().message();
  EXPECT_NE(message.find("cpus"), std::string::npos);
  EXPECT_NE(message.find("memory"), std::string::npos);
}

}  // namespace
}  // namespace rig::libvirt
