// vsphere/customization_test.cc — who is set up by VMware Tools, and how.
#include "hypervisor/vsphere/customization.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/sample_test.h"

namespace rig::vsphere {
namespace {

using provider::MachineSpec;

Parts networks() {
  Parts parts;
  for (const char* name : {"eth0", "eth1"}) {
    Backing& backing = parts.networks[name];
    backing.xsi_type = "VirtualEthernetCardNetworkBackingInfo";
    backing.device_name = name;
  }
  return parts;
}

MachineSpec asked() {
  MachineSpec spec;
  spec.hostname = "web";
  spec.extra_config["vsphere.customization"] = "linux";
  spec.nics.resize(2);
  spec.nics[0].name = "eth0";
  spec.nics[1].name = "eth1";
  spec.nics[1].addresses = {"192.0.2.7/23", "2001:db8::7/64"};
  spec.nics[1].gateways = {"192.0.2.1", "2001:db8::1"};
  spec.nics[1].nameservers = {"192.0.2.53"};
  return spec;
}

Result<std::optional<CustomizationSpec>> made(const MachineSpec& spec, const Parts& parts = networks()) {
  return customization(sample_sight().props.devices, spec, parts);
}

TEST(Customization, SetsOneAdapterPerCard) {
  const auto found = made(asked());
  ASSERT_TRUE(found.ok() && *found) << found.error().to_string();
  const CustomizationSpec& spec = **found;
  EXPECT_EQ(spec.identity.host_name.name, "web");
  EXPECT_FALSE(spec.identity.domain.empty());
  EXPECT_EQ(spec.global.nameservers, std::vector<std::string>{"192.0.2.53"});
  ASSERT_EQ(spec.adapters.size(), 2U);
  EXPECT_EQ(spec.adapters[0].adapter.ip.xsi_type, "CustomizationDhcpIpGenerator");
  const IpSettings& fixed = spec.adapters[1].adapter;
  EXPECT_EQ(fixed.ip, (IpSource{"CustomizationFixedIp", "192.0.2.7"}));
  EXPECT_EQ(fixed.subnet_mask, "255.255.254.0");
  EXPECT_EQ(fixed.gateways, std::vector<std::string>{"192.0.2.1"});
  ASSERT_TRUE(fixed.v6);
  EXPECT_EQ(fixed.v6->addresses[0].address, "2001:db8::7");
  EXPECT_EQ(fixed.v6->addresses[0].prefix, 64);
  EXPECT_EQ(fixed.v6->gateways, std::vector<std::string>{"2001:db8::1"});
}

// The template's only card is on "VM Network": whoever wishes for that has it, and it stands before the new one.
TEST(Customization, StandsInTheOrderOfTheCards) {
  Parts parts = networks();
  parts.networks["eth1"] = *sample_sight().props.devices.back().backing;
  const auto found = made(asked(), parts);
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->adapters[0].adapter.ip.address, "192.0.2.7");
  EXPECT_EQ((*found)->adapters[1].adapter.ip.xsi_type, "CustomizationDhcpIpGenerator");
}

TEST(Customization, IsOnlyForWhoAsksHasAnAddressAndNoUserData) {
  struct Case {
    const char* what;
    void (*change)(MachineSpec&);
  };
  const Case cases[] = {
      {"nobody asks", [](MachineSpec& s) { s.extra_config.clear(); }},
      {"no address", [](MachineSpec& s) { s.nics[1].addresses.clear(); }},
      {"cloud-init", [](MachineSpec& s) { s.seed.user_data = "#cloud-config"; }},
  };
  for (const Case& c : cases) {
    MachineSpec spec = asked();
    c.change(spec);
    const auto found = made(spec);
    EXPECT_TRUE(found.ok() && !*found) << c.what;
  }
}

TEST(Customization, OfAnAddressThatIsNoneIsRefused) {
  for (const char* address : {"192.0.2.7", "192.0.2.7/33", "/24", "2001:db8::7/129", "192.0.2.7/x"}) {
    MachineSpec spec = asked();
    spec.nics[1].addresses = {address};
    EXPECT_TRUE(made(spec).error().is(Code::kInvalidArgument)) << address;
  }
  MachineSpec spec = asked();
  spec.nics[1].addresses = {"192.0.2.7/24", "192.0.2.8/24"};
  EXPECT_TRUE(made(spec).error().is(Code::kInvalidArgument)) << "vSphere sets one";
}

}  // namespace
}  // namespace rig::vsphere
