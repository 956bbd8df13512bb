// proxmox/options_test.cc — the smaller options.
#include "hypervisor/proxmox/options.h"

#include <gtest/gtest.h>

namespace rig::proxmox {
namespace {

TEST(Boot, IsReadAndWritten) {
  Boot boot = parse_boot("order=scsi0;net0").take();
  EXPECT_EQ(boot.order, (std::vector<std::string>{"scsi0", "net0"}));
  EXPECT_EQ(boot_text(boot), "order=scsi0;net0");
  boot.order.pop_back();
  EXPECT_EQ(boot_text(boot), "order=scsi0");
  for (const char* text : {" ", "cdn", "legacy=cdn", "order=scsi0"})
    EXPECT_EQ(boot_text(parse_boot(text).take()), text);
  EXPECT_EQ(parse_boot("legacy=cdn")->legacy, "cdn");
  EXPECT_FALSE(parse_boot("first=scsi0").ok());
}

TEST(IpConfig, IsReadAndWritten) {
  IpConfig config = parse_ip_config("ipconfig0", "ip=10.0.0.5/24,gw=10.0.0.1").take();
  EXPECT_EQ(config.ip, "10.0.0.5/24");
  EXPECT_EQ(config.gateway, "10.0.0.1");
  config.ip6 = "auto";
  EXPECT_EQ(ip_config_text("ipconfig0", config).take(), "ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto");
}

TEST(Smbios, ChangesItsUuidAndKeepsTheRest) {
  Smbios smbios = parse_smbios("base64=1,family=QQ==,uuid=051BCD28-8192-489e-8eb6-0bb76fcce29c").take();
  EXPECT_EQ(smbios.uuid, "051bcd28-8192-489e-8eb6-0bb76fcce29c");
  EXPECT_EQ(smbios_text(smbios).take(), "base64=1,family=QQ==,uuid=051BCD28-8192-489e-8eb6-0bb76fcce29c");
  smbios.uuid = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";
  EXPECT_EQ(smbios_text(smbios).take(), "base64=1,family=QQ==,uuid=6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de");
  EXPECT_EQ(smbios_text({.uuid = smbios.uuid}).take(), "uuid=" + smbios.uuid);
  EXPECT_TRUE(parse_smbios("uuid=7").error().is(Code::kDataLoss));
  EXPECT_TRUE(smbios_text({.uuid = "7"}).error().is(Code::kInvalidArgument));
}

TEST(Agent, IsReadInBothWays) {
  for (const char* text : {"1", "enabled=1", "1,type=isa", "enabled=on,fstrim_cloned_disks=1"}) {
    const auto agent = parse_agent(text);
    ASSERT_TRUE(agent.ok()) << text;
    EXPECT_EQ(agent->enabled, true) << text;
    EXPECT_EQ(agent_text(*agent).take(), text);
  }
  EXPECT_EQ(agent_text({.enabled = true}).take(), "1");
  EXPECT_EQ(parse_agent("type=isa")->enabled, std::nullopt);
}

TEST(Tags, AreAListOfWords) {
  EXPECT_EQ(parse_tags("a;b,c d;;"), (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(tags_text({"b", "a", "b"}), "b;a");
  EXPECT_TRUE(parse_tags("").empty());
  for (const char* tag : {"a", "virtrigaud", "x-1.2+3_4", "_a", "7"}) EXPECT_TRUE(is_tag(tag)) << tag;
  for (const char* tag : {"", "A", "-a", "a b", "a;b", "\xc3\xa4"}) EXPECT_FALSE(is_tag(tag)) << tag;
}

}  // namespace
}  // namespace rig::proxmox
