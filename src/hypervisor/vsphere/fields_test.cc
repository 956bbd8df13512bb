// vsphere/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/vsphere/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "api/kinds.h"
#include "schema/walk.h"

namespace rig::vsphere {
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
  constexpr std::array<std::string_view, 14> kActedOn = {
      "VMClass.spec.extraConfig",
      "VMClass.spec.performanceProfile.nestedVirtualization",
      "VMClass.spec.securityProfile.tpmEnabled",
      "VMImage.spec.source.vsphere.templateName",
      "VMImage.spec.source.vsphere.ovaURL",
      "VMImage.spec.source.vsphere.checksum",
      "VMNetworkAttachment.spec.network.vsphere.portgroup",
      "VMNetworkAttachment.spec.network.vsphere.adapterType",
      "VirtualMachine.spec.disks[].type",
      "VirtualMachine.spec.placement.cluster",
      "VirtualMachine.spec.placement.datastore",
      "VirtualMachine.spec.placement.folder",
      "VirtualMachine.spec.placement.resourcePool",
      "VirtualMachine.spec.placement.storagePod",
  };
  const auto all = rows();
  for (const std::string_view field : kActedOn) {
    EXPECT_TRUE(all.contains(std::string(field))) << field;
    for (const std::string_view listed : unsupported_fields()) EXPECT_FALSE(field.starts_with(listed)) << listed;
  }
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 12U); }

}  // namespace
}  // namespace rig::vsphere
