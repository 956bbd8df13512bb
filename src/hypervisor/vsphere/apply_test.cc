// vsphere/apply_test.cc — plans, their prices, and carrying them out against a vCenter in miniature.
#include "hypervisor/vsphere/apply.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/mini_center_test.h"
#include "hypervisor/vsphere/prices.h"
#include "hypervisor/vsphere/rules.h"

namespace rig::vsphere {
namespace {

using provider::Cost;
using provider::MachineSpec;
using provider::Plan;

MachineSpec as_it_is() {
  MachineSpec spec = read_machine(sample_sight(), sample_ref(), {})->configured;
  spec.nics.front().mac.clear();
  return spec;
}

MiniCenter running(bool hot_add) {
  MiniCenter center;
  center.machine = sample_sight();
  center.machine->props.power_state = "poweredOn";
  center.machine->props.cpu_hot_add = center.machine->props.memory_hot_add = hot_add;
  return center;
}

Plan plan_of(const MiniCenter& center, const MachineSpec& spec) {
  auto plan = make_plan(center.machine, sample_ref(), spec);
  EXPECT_TRUE(plan.ok()) << plan.error().to_string();
  return plan.take();
}

int carry_out(MiniCenter& center, const MachineSpec& spec, const Plan& plan, const Parts& parts = {}) {
  int steps = 0;
  for (; steps < kRoundsMax; ++steps) {
    const auto step = next_apply_step(center.machine, sample_ref(), spec, plan, steps > 0, parts);
    EXPECT_TRUE(step.ok()) << step.error().to_string();
    if (!step.ok() || step->is_done()) break;
    EXPECT_TRUE(center.act(*step));
  }
  return steps;
}

Parts networks(const std::string& nic, const std::string& device_name) {
  Parts parts;
  Backing& backing = parts.networks[nic];
  backing.xsi_type = "VirtualEthernetCardNetworkBackingInfo";
  backing.device_name = device_name;
  return parts;
}

TEST(Apply, LimitsAreChangedWhileItRunsAndOthersKept) {
  MiniCenter center = running(false);
  center.machine->props.cpu_allocation = Allocation{100, -1, Shares{2000, "normal"}};
  MachineSpec wish = as_it_is();
  wish.limits = {};
  wish.limits.cpu_limit_mhz = 2000;
  wish.limits.cpu_shares = 4000;
  wish.limits.memory_reservation_mib = 1024;
  const Plan plan = plan_of(center, wish);
  ASSERT_EQ(plan.changes.size(), 3U);
  for (const provider::Change& change : plan.changes) EXPECT_EQ(change.cost, Cost::kOnline) << change.path;
  EXPECT_EQ(carry_out(center, wish, plan), 1);
  EXPECT_EQ(center.machine->props.cpu_allocation, (Allocation{100, 2000, Shares{4000, "custom"}}));
  EXPECT_EQ(center.machine->props.memory_allocation->reservation, 1024);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  wish.limits = {};
  const Plan back = plan_of(center, wish);
  ASSERT_EQ(back.changes.size(), 3U) << "what we have set is taken back; the reservation of somebody else stays";
  EXPECT_EQ(back.changes[0].path + " " + back.changes[0].from + " " + back.changes[0].to,
            "limits.cpu_limit_mhz 2000 -1");
  for (const provider::Change& change : back.changes) EXPECT_EQ(change.cost, Cost::kOnline) << change.path;
  EXPECT_EQ(carry_out(center, wish, back), 1);
  EXPECT_EQ(center.machine->props.cpu_allocation, (Allocation{100, -1, Shares{0, "normal"}}));
  EXPECT_EQ(center.machine->props.memory_allocation->reservation, 0);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  wish.limits.cpu_reservation_mhz = 0;
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  EXPECT_EQ(center.machine->props.cpu_allocation->reservation, 0);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
}

TEST(Apply, ALimitThatAnotherHasChangedSinceIsNotTakenBack) {
  MiniCenter center = running(false);
  MachineSpec wish = as_it_is();
  wish.limits.memory_limit_mib = 1024;
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  center.machine->props.memory_allocation->limit = 1500;
  wish.limits = {};
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
}

TEST(Apply, NewerHardwareWaitsForTheNextStartOfWhatRunsAndIsNeverLowered) {
  MiniCenter center = running(false);
  MachineSpec wish = as_it_is();
  wish.extra_config[kHardwareVersion] = "9";
  EXPECT_TRUE(plan_of(center, wish).changes.empty()) << "it is the least that is wished";
  wish.extra_config[kHardwareVersion] = "19";
  const Plan plan = plan_of(center, wish);
  ASSERT_EQ(plan.changes.size(), 1U);
  EXPECT_EQ(plan.changes[0].path, "extra_config[vsphere.hardwareVersion]");
  EXPECT_EQ(plan.changes[0].from + " " + plan.changes[0].to, "vmx-13 vmx-19");
  EXPECT_EQ(plan.changes[0].cost, Cost::kPowerCycle);
  EXPECT_EQ(carry_out(center, wish, plan), 1);
  EXPECT_EQ(center.machine->props.hardware_version, "vmx-13");
  EXPECT_EQ(read_machine(*center.machine, sample_ref(), {})->configured.extra_config.at(kHardwareVersion), "vmx-19");
  EXPECT_TRUE(plan_of(center, wish).changes.empty());

  center.machine->props.power_state = "poweredOff";
  std::vector<std::string> steps;
  for (auto step = next_power_on_step(center.machine, sample_ref()); step.ok() && !step->is_done();
       step = next_power_on_step(center.machine, sample_ref())) {
    steps.push_back(step->name);
    ASSERT_TRUE(center.act(*step));
  }
  EXPECT_EQ(steps, (std::vector<std::string>{"raise hardware", "configure", "power on"}));
  EXPECT_EQ(center.machine->props.hardware_version, "vmx-19");
  EXPECT_EQ((*own_stamp(*center.machine))->pending, Pending{});
}

TEST(Apply, NewerHardwareOfWhatIsOffIsThereAtOnce) {
  MiniCenter center;
  center.machine = sample_sight();
  MachineSpec wish = as_it_is();
  wish.extra_config[kHardwareVersion] = "vmx-19";
  wish.cpus = 4;
  const Plan plan = plan_of(center, wish);
  ASSERT_EQ(plan.changes.size(), 2U);
  EXPECT_EQ(plan.changes[1].cost, Cost::kOnline);
  EXPECT_EQ(carry_out(center, wish, plan), 2);
  EXPECT_EQ(center.machine->props.hardware_version, "vmx-19");
  EXPECT_EQ(center.machine->props.cpus, 4);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
}

TEST(Apply, NewerHardwareThatNobodyWishesAnyMoreIsTakenBack) {
  MiniCenter center = running(false);
  MachineSpec wish = as_it_is();
  wish.extra_config[kHardwareVersion] = "19";
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  wish.extra_config.clear();
  const Plan back = plan_of(center, wish);
  ASSERT_EQ(back.changes.size(), 1U);
  EXPECT_EQ(back.changes[0].from + " " + back.changes[0].to, "vmx-19 vmx-13");
  EXPECT_EQ(back.changes[0].cost, Cost::kOnline);
  EXPECT_EQ(carry_out(center, wish, back), 1);
  EXPECT_EQ((*own_stamp(*center.machine))->pending, Pending{});
}

TEST(Plan, OfWhatIsAlreadySoIsEmpty) {
  EXPECT_TRUE(plan_of(running(true), as_it_is()).changes.empty());
  MachineSpec other = as_it_is();  // none of these is this provider's
  other.tags = {"a"};
  other.placement.host = "esx9";
  other.nics.front().vlan = 7;
  EXPECT_TRUE(plan_of(running(true), other).changes.empty());
}

TEST(Plan, PricesEachField) {
  struct Case {
    const char* path;
    void (*change)(MachineSpec&);
    Cost off, on, on_hot_add;
  };
  const Case cases[] = {
      {"cpus", [](MachineSpec& s) { s.cpus = 4; }, Cost::kOnline, Cost::kPowerCycle, Cost::kOnline},
      {"cpus", [](MachineSpec& s) { s.cpus = 1; }, Cost::kOnline, Cost::kPowerCycle, Cost::kPowerCycle},
      {"memory_mib", [](MachineSpec& s) { s.memory_mib = 4096; }, Cost::kOnline, Cost::kPowerCycle, Cost::kOnline},
      {"memory_mib", [](MachineSpec& s) { s.memory_mib = 1024; }, Cost::kOnline, Cost::kPowerCycle, Cost::kPowerCycle},
      {"nested_virtualization", [](MachineSpec& s) { s.nested_virtualization = true; }, Cost::kOnline,
       Cost::kPowerCycle, Cost::kPowerCycle},
      {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 11LL << 30; }, Cost::kOnline, Cost::kOnline,
       Cost::kOnline},
      {"root_disk_bytes", [](MachineSpec& s) { s.root_disk_bytes = 9LL << 30; }, Cost::kImpossible, Cost::kImpossible,
       Cost::kImpossible},
      {"disks[data]",
       [](MachineSpec& s) {
         s.disks = {{"data", 1 << 20, "", ""}};
       },
       Cost::kOnline, Cost::kOnline, Cost::kOnline},
      {"nics[eth0].network", [](MachineSpec& s) { s.nics[0].network = "Other"; }, Cost::kOnline, Cost::kOnline,
       Cost::kOnline},
      {"nics[eth0].network",
       [](MachineSpec& s) {
         s.nics[0].network.clear();
         s.nics[0].bridge = "Other";
       },
       Cost::kOnline, Cost::kOnline, Cost::kOnline},
      {"nics[eth0].model", [](MachineSpec& s) { s.nics[0].model = "e1000"; }, Cost::kImpossible, Cost::kImpossible,
       Cost::kImpossible},
      {"firmware", [](MachineSpec& s) { s.firmware = provider::Firmware::kUefi; }, Cost::kRecreate, Cost::kRecreate,
       Cost::kRecreate},
      {"placement.storage", [](MachineSpec& s) { s.placement.storage = "nfs"; }, Cost::kImpossible, Cost::kImpossible,
       Cost::kImpossible},
  };
  for (const Case& c : cases) {
    MachineSpec wish = as_it_is();
    c.change(wish);
    MiniCenter off;
    off.machine = sample_sight();
    const auto cost = [&](const MiniCenter& center) {
      const Plan plan = plan_of(center, wish);
      EXPECT_EQ(plan.changes.size(), 1U) << c.path;
      if (plan.changes.empty()) return Cost::kRecreate;
      EXPECT_EQ(plan.changes.front().path, c.path);
      EXPECT_EQ(plan.changes.front().why.empty(), plan.changes.front().cost == Cost::kOnline) << c.path;
      return plan.changes.front().cost;
    };
    EXPECT_EQ(cost(off), c.off) << c.path;
    EXPECT_EQ(cost(running(false)), c.on) << c.path;
    EXPECT_EQ(cost(running(true)), c.on_hot_add) << c.path;
  }
}

TEST(Apply, WhatARunningMachineTakesItTakesInOneStep) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.cpus = 4;
  wish.memory_mib = 4096;
  wish.root_disk_bytes = 11LL << 30;
  wish.disks = {{"data", 1LL << 30, "", ""}};
  const Plan plan = plan_of(center, wish);
  EXPECT_EQ(carry_out(center, wish, plan), 1);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  const auto machine = read_machine(*center.machine, sample_ref(), {});
  EXPECT_EQ(machine->running, machine->configured);
  EXPECT_EQ(machine->running.cpus, 4);
}

