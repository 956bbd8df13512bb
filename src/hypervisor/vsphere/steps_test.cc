// vsphere/steps_test.cc — orders, played against a vCenter in miniature: whole, cut off, and repeated.
#include "hypervisor/vsphere/steps.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/mini_center_test.h"

namespace rig::vsphere {
namespace {

using provider::Existence;
using provider::MachineSpec;

Backing distributed(const std::string& key) {
  Backing backing;
  backing.xsi_type = "VirtualEthernetCardDistributedVirtualPortBackingInfo";
  backing.port = PortConnection{"uuid-1", key, "", std::nullopt};
  return backing;
}

MachineSpec big_spec() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.cpus = 4;
  spec.memory_mib = 4096;
  spec.firmware = provider::Firmware::kUefi;
  spec.secure_boot = spec.tpm = spec.nested_virtualization = true;
  spec.image.location = "ubuntu";
  spec.root_disk_bytes = 20LL << 30;
  spec.disks = {{"data", 1LL << 30, "thick", "ssd"}, {"log", 2LL << 30, "", ""}};
  spec.nics.resize(2);
  spec.nics[0].name = "eth0";
  spec.nics[0].network = "web";
  spec.nics[1].name = "eth1";
  spec.nics[1].network = "db";
  spec.seed.user_data = "#cloud-config\n";
  spec.limits = {500, 2000, 4000, 1024, 4096};
  return spec;
}

Making big_making(const MiniCenter& center) {
  Making making;
  making.source = {"VirtualMachine", "vm-1"};
  making.source_props = center.source.props;
  making.place.folder = {"Folder", "group-v1"};
  making.place.pool = {"ResourcePool", "resgroup-1"};
  making.parts.networks = {{"eth0", distributed("dvportgroup-web")}, {"eth1", distributed("dvportgroup-db")}};
  making.parts.stores["data"] = {{"Datastore", "datastore-1"}, "ssd"};
  return making;
}

// Steps until it is done; `lose` of the answers do not arrive, which makes no difference.
std::vector<std::string> make(MiniCenter& center, const MachineSpec& spec) {
  std::vector<std::string> names;
  for (int rounds = 0; rounds < kRoundsMax; ++rounds) {
    const auto step = next_create_step(center.machine, sample_ref(), spec, big_making(center));
    EXPECT_TRUE(step.ok()) << step.error().to_string();
    if (!step.ok() || step->is_done()) return names;
    names.push_back(step->name);
    EXPECT_TRUE(center.act(*step)) << step->name;
  }
  ADD_FAILURE() << "no end";
  return names;
}

using Names = std::vector<std::string>;

TEST(Create, IsOneCloneThatHasEverythingThenTheRootDiskThenTheEnd) {
  MiniCenter center;
  EXPECT_EQ(make(center, big_spec()), (Names{"clone", "configure", "finish"}));
  const auto machine = read_machine(*center.machine, sample_ref(), {});
  EXPECT_EQ(machine->existence, Existence::kOurs);
  const MachineSpec& is = machine->configured;
  EXPECT_EQ(is.cpus, 4);
  EXPECT_EQ(is.memory_mib, 4096);
  EXPECT_EQ(is.root_disk_bytes, 20LL << 30);
  EXPECT_EQ(is.limits, big_spec().limits);
  EXPECT_TRUE(is.secure_boot && is.tpm && is.nested_virtualization && is.firmware == provider::Firmware::kUefi);
  ASSERT_EQ(is.disks.size(), 2U);
  EXPECT_EQ(is.disks[0].name, "data");
  EXPECT_EQ(is.disks[0].size_bytes, 1LL << 30);
  EXPECT_EQ(is.disks[0].storage, "ssd");
  ASSERT_EQ(is.nics.size(), 2U) << "the template's card is one of them";
  EXPECT_EQ(is.nics[0].name, "eth0");
  EXPECT_EQ(is.nics[0].network, "web");
  EXPECT_EQ(is.nics[1].network, "db");
  EXPECT_EQ(center.machine->props.devices[2].slot_info, sample_sight().props.devices[2].slot_info);
  EXPECT_TRUE(center.machine->props.cpu_hot_add.value_or(false));
}

TEST(Create, WhatTheCloneDidNotTakeOverIsMadeGood) {
  MiniCenter center;
  center.forgetful = true;
  EXPECT_EQ(make(center, big_spec()), (Names{"clone", "configure", "finish"}));
  EXPECT_EQ(center.machine->props.firmware, "efi");
  EXPECT_EQ(center.machine->props.nested_hv, true);
}

TEST(Create, TheCloneCarriesNameUuidStampAndSeed) {
  MiniCenter center;
  const auto step = next_create_step({}, sample_ref(), big_spec(), big_making(center));
  ASSERT_TRUE(step.ok());
  const auto& order = std::get<CloneMachine>(step->order);
  EXPECT_EQ(order.self.id, "vm-1");
  EXPECT_EQ(order.folder.id, "group-v1");
  EXPECT_EQ(order.name, "web-6a3f0d2e");
  EXPECT_FALSE(order.spec.power_on || order.spec.is_template);
  const ConfigSpec& config = *order.spec.config;
  EXPECT_EQ(config.instance_uuid, kMachineId);
  std::map<std::string, std::string> options;
  for (const OptionValue& option : config.extra_config) options[option.key] = option.value.text;
  const auto stamp = parse_stamp(options["virtrigaud.owner"]);
  EXPECT_TRUE(is_of(*stamp, sample_ref()));
  EXPECT_EQ(stamp->phase, Phase::kBuilding);
  EXPECT_EQ(stamp->disks.at("data"), (DiskMark{"scsi0:1", "ssd", ""}));
  EXPECT_EQ(options["guestinfo.userdata"], base64("#cloud-config\n"));
  EXPECT_EQ(options["guestinfo.metadata"], base64("instance-id: " + std::string(kMachineId) + "\n"));
  const DeviceChange& nic = config.device_change[1];
  EXPECT_EQ(nic.operation, "edit");
  EXPECT_EQ(nic.device.key, 4000);
  EXPECT_EQ(nic.device.mac_address + nic.device.address_type, "") << "the template's are not passed on";
  EXPECT_EQ(nic.device.backing->port->portgroup_key, "dvportgroup-web");
}

TEST(Create, TheTemplatesCardGetsTheAddressThatIsWished) {
  MiniCenter center;
  MachineSpec spec = big_spec();
  spec.nics.front().mac = "52:54:00:01:02:03";
  const auto step = next_create_step({}, sample_ref(), spec, big_making(center));
  ASSERT_TRUE(step.ok());
  const DeviceChange& nic = std::get<CloneMachine>(step->order).spec.config->device_change[1];
  EXPECT_EQ(nic.operation, "edit");
  EXPECT_EQ(nic.device.mac_address, "52:54:00:01:02:03");
  EXPECT_EQ(nic.device.address_type, "manual");
}

// Whatever was cut off: whoever comes next goes on, and there is one machine.
TEST(Create, CutOffAfterAnyStepIsGoneOnWith) {
  for (int cut = 0; cut <= 3; ++cut) {
    MiniCenter center;
    for (int i = 0; i < cut; ++i) {
      const auto step = next_create_step(center.machine, sample_ref(), big_spec(), big_making(center));
      ASSERT_TRUE(step.ok());
      if (!step->is_done()) {
        EXPECT_TRUE(center.act(*step));
      }
    }
    make(center, big_spec());
    EXPECT_EQ(center.clones, 1);
    EXPECT_EQ(judge(*center.machine, sample_ref())->existence, Existence::kOurs);
    EXPECT_TRUE(make(center, big_spec()).empty());
  }
}

TEST(Create, AWishThatGrewMeanwhileIsMet) {
  MiniCenter center;
  const auto clone = next_create_step({}, sample_ref(), big_spec(), big_making(center));
  EXPECT_TRUE(center.act(*clone));
  MachineSpec more = big_spec();
  more.disks.push_back({"extra", 1LL << 20, "", ""});
  more.nics.pop_back();
  make(center, more);
  const MachineSpec is = spec_of(center.machine->props, *own_stamp(*center.machine));
  EXPECT_EQ(is.disks.size(), 3U);
  EXPECT_EQ(is.nics.size(), 1U);
}

TEST(Create, SetsUpTheGuestWithTheCloneWhereThatIsAsked) {
  MiniCenter center;
  MachineSpec spec = big_spec();
  spec.seed = {};
  spec.nics[0].addresses = {"192.0.2.7/24"};
  const auto customized = [&] {
    return std::get<CloneMachine>(next_create_step({}, sample_ref(), spec, big_making(center))->order)
        .spec.customization;
  };
  EXPECT_FALSE(customized());
  spec.extra_config["vsphere.customization"] = "linux";
  ASSERT_TRUE(customized());
  EXPECT_EQ(customized()->adapters[0].adapter.ip.address, "192.0.2.7");
  make(center, spec);
  EXPECT_EQ(nics_of(center.machine->props.devices).size(), 2U);
}

TEST(Create, RaisesTheHardwareAndNeverLowersIt) {
  struct Case {
    const char *wish, *becomes;
    bool raised;
  };
  const Case cases[] = {{"19", "vmx-19", true},
                        {"vmx-19", "vmx-19", true},
                        {"13", "vmx-13", false},
                        {"9", "vmx-13", false},
                        {"vmx-09", "vmx-13", false}};
  for (const Case& c : cases) {
    MiniCenter center;
    MachineSpec spec = big_spec();
    spec.extra_config["vsphere.hardwareVersion"] = c.wish;
    const Names names = make(center, spec);
    EXPECT_EQ(std::ranges::count(names, "raise hardware"), c.raised ? 1 : 0) << c.wish;
    EXPECT_EQ(center.machine->props.hardware_version, c.becomes) << c.wish;
  }
  MachineSpec spec;
  spec.extra_config["vsphere.hardwareVersion"] = "8";
  EXPECT_EQ(hardware_to_raise_to("vmx-07", spec), "vmx-08");
  EXPECT_EQ(hardware_to_raise_to("", spec), "") << "nobody knows what it has";
}

TEST(Create, WithoutWishedCardsTheTemplatesAreKept) {
  MiniCenter center;
  MachineSpec spec = big_spec();
  spec.nics.clear();
  make(center, spec);
  EXPECT_EQ(nics_of(center.machine->props.devices).size(), 1U);
  EXPECT_EQ(std::get<CloneMachine>(next_create_step({}, sample_ref(), spec, big_making(center))->order)
                .spec.config->device_change.front()
                .device.xsi_type,
            "VirtualTPM");
}

TEST(Create, ACardWithoutANetworkTakesTheTemplatesAndNoMore) {
  MiniCenter center;
  MachineSpec spec = big_spec();
  spec.nics[0].network.clear();
  Making making = big_making(center);
  making.parts.networks.erase("eth0");
  EXPECT_TRUE(next_create_step({}, sample_ref(), spec, making).ok());
  spec.nics[1].network.clear();
  making.parts.networks.clear();
  const auto refused = next_create_step({}, sample_ref(), spec, making);
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().message().starts_with("networks[eth1]: it names no network"))
      << refused.error().message();
}

