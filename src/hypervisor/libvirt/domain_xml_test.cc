// libvirt/domain_xml_test.cc — specs against tests/golden/libvirt/*.xml, and read back.
#include "hypervisor/libvirt/domain_xml.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"

namespace rig::libvirt {
namespace {

using provider::MachineSpec;

constexpr char kId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";

Stamp stamp() { return {{"cluster-1", "shop", "web", "0f4c6d1e-0000-4000-8000-000000000001"}, kId}; }

MachineSpec plain() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.cpus = 2;
  spec.memory_mib = 1024;
  return spec;
}

HostParts parts() {
  return {.virt_type = "qemu",
          .cpu_vendor_feature = "",
          .root_path = "/pool/root.qcow2",
          .seed_path = "",
          .disk_paths = {}};
}

provider::NicSpec nic(const std::string& name) {
  provider::NicSpec nic;
  nic.name = name;
  nic.mac = "52:54:00:12:34:56";
  return nic;
}

void matches_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(RIG_SOURCE_DIR) + "/tests/golden/libvirt/" + name;
  if (std::getenv("UPDATE") != nullptr) {
    ASSERT_TRUE(write_file(path, text).ok());
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden.ok()) << path << ": run with UPDATE=1";
  EXPECT_EQ(text, *golden) << "run with UPDATE=1 and look at the difference";
}

struct Case {
  std::string name;
  MachineSpec spec;
  HostParts host;
};

Case with_devices() {
  Case c{"devices.xml", plain(), parts()};
  c.spec.disks = {{.name = "data", .size_bytes = 1 << 30, .provisioning = "thin", .storage = ""},
                  {.name = "logs-of-a-very-long-name", .size_bytes = 1 << 30, .provisioning = "", .storage = "slow"}};
  c.spec.nics = {nic("eth0"), nic("eth1"), nic("eth2")};
  c.spec.nics[0].network = "default";
  c.spec.nics[1].bridge = "br0";
  c.spec.nics[1].model = "e1000e";
  c.spec.nics[1].vlan = 42;
  c.spec.nics[1].mtu = 9000;
  c.spec.nics[2].mac = "";
  c.spec.seed.meta_data = "instance-id: 1\n";
  c.host.seed_path = "/pool/seed.iso";
  c.host.disk_paths = {{"data", "/pool/data.qcow2"}, {"logs-of-a-very-long-name", "/slow/logs.qcow2"}};
  return c;
}

std::vector<Case> cases() {
  std::vector<Case> all = {{"bios.xml", plain(), parts()}, with_devices()};
  Case uefi{"uefi.xml", plain(), parts()};
  uefi.spec.firmware = provider::Firmware::kUefi;
  all.push_back(uefi);
  Case secure{"secure_boot_tpm.xml", uefi.spec, parts()};
  secure.spec.secure_boot = secure.spec.tpm = true;
  all.push_back(secure);
  Case kvm{"kvm.xml", plain(), parts()};
  kvm.host.virt_type = "kvm";
  kvm.host.cpu_vendor_feature = "svm";
  all.push_back(kvm);
  Case nested = kvm;
  nested.name = "kvm_nested.xml";
  nested.spec.nested_virtualization = true;
  all.push_back(nested);
  return all;
}

TEST(DomainXml, IsTheGoldenOne) {
  for (const Case& c : cases()) matches_golden(c.name, domain_xml(c.spec, stamp(), c.host));
}

TEST(DomainXml, ReadsBackAsTheSpecItWasWrittenFrom) {
  for (const Case& c : cases()) {
    const auto facts = parse_domain(domain_xml(c.spec, stamp(), c.host));
    ASSERT_TRUE(facts.ok()) << facts.error().to_string();
    EXPECT_EQ(facts->uuid, kId);
    EXPECT_EQ(facts->type, c.host.virt_type);
    EXPECT_EQ(facts->stamp, stamp());
    EXPECT_TRUE(facts->has_agent_channel);
    MachineSpec expected = c.spec;
    expected.seed = {};
    for (auto& disk : expected.disks) disk = {.name = disk.name, .size_bytes = 0, .provisioning = "", .storage = ""};
    for (auto& one : expected.nics) one.model = one.model.empty() ? "virtio" : one.model;
    EXPECT_EQ(facts->spec, expected) << c.name;
  }
}

TEST(DomainXml, EscapesWhateverStandsInAName) {
  const std::string bad = R"(<disk/>&'"]]>)";
  MachineSpec spec = plain();
  spec.display_name = bad;
  spec.nics = {nic("eth0"), nic("eth1")};
  spec.nics[0].network = bad;
  spec.nics[1].bridge = bad;
  spec.nics[1].model = bad;
  HostParts host = parts();
  host.root_path = "/pool/" + bad;
  Stamp owner = stamp();
  owner.owner.name = bad;
  const std::string xml = domain_xml(spec, owner, host);
  matches_golden("escaped.xml", xml);
  const auto facts = parse_domain(xml);
  ASSERT_TRUE(facts.ok()) << facts.error().to_string();
  EXPECT_EQ(facts->name, bad);
  EXPECT_EQ(facts->stamp, owner);
  EXPECT_EQ(facts->spec.nics[0].network, bad);
  EXPECT_EQ(facts->spec.nics[1].bridge, bad);
  EXPECT_EQ(facts->spec.nics[1].model, bad);
  ASSERT_EQ(facts->disks.size(), 1U);
  EXPECT_EQ(facts->disks[0].path, host.root_path);
}

