// vsphere/devices_test.cc — addresses of disks, and places for more.
#include "hypervisor/vsphere/devices.h"

#include <gtest/gtest.h>

#include <set>

#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

TEST(Address, IsReadAsItIsWritten) {
  for (const char* text : {"scsi0:1", "sata1:29", "nvme0:14", "ide1:0"}) EXPECT_EQ(to_text(*parse_address(text)), text);
  for (const char* text : {"", "scsi", "scsi0", "scsi:1", "0:1", "usb0:1", "scsi0:x", "scsi0:100", "scsi10:1"})
    EXPECT_FALSE(parse_address(text).has_value()) << text;
}

TEST(Devices, ADiskIsFoundByItsAddress) {
  const auto devices = sample_sight().props.devices;
  EXPECT_EQ(disk_at(devices, {"scsi", 0, 0})->key, 2000);
  EXPECT_EQ(disk_at(devices, {"scsi", 0, 1}), nullptr);
  EXPECT_EQ(disk_at(devices, {"sata", 0, 0}), nullptr);
  EXPECT_EQ(root_disk(devices)->key, 2000);
  EXPECT_EQ(root_disk({}), nullptr);
  EXPECT_EQ(bytes_of(*root_disk(devices)), 10LL << 30);
}

TEST(Devices, EveryPlaceIsGivenOnceAndNeverTheControllersOwn) {
  const auto devices = sample_sight().props.devices;
  std::vector<Address> taken;
  std::set<Address> given;
  for (;;) {
    const auto address = free_address(devices, taken);
    if (!address.ok()) {
      EXPECT_TRUE(address.error().is(Code::kResourceExhausted));
      break;
    }
    EXPECT_NE(address->unit, 7);
    EXPECT_TRUE(given.insert(*address).second) << to_text(*address);
    taken.push_back(*address);
  }
  EXPECT_EQ(given.size(), 4 * 15 - 1U) << "four controllers of 16 places, without their own and the root disk";
  EXPECT_EQ(to_text(taken.front()), "scsi0:1");
  EXPECT_EQ(to_text(taken.back()), "scsi3:15");
}

TEST(Devices, ADiskGoesBesideTheRootDiskWhereThatHangs) {
  struct Case {
    const char* controller;
    const char* place;
  };
  for (const Case& c : {Case{"VirtualAHCIController", "sata0:1"}, Case{"VirtualNVMEController", "nvme0:1"},
                        Case{"VirtualLsiLogicController", "scsi0:1"}, Case{"VirtualIDEController", "scsi0:0"}}) {
    auto devices = sample_sight().props.devices;
    devices.front().xsi_type = c.controller;
    EXPECT_EQ(to_text(*free_address(devices, {})), c.place) << c.controller;
  }
}

TEST(Devices, ADriveTakesItsPlaceToo) {
  auto devices = sample_sight().props.devices;
  Device cdrom;
  cdrom.xsi_type = "VirtualCdrom";
  cdrom.key = 3000;
  cdrom.controller_key = 1000;
  cdrom.unit_number = 1;
  devices.push_back(cdrom);
  EXPECT_EQ(to_text(*free_address(devices, {})), "scsi0:2");
}

TEST(Devices, NewDisksSayHowTheyAreProvisioned) {
  const auto backing = [](std::string_view provisioning) {
    return *new_disk(1, 2, 1 << 20, provisioning, {}, "").backing;
  };
  EXPECT_EQ(backing("").thin_provisioned, true);
  EXPECT_EQ(backing("thin").thin_provisioned, true);
  EXPECT_EQ(backing("thick").thin_provisioned, false);
  EXPECT_FALSE(backing("thick").eagerly_scrub.has_value());
  EXPECT_EQ(backing("eagerzeroedthick").eagerly_scrub, true);
  EXPECT_EQ(backing("").file_name, "");
  EXPECT_EQ(new_disk(1, 2, 1 << 20, "", {"Datastore", "d"}, "ssd").backing->file_name, "[ssd]");
}

TEST(Devices, ModelsOfCardsHaveTypes) {
  EXPECT_EQ(nic_type(""), "VirtualVmxnet3");
  EXPECT_EQ(nic_type("e1000e"), "VirtualE1000e");
  EXPECT_EQ(nic_type("virtio"), "");
  Device nic;
  nic.xsi_type = "VirtualE1000";
  EXPECT_TRUE(is_nic(nic));
  EXPECT_EQ(nic_model(nic), "e1000");
  EXPECT_EQ(new_nic("VirtualVmxnet3", {}, "00:50:56:00:00:01").address_type, "manual");
  EXPECT_EQ(new_nic("VirtualVmxnet3", {}, "").address_type, "generated");
}

}  // namespace
}  // namespace rig::vsphere