TEST(Create, WhatIsAnothersIsLeft) {
  Sight foreign = sample_sight();
  Stamp stamp = sample_stamp();
  stamp.owner.uid = "uid-2";
  set_stamp(foreign, stamp);
  MiniCenter center;
  const auto refused = next_create_step(foreign, sample_ref(), big_spec(), big_making(center));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kAlreadyExists));
}

TEST(Create, WhatWasReleasedIsTakenOverAsItIs) {
  MiniCenter center;
  center.machine = sample_sight();
  Stamp stamp = sample_stamp();
  stamp.owner = {};
  set_stamp(*center.machine, stamp);
  center.machine->props.power_state = "poweredOn";
  EXPECT_EQ(make(center, big_spec()), Names{"take over"});
  EXPECT_EQ(*own_stamp(*center.machine), sample_stamp());
  EXPECT_EQ(center.machine->props.cpus, 2);
}

TEST(Create, WhatRunsUnfinishedIsAPersonsMatter) {
  MiniCenter center;
  EXPECT_TRUE(center.act(*next_create_step({}, sample_ref(), big_spec(), big_making(center))));
  center.machine->props.power_state = "poweredOn";
  EXPECT_TRUE(next_create_step(center.machine, sample_ref(), big_spec(), big_making(center))
                  .error()
                  .is(Code::kFailedPrecondition));
}

