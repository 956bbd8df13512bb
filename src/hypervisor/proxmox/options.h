// proxmox/options.h — the smaller options of a machine that are more than one word. Pure.
//
// Every text that was read and not changed is written as it was. Reading: kDataLoss. Writing: kInvalidArgument.
//
// Sources: qemu-server src/PVE/QemuServer.pm ($smbios1_fmt, $agent_fmt, pve-qm-ipconfig, pve-qm-boot), the API schema
// of 9.2, and recorded configurations (tests/golden/proxmox/configs.json).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hypervisor/proxmox/properties.h"

namespace rig::proxmox {

// "order=scsi0;net0": what is tried, in order. Before that there was "cdn" (kept in `legacy`). A machine that was made
// without drives has " ".
struct Boot {
  std::vector<std::string> order;
  std::string legacy;
  std::string read = {};
  bool operator==(const Boot&) const = default;
};
Result<Boot> parse_boot(std::string_view text);
std::string boot_text(const Boot& boot);

// "ip=10.0.0.5/24,gw=10.0.0.1,ip6=auto" of ipconfigN: what Proxmox VE's own seed tells netN.
struct IpConfig {
  std::string ip, gateway, ip6, gateway6;  // with prefix length, or "dhcp"; ip6 also "auto"
  Properties read = {};
  bool operator==(const IpConfig&) const = default;
};
Result<IpConfig> parse_ip_config(std::string_view option, std::string_view text);
Result<std::string> ip_config_text(std::string_view option, const IpConfig& config);

// "uuid=...,base64=1,family=...". A copy of a machine gets a uuid of its own, and all else of the original's.
struct Smbios {
  std::string uuid;  // lower case
  Properties read = {};
  bool operator==(const Smbios&) const = default;
};
Result<Smbios> parse_smbios(std::string_view text);
Result<std::string> smbios_text(const Smbios& smbios);

// "1", "enabled=1,type=virtio".
struct Agent {
  std::optional<bool> enabled;
  Properties read = {};
  bool operator==(const Agent&) const = default;
};
Result<Agent> parse_agent(std::string_view text);
Result<std::string> agent_text(const Agent& agent);

// "virtrigaud;web". Written with ';', each once, in the order given; also read with ',' or blanks between. Proxmox VE
// keeps them sorted (qemu-server src/PVE/API2/Qemu.pm, get_unique_tags).
std::vector<std::string> parse_tags(std::string_view text);
std::string tags_text(const std::vector<std::string>& tags);
bool is_tag(std::string_view tag);  // a-z 0-9 _, then also - + .

}  // namespace rig::proxmox
