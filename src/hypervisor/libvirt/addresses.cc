// libvirt/addresses.cc — both sources.
#include "hypervisor/libvirt/addresses.h"

#include <algorithm>
#include <span>

#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

struct Told {
  std::vector<std::string> addresses, macs;
};
Result<Told> read(virDomainPtr domain, unsigned source) {
  virDomainInterfacePtr* interfaces = nullptr;
  const int count = ask(virDomainInterfaceAddresses, domain, &interfaces, source, 0U);
  if (count < 0) return last_error("read the addresses");
  Told told;
  for (int i = 0; i < count; ++i) {
    const virDomainInterface& interface = *interfaces[i];
    const std::span<const virDomainIPAddress> of_it(interface.addrs, interface.naddrs);
    for (const auto& address : of_it) told.addresses.emplace_back(address.addr);
    const auto is_useful = [](const auto& address) {
      return address.type == VIR_IP_ADDR_TYPE_IPV4 && !useful_addresses({address.addr}).empty();
    };
    if (interface.hwaddr != nullptr && std::ranges::any_of(of_it, is_useful)) told.macs.emplace_back(interface.hwaddr);
    virDomainInterfaceFree(interfaces[i]);
  }
  std::free(interfaces);
  told.addresses = useful_addresses(told.addresses);
  return told;
}

}  // namespace

std::vector<std::string> useful_addresses(const std::vector<std::string>& addresses) {
  std::vector<std::string> useful;
  for (const std::string& address : addresses) {
    const bool local = address.starts_with("127.") || address.starts_with("169.254.") || address == "::1" ||
                       address.starts_with("fe8") || address.starts_with("fe9") || address.starts_with("fea") ||
                       address.starts_with("feb");  // fe80::/10
    if (!local && std::ranges::find(useful, address) == useful.end()) useful.push_back(address);
  }
  return useful;
}

Result<std::vector<std::string>> read_leases(virDomainPtr domain) {
  return TRY(read(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE)).addresses;
}

Result<GuestWord> ask_agent(virDomainPtr domain, WallTime now) {
  // libvirt gives up on an agent that does not even greet; this makes it give up on one that does not answer.
  TRY(done(ask(virDomainAgentSetResponseTimeout, domain, kAgentSeconds, 0U), "limit the agent's time"));
  Told told = TRY(read(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT));
  GuestWord word{.addresses = std::move(told.addresses), .macs = std::move(told.macs), .hostname = "", .heard_at = now};
  auto hostname = text(ask(virDomainGetHostname, domain, static_cast<unsigned>(VIR_DOMAIN_GET_HOSTNAME_AGENT)),
                       "ask for the host name");
  if (hostname.ok()) word.hostname = hostname.take();  // agents may be told not to say it
  return word;
}

}  // namespace rig::libvirt
