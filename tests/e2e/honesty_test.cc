// e2e/honesty_test.cc — what is accepted and not acted on says so; what is gone is not made again by itself.
#include "api/v1beta1/vm_snapshot.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

class Honesty : public Suite {};

TEST_F(Honesty, AFieldThatNobodyActsOnIsNamedAndTheMachineIsMade) {
  create(machine("tagged", "{powerState: \"Off\", tags: [blue], placement: {folder: attic}}"));
  ASSERT_TRUE(becomes_ready("tagged", kSoon));
  EXPECT_EQ(told(vm("tagged"), condition::kFieldsNotSupported),
            "True NotActedOn Accepted, but not acted on by this provider: spec.placement.folder, spec.tags.");
  ASSERT_TRUE(rig().patch<VirtualMachine>("tagged", "spec: {tags:, placement:}").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return told(vm("tagged"), condition::kFieldsNotSupported).empty(); }));
  EXPECT_TRUE(becomes_ready("tagged", kSoon));
}

TEST_F(Honesty, AKindWithoutAControllerSaysSo) {
  create(
      object("{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMSnapshot, metadata: {name: picture},"
             " spec: {vmRef: {name: hello}}}"));
  std::string now;
  EXPECT_TRUE(eventually(kSoon, [&] {
    const auto snapshot = rig().get<v1::VmSnapshot>("picture");
    now = snapshot.ok() ? told(*snapshot, condition::kReady) : "";
    return now.starts_with("False ControllerNotImplemented");
  })) << now;
  EXPECT_TRUE(rig().remove<v1::VmSnapshot>("picture").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::VmSnapshot>("picture"); })) << "nothing holds it";
}

TEST_F(Honesty, AProviderIsHeldWhileAMachineNeedsIt) {
  json::Value provider = sample("10-provider.yaml", rig().folder());
  provider.set({"metadata", "name"}, "needed");
  create(provider);
  create(machine("tenant", "providerRef: {name: needed}\npowerState: \"Off\""));
  ASSERT_TRUE(becomes_ready("tenant", kSoon));
  ASSERT_TRUE(rig().remove<v1::Provider>("needed").ok());
  std::string now;
  EXPECT_TRUE(eventually(kSoon, [&] {
    const auto held = rig().get<v1::Provider>("needed");
    now = held.ok() ? told(*held, condition::kDeleting) : "gone";
    return now.starts_with("False InUse");
  })) << now;
  EXPECT_TRUE(has(now, "default/tenant")) << now;

  EXPECT_TRUE(rig().remove<VirtualMachine>("tenant").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<VirtualMachine>("tenant"); }))
      << "through the Provider that is going";
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::Provider>("needed"); }));
}

TEST_F(Honesty, AMachineThatIsGoneIsLostUntilAPersonWantsANewOne) {
  create(machine("lost", "powerState: \"Off\""));
  ASSERT_TRUE(becomes_ready("lost", kSoon));
  const std::string id = id_of("lost");
  host().undefine(id);
  const std::string why = until_told("lost", condition::kReady, "False MachineLost", kSoon);
  EXPECT_TRUE(why.starts_with("False MachineLost")) << why;
  const VirtualMachine now = vm("lost");
  const std::string generation = std::to_string(now.meta.generation);
  EXPECT_TRUE(has(why, "virtrigaud.io/recreate: \"" + generation + "\"")) << why;
  EXPECT_EQ(now.status.phase, MachinePhase::kFailed);
  EXPECT_FALSE(now.status.power_state);
  EXPECT_EQ(host().domain(id), nullptr);

  ASSERT_TRUE(
      rig()
          .patch<VirtualMachine>("lost", "metadata: {annotations: {virtrigaud.io/recreate: \"" + generation + "\"}}")
          .ok());
  EXPECT_TRUE(becomes_ready("lost", kSoon));
  EXPECT_NE(host().domain(id), nullptr);
  EXPECT_EQ(vm("lost").meta.annotation("virtrigaud.io/recreate"), "") << "asked once, made once";
}

TEST_F(Honesty, AMachineThatWouldBeLessSafeThanAskedIsNotMade) {
  create(
      object("{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMClass, metadata: {name: safe}, spec: {cpu: 1,"
             " memory: 256Mi, firmware: UEFI, securityProfile: {encryptionPolicy: {enabled: true}}}}"));
  create(machine("safe", "classRef: {name: safe}\npowerState: \"Off\""));
  const std::string why = until_told("safe", condition::kReady, "False InvalidSpec", kSoon);
  EXPECT_TRUE(has(why, "VMClass safe: spec.securityProfile.encryptionPolicy.enabled")) << why;
  EXPECT_EQ(host().domain(id_of("safe")), nullptr);
  EXPECT_TRUE(rig().remove<v1::VmClass>("safe").ok());
}

}  // namespace
}  // namespace rig::e2e
