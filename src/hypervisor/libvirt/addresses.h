// libvirt/addresses.h — the addresses of running machines: DHCP leases now, the guest agent's word as last heard.
//
// An agent that hangs costs its caller seconds, so describe() never asks one: it tells what was heard, and has the
// agent asked in the background. ARP tables are not read: libvirt 9 fails on them with some kernels.
#pragma once

#include <string>
#include <vector>

#include "hypervisor/libvirt/handle.h"

namespace rig::libvirt {

// Drops link-local and loopback ones, and repetitions.
std::vector<std::string> useful_addresses(const std::vector<std::string>& addresses);

Result<std::vector<std::string>> read_leases(virDomainPtr domain);  // one call to the host, none to the guest

struct GuestWord {
  std::vector<std::string> addresses;
  std::vector<std::string> macs;  // lower case, of the interfaces that have an IPv4 address
  std::string hostname;
  WallTime heard_at;
};
Result<GuestWord> ask_agent(virDomainPtr domain, WallTime now);  // up to kAgentSeconds for each of its questions

}  // namespace rig::libvirt
