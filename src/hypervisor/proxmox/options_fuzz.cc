// proxmox/options_fuzz.cc — libFuzzer: what is read and not changed is written as it was, but for what Proxmox VE
// itself drops. The first line names the option, the rest is its text; a size and a description are tried with every
// input.
#include <algorithm>
#include <cstdlib>

#include "hypervisor/proxmox/drive.h"
#include "hypervisor/proxmox/nic.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/size.h"
#include "hypervisor/proxmox/stamp.h"

namespace {

using namespace rig::proxmox;
using Text = rig::Result<std::string>;

Text rewrite(std::string_view option, std::string_view text) {
  const auto again = [](auto parsed, auto write) -> Text {
    if (!parsed.ok()) return parsed.error();
    return write(*parsed);
  };
  if (slot_of(option)) return again(parse_drive(option, text), [&](const Drive& d) { return drive_text(option, d); });
  if (nic_index(option)) return again(parse_nic(option, text), [&](const Nic& n) { return nic_text(option, n); });
  if (option == "smbios1") return again(parse_smbios(text), smbios_text);
  if (option == "agent") return again(parse_agent(text), agent_text);
  if (option == "boot") return again(parse_boot(text), [](const Boot& b) { return Text(boot_text(b)); });
  return again(parse_ip_config(option, text), [&](const IpConfig& c) { return ip_config_text(option, c); });
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t length) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), length);
  const std::string_view option = bytes.substr(0, bytes.find('\n'));
  const std::string_view text = bytes.substr(std::min(length, option.size() + 1));

  const Text once = rewrite(option, text);
  if (once.ok() && !once->empty()) {
    const Text twice = rewrite(option, *once);
    check(twice.ok() && *twice == *once);
  }
  if (const auto size = parse_size(text); size.ok()) check(parse_size(format_size(*size)).take() == *size);
  if (const auto stamp = find_stamp(text); stamp.ok() && *stamp) {
    const auto written = with_stamp(text, **stamp);
    if (written.ok()) check(find_stamp(*written).take() == *stamp);
  }
  return 0;
}