TEST(Guestinfo, EmptiesWhatIsNotWished) {
  for (const OptionValue& option : guestinfo({}, kMachineId)) EXPECT_EQ(option.value.text, "") << option.key;
  EXPECT_EQ(guestinfo({}, kMachineId).size(), 4U);
}

TEST(Guestinfo, HasTheNetworkWithinTheMetadataAndCompressesWhatIsLong) {
  provider::Seed seed;
  seed.meta_data = "local-hostname: web";
  seed.network_config = "version: 2\n";
  seed.user_data = std::string(kPlainBytesMax + 1, 'x');
  const auto options = guestinfo(seed, kMachineId);
  EXPECT_EQ(options[1].value.text, "gzip+base64");
  EXPECT_EQ(parse_base64(options[0].value.text)->substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(options[3].value.text, "base64");
  EXPECT_EQ(*parse_base64(options[2].value.text),
            "local-hostname: web\nnetwork: " + base64("version: 2\n") + "\nnetwork.encoding: base64\n");
  seed.user_data.pop_back();
  EXPECT_EQ(guestinfo(seed, kMachineId)[1].value.text, "base64");
}

TEST(Remove, SwitchesOffThenDestroysAndIsDoneWhenItIsGone) {
  MiniCenter center;
  center.machine = sample_sight();
  center.machine->props.power_state = "suspended";
  Names names;
  for (;;) {
    const auto step = next_remove_step(center.machine, sample_ref());
    ASSERT_TRUE(step.ok());
    if (step->is_done()) break;
    names.push_back(step->name);
    ASSERT_TRUE(center.act(*step));
  }
  EXPECT_EQ(names, (Names{"power off", "remove"}));
  EXPECT_FALSE(center.machine.has_value());
}

TEST(Remove, DisksThatSomebodyHasAttachedKeepTheirFiles) {
  MiniCenter center;
  center.machine = sample_sight();
  Stamp stamp = sample_stamp();
  stamp.image_disks = {{"", "", "6000C29-image"}};
  set_stamp(*center.machine, stamp);
  const auto attach = [&](std::int32_t unit, const std::string& uuid) {
    Device disk = *root_disk(center.machine->props.devices);
    disk.key = 2000 + unit;
    disk.unit_number = unit;
    disk.backing->uuid = uuid;
    center.machine->props.devices.push_back(disk);
  };
  attach(1, "6000C29-image");
  attach(2, "6000C29-theirs");
  Step step = *next_remove_step(center.machine, sample_ref());
  if (step.name == "power off") {
    ASSERT_TRUE(center.act(step));
    step = *next_remove_step(center.machine, sample_ref());
  }
  EXPECT_EQ(step.name, "detach disks of others");
  const auto& changes = std::get<Reconfigure>(step.order).spec.device_change;
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].operation + changes[0].file_operation, "remove") << "its file stays";
  EXPECT_EQ(changes[0].device.backing->uuid, "6000C29-theirs");
  ASSERT_TRUE(center.act(step));
  EXPECT_EQ(next_remove_step(center.machine, sample_ref())->name, "remove");
}

