// libvirt/fields_test.cc — the list of what is not acted on says the truth about rows, and does not grow.
#include "hypervisor/libvirt/fields.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "api/kinds.h"
#include "schema/walk.h"

namespace rig::libvirt {
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
  const auto all = rows();
  for (const std::string_view field : kActedOn) {
    EXPECT_TRUE(all.contains(std::string(field))) << field;
    for (const std::string_view listed : unsupported_fields()) EXPECT_FALSE(field.starts_with(listed)) << listed;
  }
}

TEST(Fields, MayOnlyBecomeFewer) { EXPECT_LE(unsupported_fields().size(), 12U); }

}  // namespace
}  // namespace rig::libvirt
