// proxmox/agent_test.cc — addresses from an agent's answer.
#include "hypervisor/proxmox/agent.h"

#include <gtest/gtest.h>

namespace rig::proxmox {
namespace {

TEST(Agent, TellsAddressesThatOthersCanUse) {
  const auto found = read_addresses(*json::parse(R"({"result":[
      {"name":"lo","hardware-address":"00:00:00:00:00:00","ip-addresses":[
        {"ip-address":"127.0.0.1","ip-address-type":"ipv4","prefix":8},{"ip-address":"::1","ip-address-type":"ipv6"}]},
      {"name":"eth0","hardware-address":"BC:24:11:2F:51:08","ip-addresses":[
        {"ip-address":"10.0.0.5","ip-address-type":"ipv4","prefix":24},
        {"ip-address":"FD00::5","ip-address-type":"ipv6","prefix":64},
        {"ip-address":"fe80::be24:11ff:fe2f:5108","ip-address-type":"ipv6","prefix":64}]},
      {"name":"eth1","hardware-address":"bc:24:11:00:00:01","ip-addresses":[
        {"ip-address":"169.254.1.1","ip-address-type":"ipv4"},{"ip-address":"fd00::5","ip-address-type":"ipv6"}]},
      {"name":"eth2","hardware-address":"bc:24:11:00:00:02"}]})"));
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->addresses, (std::vector<std::string>{"10.0.0.5", "fd00::5"}));
  EXPECT_EQ(found->macs, (std::vector<std::string>{"bc:24:11:2f:51:08"}));
}

TEST(Agent, ThatSaysNothingHasNoAddresses) {
  EXPECT_EQ(read_addresses(*json::parse(R"({"result":[]})")).take(), Addresses{});
  for (const char* text : {"null", "{}", R"({"result":{}})"})
    EXPECT_TRUE(read_addresses(*json::parse(text)).error().is(Code::kDataLoss)) << text;
}

}  // namespace
}  // namespace rig::proxmox
