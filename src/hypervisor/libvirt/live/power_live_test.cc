// libvirt/live/power_live_test.cc — on, off, gracefully off, again.
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/stamp.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::MachineRef;
using provider::Power;

class PowerLive : public LiveTest {
 protected:
  // A machine with nothing to boot hears neither agent nor button.
  MachineRef deaf(const std::string& name) {
    auto spec = small(name);
    spec.image = {};
    spec.root_disk_bytes = 1 << 20;
    return running(spec);
  }
  bool has_deadline(const MachineRef& ref) {
    return text(virDomainGetMetadata(domain(ref).get(), VIR_DOMAIN_METADATA_ELEMENT, kPowerOffUri,
                                     VIR_DOMAIN_AFFECT_LIVE),
                "")
        .ok();
  }
  Status on(const MachineRef& ref) { return finish(provider().power_on(ref, within(10s))); }
  Status off(const MachineRef& ref) { return finish(provider().power_off(ref, std::nullopt, within(10s))); }
};

TEST_F(PowerLive, OnAndOffMayBeRepeated) {
  const auto ref = running(small("repeat"));
  EXPECT_TRUE(on(ref).ok());
  EXPECT_EQ(describe(ref).power, Power::kOn);
  EXPECT_TRUE(off(ref).ok());
  EXPECT_EQ(describe(ref).power, Power::kOff);
  EXPECT_TRUE(off(ref).ok());
  EXPECT_TRUE(on(ref).ok());
  EXPECT_EQ(describe(ref).power, Power::kOn);
}

TEST_F(PowerLive, APausedMachineIsSaidToBeAndGoesOn) {
  const auto ref = running(small("paused"));
  ASSERT_EQ(virDomainSuspend(domain(ref).get()), 0);
  EXPECT_EQ(describe(ref).power, Power::kPaused);
  EXPECT_TRUE(on(ref).ok());
  EXPECT_EQ(describe(ref).power, Power::kOn);
}

TEST_F(PowerLive, AGuestThatObeysIsOffLongBeforeTheDeadline) {
  const auto ref = running(small("obeys"));
  booted(ref);
  const auto asked = provider().power_off(ref, clock_.wall() + 10min, within(10s));
  const auto done = finish(asked, kBootMax);
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(describe(ref).power, Power::kOff);
}

TEST_F(PowerLive, APausedGuestIsLetGoOnToShutDown) {
  const auto ref = running(small("pausedoff"));
  booted(ref);
  ASSERT_EQ(virDomainSuspend(domain(ref).get()), 0);
  const auto done = finish(provider().power_off(ref, clock_.wall() + 10min, within(10s)), kBootMax);
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_EQ(describe(ref).power, Power::kOff);
}

TEST_F(PowerLive, AGuestThatDoesNotIsCutAtTheDeadlineWhichRepeatsDoNotMove) {
  const auto ref = deaf("deaf");
  const WallTime cut_at = clock_.wall() + 3s;
  const auto asked = provider().power_off(ref, cut_at, within(10s));
  ASSERT_TRUE(asked.ok()) << asked.error().to_string();
  EXPECT_EQ(provider().poll(*asked, within(1s))->phase, provider::TaskState::Phase::kRunning);
  ASSERT_TRUE(provider().power_off(ref, cut_at + 1h, within(10s)).ok());
  const auto done = finish(asked, 30s);
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_GE(clock_.wall(), cut_at);
  EXPECT_LT(clock_.wall(), cut_at + 15s);
  EXPECT_EQ(describe(ref).power, Power::kOff);
}

TEST_F(PowerLive, TheDeadlineSurvivesARestartOfTheProvider) {
  const auto ref = deaf("restart");
  const WallTime cut_at = clock_.wall() + 3s;
  const auto asked = provider().power_off(ref, cut_at, within(10s));
  ASSERT_TRUE(eventually(10s, [&] { return has_deadline(ref); }));
  restart_provider();
  EXPECT_EQ(provider().poll(*asked, within(1s))->phase, provider::TaskState::Phase::kForgotten);
  EXPECT_EQ(describe(ref).power, Power::kOn);
  EXPECT_TRUE(eventually(30s, [&] { return describe(ref).power == Power::kOff; }));
  EXPECT_GE(clock_.wall(), cut_at);
}

TEST_F(PowerLive, OnTakesBackAShutdownThatWasAskedFor) {
  const auto ref = deaf("back");
  const auto asked = provider().power_off(ref, clock_.wall() + 2s, within(10s));
  ASSERT_TRUE(eventually(10s, [&] { return has_deadline(ref); }));
  ASSERT_TRUE(on(ref).ok());
  EXPECT_EQ(describe(ref).power, Power::kOn);
  EXPECT_FALSE(eventually(5s, [&] { return describe(ref).power == Power::kOff; }));
  EXPECT_EQ(provider().poll(*asked, within(1s))->phase, provider::TaskState::Phase::kForgotten);
}

TEST_F(PowerLive, PowerOffDoesNotWaitForARebootThatNobodyObeys) {
  const auto ref = deaf("stuck");
  ASSERT_TRUE(provider().reboot(ref, clock_.wall(), within(10s)).ok());
  const WallTime asked_at = clock_.wall();
  ASSERT_TRUE(off(ref).ok());
  EXPECT_LT(clock_.wall() - asked_at, 20s);
}

TEST_F(PowerLive, ARebootThatIsRepeatedHappensOnce) {
  const auto ref = running(small("reboot"));
  booted(ref);
  const WallTime asked_at = clock_.wall();
  const auto rebooted = finish(provider().reboot(ref, asked_at, within(10s)), kBootMax);
  ASSERT_TRUE(rebooted.ok()) << rebooted.error().to_string();
  const auto first = describe(ref).booted_at;
  ASSERT_TRUE(first.has_value());
  EXPECT_GE(*first, asked_at);
  ASSERT_TRUE(finish(provider().reboot(ref, asked_at, within(10s))).ok());
  EXPECT_LT(*describe(ref).booted_at - *first, 2s) << "firmware may reset once more by itself";
  restart_provider();
  ASSERT_TRUE(finish(provider().reboot(ref, asked_at, within(10s))).ok());
  EXPECT_GE(describe(ref).booted_at, asked_at) << "known after a restart too";
}

}  // namespace
}  // namespace rig::libvirt::live