TEST(Remove, OnlyWhatIsOurs) {
  Sight sight = sample_sight();
  sight.props.instance_uuid = kCopyUuid;
  sight.self.id = "vm-97";
  EXPECT_TRUE(next_remove_step(sight, sample_ref()).error().is(Code::kFailedPrecondition)) << "a copy";
  sight = sample_sight();
  sight.props.stamp.reset();
  provider::MachineRef legacy = sample_ref();
  legacy.legacy = true;
  legacy.owner.name = sight.props.name;
  EXPECT_TRUE(next_remove_step(sight, legacy).error().is(Code::kFailedPrecondition));
  Stamp stamp = sample_stamp();
  stamp.phase = Phase::kBuilding;
  set_stamp(sight, stamp);
  EXPECT_TRUE(next_remove_step(sight, sample_ref()).ok()) << "half made, and ours";
}

TEST(Release, NamesNobodyAndChangesNothingElse) {
  MiniCenter center;
  center.machine = sample_sight();
  EXPECT_TRUE(center.act(*next_release_step(center.machine, sample_ref())));
  EXPECT_EQ(judge(*center.machine, sample_ref())->existence, Existence::kReleased);
  EXPECT_TRUE(next_release_step(center.machine, sample_ref())->is_done());
  EXPECT_TRUE(next_release_step({}, sample_ref())->is_done());
}

