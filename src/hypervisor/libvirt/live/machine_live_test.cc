// libvirt/live/machine_live_test.cc — the life of one machine on a real host.
#include "hypervisor/libvirt/live/host.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::Existence;
using provider::Power;

class MachineLive : public LiveTest {};

TEST_F(MachineLive, BootsTellsItsAddressAndLeavesNothing) {
  const auto before = volume_names();
  auto spec = small("web");
  const auto ref = reserve(spec);
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
  const auto created = finish(provider().create(ref, spec, within(10s)));
  ASSERT_TRUE(created.ok()) << created.error().to_string();
  const auto machine = describe(ref);
  EXPECT_EQ(machine.existence, Existence::kOurs);
  EXPECT_EQ(machine.power, Power::kOff);
  EXPECT_EQ(machine.configured.memory_mib, 192);

  const auto started = finish(provider().power_on(ref, within(10s)));
  ASSERT_TRUE(started.ok()) << started.error().to_string();
  EXPECT_TRUE(booted(ref).starts_with("192.168.122.")) << booted(ref);
  EXPECT_EQ(describe(ref).guest_hostname, "web");

  const auto removed = finish(provider().remove(ref, within(10s)));
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
  EXPECT_EQ(volume_names(), before);
}

}  // namespace
}  // namespace rig::libvirt::live
