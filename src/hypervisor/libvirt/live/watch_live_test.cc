// libvirt/live/watch_live_test.cc — what happens behind our back is told, and nothing is asked of idle machines.
#include <algorithm>
#include <future>

#include "hypervisor/libvirt/live/host.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::Event;
using provider::Existence;
using provider::Machine;
using provider::Power;

class WatchLive : public LiveTest {
 protected:
  // Watches in a thread until `enough` says so, and answers when that was.
  std::future<Time> watch_until(std::function<bool(const Machine&)> enough, std::promise<void>& synced) {
    return std::async(std::launch::async, [this, enough = std::move(enough), &synced] {
      Time seen;
      (void)provider().watch(
          "cluster-1", "",
          [&](const Event& event) {
            if (std::holds_alternative<provider::Synced>(event.what)) synced.set_value();
            const auto* machine = std::get_if<Machine>(&event.what);
            if (machine == nullptr || !enough(*machine)) return true;
            seen = std::chrono::steady_clock::now();
            return false;
          },
          within(kBootMax));
      return seen;
    });
  }
};

TEST_F(WatchLive, ADestroyBehindOurBackIsToldWithinASecond) {
  const auto ref = running(small("event"));
  std::promise<void> synced;
  auto seen = watch_until([&](const Machine& m) { return m.ref == ref && m.power == Power::kOff; }, synced);
  synced.get_future().wait();
  const Time done = std::chrono::steady_clock::now();
  ASSERT_TRUE(virsh_destroy(ref).ok());
  EXPECT_LT(seen.get() - done, 2s);  // destroying itself takes part of it
}

TEST_F(WatchLive, AnUndefineBehindOurBackIsToldAsGone) {
  const auto spec = small("gone");
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  std::promise<void> synced;
  auto seen = watch_until([&](const Machine& m) { return m.ref == ref && m.existence == Existence::kGone; }, synced);
  synced.get_future().wait();
  ASSERT_EQ(virDomainUndefine(domain(ref).get()), 0);
  EXPECT_NE(seen.get(), Time{});
}

TEST_F(WatchLive, AnAddressIsToldWhenTheGuestHasIt) {
  const auto spec = small("address");
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  std::promise<void> synced;
  auto seen = watch_until([&](const Machine& m) { return m.ref == ref && !m.addresses.empty(); }, synced);
  ASSERT_TRUE(finish(provider().power_on(ref, within(10s))).ok());
  EXPECT_NE(seen.get(), Time{});
}

TEST_F(WatchLive, AnAddressOfASecondNicThatComesLateIsToldToo) {
  auto spec = small("late");
  provider::NicSpec second;
  second.name = "eth1";
  spec.nics.push_back(second);
  // Static, so that the guest asks for no lease; link-local, so that it is no address to tell of.
  spec.seed.network_config = "version: 2\nethernets:\n  eth0: {dhcp4: true}\n  eth1: {addresses: [169.254.1.1/16]}\n";
  spec.seed.user_data += "runcmd:\n  - (sleep 4; ip addr add 10.0.2.77/24 dev eth1) &\n";
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  std::promise<void> synced;
  auto seen = watch_until(
      [&](const Machine& m) {
        return m.ref == ref && std::ranges::find(m.addresses, "10.0.2.77") != m.addresses.end();
      },
      synced);
  ASSERT_TRUE(finish(provider().power_on(ref, within(10s))).ok());
  EXPECT_NE(seen.get(), Time{});
}

TEST_F(WatchLive, AnIdleMachineCausesNoCall) {
  const auto ref = running(small("idle"));
  booted(ref);
  // The agent's word is there, so nothing is pursued any more; what is under way ends.
  std::int64_t before = 0;
  ASSERT_TRUE(eventually(kBootMax, [&] {
    before = calls_made;
    return !eventually(1s, [&] { return calls_made != before; });
  }));
  EXPECT_FALSE(eventually(5s, [&] { return calls_made - before > 1; })) << "one liveness call in half a minute";
}

TEST_F(WatchLive, DescribeIsFastThoughTheAgentHangs) {
  auto spec = small("hang");
  spec.seed.user_data += "runcmd:\n  - (sleep 4; kill -STOP $(pidof qemu-ga)) &\n";
  const auto ref = running(spec);
  booted(ref);
  // Asked in the background now, the agent does not answer any more.
  ASSERT_TRUE(eventually(kBootMax, [&] {
    const Time start = std::chrono::steady_clock::now();
    (void)text(virDomainGetHostname(domain(ref).get(), VIR_DOMAIN_GET_HOSTNAME_AGENT), "");
    return std::chrono::steady_clock::now() - start > 3s;
  })) << "the agent still answers";
  for (int i = 0; i < 20; ++i) {
    const Time start = std::chrono::steady_clock::now();
    const auto machine = describe(ref);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
    EXPECT_FALSE(machine.addresses.empty());
  }
}

}  // namespace
}  // namespace rig::libvirt::live
