// vsphere/machine_test.cc — whose a machine is, and what.
#include "hypervisor/vsphere/machine.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

using provider::Existence;

TEST(Judge, SaysWhoseAMachineIs) {
  struct Case {
    const char* what;
    void (*change)(Sight&, Stamp&);
    Existence existence;
    const char* detail;
  };
  const Case cases[] = {
      {"ours", [](Sight&, Stamp&) {}, Existence::kOurs, ""},
      {"ours, its UUID reassigned", [](Sight& s, Stamp&) { s.props.instance_uuid = kCopyUuid; }, Existence::kOurs, ""},
      {"ours, registered anew", [](Sight& s, Stamp&) { s.self.id = "vm-97"; }, Existence::kOurs, ""},
      {"being built", [](Sight&, Stamp& stamp) { stamp.phase = Phase::kBuilding; }, Existence::kPartial,
       "is being built"},
      {"a copy of ours",
       [](Sight& s, Stamp&) {
         s.self.id = "vm-97";
         s.props.instance_uuid = kCopyUuid;
       },
       Existence::kForeign, "carries no stamp of ours"},
      {"another's",
       [](Sight&, Stamp& stamp) {
         stamp.owner = {"c2", "other", "db", "uid-2"};
       },
       Existence::kForeign, "belongs to other/db of cluster c2"},
      {"released", [](Sight&, Stamp& stamp) { stamp.owner = {}; }, Existence::kReleased, "was released"},
  };
  for (const Case& c : cases) {
    Sight sight = sample_sight();
    Stamp stamp = sample_stamp();
    c.change(sight, stamp);
    set_stamp(sight, stamp);
    const auto judgement = judge(sight, sample_ref());
    ASSERT_TRUE(judgement.ok()) << judgement.error().to_string();
    EXPECT_EQ(judgement->existence, c.existence) << c.what;
    EXPECT_NE(judgement->detail.find(c.detail), std::string::npos) << c.what << ": " << judgement->detail;
  }
}

TEST(Judge, WithoutAConfigurationIsDoubt) {
  Sight sight = sample_sight();
  sight.props.cpus.reset();
  sight.props.connection_state = "inaccessible";
  const auto judgement = judge(sight, sample_ref());
  ASSERT_FALSE(judgement.ok());
  EXPECT_TRUE(judgement.error().is(Code::kUnavailable));
  sight = sample_sight();
  sight.props.stamp->value.text = "{";
  EXPECT_TRUE(judge(sight, sample_ref()).error().is(Code::kDataLoss));
}

TEST(Judge, TheReferencesMachinesAreKnownByObjectAndName) {
  Sight sight = sample_sight();
  sight.props.stamp.reset();
  sight.props.name = "web";
  provider::MachineRef ref = sample_ref();
  EXPECT_EQ(judge(sight, ref)->existence, Existence::kForeign);
  ref.legacy = true;
  EXPECT_EQ(judge(sight, ref)->existence, Existence::kOurs);
  sight.props.name = "db";
  EXPECT_EQ(judge(sight, ref)->existence, Existence::kForeign);
}

TEST(Machine, IsReadWithItsNames) {
  Sight sight = sample_sight();
  sight.props.power_state = "poweredOn";
  sight.props.booted_at = WallTime(std::chrono::seconds(5));
  sight.props.nested_hv = true;
  sight.props.guest_nics = {{"VM Network", "", {"192.0.2.7", "fe80::1", "127.0.0.1", "2001:db8::7"}, 4000}};
  sight.props.guest_hostname = "web";
  const auto machine = read_machine(sight, sample_ref(), WallTime(std::chrono::seconds(9)));
  ASSERT_TRUE(machine.ok());
  EXPECT_EQ(machine->version, "v1");
  EXPECT_EQ(machine->host, "esx1");
  EXPECT_EQ(machine->power, provider::Power::kOn);
  EXPECT_EQ(machine->addresses, (std::vector<std::string>{"192.0.2.7", "2001:db8::7"}));
  EXPECT_EQ(machine->running.root_disk_bytes, 10LL << 30);
  EXPECT_EQ(machine->running.nics.front().name, "eth0");
  EXPECT_EQ(machine->running.nics.front().network, "VM Network");
  EXPECT_EQ(machine->running.nics.front().mac, "00:50:56:aa:00:01");
  EXPECT_EQ(machine->running.image.location, "ubuntu");
  EXPECT_EQ(machine->running, machine->configured);
  EXPECT_EQ(machine->facts.at("connectionState"), "connected");
}

TEST(Machine, ShowsWhatWaitsForItsNextStart) {
  Sight sight = sample_sight();
  Stamp stamp = sample_stamp();
  stamp.pending = {8, 4096, true, ""};
  set_stamp(sight, stamp);
  const auto machine = read_machine(sight, sample_ref(), {});
  EXPECT_EQ(machine->running.cpus, 2);
  EXPECT_EQ(machine->configured.cpus, 8);
  EXPECT_EQ(machine->configured.memory_mib, 4096);
  EXPECT_TRUE(machine->configured.nested_virtualization);
}

TEST(Machine, ACardThatWasPluggedElsewhereShowsWhereItIs) {
  Sight sight = sample_sight();
  sight.props.devices.back().backing->device_name = "Other";
  EXPECT_EQ(read_machine(sight, sample_ref(), {})->running.nics.front().network, "Other");
}

TEST(Machine, OfAnotherSaysNothingOfOurs) {
  Sight sight = sample_sight();
  sight.props.stamp.reset();
  const auto machine = read_machine(sight, sample_ref(), {});
  EXPECT_EQ(machine->existence, Existence::kForeign);
  EXPECT_EQ(machine->ref, (provider::MachineRef{{}, "", "vm-96", false}));
  sight.props.power_state = "suspended";
  EXPECT_EQ(power_of(sight.props), provider::Power::kSuspended);
}

}  // namespace
}  // namespace rig::vsphere