TEST(Apply, WhatItDoesNotTakeWaitsForItsNextStart) {
  MiniCenter center = running(false);
  MachineSpec wish = as_it_is();
  wish.cpus = 4;
  wish.nested_virtualization = true;
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  auto machine = read_machine(*center.machine, sample_ref(), {});
  EXPECT_EQ(machine->running.cpus, 2);
  EXPECT_EQ(machine->configured.cpus, 4);
  EXPECT_EQ(machine->power, provider::Power::kOn);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  wish.cpus = 2;  // never mind
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  wish.cpus = 8;
  carry_out(center, wish, plan_of(center, wish));
  EXPECT_TRUE(center.set_power("poweredOff"));
  EXPECT_TRUE(center.act(*next_power_on_step(center.machine, sample_ref())));
  machine = read_machine(*center.machine, sample_ref(), {});
  EXPECT_EQ(machine->running, machine->configured);
  EXPECT_EQ(machine->running.cpus, 8);
  EXPECT_TRUE(machine->running.nested_virtualization);
}

TEST(Apply, DisksAndCardsComeAndGoByName) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.disks = {{"a", 1LL << 20, "", ""}, {"b", 2LL << 20, "", ""}};
  provider::NicSpec nic;
  nic.name = "eth1";
  nic.network = "VM Network";  // as the other one
  wish.nics.push_back(nic);
  const Parts parts = networks("eth1", "VM Network");
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish), parts), 2) << "the new card's key comes with the second";
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  EXPECT_EQ((*own_stamp(*center.machine))->nics.at("eth1").key, 4001);

  wish.disks.erase(wish.disks.begin());
  wish.nics.erase(wish.nics.begin());
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish), parts), 1);
  const MachineSpec is = spec_of(center.machine->props, *own_stamp(*center.machine));
  ASSERT_EQ(is.disks.size(), 1U);
  EXPECT_EQ(is.disks[0].size_bytes, 2LL << 20);
  ASSERT_EQ(is.nics.size(), 1U);
  EXPECT_EQ(is.nics[0].name, "eth1");
  EXPECT_EQ(is.root_disk_bytes, 10LL << 30) << "the root disk stays";
}

