// libvirt/addresses.cc — both sources.
#include "hypervisor/libvirt/addresses.h"

#include <algorithm>

#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

Result<std::vector<std::string>> read(virDomainPtr domain, unsigned source) {
  virDomainInterfacePtr* interfaces = nullptr;
  const int count = ask(virDomainInterfaceAddresses, domain, &interfaces, source, 0U);
  if (count < 0) return last_error("read the addresses");
  std::vector<std::string> addresses;
  for (int i = 0; i < count; ++i) {
    for (unsigned j = 0; j < interfaces[i]->naddrs; ++j) addresses.emplace_back(interfaces[i]->addrs[j].addr);
    virDomainInterfaceFree(interfaces[i]);
  }
  std::free(interfaces);
  return useful_addresses(addresses);
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
  return read(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_LEASE);
}

Result<GuestWord> ask_agent(virDomainPtr domain, WallTime now) {
  // libvirt gives up on an agent that does not even greet; this makes it give up on one that does not answer.
  TRY(done(ask(virDomainAgentSetResponseTimeout, domain, kAgentSeconds, 0U), "limit the agent's time"));
  GuestWord word{
      .addresses = TRY(read(domain, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT)), .hostname = "", .heard_at = now};
  auto hostname = text(ask(virDomainGetHostname, domain, static_cast<unsigned>(VIR_DOMAIN_GET_HOSTNAME_AGENT)),
                       "ask for the host name");
  if (hostname.ok()) word.hostname = hostname.take();  // agents may be told not to say it
  return word;
}

}  // namespace rig::libvirt
