#include "fakes/pve/formats.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"
#include "schema/pattern.h"

namespace rig::fakes::pve {
namespace {

// Sources: pve-common PVE/JSONSchema.pm, pve-storage PVE/Storage.pm, qemu-server PVE/QemuServer.pm (9.2). `wrong` with
// "%" repeats the text there. What a recording shows is worded as it says.
struct Format {
  std::string_view name, pattern, wrong;
};
constexpr std::string_view kVolume = "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^\\s,]+";
constexpr std::string_view kOctet = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
constexpr std::array kFormats = std::to_array<Format>({
    {"pve-node", "[a-zA-Z0-9][-a-zA-Z0-9]*", "value does not look like a valid node name"},
    {"pve-vmid", "[1-9]\\d{2,8}", "value does not look like a valid VM ID"},
    {"pve-configid", "[A-Za-z][A-Za-z0-9_-]+", "invalid configuration ID '%'"},
    {"pve-configid-list", "[A-Za-z][A-Za-z0-9_,; -]*", "invalid configuration ID '%'"},
    {"pve-storage-id", "[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]", "storage ID '%' contains illegal characters"},
    {"dns-name", "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?",
     "value does not look like a valid DNS name"},
    {"urlencoded", "[-%a-zA-Z0-9_.!~*'()]*", "invalid urlencoded string: %"},
    {"pve-volume-id", kVolume, "unable to parse volume ID '%'"},
    {"pve-volume-id-or-qm-path", "none|cdrom|/.+|[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^\\s,]+",
     "unable to parse volume ID '%'"},
    {"pve-volume-id-or-absolute-path", "/.+|[A-Za-z][A-Za-z0-9._-]*[A-Za-z0-9]:[^\\s,]+",
     "unable to parse volume ID '%'"},
    {"disk-size", "\\d+(?:\\.\\d+)?[KMGT]?", "value does not look like a valid disk size: %"},
    {"mac-addr", "[A-Fa-f0-9][02468aceACE](?::[A-Fa-f0-9]{2}){5}",
     "value does not look like a valid unicast MAC address"},
    {"pve-bridge-id", "[A-Za-z0-9_.-]+", "invalid bridge name '%'"},
    {"pve-tag-list", "(?:[A-Za-z0-9_][A-Za-z0-9_+.-]*(?:[;, ]+|$))*", "invalid characters in tag"},
    {"address-list", "(?:[A-Za-z0-9.:%-]+(?:[;, ]+|$))*", "value does not look like a valid address: %"},
    {"pve-storage-content", "images|rootdir|vztmpl|iso|backup|snippets|import|none", "invalid content type '%'"},
    {"pve-storage-content-list", "(?:(?:images|rootdir|vztmpl|iso|backup|snippets|import|none)(?:[;, ]+|$))*",
     "invalid content type '%'"},
    {"pve-ha-resource-or-vm-id", "(?:vm|ct):[1-9]\\d{2,8}|[1-9]\\d{2,8}",
     "value does not look like a valid resource ID"},
    {"ipv4", "OCTET(?:\\.OCTET){3}", "value does not look like a valid ipv4 address"},
    {"ipv6", "[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", "value does not look like a valid ipv6 address"},
    {"pve-ipv4-config", "dhcp|OCTET(?:\\.OCTET){3}/(?:[1-2]?\\d|3[0-2])",
     "value does not look like a valid ipv4 network configuration"},
    {"pve-ipv6-config", "auto|dhcp|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(?:\\d?\\d|1[01]\\d|12[0-8])",
     "value does not look like a valid ipv6 network configuration"},
    {"pve-qm-bootdev-list", "(?:(?:(?:ide|sata|scsi|virtio|net|usb|hostpci)\\d+)(?:[;, ]+|$))*",
     "invalid boot device '%'"},
});

// qemu-server PVE/QemuServer.pm: $smbios1_fmt, $ipconfig_fmt, $boot_fmt (9.2).
constexpr std::string_view kNamedProperties = R"({
  "pve-qm-ipconfig": {
    "ip": {"type": "string", "format": "pve-ipv4-config", "optional": 1}, "gw": {"type": "string", "format": "ipv4", "optional": 1, "requires": "ip"},
    "ip6": {"type": "string", "format": "pve-ipv6-config", "optional": 1}, "gw6": {"type": "string", "format": "ipv6", "optional": 1, "requires": "ip6"}},
  "pve-qm-smbios1": {
    "uuid": {"type": "string", "optional": 1, "pattern": "[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}"},
    "version": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"}, "serial": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"},
    "manufacturer": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"}, "product": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"},
    "sku": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"}, "family": {"type": "string", "optional": 1, "pattern": "[A-Za-z0-9+/]+={0,2}"},
    "base64": {"type": "boolean", "optional": 1}},
  "pve-qm-boot": {
    "legacy": {"type": "string", "default_key": 1, "optional": 1, "pattern": "[acdn]{1,4}"},
    "order": {"type": "string", "format": "pve-qm-bootdev-list", "optional": 1}}})";

std::string replace_all(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

std::string check_format(std::string_view name, const std::string& text) {
  const auto row =
      std::find_if(kFormats.begin(), kFormats.end(), [&](const Format& each) { return each.name == name; });
  if (row == kFormats.end()) return "";
  const std::string pattern = replace_all(std::string(row->pattern), "OCTET", kOctet);
  if (schema::Pattern::of("^(?:" + pattern + ")$").is_found_in(text)) return "";
  return replace_all(std::string(row->wrong), "%", text);
}

const json::Value* named_properties(std::string_view format) {
  static const json::Value all = [] {
    auto parsed = json::parse(kNamedProperties);
    CHECK(parsed.ok());
    return parsed.take();
  }();
  return all.find(format);
}

}  // namespace rig::fakes::pve