// Somebody has taken our disk away and put his own in its place: it has another UUID.
TEST(Apply, AnotherDiskInThePlaceOfOursIsNeitherTakenAwayNorGrown) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.disks.push_back({"data", 1LL << 30, "", ""});
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 1);
  const auto disk = [&]() -> Device& {
    return const_cast<Device&>(*disk_at(center.machine->props.devices, {"scsi", 0, 1}));
  };
  disk().backing->uuid = "6000C29-ours";
  wish.cpus = 4;
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish)), 2) << "which disk it is is written down";
  EXPECT_EQ((*own_stamp(*center.machine))->disks.at("data").uuid, "6000C29-ours");

  disk().backing->uuid = "6000C29-theirs";
  MachineSpec larger = wish, without = wish;
  larger.disks[0].size_bytes *= 2;
  without.disks.clear();
  for (const MachineSpec& spec : {larger, without}) {
    const auto step = next_apply_step(center.machine, sample_ref(), spec, plan_of(center, spec), false, {});
    ASSERT_FALSE(step.ok());
    EXPECT_TRUE(step.error().is(Code::kFailedPrecondition));
    EXPECT_EQ(step.error().message(),
              "disk 'data': at scsi0:1 is disk 6000C29-theirs, wanted the one that was made for "
              "it, 6000C29-ours");
  }
  disk().backing->uuid = "6000C29-ours";
  EXPECT_EQ(carry_out(center, without, plan_of(center, without)), 1);
}

