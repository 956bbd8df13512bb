// libvirt/storage_xml_test.cc — volumes and pools as text, and whose a volume is.
#include "hypervisor/libvirt/storage_xml.h"

#include <gtest/gtest.h>

namespace rig::libvirt {
namespace {

constexpr char kId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";
constexpr char kOther[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0df";

TEST(VolumeXml, OfAnOverlayNamesItsBackingAndVersion) {
  EXPECT_EQ(volume_xml({.name = "a<b",
                        .format = "qcow2",
                        .capacity_bytes = 1073741824,
                        .allocated = false,
                        .backing_path = "/i&m",
                        .backing_format = "raw"}),
            "<volume>\n  <name>a&lt;b</name>\n  <capacity>1073741824</capacity>\n  <allocation>0</allocation>\n"
            "  <target>\n    <format type=\"qcow2\" />\n    <compat>1.1</compat>\n  </target>\n"
            "  <backingStore>\n    <path>/i&amp;m</path>\n    <format type=\"raw\" />\n  </backingStore>\n</volume>\n");
}

TEST(VolumeXml, OfARawOneHasNeither) {
  EXPECT_EQ(volume_xml({.name = "s",
                        .format = "raw",
                        .capacity_bytes = 512,
                        .allocated = true,
                        .backing_path = "",
                        .backing_format = ""}),
            "<volume>\n  <name>s</name>\n  <capacity>512</capacity>\n  <allocation>512</allocation>\n"
            "  <target>\n    <format type=\"raw\" />\n  </target>\n</volume>\n");
}

TEST(VolumeXml, IsRead) {
  const auto facts = parse_volume(R"(<volume type='file'><name>r</name><key>/p/r</key>
    <capacity unit='bytes'>1073741824</capacity><allocation unit='bytes'>200704</allocation>
    <physical unit='bytes'>196616</physical>
    <target><path>/p/r</path><format type='qcow2'/></target>
    <backingStore><path>/i/g.qcow2</path><format type='qcow2'/></backingStore></volume>)");
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->path, "/p/r");
  EXPECT_EQ(facts->format, "qcow2");
  EXPECT_EQ(facts->capacity_bytes, 1073741824);
  EXPECT_EQ(facts->allocation_bytes, 200704);
  EXPECT_EQ(facts->physical_bytes, 196616);
  EXPECT_EQ(facts->backing_path, "/i/g.qcow2");
  EXPECT_EQ(parse_volume("<pool/>").error().code(), Code::kDataLoss);
}

TEST(PoolXml, IsReadAndWritten) {
  const auto facts = parse_pool(
      "<pool type='dir'><name>p</name><available unit='bytes'>77</available>"
      "<target><path>/p</path></target></pool>");
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->type, "dir");
  EXPECT_EQ(facts->path, "/p");
  EXPECT_EQ(facts->available_bytes, 77);
  EXPECT_EQ(parse_pool("<volume/>").error().code(), Code::kDataLoss);
  EXPECT_EQ(parse_pool(folder_pool_xml("n", "/a&b"))->path, "/a&b");
}

TEST(VolumeNames, AreOfOneMachineAndNothingElseIs) {
  const std::string id = kId;
  for (const std::string& name : {root_volume(id), seed_volume(id), disk_volume(id, "data"), disk_volume(id, "a-1")}) {
    EXPECT_TRUE(is_machine_volume(name)) << name;
    EXPECT_TRUE(is_volume_of(name, id)) << name;
    EXPECT_FALSE(is_volume_of(name, kOther)) << name;
    EXPECT_FALSE(is_volume_of(name, "")) << name;
    EXPECT_FALSE(is_volume_of(name, id.substr(0, 8))) << name;
  }
  for (const std::string& name :
       {id, id + "-root.qcow2.bak", id + "-disk-.qcow2", id + "-disk-a.b.qcow2", id + "-other",
        std::string("web-root.qcow2"), "x" + id + "-root.qcow2", std::string()}) {
    EXPECT_FALSE(is_machine_volume(name)) << name;
    EXPECT_FALSE(is_volume_of(name, id)) << name;
  }
}

}  // namespace
}  // namespace rig::libvirt
