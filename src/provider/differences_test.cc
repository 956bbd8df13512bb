// provider/differences_test.cc — one row per field: what a changed wish looks like.
#include "provider/differences.h"

#include <gtest/gtest.h>

namespace rig::provider {
namespace {

MachineSpec machine() {
  MachineSpec spec;
  spec.display_name = "web-1a2b3c4d";
  spec.image.location = "base.qcow2";
  spec.root_disk_bytes = 100;
  spec.disks = {{"data", 10, "thin", "fast"}};
  spec.nics = {{"eth0", "52:54:00:00:00:01", "default", "", "virtio", std::nullopt, std::nullopt, {}}};
  spec.placement.host = "h1";
  spec.limits.memory_limit_mib = 8;
  spec.tags = {"a"};
  spec.extra_config = {{"k", "v"}};
  return spec;
}

struct Case {
  const char* path;
  const char* from;
  const char* to;
  void (*edit)(MachineSpec&);
};
const Case kCases[] = {
    {"display_name", "web-1a2b3c4d", "other", [](MachineSpec& s) { s.display_name = "other"; }},
    {"cpus", "1", "4", [](MachineSpec& s) { s.cpus = 4; }},
    {"memory_mib", "512", "1024", [](MachineSpec& s) { s.memory_mib = 1024; }},
    {"firmware", "bios", "uefi", [](MachineSpec& s) { s.firmware = Firmware::kUefi; }},
    {"secure_boot", "false", "true", [](MachineSpec& s) { s.secure_boot = true; }},
    {"tpm", "false", "true", [](MachineSpec& s) { s.tpm = true; }},
    {"nested_virtualization", "false", "true", [](MachineSpec& s) { s.nested_virtualization = true; }},
    {"image.location", "base.qcow2", "new.qcow2", [](MachineSpec& s) { s.image.location = "new.qcow2"; }},
    {"root_disk_bytes", "100", "200", [](MachineSpec& s) { s.root_disk_bytes = 200; }},
    {"disks[data].size_bytes", "10", "20", [](MachineSpec& s) { s.disks[0].size_bytes = 20; }},
    {"disks[data].provisioning", "thin", "thick", [](MachineSpec& s) { s.disks[0].provisioning = "thick"; }},
    {"disks[data].storage", "fast", "slow", [](MachineSpec& s) { s.disks[0].storage = "slow"; }},
    {"disks[data]", "10 bytes", "", [](MachineSpec& s) { s.disks.clear(); }},
    {"disks[logs]", "", "5 bytes",
     [](MachineSpec& s) {
       s.disks.insert(s.disks.begin(), {"logs", 5, "", ""});
     }},
    {"nics[eth0].mac", "52:54:00:00:00:01", "52:54:00:00:00:02",
     [](MachineSpec& s) { s.nics[0].mac = "52:54:00:00:00:02"; }},
    {"nics[eth0].network", "default", "isolated", [](MachineSpec& s) { s.nics[0].network = "isolated"; }},
    {"nics[eth0].bridge", "", "br0", [](MachineSpec& s) { s.nics[0].bridge = "br0"; }},
    {"nics[eth0].model", "virtio", "e1000", [](MachineSpec& s) { s.nics[0].model = "e1000"; }},
    {"nics[eth0].vlan", "", "7", [](MachineSpec& s) { s.nics[0].vlan = 7; }},
    {"nics[eth0].mtu", "", "9000", [](MachineSpec& s) { s.nics[0].mtu = 9000; }},
    {"nics[eth0]", "network default", "", [](MachineSpec& s) { s.nics.clear(); }},
    {"nics[eth1]", "", "bridge br0",
     [](MachineSpec& s) {
       s.nics.push_back({"eth1", "", "", "br0", "", {}, {}, {}});
     }},
    {"limits.cpu_reservation_mhz", "", "500", [](MachineSpec& s) { s.limits.cpu_reservation_mhz = 500; }},
    {"limits.cpu_limit_mhz", "", "500", [](MachineSpec& s) { s.limits.cpu_limit_mhz = 500; }},
    {"limits.cpu_shares", "", "500", [](MachineSpec& s) { s.limits.cpu_shares = 500; }},
    {"limits.memory_reservation_mib", "", "500", [](MachineSpec& s) { s.limits.memory_reservation_mib = 500; }},
    {"limits.memory_limit_mib", "8", "500", [](MachineSpec& s) { s.limits.memory_limit_mib = 500; }},
    {"placement.host", "h1", "h2", [](MachineSpec& s) { s.placement.host = "h2"; }},
    {"placement.cluster", "", "c", [](MachineSpec& s) { s.placement.cluster = "c"; }},
    {"placement.folder", "", "f", [](MachineSpec& s) { s.placement.folder = "f"; }},
    {"placement.resource_pool", "", "r", [](MachineSpec& s) { s.placement.resource_pool = "r"; }},
    {"placement.storage", "", "p", [](MachineSpec& s) { s.placement.storage = "p"; }},
    {"placement.storage_cluster", "", "s", [](MachineSpec& s) { s.placement.storage_cluster = "s"; }},
    {"tags", "a", "a,b", [](MachineSpec& s) { s.tags.push_back("b"); }},
    {"extra_config[k]", "v", "w", [](MachineSpec& s) { s.extra_config["k"] = "w"; }},
    {"extra_config[k]", "v", "", [](MachineSpec& s) { s.extra_config.clear(); }},
    {"extra_config[n]", "", "1", [](MachineSpec& s) { s.extra_config["n"] = "1"; }},
};

TEST(Differences, AreOneChangePerField) {
  for (const Case& c : kCases) {
    MachineSpec wish = machine();
    c.edit(wish);
    const std::vector<Change> found = differences(machine(), wish);
    ASSERT_EQ(found.size(), 1U) << c.path;
    EXPECT_EQ(found[0].path, c.path);
    EXPECT_EQ(found[0].from, c.from) << c.path;
    EXPECT_EQ(found[0].to, c.to) << c.path;
  }
}

TEST(Differences, AreNoneWhereTheProviderMayChoose) {
  MachineSpec wish = machine();
  wish.image.location = "";
  wish.root_disk_bytes = 0;
  wish.disks[0].provisioning = wish.disks[0].storage = "";
  wish.nics[0].mac = wish.nics[0].network = wish.nics[0].model = "";
  wish.placement.host = "";
  EXPECT_TRUE(differences(machine(), wish).empty());
}

TEST(Differences, AreNoneInWhatNoHypervisorTellsBack) {
  MachineSpec wish = machine();
  wish.seed.user_data = "#cloud-config";
  wish.hostname = "web";
  wish.nics[0].native = json::Object{{"queues", 4}};
  EXPECT_TRUE(differences(machine(), wish).empty());
}

TEST(Differences, MatchDisksByNameWhateverTheirOrder) {
  MachineSpec is = machine(), wish = machine();
  is.disks = {{"a", 1, "", ""}, {"b", 2, "", ""}};
  wish.disks = {{"b", 2, "", ""}, {"a", 1, "", ""}};
  EXPECT_TRUE(differences(is, wish).empty());
}

TEST(ChangePath, IsReadAsItWasWritten) {
  const ChangePath field = parse_path("disks[data].size_bytes"), whole = parse_path("nics[eth0]"),
                   plain = parse_path("cpus");
  EXPECT_EQ(field.list + " " + field.name + " " + field.field, "disks data size_bytes");
  EXPECT_EQ(whole.list + " " + whole.name + " " + whole.field, "nics eth0 ");
  EXPECT_EQ(plain.list + plain.name + " " + plain.field, " cpus");
  EXPECT_EQ(without_names("disks[data].size_bytes"), "disks[].size_bytes");
  EXPECT_TRUE(shrinks({"disks[a].size_bytes", "20", "10", Cost::kOnline, ""}));
  EXPECT_FALSE(shrinks({"tags", "20", "a", Cost::kOnline, ""}));
}

}  // namespace
}  // namespace rig::provider