TEST(DomainXml, DevicesAreFoundByTheirNames) {
  const Case c = with_devices();
  const std::string xml = domain_xml(c.spec, stamp(), c.host);
  EXPECT_NE(device_element(xml, disk_alias("data")).find("/pool/data.qcow2"), std::string::npos);
  EXPECT_NE(device_element(xml, nic_alias("eth1")).find("br0"), std::string::npos);
  EXPECT_EQ(device_element(xml, nic_alias("eth9")), "");
  EXPECT_EQ(device_element(xml, disk_alias("data")), disk_xml("data", "/pool/data.qcow2", "vdb"));
}

TEST(DomainXml, OfForeignDomainsSaysWhatThereIs) {
  const auto facts = parse_domain(R"(<domain type='kvm' id='3'><name>old</name><uuid>x</uuid>
    <metadata><app:info xmlns:app='https://example.org/1' id='7'/></metadata>
    <memory unit='GiB'>2</memory><vcpu current='1'>4</vcpu>
    <os><loader type='pflash'>/x.fd</loader></os>
    <devices><disk type='network'><target dev='sda'/></disk><disk type='file'><source file='/a'/><target dev='sdb'/></disk>
    <channel><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel></devices></domain>)");
  ASSERT_TRUE(facts.ok());
  EXPECT_FALSE(facts->stamp.has_value());
  EXPECT_EQ(facts->spec.memory_mib, 2048);
  EXPECT_EQ(facts->spec.cpus, 1);
  EXPECT_EQ(facts->spec.firmware, provider::Firmware::kUefi);
  EXPECT_TRUE(facts->spec.disks.empty());
  ASSERT_EQ(facts->disks.size(), 2U);
  EXPECT_EQ(facts->disks[0].path, "");
  EXPECT_TRUE(facts->agent_connected);
}

TEST(DomainXml, ThatIsNoneIsDataLoss) {
  for (const char* text : {"", "<domain", "<network/>", "\xff\xfe"}) {
    const auto facts = parse_domain(text);
    ASSERT_FALSE(facts.ok()) << text;
    EXPECT_EQ(facts.error().code(), Code::kDataLoss);
  }
}

TEST(DomainXml, MemoryIsReadInEveryUnit) {
  struct Unit {
    const char* element;
    std::int64_t mib;
  };
  for (const Unit& unit :
       {Unit{"<memory>2048</memory>", 2}, Unit{"<memory unit='KiB'>2048</memory>", 2},
        Unit{"<memory unit='bytes'>2097152</memory>", 2}, Unit{"<memory unit='b'>2097152</memory>", 2},
        Unit{"<memory unit='MiB'>2</memory>", 2}, Unit{"<memory unit='GiB'>2</memory>", 2048}}) {
    EXPECT_EQ(parse_domain("<domain>" + std::string(unit.element) + "</domain>")->spec.memory_mib, unit.mib);
  }
}

TEST(DiskTargets, AreTheFirstFreeOneAndRunOut) {
  DomainFacts facts;
  facts.disks = {{"root", "vda", ""}, {"data", "vdb", ""}, {"seed", "vdz", ""}};
  EXPECT_EQ(*free_target(facts), "vdc");
  for (char letter = 'c'; letter < 'z'; ++letter) facts.disks.push_back({"x", std::string("vd") + letter, ""});
  EXPECT_EQ(free_target(facts).error().code(), Code::kResourceExhausted);
}

TEST(Stamps, AreOfAMachineByClusterUidAndMachineId) {
  const provider::MachineRef ref{stamp().owner, kId, "web", false};
  EXPECT_TRUE(is_of(stamp(), ref));
  for (const auto change : {+[](Stamp& s) { s.machine_id = "x"; }, +[](Stamp& s) { s.owner.uid = "x"; },
                            +[](Stamp& s) { s.owner.cluster_id = "x"; }}) {
    Stamp other = stamp();
    change(other);
    EXPECT_FALSE(is_of(other, ref));
  }
  Stamp moved = stamp();
  moved.owner.name = "other";
  EXPECT_TRUE(is_of(moved, ref));
}

TEST(Stamps, OfNobodyAreReleasedAndOfNoMachine) {
  const Stamp released{{}, kId};
  EXPECT_TRUE(is_released(released));
  EXPECT_FALSE(is_released(stamp()));
  EXPECT_FALSE(is_of(released, provider::MachineRef{{}, kId, "web", false}));
  Stamp odd = stamp();
  odd.owner.uid.clear();
  EXPECT_FALSE(is_released(odd)) << "half a stamp is nobody's to take";
}

TEST(Stamps, AreReadBackAsTheyAreChanged) {
  for (const Stamp& written : {stamp(), Stamp{{}, kId}, Stamp{{"<&'\">", "a", "b", "c"}, kId}}) {
    std::string mark = stamp_mark(written);  // libvirt puts it into our namespace
    mark.replace(0, std::string("<machine").size(), "<rig:machine xmlns:rig='" + std::string(kStampUri) + "'");
    const auto facts = parse_domain("<domain><metadata>" + mark + "</metadata></domain>");
    ASSERT_TRUE(facts.ok());
    EXPECT_EQ(facts->stamp, written);
  }
}

TEST(TimeMarks, ReadBackToTheMicrosecond) {
  const WallTime time = WallTime(std::chrono::microseconds(1'767'225'600'123'456));
  EXPECT_EQ(parse_time_mark(time_mark(time)), time);
  EXPECT_EQ(parse_time_mark("<at time='soon'/>"), std::nullopt);
  EXPECT_EQ(parse_time_mark("<at"), std::nullopt);
  const auto facts = parse_domain("<domain><metadata><o:at xmlns:o='" + std::string(kPowerOffUri) +
                                  "' time='2026-01-01T00:00:00.123456Z'/></metadata></domain>");
  EXPECT_EQ(facts->power_off_at, time);
  EXPECT_EQ(facts->booted_at, std::nullopt);
}

}  // namespace
}  // namespace rig::libvirt
