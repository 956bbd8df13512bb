// vsphere/inventory_test.cc — what is kept of what is told.
#include "hypervisor/vsphere/inventory.h"

#include <gtest/gtest.h>

namespace rig::vsphere {
namespace {

TEST(Inventory, OfDevicesDisksTheirControllersCardsAndTheTpmAreKept) {
  std::string devices;
  for (const char* type : {"VirtualIDEController", "VirtualKeyboard", "VirtualPCIController", "VirtualMachineVideoCard",
                           "ParaVirtualSCSIController", "VirtualCdrom", "VirtualDisk", "VirtualVmxnet3", "VirtualTPM"})
    devices += "<VirtualDevice xsi:type=\"" + std::string(type) + "\"><key>1</key></VirtualDevice>";
  ObjectUpdate update;
  update.kind = "enter";
  update.obj = {"VirtualMachine", "vm-1"};
  update.changes = {{"config.hardware.device", {"<val xsi:type=\"ArrayOfVirtualDevice\">" + devices + "</val>"}}};
  UpdateSet updates;
  updates.filters.emplace_back().objects.push_back(update);

  Inventory inventory;
  ASSERT_TRUE(inventory.take(updates).ok());
  std::vector<std::string> kept;
  for (const Device& device : inventory.find(update.obj)->props.devices) kept.push_back(device.xsi_type);
  EXPECT_EQ(kept, (std::vector<std::string>{"VirtualIDEController", "ParaVirtualSCSIController", "VirtualDisk",
                                            "VirtualVmxnet3", "VirtualTPM"}));
}

}  // namespace
}  // namespace rig::vsphere
