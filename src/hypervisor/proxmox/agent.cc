// proxmox/agent.cc — see agent.h.
#include "hypervisor/proxmox/agent.h"

#include <algorithm>

#include "base/text.h"

namespace rig::proxmox {
namespace {

bool is_local(std::string_view address) {
  for (const std::string_view begins : {"127.", "169.254.", "fe8", "fe9", "fea", "feb"})  // fe80::/10
    if (address.starts_with(begins)) return true;
  return address == "::1" || address.empty();
}

void read_interface(const json::Value& interface, Addresses& found) {
  const json::Value* list = interface.find("ip-addresses");  // absent: it has none
  if (list == nullptr || !list->is_array()) return;
  bool has_ipv4 = false;
  for (const json::Value& entry : *list->as<json::Array>()) {
    std::string address = to_lower(entry.text({"ip-address"}));
    if (is_local(address)) continue;
    has_ipv4 |= entry.text({"ip-address-type"}) == "ipv4";
    if (std::ranges::find(found.addresses, address) == found.addresses.end())
      found.addresses.push_back(std::move(address));
  }
  const std::string mac = to_lower(interface.text({"hardware-address"}));
  if (has_ipv4 && !mac.empty()) found.macs.push_back(mac);
}

}  // namespace

Result<Addresses> read_addresses(const json::Value& data) {
  const json::Value* result = data.find("result");
  const auto* interfaces = result == nullptr ? nullptr : result->as<json::Array>();
  if (interfaces == nullptr) return Error(Code::kDataLoss, "the agent's answer has no list of interfaces");
  Addresses found;
  for (const json::Value& interface : *interfaces) read_interface(interface, found);
  return found;
}

}  // namespace rig::proxmox