TEST(Apply, ACardIsPluggedIntoAnotherNetwork) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.nics[0].network = "/DC0/network/Other";
  EXPECT_EQ(carry_out(center, wish, plan_of(center, wish), networks("eth0", "Other")), 1);
  EXPECT_TRUE(plan_of(center, wish).changes.empty());
  EXPECT_EQ(center.machine->props.devices.back().backing->device_name, "Other");
  EXPECT_EQ(center.machine->props.devices.back().key, 4000);
}

TEST(Apply, AMachineThatWasChangedSinceIsLeft) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.cpus = 4;
  const Plan plan = plan_of(center, wish);
  center.machine->props.change_version = "v2";
  EXPECT_TRUE(next_apply_step(center.machine, sample_ref(), wish, plan, false, {}).error().is(Code::kAborted));
}

TEST(Apply, NothingImpossibleIsBegun) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.root_disk_bytes = 1LL << 30;
  wish.cpus = 4;
  EXPECT_TRUE(next_apply_step(center.machine, sample_ref(), wish, plan_of(center, wish), false, {})
                  .error()
                  .is(Code::kOutOfRange));
  wish = as_it_is();
  wish.firmware = provider::Firmware::kUefi;
  EXPECT_TRUE(next_apply_step(center.machine, sample_ref(), wish, plan_of(center, wish), false, {})
                  .error()
                  .is(Code::kFailedPrecondition));
}

