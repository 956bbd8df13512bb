// proxmox/nic_test.cc — interfaces against the schema, and read and written.
#include "hypervisor/proxmox/nic.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

TEST(Nic, HasTheKeysAndModelsOfTheSchema) {
  for (const json::Value& entry : recorded("formats.json")) {
    if (entry.text({"option"}) != "net[n]") continue;
    for (const PropertyRow<Nic>& row : nic_rows()) {
      const json::Value* schema = entry.at({"format", row.key});
      ASSERT_NE(schema, nullptr) << row.key;
      if (row.member.index() != 2) continue;
      EXPECT_EQ(schema->integer({"minimum"}), row.min) << row.key;
      EXPECT_EQ(schema->integer({"maximum"}), row.max) << row.key;
    }
    const auto* models = entry.at({"format", "model", "enum"})->as<json::Array>();
    EXPECT_EQ(models->size(), 14U);
    for (const json::Value& model : *models) EXPECT_TRUE(is_nic_model(*model.as<std::string>()));
    return;
  }
  FAIL() << "no format of net[n]";
}

TEST(Nic, IsReadInEveryWayThatProxmoxTakes) {
  const char* texts[] = {"virtio=BC:24:11:2F:51:08,bridge=vmbr0,firewall=1,tag=10",
                         "model=virtio,macaddr=BC:24:11:2F:51:08,bridge=vmbr0,firewall=1,tag=10",
                         "virtio,tag=10,firewall=on,bridge=vmbr0,macaddr=BC:24:11:2F:51:08"};
  for (const char* text : texts) {
    const auto nic = parse_nic("net0", text);
    ASSERT_TRUE(nic.ok()) << nic.error().to_string();
    EXPECT_EQ(nic->model, "virtio");
    EXPECT_EQ(nic->mac, "BC:24:11:2F:51:08");
    EXPECT_EQ(nic->bridge, "vmbr0");
    EXPECT_EQ(nic->vlan, 10);
    EXPECT_EQ(nic->firewall, true);
    EXPECT_EQ(nic_text("net0", *nic).take(), text);
  }
}

TEST(Nic, IsChangedWhereItWasChanged) {
  auto nic = parse_nic("net0", "trunks=1;2,e1000=BC:24:11:2F:51:08,bridge=vmbr0,tag=10").take();
  nic.vlan.reset();
  nic.mtu = 9000;
  EXPECT_EQ(nic_text("net0", nic).take(), "trunks=1;2,e1000=BC:24:11:2F:51:08,bridge=vmbr0,mtu=9000");
  nic.model = "virtio";
  EXPECT_EQ(nic_text("net0", nic).take(), "virtio=BC:24:11:2F:51:08,trunks=1;2,bridge=vmbr0,mtu=9000");
  nic.mac.clear();
  EXPECT_EQ(nic_text("net0", nic).take(), "virtio,trunks=1;2,bridge=vmbr0,mtu=9000");
}

TEST(Nic, SaysWhatIsWrong) {
  EXPECT_TRUE(parse_nic("net0", "foo=BC:24:11:2F:51:08").error().message().starts_with("net0.model: found ''"));
  EXPECT_TRUE(
      parse_nic("net1", "virtio=BC:24:11:2F:51").error().message().starts_with("net1.macaddr: found 'BC:24:11:2F:51'"));
  EXPECT_EQ(parse_nic("net1", "virtio,tag=4095").error().message(),
            "net1.tag: found '4095', wanted a whole number of 1 to 4094");
  Nic nic;
  nic.model = "vmxnet4";
  const auto text = nic_text("net0", nic);
  ASSERT_FALSE(text.ok());
  EXPECT_TRUE(text.error().is(Code::kInvalidArgument));
}

TEST(Nic, KnowsItsOptions) {
  EXPECT_EQ(nic_index("net0"), 0);
  EXPECT_EQ(nic_index("net31"), 31);
  for (const char* option : {"net32", "net", "net00", "net-1", "nets", "scsi0"})
    EXPECT_FALSE(nic_index(option)) << option;
}

}  // namespace
}  // namespace rig::proxmox
