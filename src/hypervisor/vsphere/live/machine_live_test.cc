// vsphere/live/machine_live_test.cc — the life of machines on a simulated vCenter.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/eventually_test.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/live/center.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/watch.h"

namespace rig::vsphere::live {
namespace {

using namespace std::chrono_literals;
using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

// What it is plugged into.
std::string nic_of(const provider::Machine& machine, const std::string& name) {
  const auto nic = std::ranges::find(machine.configured.nics, name, &provider::NicSpec::name);
  return nic == machine.configured.nics.end() ? "none" : nic->network;
}

class Life : public LiveTest {};
class Weather : public LiveTest {};
class Finding : public LiveTest {};

TEST_F(Life, FromATemplateToNothing) {
  MachineSpec spec = small("life");
  const MachineRef ref = created(spec);
  provider::Machine machine = describe(ref);
  EXPECT_EQ(machine.existence, Existence::kOurs) << machine.detail;
  EXPECT_EQ(machine.power, Power::kOff);
  EXPECT_EQ(machine.configured.display_name, spec.display_name);
  EXPECT_EQ(machine.configured.cpus, 2);
  EXPECT_EQ(machine.configured.memory_mib, 1024);
  EXPECT_EQ(machine.configured.root_disk_bytes, spec.root_disk_bytes);
  EXPECT_TRUE(machine.configured.firmware == provider::Firmware::kUefi && machine.configured.secure_boot);
  ASSERT_EQ(machine.configured.disks.size(), 1U);
  EXPECT_EQ(machine.configured.disks[0].size_bytes, 1LL << 30);
  ASSERT_EQ(machine.configured.nics.size(), 2U);
  EXPECT_EQ(nic_of(machine, "eth0"), "DC0_DVPG0");
  EXPECT_EQ(nic_of(machine, "eth1"), "VM Network");
  EXPECT_FALSE(machine.host.empty());

  const Call call = within(1min);
  ASSERT_TRUE(power_on(host(), ref, quietly, call).ok());
  ASSERT_TRUE(power_on(host(), ref, quietly, call).ok());
  EXPECT_EQ(describe(ref).power, Power::kOn);

  spec.cpus = 4;
  spec.disks.push_back({"more", 2LL << 30, "", ""});
  spec.disks[0].size_bytes = 3LL << 30;
  spec.nics.erase(spec.nics.begin());
  auto plan = plan_changes(host(), ref, spec, call);
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  EXPECT_EQ(plan->changes.size(), 4U);
  const Status applied = apply_plan(host(), ref, spec, *plan, quietly, call);
  ASSERT_TRUE(applied.ok()) << applied.error().to_string();
  machine = describe(ref);
  EXPECT_EQ(machine.configured.cpus, 4);
  EXPECT_EQ(machine.configured.disks.size(), 2U);
  EXPECT_EQ(machine.configured.nics.size(), 1U);
  EXPECT_TRUE(plan_changes(host(), ref, spec, call)->changes.empty());

  const WallTime in_an_hour = clock_.wall() + 1h;
  ASSERT_TRUE(promise_power_off(host(), ref, in_an_hour, call).ok());
  ASSERT_TRUE(eventually(30s, [&] {
    const auto is_over = go_on_shutting_down(host(), ref, in_an_hour, quietly, call);
    EXPECT_TRUE(is_over.ok()) << is_over.error().to_string();
    return !is_over.ok() || *is_over;
  })) << "the simulator's machines obey";
  EXPECT_EQ(describe(ref).power, Power::kOff);
  ASSERT_TRUE(power_on(host(), ref, quietly, call).ok());
  ASSERT_TRUE(reboot(host(), ref, clock_.wall() + 1h, quietly, call).ok());
  ASSERT_TRUE(remove_machine(host(), ref, quietly, call).ok());
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
  ASSERT_TRUE(remove_machine(host(), ref, quietly, call).ok());
  EXPECT_EQ(machines_called(spec.display_name), 0U);
}

TEST_F(Life, TheTemplateIsLeftAsItWas) {
  const auto source = [&] {
    const auto catalogue = read_catalogue(session(), true, within(30s));
    return read_sight(session(), (*catalogue->named(kTemplate, "DC0_C0_RP0_VM0"))->self, within(30s)).take();
  };
  const Sight before = source();
  const MachineRef ref = created(small("copy"));
  ASSERT_TRUE(remove_machine(host(), ref, quietly, within(1min)).ok());
  EXPECT_EQ(source(), before);
}

TEST_F(Life, ReleasedAndTakenOver) {
  const MachineSpec spec = small("passed");
  const MachineRef ref = created(spec);
  ASSERT_TRUE(release_machine(host(), ref, within(1min)).ok());
  EXPECT_EQ(describe(ref).existence, Existence::kReleased);
  MachineRef other = ref_for(spec);
  other.machine_id = ref.machine_id;
  other.id = ref.id;
  EXPECT_EQ(*create_machine(host(), other, spec, quietly, within(1min)), ref.id);
  EXPECT_EQ(describe(other).existence, Existence::kOurs);
  EXPECT_EQ(describe(ref).existence, Existence::kForeign);
  EXPECT_FALSE(remove_machine(host(), ref, quietly, within(1min)).ok());
  ASSERT_TRUE(remove_machine(host(), other, quietly, within(1min)).ok());
}

TEST_F(Weather, ALostAnswerMakesNoSecondMachine) {
  for (int n = 1;; ++n) {
    SCOPED_TRACE(n);
    LossySession lossy(session());
    const MachineSpec spec = small("lost");
    const MachineRef ref = ref_for(spec);
    lossy.lose(n);
    auto made = create_machine(host(lossy), ref, spec, quietly, within(1min));
    const bool lost = lossy.has_lost();
    EXPECT_EQ(made.ok(), !lost);
    if (lost) made = create_machine(host(lossy), ref, spec, quietly, within(1min));
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    EXPECT_EQ(machines_called(spec.display_name), 1U);
    EXPECT_EQ(describe(ref).existence, Existence::kOurs);
    if (!lost) {
      EXPECT_GT(n, 2) << "a clone, and what came after it";
      break;
    }
  }
}

TEST_F(Weather, ALostAnswerRemovesNothingTwice) {
  for (int n = 1; n <= 2; ++n) {
    const MachineRef ref = created(small("gone"));
    ASSERT_TRUE(power_on(host(), ref, quietly, within(1min)).ok());
    LossySession lossy(session());
    lossy.lose(n);
    EXPECT_FALSE(remove_machine(host(lossy), ref, quietly, within(1min)).ok());
    const Status removed = remove_machine(host(lossy), ref, quietly, within(1min));
    EXPECT_TRUE(removed.ok()) << removed.error().to_string();
    EXPECT_EQ(describe(ref).existence, Existence::kGone);
  }
}

TEST_F(Weather, TwoMakersMakeOneMachine) {
  const MachineSpec spec = small("two");
  const MachineRef ref = ref_for(spec);
  std::vector<Result<std::string>> made(2, Error(Code::kInternal, "not asked"));
  {
    std::vector<std::jthread> makers;
    for (auto& result : made)
      makers.emplace_back([&] { result = create_machine(host(), ref, spec, quietly, within(1min)); });
  }
  // Who loses a race may be told to look again.
  for (auto& result : made)
    if (!result.ok()) result = create_machine(host(), ref, spec, quietly, within(1min));
  ASSERT_TRUE(made[0].ok() && made[1].ok()) << made[0].error().to_string();
  EXPECT_EQ(*made[0], *made[1]);
  EXPECT_EQ(machines_called(spec.display_name), 1U);
}

TEST_F(Weather, ANameThatIsAnothersIsRefused) {
  const MachineSpec spec = small("name");
  created(spec);
  const auto refused = create_machine(host(), ref_for(spec), spec, quietly, within(1min));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kAlreadyExists)) << refused.error().to_string();
  EXPECT_EQ(machines_called(spec.display_name), 1U);
}

