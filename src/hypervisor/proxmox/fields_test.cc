// proxmox/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/proxmox/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "api/kinds.h"
#include "schema/walk.h"

namespace rig::proxmox {
namespace {

std::set<std::string> rows() {
  std::set<std::string> all;
  for (const api::KindInfo& kind : api::kinds()) {
    schema::for_each_row(kind.type(), [&](const std::string& path, const schema::Field&) {
      all.insert(std::string(kind.resource.kind) + "." + path);
    });
  }
  return all;
}

TEST(Fields, AreRowsOfTheApiInOrder) {
  const auto all = rows();
  for (const std::string_view field : unsupported_fields()) EXPECT_TRUE(all.contains(std::string(field))) << field;
  EXPECT_TRUE(std::ranges::is_sorted(unsupported_fields()));
}

TEST(Fields, AreNotThoseThatAMachineNeeds) {
  constexpr std::array<std::string_view, 15> kActedOn = {
      "VMImage.spec.source.proxmox.templateID",
      "VMImage.spec.source.proxmox.templateName",
      "VMImage.spec.source.proxmox.node",
      "VMImage.spec.source.proxmox.fullClone",
      "VMImage.spec.source.http.url",
      "VMImage.spec.source.http.checksum",
      "VMNetworkAttachment.spec.network.proxmox.bridge",
      "VMNetworkAttachment.spec.network.proxmox.model",
      "VMNetworkAttachment.spec.network.proxmox.vlanTag",
      "VMNetworkAttachment.spec.network.proxmox.firewall",
      "VMNetworkAttachment.spec.network.proxmox.mtu",
      "VMNetworkAttachment.spec.network.proxmox.rateLimit",
      "VirtualMachine.spec.placement.host",
      "VirtualMachine.spec.placement.datastore",
      "VirtualMachine.spec.tags",
  };
  const auto all = rows();
  for (const std::string_view field : kActedOn) {
    EXPECT_TRUE(all.contains(std::string(field))) << field;
    for (const std::string_view listed : unsupported_fields()) EXPECT_FALSE(field.starts_with(listed)) << listed;
  }
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 8U); }

}  // namespace
}  // namespace rig::proxmox