TEST(Apply, OnlyToWhatIsOursAndOnlyWhatIsPlanned) {
  MiniCenter center = running(true);
  MachineSpec wish = as_it_is();
  wish.cpus = 4;
  const Plan plan = plan_of(center, wish);
  wish.memory_mib = 4096;
  carry_out(center, wish, plan);
  EXPECT_EQ(center.machine->props.cpus, 4);
  EXPECT_EQ(center.machine->props.memory_mib, 2048);
  center.machine->props.stamp.reset();
  EXPECT_TRUE(make_plan(center.machine, sample_ref(), wish).error().is(Code::kFailedPrecondition));
}

TEST(Rules, NameEveryField) {
  EXPECT_TRUE(check_spec(as_it_is()).ok());
  struct Case {
    const char* says;
    void (*change)(MachineSpec&);
  };
  const Case cases[] = {
      {"name 'a/b'", [](MachineSpec& s) { s.display_name = "a/b"; }},
      {"name '", [](MachineSpec& s) { s.display_name = std::string(kNameBytesMax + 1, 'x'); }},
      {"cpus: 0", [](MachineSpec& s) { s.cpus = 0; }},
      {"memory: 1001 MiB", [](MachineSpec& s) { s.memory_mib = 1001; }},
      {"memory: 0 MiB", [](MachineSpec& s) { s.memory_mib = kMemoryMibMin - 4; }},
      {"root disk: ", [](MachineSpec& s) { s.root_disk_bytes = kDiskBytesMax + 1; }},
      {"image: ", [](MachineSpec& s) { s.image.location.clear(); }},
      {"secure boot: ", [](MachineSpec& s) { s.secure_boot = true; }},
      {"tpm: ", [](MachineSpec& s) { s.tpm = true; }},
      {"disks[root].name",
       [](MachineSpec& s) {
         s.disks = {{"root", 1 << 20, "", ""}};
       }},
      {"disks[a].size",
       [](MachineSpec& s) {
         s.disks = {{"a", 1, "", ""}};
       }},
      {"disks[a].type: 'ssd'",
       [](MachineSpec& s) {
         s.disks = {{"a", 1 << 20, "ssd", ""}};
       }},
      {"disks: 46", [](MachineSpec& s) { s.disks.resize(kDisksMax + 1); }},
      {"networks[eth0].name: taken twice", [](MachineSpec& s) { s.nics.push_back(s.nics[0]); }},
      {"networks[eth0].model: 'virtio'", [](MachineSpec& s) { s.nics[0].model = "virtio"; }},
      {"networks: 11", [](MachineSpec& s) { s.nics.resize(kNicsMax + 1); }},
  };
  for (const Case& c : cases) {
    MachineSpec spec = as_it_is();
    c.change(spec);
    const Status status = check_spec(spec);
    ASSERT_FALSE(status.ok()) << c.says;
    EXPECT_TRUE(status.error().is(Code::kInvalidArgument));
    EXPECT_NE(status.error().message().find(c.says), std::string::npos) << status.error().message();
  }
}

}  // namespace
}  // namespace rig::vsphere
