// libvirt/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/libvirt/fields.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

#include "api/field_list_test.h"

namespace rig::libvirt {
namespace {

TEST(Fields, AreRowsOfTheApiInOrder) { api::expect_rows_in_order(unsupported_fields()); }

TEST(Fields, AreNotThoseThatAMachineNeeds) {
  constexpr std::array<std::string_view, 26> kActedOn = {
      "VMClass.spec.cpu",
      "VMClass.spec.memory",
      "VMClass.spec.firmware",
      "VMClass.spec.diskDefaults.size",
      "VMClass.spec.securityProfile.secureBoot",
      "VMClass.spec.securityProfile.tpmEnabled",
      "VMClass.spec.performanceProfile.nestedVirtualization",
      "VMImage.spec.source.libvirt.path",
      "VMImage.spec.source.libvirt.url",
      "VMImage.spec.source.libvirt.format",
      "VMImage.spec.source.libvirt.checksum",
      "VMImage.spec.source.libvirt.storagePool",
      "VMImage.spec.source.http.url",
      "VMNetworkAttachment.spec.network.libvirt.networkName",
      "VMNetworkAttachment.spec.network.libvirt.bridge.name",
      "VMNetworkAttachment.spec.network.libvirt.model",
      "VirtualMachine.spec.disks[].name",
      "VirtualMachine.spec.disks[].sizeGiB",
      "VirtualMachine.spec.networks[].macAddress",
      "VirtualMachine.spec.networks[].ipAddress",
      "VirtualMachine.spec.userData.cloudInit.inline",
      "VirtualMachine.spec.metaData.cloudInit.inline",
      "VirtualMachine.spec.networkConfig.cloudInit.inline",
      "VirtualMachine.spec.powerState",
      "VirtualMachine.spec.lifecycle.gracefulShutdownTimeout",
      "VirtualMachine.spec.placement.datastore",
  };
  api::expect_not_listed(kActedOn, unsupported_fields());
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 12U); }

}  // namespace
}  // namespace rig::libvirt
