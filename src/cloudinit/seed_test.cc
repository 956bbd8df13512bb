// cloudinit/seed_test.cc — the documents, as text.
#include "cloudinit/seed.h"

#include <gtest/gtest.h>

#include "base/yaml/yaml.h"
#include "cloudinit/limits.h"

namespace rig::cloudinit {
namespace {

std::string merged(const std::vector<UserDataPart>& parts) {
  const auto result = merge_user_data(parts);
  return result.ok() ? *result : result.error().to_string();
}

TEST(UserData, IsPassedOnAsItIsWhenThereIsOnePart) {
  EXPECT_EQ(merged({{"inline", "#cloud-config\nruncmd: [ls]\n"}, {"secret", " \n"}}), "#cloud-config\nruncmd: [ls]\n");
  EXPECT_EQ(merged({}), "");
}

TEST(UserData, OfTwoPartsIsAMessageWithTheTypeOfEach) {
  EXPECT_EQ(merged({{"inline", "#cloud-config\na: 1\n"}, {"secret", "#!/bin/sh\necho \xc3\xa4\n"}}),
            "Content-Type: multipart/mixed; boundary=\"VIRTRIGAUD_CLOUD_INIT_BOUNDARY\"\n"
            "MIME-Version: 1.0\n"
            "\n"
            "--VIRTRIGAUD_CLOUD_INIT_BOUNDARY\n"
            "Content-Type: text/cloud-config; charset=\"utf-8\"\n"
            "Content-Transfer-Encoding: 8bit\n"
            "\n"
            "#cloud-config\na: 1\n\n"
            "--VIRTRIGAUD_CLOUD_INIT_BOUNDARY\n"
            "Content-Type: text/x-shellscript; charset=\"utf-8\"\n"
            "Content-Transfer-Encoding: 8bit\n"
            "\n"
            "#!/bin/sh\necho \xc3\xa4\n\n"
            "--VIRTRIGAUD_CLOUD_INIT_BOUNDARY--\n");
}

TEST(UserData, TypesFollowTheFirstLine) {
  struct Case {
    std::string begins, type;
  };
  const std::vector<Case> cases = {
      {"#cloud-config-archive\n", "text/cloud-config-archive"},
      {"#cloud-config-jsonp\n", "text/cloud-config-jsonp"},
      {"#cloud-config\n", "text/cloud-config"},
      {"#include-once\nhttp://x", "text/x-include-once-url"},
      {"#include\nhttp://x", "text/x-include-url"},
      {"#part-handler\n", "text/part-handler"},
      {"#cloud-boothook\n", "text/cloud-boothook"},
      {"#upstart-job\n", "text/upstart-job"},
      {"## template: jinja\n#cloud-config\n", "text/jinja2"},
      {"#!/usr/bin/env python3\n", "text/x-shellscript"},
      {"Content-Type: multipart/mixed; boundary=\"b\"\n\n--b--\n", "multipart/mixed; boundary=\"b\""},
      {"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"c\"\n\n--c--\n",
       "multipart/mixed; boundary=\"c\""},
      {"\x1f\x8b\x08\x01", "application/gzip\nContent-Transfer-Encoding: base64\n\nH4sIAQ=="},
  };
  for (const Case& c : cases) {
    const std::string text = merged({{"one", c.begins}, {"two", "#!/bin/sh\n"}});
    EXPECT_NE(text.find("\nContent-Type: " + c.type), std::string::npos) << text;
  }
}

TEST(UserData, BoundaryIsOneThatNoPartContains) {
  const std::string text = merged({{"one", "#!/bin/sh\n# VIRTRIGAUD_CLOUD_INIT_BOUNDARY\n"}, {"two", "#!/bin/sh\n"}});
  EXPECT_TRUE(text.ends_with("--VIRTRIGAUD_CLOUD_INIT_BOUNDARY_--\n")) << text;
}

TEST(UserData, WithoutAKnownHeaderIsRefusedAndNotQuoted) {
  struct Case {
    std::string text, says;
  };
  const std::vector<Case> cases = {
      {"password: hunter2\n", "none of cloud-init's headers"},
      {"# cloud-config\npassword: hunter2\n", "with a blank inside"},
      {"\n#cloud-config\npassword: hunter2\n", "none of cloud-init's headers"},
      {"  #cloud-config\npassword: hunter2\n", "blanks stand before"},
      {"\xef\xbb\xbf#cloud-config\npassword: hunter2\n", "byte order mark"},
  };
  for (const Case& c : cases) {
    for (const auto& parts : {std::vector<UserDataPart>{{"inline", c.text}},
                              std::vector<UserDataPart>{{"secret", "#!/bin/sh\n"}, {"inline", c.text}}}) {
      const auto result = merge_user_data(parts);
      ASSERT_FALSE(result.ok()) << c.text;
      EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
      const std::string message = result.error().to_string();
      EXPECT_NE(message.find("inline: "), std::string::npos) << message;
      EXPECT_NE(message.find(c.says), std::string::npos) << message;
      EXPECT_EQ(message.find("hunter2"), std::string::npos) << message;
    }
  }
}

TEST(UserData, LongerThanTheLimitIsRefused) {
  std::string text = "#!";
  text.resize(kDocumentBytesMax, 'x');
  EXPECT_TRUE(merge_user_data(std::vector<UserDataPart>{{"a", text}}).ok());
  const auto longer = merge_user_data(std::vector<UserDataPart>{{"a", text + "x"}});
  ASSERT_FALSE(longer.ok());
  EXPECT_EQ(longer.error().code(), Code::kOutOfRange);
}

TEST(MetaData, NamesTheInstanceAndItsHost) {
  EXPECT_EQ(*meta_data("0f4c", "web", ""), "instance-id: 0f4c\nlocal-hostname: web\n");
}

TEST(MetaData, KeepsWhatTheUserSays) {
  const auto text = meta_data("0f4c", "web", "local-hostname: other\npublic-keys: [a, b]\n");
  ASSERT_TRUE(text.ok()) << text.error().to_string();
  const auto meta = yaml::parse(*text);
  EXPECT_EQ(meta->text({"local-hostname"}), "other");
  EXPECT_EQ(meta->text({"instance-id"}), "0f4c");
  EXPECT_NE(meta->find("public-keys"), nullptr);
}

TEST(MetaData, ThatIsNoMapIsRefusedAndNotQuoted) {
  for (const char* text : {"- hunter2\n", "hunter2", "a: [hunter2\n", "a: hunter2\na: 2\n"}) {
    const auto result = meta_data("i", "h", text);
    ASSERT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(result.error().to_string().find("hunter2"), std::string::npos) << result.error().to_string();
  }
  EXPECT_EQ(meta_data("i", "h", std::string(kDocumentBytesMax + 1, ' ')).error().code(), Code::kOutOfRange);
}

TEST(NetworkConfig, MatchesByMacAndAsksForALeaseWhereNoAddressIsGiven) {
  const std::vector<NicAddress> nics = {
      {.name = "eth0",
       .mac = "52:54:00:00:00:01",
       .addresses = {"192.0.2.7/24", "2001:db8::7/64"},
       .gateways = {"192.0.2.1", "2001:db8::1"},
       .nameservers = {"192.0.2.53"},
       .search_domains = {"example.org"}},
      {.name = "eth1",
       .mac = "52:54:00:00:00:02",
       .addresses = {},
       .gateways = {},
       .nameservers = {},
       .search_domains = {}},
  };
  EXPECT_EQ(json::to_text(*yaml::parse(network_config(nics))),
            R"({"ethernets":{"eth0":{"addresses":["192.0.2.7/24","2001:db8::7/64"],)"
            R"("match":{"macaddress":"52:54:00:00:00:01"},)"
            R"("nameservers":{"addresses":["192.0.2.53"],"search":["example.org"]},)"
            R"("routes":[{"to":"0.0.0.0/0","via":"192.0.2.1"},{"to":"::/0","via":"2001:db8::1"}]},)"
            R"("eth1":{"dhcp4":true,"match":{"macaddress":"52:54:00:00:00:02"}}},"version":2})");
}

TEST(NetworkConfig, ReadsBackAsStringsWhateverTheMacLooksLike) {
  // YAML 1.1 takes 11:22:33:44:55:59 for a number in base 60.
  const std::vector<NicAddress> nics = {{.name = "1",
                                         .mac = "11:22:33:44:55:59",
                                         .addresses = {},
                                         .gateways = {},
                                         .nameservers = {},
                                         .search_domains = {}}};
  const auto config = yaml::parse(network_config(nics));
  ASSERT_TRUE(config.ok()) << config.error().to_string();
  EXPECT_EQ(config->text({"ethernets", "1", "match", "macaddress"}), "11:22:33:44:55:59");
}

TEST(NetworkConfig, OfNoInterfacesIsEmpty) { EXPECT_EQ(network_config({}), ""); }

}  // namespace
}  // namespace rig::cloudinit
