// controllers/identity_test.cc — names of machines.
#include "controllers/identity.h"

#include <gtest/gtest.h>

#include <set>

namespace rig::controllers {
namespace {

constexpr const char* kId = "3f2a9c1e-0000-4000-8000-000000000001";

TEST(Identity, MachineIdIsTheAnnotationElseTheUid) {
  api::ObjectMeta meta;
  meta.uid = "u";
  EXPECT_EQ(machine_id_of(meta), "u");
  meta.annotations["virtrigaud.io/machine-id"] = kId;
  EXPECT_EQ(machine_id_of(meta), kId);
}

TEST(Identity, DisplayNameIsADnsLabelWhateverTheNameIs) {
  EXPECT_EQ(display_name("web-1", kId), "web-1-3f2a9c1e");
  EXPECT_EQ(display_name("web.shop.example", kId), "web-shop-example-3f2a9c1e");
  const std::string longest = display_name(std::string(253, 'a'), kId);
  EXPECT_EQ(longest.size(), 63U);
  EXPECT_EQ(longest, std::string(54, 'a') + "-3f2a9c1e");
}

TEST(Identity, MacIsStableAndDiffersByNicAndMachine) {
  const std::string mac = derived_mac("52:54:00", kId, "eth0");
  EXPECT_EQ(mac.size(), 17U);
  EXPECT_TRUE(mac.starts_with("52:54:00:"));
  EXPECT_EQ(mac, derived_mac("52:54:00", kId, "eth0"));
  EXPECT_NE(mac, derived_mac("52:54:00", kId, "eth1"));
  EXPECT_NE(mac, derived_mac("52:54:00", "another", "eth0"));
}

// Three octets of our own are too few: with 10,000 machines on a network two would nearly surely have the same.
TEST(Identity, MacsFillWhatThePrefixLeaves) {
  std::set<std::string> macs;
  for (int i = 0; i < 10'000; ++i) macs.insert(derived_mac("52:54", kId, "eth" + std::to_string(i)));
  EXPECT_EQ(macs.size(), 10'000U);
  for (const std::string& mac : macs) EXPECT_TRUE(mac.starts_with("52:54:") && mac.size() == 17) << mac;
}

}  // namespace
}  // namespace rig::controllers
