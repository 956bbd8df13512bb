// vsphere/stamp_test.cc — the stamp, written and read.
#include "hypervisor/vsphere/stamp.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

TEST(Stamp, IsReadAsItWasWritten) {
  Stamp full = sample_stamp();
  full.image_bytes = 5;
  full.disks["data"] = {"nvme0:3", "ssd", "6000C29"};
  full.image_disks = {{"scsi0:4", "", "6000C2A"}, {"scsi0:5", "", ""}};
  full.nics["eth1"] = {4001, "/DC0/network/web", "dvportgroup-1"};
  full.pending = {4, 8192, true, "vmx-19"};
  full.limits = {0, 2000, 4000, 1024, std::nullopt};
  full.power_off_at = WallTime(std::chrono::seconds(1767225600));
  full.rebooted_at = *full.power_off_at + std::chrono::microseconds(7);
  EXPECT_EQ(*parse_stamp(stamp_text(full)), full);
  Stamp bare;
  bare.machine_id = kMachineId;
  EXPECT_EQ(*parse_stamp(stamp_text(bare)), bare);
}

TEST(Stamp, SaysWhose) {
  Stamp stamp = sample_stamp();
  EXPECT_TRUE(is_of(stamp, sample_ref()));
  stamp.owner.name = "renamed";
  EXPECT_TRUE(is_of(stamp, sample_ref()));
  for (const auto change : {+[](Stamp& s) { s.owner.uid = "x"; }, +[](Stamp& s) { s.owner.cluster_id = "x"; },
                            +[](Stamp& s) { s.machine_id = "x"; }, +[](Stamp& s) { s.owner = {}; }}) {
    Stamp other = sample_stamp();
    change(other);
    EXPECT_FALSE(is_of(other, sample_ref()));
  }
  stamp.owner = {};
  EXPECT_TRUE(is_released(*parse_stamp(stamp_text(stamp))));
}

TEST(Stamp, ThatSomebodyChangedIsToldOf) {
  for (const char* text : {"", "no", "{}", R"({"machine":"m","phase":"half"})", R"({"phase":"ready"})",
                           R"({"machine":"m","phase":"ready","powerOffAt":"soon"})"}) {
    const auto stamp = parse_stamp(text);
    ASSERT_FALSE(stamp.ok()) << text;
    EXPECT_TRUE(stamp.error().is(Code::kDataLoss));
  }
}

}  // namespace
}  // namespace rig::vsphere
