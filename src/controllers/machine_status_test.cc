// controllers/machine_status_test.cc — conditions never contradict each other, whatever is told after whatever.
#include "controllers/machine_status.h"

#include <gtest/gtest.h>

#include "api/reasons.h"

namespace rig::controllers {
namespace {

using api::ConditionStatus;
using api::v1beta1::MachinePhase;
using api::v1beta1::VirtualMachine;

provider::Machine machine(provider::Power power, std::vector<std::string> addresses = {}) {
  provider::Machine m;
  m.existence = provider::Existence::kOurs;
  m.ref.id = "web-3f2a9c1e";
  m.power = power;
  m.addresses = std::move(addresses);
  m.running.cpus = m.configured.cpus = 2;
  m.running.memory_mib = m.configured.memory_mib = 1024;
  return m;
}

struct MachineStatusTest : ::testing::Test {
  StepClock clock;
  VirtualMachine vm;
  MachineStatus status{vm, clock};
  void SetUp() override { vm.meta.generation = 3; }
  const api::Condition* condition(std::string_view type) const {
    return api::find_condition(vm.status.conditions, type);
  }
  std::string reason(std::string_view type) const { return condition(type) == nullptr ? "" : condition(type)->reason; }
};

TEST_F(MachineStatusTest, NothingWasBegunUntilCreatingIsSaid) {
  EXPECT_FALSE(status.was_begun());
  status.waiting(api::reason::kWaitingForDependencies, "spec.classRef: there is no VMClass default/small");
  EXPECT_FALSE(status.was_begun());
  EXPECT_EQ(vm.status.phase, MachinePhase::kPending);
  status.creating("The machine is being made.");
  EXPECT_TRUE(status.was_begun());
  EXPECT_FALSE(status.was_seen());
}

TEST_F(MachineStatusTest, ReadyEndsWhatWasInProgress) {
  status.creating("The machine is being made.");
  status.seen(machine(provider::Power::kOn, {"192.0.2.7"}));
  status.ready(machine(provider::Power::kOn, {"192.0.2.7"}));
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kTrue);
  EXPECT_EQ(condition("Ready")->observed_generation, 3);
  EXPECT_EQ(condition("Reconciling"), nullptr);
  EXPECT_EQ(condition("Stalled"), nullptr);
  EXPECT_EQ(condition("Provisioning")->status, ConditionStatus::kFalse);
  EXPECT_EQ(reason("AddressAssigned"), "AddressFound");
  EXPECT_EQ(vm.status.phase, MachinePhase::kRunning);
  EXPECT_EQ(vm.status.observed_generation, 3);
  EXPECT_EQ(vm.status.ips, std::vector<std::string>{"192.0.2.7"});
}

TEST_F(MachineStatusTest, AnErrorSaysWhoseTurnItIs) {
  struct Case {
    Code code;
    const char* reason;
    bool for_a_person;
  };
  const Case cases[] = {
      {Code::kUnavailable, "ProviderUnreachable", false}, {Code::kDeadlineExceeded, "ProviderUnreachable", false},
      {Code::kResourceExhausted, "ProviderError", false}, {Code::kInvalidArgument, "InvalidSpec", true},
      {Code::kAlreadyExists, "OwnedByAnother", true},     {Code::kPermissionDenied, "ProviderError", true},
      {Code::kInternal, "ProviderError", false}};
  for (const Case& c : cases) {
    SCOPED_TRACE(to_string(c.code));
    status.failed(Error(c.code, "no"));
    EXPECT_EQ(reason("Ready"), c.reason);
    EXPECT_EQ(condition("Stalled") != nullptr, c.for_a_person);
    EXPECT_EQ(condition("Reconciling") != nullptr, !c.for_a_person);
  }
}

TEST_F(MachineStatusTest, AMachineThatCannotBeAskedForIsNeitherReadyNorNot) {
  status.seen(machine(provider::Power::kOn));
  status.ready(machine(provider::Power::kOn));
  status.failed(Error(Code::kUnavailable, "connection refused"));
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kUnknown);
  EXPECT_EQ(vm.status.phase, MachinePhase::kRunning);  // the last that is known
}

TEST_F(MachineStatusTest, APulledPlugIsSaidBeforeItIsMended) {
  status.seen(machine(provider::Power::kOff));
  status.switching(provider::Power::kOff, /*to_on=*/true);
  EXPECT_EQ(vm.status.power_state, api::v1beta1::PowerState::kOff);
  EXPECT_EQ(vm.status.phase, MachinePhase::kStopped);
  EXPECT_EQ(reason("Ready"), "PowerChanging");
}

TEST_F(MachineStatusTest, PausedIsNotCalledOff) {
  status.seen(machine(provider::Power::kPaused));
  EXPECT_FALSE(vm.status.power_state.has_value());
  status.switching(provider::Power::kPaused, /*to_on=*/true);
  EXPECT_NE(condition("Ready")->message.find("paused"), std::string::npos);
}

TEST_F(MachineStatusTest, AChangeThatWaitsForAPowerCycleIsNamedAndLeavesReadyAlone) {
  provider::Machine m = machine(provider::Power::kOn);
  m.configured.cpus = 4;
  status.seen(m);
  status.changed(m);
  status.ready(m);
  EXPECT_EQ(reason("Reconfiguring"), "PowerCycleNeeded");
  EXPECT_NE(condition("Reconfiguring")->message.find("cpus 2 -> 4"), std::string::npos);
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kTrue);
}

TEST_F(MachineStatusTest, AnImpossibleChangeStallsUntilItIsTakenBack) {
  const provider::Machine m = machine(provider::Power::kOn);
  status.seen(m);
  status.cannot_change({.path = "disks[data].size_bytes",
                        .from = "40 GiB",
                        .to = "20 GiB",
                        .cost = provider::Cost::kImpossible,
                        .why = "a disk cannot shrink"});
  status.ready(m);
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kFalse);
  EXPECT_NE(condition("Stalled"), nullptr);
  status.changed(m);
  status.ready(m);
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kTrue);
  EXPECT_EQ(condition("Stalled"), nullptr);
}

TEST_F(MachineStatusTest, FieldsNotSupportedComesAndGoesAndLeavesReadyAlone) {
  const std::vector<std::string> fields = {"spec.disks[0].scsi.controller"};
  status.unsupported(fields);
  status.ready(machine(provider::Power::kOn));
  EXPECT_NE(condition("FieldsNotSupported")->message.find(fields.front()), std::string::npos);
  EXPECT_EQ(condition("Ready")->status, ConditionStatus::kTrue);
  status.unsupported({});
  EXPECT_EQ(condition("FieldsNotSupported"), nullptr);
}

TEST_F(MachineStatusTest, ALookForAnAddressEndsSomeMinutesAfterTheBoot) {
  provider::Machine m = machine(provider::Power::kOn);
  m.booted_at = clock.wall();
  EXPECT_TRUE(status.look_for_address(m).has_value());
  clock.advance(std::chrono::minutes(6));
  EXPECT_FALSE(status.look_for_address(m).has_value());
  m.booted_at = clock.wall();
  m.addresses = {"192.0.2.7"};
  EXPECT_FALSE(status.look_for_address(m).has_value());
}

}  // namespace
}  // namespace rig::controllers
