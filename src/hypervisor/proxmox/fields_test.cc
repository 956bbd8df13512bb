// proxmox/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/proxmox/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "api/field_list_test.h"

namespace rig::proxmox {
namespace {

TEST(Fields, AreRowsOfTheApiInOrder) { api::expect_rows_in_order(unsupported_fields()); }

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
  api::expect_not_listed(kActedOn, unsupported_fields());
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 8U); }

}  // namespace
}  // namespace rig::proxmox