TEST(PowerOnStep, ChangesWhatWaitedForItFirst) {
  MiniCenter center;
  center.machine = sample_sight();
  Stamp stamp = sample_stamp();
  stamp.pending = {8, 8192, true, ""};
  stamp.power_off_at = WallTime();
  set_stamp(*center.machine, stamp);
  EXPECT_TRUE(center.act(*next_power_on_step(center.machine, sample_ref())));
  EXPECT_EQ(center.machine->props.cpus, 8);
  EXPECT_EQ(center.machine->props.memory_mib, 8192);
  EXPECT_EQ(*own_stamp(*center.machine), sample_stamp());
  const auto step = next_power_on_step(center.machine, sample_ref());
  EXPECT_EQ(step->name, "power on");
  EXPECT_TRUE(center.act(*step));
  EXPECT_TRUE(next_power_on_step(center.machine, sample_ref())->is_done());
  EXPECT_TRUE(next_power_on_step({}, sample_ref()).error().is(Code::kNotFound));
}

TEST(PowerOnStep, TakesAShutdownBackAndLeavesWhatWaitsWhileItRuns) {
  MiniCenter center;
  center.machine = sample_sight();
  center.machine->props.power_state = "poweredOn";
  Stamp stamp = sample_stamp();
  stamp.pending.cpus = 8;
  stamp.power_off_at = WallTime();
  set_stamp(*center.machine, stamp);
  EXPECT_TRUE(center.act(*next_power_on_step(center.machine, sample_ref())));
  stamp.power_off_at.reset();
  EXPECT_EQ(*own_stamp(*center.machine), stamp);
  EXPECT_TRUE(next_power_on_step(center.machine, sample_ref())->is_done());
}

TEST(PowerOffStep, AsksThenCutsAtTheFirstDeadline) {
  const auto at = [](int seconds) { return WallTime(std::chrono::seconds(seconds)); };
  MiniCenter center;
  center.machine = sample_sight();
  center.machine->props.power_state = "poweredOn";
  const auto step = [&](std::optional<WallTime> hard_at, bool asked, int now) {
    return next_power_off_step(center.machine, sample_ref(), hard_at, asked, at(now)).take();
  };
  EXPECT_TRUE(center.act(step(at(100), false, 1)));
  EXPECT_EQ((*own_stamp(*center.machine))->power_off_at, at(100));
  EXPECT_TRUE(std::holds_alternative<ShutdownGuest>(step(at(200), false, 2).order));
  EXPECT_TRUE(step(at(200), true, 3).wait);
  EXPECT_EQ(step(at(200), true, 100).name, "power off") << "a repeat does not extend it";
  EXPECT_EQ(step(at(50), true, 50).name, "power off") << "and may shorten it";
  EXPECT_EQ(step(std::nullopt, false, 4).name, "power off");
  center.machine->props.power_state = "poweredOff";
  EXPECT_TRUE(center.act(step(at(200), true, 5)));
  EXPECT_TRUE(step(at(200), true, 5).is_done());
}

}  // namespace
}  // namespace rig::vsphere