TEST_F(Weather, ASessionThatEndedIsMadeAgain) {
  ASSERT_TRUE(session().service(within(30s)).ok());
  const std::uint64_t login = session().login_number();
  ASSERT_TRUE(ask(session(), LogOut{session().service(within(30s))->session_manager}, within(30s)).ok());
  const MachineRef ref = created(small("again"));
  EXPECT_EQ(describe(ref).existence, Existence::kOurs);
  EXPECT_EQ(session().login_number(), login + 1);
}

TEST_F(Weather, AWrongPasswordIsSaid) {
  Login wrong = login();
  wrong.password = "wrong";
  const auto refused = Session::open(wrong, clock_).take()->service(within(30s));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kUnauthenticated));
}

TEST_F(Finding, NamesThatAreMissingOrAmbiguousAreToldWithCandidates) {
  struct Case {
    void (*change)(MachineSpec&);
    const char* says;
  };
  const Case cases[] = {
      {[](MachineSpec& s) { s.image.location = "nope"; }, "template 'nope' is not there; there are: /DC0/vm/"},
      {[](MachineSpec& s) { s.nics[0].network = "nope"; }, "networks[eth0]: network 'nope' is not there"},
      {[](MachineSpec& s) { s.placement.storage = "nope"; }, "datastore 'nope' is not there"},
      {[](MachineSpec& s) { s.placement.cluster = "nope"; }, "cluster 'nope' is not there"},
      {[](MachineSpec& s) { s.placement.folder = "nope"; }, "folder 'nope' is not there"},
      {[](MachineSpec& s) { s.disks[0].storage = "nope"; }, "disks[data]: datastore 'nope' is not there"},
  };
  for (const Case& c : cases) {
    MachineSpec spec = small("find");
    c.change(spec);
    const auto refused = create_machine(host(), ref_for(spec), spec, quietly, within(1min));
    ASSERT_FALSE(refused.ok()) << c.says;
    EXPECT_NE(refused.error().to_string().find(c.says), std::string::npos) << refused.error().to_string();
    EXPECT_EQ(machines_called(spec.display_name), 0U);
  }
}

