// proxmox/agent.h — what the agent on a machine says of its addresses. Pure.
//
// GET .../agent/network-get-interfaces takes three seconds to fail when no agent answers: it is asked apart, and never
// on the way of anything else.
//
// Source: QEMU's qga/qapi-schema.json, guest-network-get-interfaces; Proxmox VE puts its answer below `result` (API
// schema of 9.2; unrecorded: the recorded machines had no agent).
#pragma once

#include <string>
#include <vector>

#include "base/json/json.h"

namespace rig::proxmox {

struct Addresses {
  std::vector<std::string> addresses;  // without prefix length; link-local and loopback are left out
  std::vector<std::string> macs;       // of the interfaces that have an IPv4 one of these; lower case
  bool operator==(const Addresses&) const = default;
};
Result<Addresses> read_addresses(const json::Value& data);  // kDataLoss: it is no answer of an agent

}  // namespace rig::proxmox
