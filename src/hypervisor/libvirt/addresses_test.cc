// libvirt/addresses_test.cc — which addresses are worth telling, and what was heard.
#include "hypervisor/libvirt/addresses.h"

#include <gtest/gtest.h>

#include <thread>

#include "hypervisor/libvirt/sightings.h"

namespace rig::libvirt {
namespace {

using namespace std::chrono_literals;

TEST(Addresses, LocalOnesAndRepetitionsAreLeftOut) {
  EXPECT_EQ(useful_addresses({"127.0.0.1", "::1", "192.0.2.7", "fe80::1", "feb0::1", "fec0::1", "169.254.1.1",
                              "192.0.2.7", "2001:db8::7"}),
            (std::vector<std::string>{"192.0.2.7", "fec0::1", "2001:db8::7"}));
}

TEST(Sightings, ABootMakesOldWordsVoidAndAStopToo) {
  Sightings seen;
  seen.hear("a", {{"192.0.2.7"}, {}, "web", {}});
  EXPECT_EQ(seen.last_word("a")->hostname, "web");
  seen.boot("a", WallTime(1s));
  EXPECT_EQ(seen.last_word("a"), std::nullopt);
  EXPECT_EQ(seen.last_boot("a"), WallTime(1s));
  seen.hear("a", {{"192.0.2.8"}, {}, "web", {}});
  seen.stop("a");
  EXPECT_EQ(seen.last_word("a"), std::nullopt);
  EXPECT_EQ(seen.last_boot("a"), WallTime(1s));
  seen.gone("a");
  EXPECT_EQ(seen.last_boot("a"), std::nullopt);
}

TEST(Sightings, TheEchoOfABootIsNoOtherBoot) {
  Sightings seen;
  seen.boot("a", WallTime(10s));
  seen.boot("a", WallTime(12s));
  EXPECT_EQ(seen.last_boot("a"), WallTime(10s));
  EXPECT_TRUE(seen.wait_for_boot("a", WallTime(11s), std::chrono::steady_clock::now(), {})) << "but it is a sign";
  seen.boot("a", WallTime(16s));
  EXPECT_EQ(seen.last_boot("a"), WallTime(16s));
}

TEST(Sightings, ABootIsWaitedForByTime) {
  Sightings seen;
  seen.boot("a", WallTime(5s));
  const auto wait = [&](const char* id, WallTime then) {
    return seen.wait_for_boot(id, then, std::chrono::steady_clock::now() + 20ms, {});
  };
  EXPECT_TRUE(wait("a", WallTime(4s)));
  EXPECT_FALSE(wait("a", WallTime(5s)));
  EXPECT_FALSE(wait("b", WallTime(4s)));
  std::jthread later([&] { seen.boot("b", WallTime(6s)); });
  EXPECT_TRUE(seen.wait_for_boot("b", WallTime(5s), std::chrono::steady_clock::now() + 10s, {}));
}

}  // namespace
}  // namespace rig::libvirt
