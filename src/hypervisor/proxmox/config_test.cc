// proxmox/config_test.cc — every recorded configuration, option by option, there and back.
#include "hypervisor/proxmox/config.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

// The option read and written again; none when it is one word to us.
std::optional<Result<std::string>> rewritten(const std::string& option, const std::string& text) {
  const auto again = [&](auto parsed, auto write) -> Result<std::string> {
    if (!parsed.ok()) return parsed.error();
    return write(*parsed);
  };
  if (slot_of(option)) return again(parse_drive(option, text), [&](const Drive& d) { return drive_text(option, d); });
  if (nic_index(option)) return again(parse_nic(option, text), [&](const Nic& n) { return nic_text(option, n); });
  if (option == "boot") return again(parse_boot(text), [](const Boot& b) { return Result<std::string>(boot_text(b)); });
  if (option.starts_with("ipconfig")) {
    return again(parse_ip_config(option, text), [&](const IpConfig& c) { return ip_config_text(option, c); });
  }
  if (option == "smbios1") return again(parse_smbios(text), smbios_text);
  if (option == "agent") return again(parse_agent(text), agent_text);
  if (option == "tags") return Result<std::string>(tags_text(parse_tags(text)));
  return std::nullopt;
}

TEST(Config, EveryRecordedOptionComesBackAsItWas) {
  std::map<std::string, int> seen;
  for (const json::Value& entry : recorded("configs.json")) {
    SCOPED_TRACE(entry.text({"from"}));
    json::Value data = *entry.find("data");
    if (data.find("digest") == nullptr) data["digest"] = "of a snapshot";
    const auto config = parse_config(data);
    ASSERT_TRUE(config.ok()) << config.error().to_string();
    EXPECT_TRUE(drives_of(*config).ok() && nics_of(*config).ok());
    for (const auto& [option, text] : config->options) {
      const auto again = rewritten(option, text);
      if (!again) continue;
      ASSERT_TRUE(again->ok()) << again->error().to_string();
      EXPECT_EQ(**again, text) << option;
      ++seen[option.substr(0, option.find_first_of("0123456789"))];
    }
  }
  for (const char* option : {"scsi", "ide", "net", "boot", "ipconfig", "smbios", "agent", "tags", "unused"})
    EXPECT_GT(seen[option], 0) << option;
}

TEST(Config, IsReadAsText) {
  const auto config = parse_config(recorded_data("configs.json", "from", "03/45"));
  ASSERT_TRUE(config.ok()) << config.error().to_string();
  EXPECT_EQ(config->number("memory", 0), 128);
  EXPECT_EQ(config->text("name"), "snap-01");
  EXPECT_TRUE(config->flag("onboot"));
  EXPECT_FALSE(config->flag("kvm", true));
  EXPECT_TRUE(config->flag("absent", true));
  EXPECT_EQ(config->number("sockets", 1), 1);
  EXPECT_EQ(config->digest.size(), 40U);
  EXPECT_FALSE(config->options.contains("digest"));
}

TEST(Config, ShowsNoSecrets) {
  int kept = 0;
  for (const json::Value& entry : recorded("configs.json")) {
    const json::Value* data = entry.find("data");
    kept += data->find("cipassword") != nullptr;
    const auto config = parse_config(*data);
    if (config.ok()) {
      EXPECT_FALSE(config->options.contains("cipassword"));
    }
  }
  EXPECT_GT(kept, 0) << "no recording has one: this test proves nothing";
}

TEST(Config, WhatWaitsForAPowerCycleIsApart) {
  const auto both = parse_pending(*recorded("pending.json").front().find("data"));
  ASSERT_TRUE(both.ok()) << both.error().to_string();
  EXPECT_TRUE(both->differ);
  EXPECT_EQ(both->running.text("memory"), "256");
  EXPECT_EQ(both->configured.text("memory"), "512");
  EXPECT_EQ(both->running.text("cores"), "1");
  EXPECT_EQ(both->configured.text("cores"), "2");
  EXPECT_EQ(both->running.text("name"), both->configured.text("name"));
  EXPECT_EQ(both->running.digest, both->configured.digest);
}

TEST(Config, WhatWaitsToBeRemovedOrAddedIsApart) {
  const auto data = json::parse(R"([{"key":"digest","value":"d"},{"key":"net1","value":"virtio","delete":1},
      {"key":"scsi1","pending":"local:1"},{"key":"net2","value":"virtio","delete":"0"}])");
  const auto both = parse_pending(*data);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->running.options, (decltype(Config::options){{"net1", "virtio"}, {"net2", "virtio"}}));
  EXPECT_EQ(both->configured.options, (decltype(Config::options){{"scsi1", "local:1"}, {"net2", "virtio"}}));
}

TEST(Config, ThatIsNoneIsRefused) {
  for (const char* text : {"null", "[]", "{}", R"({"name":"a"})"}) {
    EXPECT_TRUE(parse_config(*json::parse(text)).error().is(Code::kDataLoss)) << text;
  }
  for (const char* text : {"null", "{}", "[]", "[1]", R"([{"value":"1"}])"}) {
    EXPECT_TRUE(parse_pending(*json::parse(text)).error().is(Code::kDataLoss)) << text;
  }
}

TEST(Config, ADriveThatCannotBeReadIsNamed) {
  Config config;
  config.options = {{"scsi0", "local:a,size=big"}};
  EXPECT_EQ(drives_of(config).error().message(), "scsi0.size: found 'big', wanted a size such as 32G");
}

TEST(Config, HasFreeSlotsUntilItHasNone) {
  Config config;
  config.options["scsi0"] = config.options["scsi2"] = "local:a";
  config.options["net0"] = "virtio";
  EXPECT_EQ(free_slot(config, Bus::kScsi).take(), "scsi1");
  EXPECT_EQ(free_nic(config).take(), "net1");
  for (int i = 0; i < slots_on(Bus::kIde); ++i) config.options[option_of({Bus::kIde, i})] = "local:a";
  EXPECT_TRUE(free_slot(config, Bus::kIde).error().is(Code::kResourceExhausted));
  for (int i = 0; i < kNicSlots; ++i) config.options["net" + std::to_string(i)] = "virtio";
  EXPECT_TRUE(free_nic(config).error().is(Code::kResourceExhausted));
}

TEST(Form, IsEncodedAsRecorded) {
  EXPECT_EQ(form_text({{"vmid", "150"}, {"scsi0", "local:0,import-from=local:import/img.qcow2,format=qcow2"}}),
            "vmid=150&scsi0=local%3A0%2Cimport-from%3Dlocal%3Aimport%2Fimg.qcow2%2Cformat%3Dqcow2");
  EXPECT_EQ(form_text({{"sshkeys", ssh_keys_text({"ssh-ed25519 AA+b/c me@host"})}}),
            "sshkeys=ssh-ed25519%2520AA%252Bb%252Fc%2520me%2540host");
  EXPECT_EQ(form_text({}), "");
}

}  // namespace
}  // namespace rig::proxmox
