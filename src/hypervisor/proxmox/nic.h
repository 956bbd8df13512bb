// proxmox/nic.h — a network interface as Proxmox VE's option says it ("net0: virtio=BC:24:11:..,bridge=vmbr0"). Pure.
//
// The first part names model and MAC in one; a model alone makes Proxmox VE choose a MAC. A VLAN tag on a bridge that
// cannot carry it is refused only when the machine starts.
//
// Source: the format of net[n] in the API schema of 9.2 (tests/golden/proxmox/formats.json), MACs as recorded.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hypervisor/proxmox/properties.h"
#include "provider/machine.h"

namespace rig::proxmox {

struct Nic {
  std::string model, mac;  // mac: as it was read; Proxmox VE writes upper case
  std::string bridge;
  std::string rate_mbytes;  // megabytes a second, perhaps with a fraction
  std::optional<bool> firewall, link_down;
  std::optional<std::int64_t> vlan, mtu, queues;  // mtu 1: the bridge's
  Properties read;                                // as it was read: what no member speaks of keeps its place
  bool operator==(const Nic&) const = default;
};
// kDataLoss: it is not what Proxmox VE writes.
Result<Nic> parse_nic(std::string_view option, std::string_view text);
// An interface that was read and not changed has the text that it had. kInvalidArgument: Proxmox VE would refuse it.
Result<std::string> nic_text(std::string_view option, const Nic& nic);

std::span<const PropertyRow<Nic>> nic_rows();  // all but model and MAC

// What NicSpec::native says, in the form of the API's network.proxmox; the same for what is read and for a wish.
bool has_firewall(const provider::NicSpec& nic);
std::string rate_of(const provider::NicSpec& nic);  // "" : no limit
json::Value native_of(const Nic& nic);              // null: neither

inline constexpr int kNicSlots = 32;                    // net0 to net31
std::optional<int> nic_index(std::string_view option);  // "net3" -> 3
bool is_nic_model(std::string_view model);

}  // namespace rig::proxmox
