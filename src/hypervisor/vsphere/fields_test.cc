// vsphere/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/vsphere/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "api/field_list_test.h"

namespace rig::vsphere {
namespace {

TEST(Fields, AreRowsOfTheApiInOrder) { api::expect_rows_in_order(unsupported_fields()); }

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
  api::expect_not_listed(kActedOn, unsupported_fields());
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 12U); }

}  // namespace
}  // namespace rig::vsphere
