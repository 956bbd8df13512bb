// vsphere/customization.cc — see customization.h.
#include "hypervisor/vsphere/customization.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace rig::vsphere {
namespace {

using provider::MachineSpec;
using provider::NicSpec;

constexpr std::string_view kDomain = "localdomain";  // one has to be named, and a machine's wish has none

struct Prefixed {
  std::string address;
  std::int32_t prefix = 0;
  bool is_v6() const { return address.find(':') != std::string::npos; }
};
Result<Prefixed> parse_prefixed(const NicSpec& nic, const std::string& text) {
  const std::size_t slash = text.find('/');
  Prefixed found{text.substr(0, slash), 0};
  const auto prefix = slash == std::string::npos ? Result<std::int64_t>(-1) : parse_int(text.substr(slash + 1));
  if (!prefix.ok() || *prefix < 0 || *prefix > (found.is_v6() ? 128 : 32) || found.address.empty())
    return Error(Code::kInvalidArgument,
                 "networks[" + nic.name + "].ipAddress: '" + text + "', wanted an address and a prefix");
  found.prefix = static_cast<std::int32_t>(*prefix);
  return found;
}

std::string mask_of(std::int32_t prefix) {
  const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
  std::string text;
  for (const int shift : {24, 16, 8, 0}) text += (text.empty() ? "" : ".") + std::to_string((mask >> shift) & 0xffU);
  return text;
}

bool is_v6(std::string_view address) { return address.find(':') != std::string_view::npos; }

Result<IpSettings> settings_of(const NicSpec& nic) {
  IpSettings settings;
  settings.ip.xsi_type = "CustomizationDhcpIpGenerator";
  for (const std::string& text : nic.addresses) {
    const Prefixed address = TRY(parse_prefixed(nic, text));
    if (address.is_v6()) {
      if (!settings.v6) settings.v6.emplace();
      FixedIpV6& fixed = settings.v6->addresses.emplace_back();
      fixed.address = address.address;
      fixed.prefix = address.prefix;
    } else if (settings.subnet_mask.empty()) {
      settings.ip = {"CustomizationFixedIp", address.address};
      settings.subnet_mask = mask_of(address.prefix);
    } else {
      return Error(Code::kInvalidArgument, "networks[" + nic.name + "]: two IPv4 addresses, wanted one");
    }
  }
  for (const std::string& gateway : nic.gateways) {
    if (!is_v6(gateway))
      settings.gateways.push_back(gateway);
    else if (settings.v6)
      settings.v6->gateways.push_back(gateway);
  }
  settings.nameservers = nic.nameservers;
  return settings;
}

// The wished cards as they will stand in the machine: those of the template by their keys, the new ones behind.
std::vector<const NicSpec*> in_order(Devices devices, const MachineSpec& wish, const Parts& parts) {
  const auto assigned = assign_nics(devices, wish.nics, parts);
  std::vector<const NicSpec*> nics;
  for (const NicSpec& nic : wish.nics) nics.push_back(&nic);
  const auto key = [&](const NicSpec* nic) {
    const auto found = assigned.find(nic->name);
    return found == assigned.end() ? std::numeric_limits<std::int32_t>::max() : found->second;
  };
  std::ranges::stable_sort(nics, {}, key);
  return nics;
}

}  // namespace

bool is_customized(const MachineSpec& spec) {
  const auto asked = spec.extra_config.find(kCustomization);
  const bool has_address = std::ranges::any_of(spec.nics, [](const NicSpec& nic) { return !nic.addresses.empty(); });
  return asked != spec.extra_config.end() && asked->second == "linux" && has_address && spec.seed.user_data.empty();
}

Result<std::optional<CustomizationSpec>> customization(Devices devices, const MachineSpec& wish, const Parts& parts) {
  if (!is_customized(wish)) return std::optional<CustomizationSpec>();
  CustomizationSpec spec;
  spec.identity.host_name.name = wish.hostname;
  spec.identity.domain = kDomain;
  for (const NicSpec* nic : in_order(devices, wish, parts)) {
    const IpSettings settings = TRY(settings_of(*nic));
    for (const std::string& server : settings.nameservers)
      if (std::ranges::find(spec.global.nameservers, server) == spec.global.nameservers.end())
        spec.global.nameservers.push_back(server);
    spec.adapters.push_back({settings});
  }
  return std::optional(std::move(spec));
}

}  // namespace rig::vsphere