TEST_F(Finding, PlacesAreFoundByNamePathAndId) {
  const auto catalogue = read_catalogue(session(), true, within(30s));
  ASSERT_TRUE(catalogue.ok()) << catalogue.error().to_string();
  const auto id = [&](const Kind& kind, const char* text) {
    const auto found = catalogue->named(kind, text);
    EXPECT_TRUE(found.ok()) << found.error().to_string();
    return found.ok() ? (*found)->self.id : "";
  };
  MachineSpec spec = small("place");
  spec.image.location = id(kTemplate, "DC0_C0_RP0_VM1");
  spec.placement.cluster = "DC0_C0";
  spec.placement.folder = "/DC0/vm";
  spec.placement.storage_cluster = "DC0_POD0";
  spec.nics[1].network = "DC0_NSX0";
  spec.disks[0].storage = id(kDatastore, "/DC0/datastore/LocalDS_0");
  const auto pods = catalogue->named(kPod, "DC0_POD0");
  if (catalogue->all(kDatastore).empty() || !pods.ok()) FAIL() << "the inventory is another one";
  // The simulator's datastore clusters are empty.
  const auto refused = create_machine(host(), ref_for(spec), spec, quietly, within(1min));
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kResourceExhausted)) << refused.error().to_string();
  spec.placement.storage_cluster.clear();
  const MachineRef ref = created(spec);
  EXPECT_EQ(nic_of(describe(ref), "eth1"), "DC0_NSX0");
}

TEST_F(Finding, TheWatchSeesAMachinesWholeLife) {
  const auto own = Session::open(login(), clock_).take();
  Watch watch(*own);
  const auto first = watch.wait(within(30s));
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_TRUE(first->began && first->synced);
  EXPECT_GE(watch.inventory().machines().size(), 4U);
  const MachineRef ref = created(small("seen"));
  const MoRef self{"VirtualMachine", ref.id};
  const auto until = [&](auto holds) {
    for (const Time end = std::chrono::steady_clock::now() + 30s; std::chrono::steady_clock::now() < end;) {
      if (holds(watch.inventory().find(self))) return true;
      const auto round = watch.wait(within(15s));
      EXPECT_TRUE(round.ok()) << round.error().to_string();
      if (!round.ok()) return false;
    }
    return false;
  };
  EXPECT_TRUE(until([&](const Sight* sight) {
    if (sight == nullptr || is_blank(sight->props)) return false;
    const auto judgement = judge(*sight, ref);
    return judgement.ok() && judgement->existence == Existence::kOurs;
  }));
  ASSERT_TRUE(power_on(host(), ref, quietly, within(1min)).ok());
  EXPECT_TRUE(until([](const Sight* sight) { return sight != nullptr && power_of(sight->props) == Power::kOn; }));
  ASSERT_TRUE(remove_machine(host(), ref, quietly, within(1min)).ok());
  EXPECT_TRUE(until([](const Sight* sight) { return sight == nullptr; }));
}

}  // namespace
}  // namespace rig::vsphere::live
