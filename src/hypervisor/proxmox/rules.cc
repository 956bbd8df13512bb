// proxmox/rules.cc — one rule after the other; every finding names its field.
#include "hypervisor/proxmox/rules.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/nic.h"
#include "hypervisor/proxmox/options.h"

namespace rig::proxmox {
namespace {

using Findings = std::vector<std::string>;

bool consists_of(std::string_view text, std::string_view also) {
  return std::ranges::all_of(text, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           also.find(c) != std::string_view::npos;
  });
}

bool is_dns_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  for (const std::string& label : split(name, '.'))
    if (label.empty() || label.size() > 63 || !consists_of(label, "-") || label.front() == '-' || label.back() == '-')
      return false;
  return true;
}

// Names of nodes, storages and bridges stand in paths and lists: nothing that could end one.
bool is_plain_name(std::string_view name) { return consists_of(name, "-_.") && name != "." && name != ".."; }

void check_plain(const std::string& field, std::string_view name, Findings& wrong) {
  if (!is_plain_name(name)) wrong.push_back(field + ": '" + std::string(name) + "', wanted letters, digits, - _ .");
}

void check_disks(const provider::MachineSpec& spec, Findings& wrong) {
  std::set<std::string> seen = {"root", "seed"};  // names of our own disks
  for (const provider::DiskSpec& disk : spec.disks) {
    const std::string field = "disks[" + disk.name + "]";
    if (disk.name.empty()) wrong.push_back(field + ".name: wanted one");
    if (!seen.insert(disk.name).second) wrong.push_back(field + ".name: taken twice, or one of root, seed");
    if (disk.size_bytes <= 0 || disk.size_bytes > kDiskBytesMax) {
      wrong.push_back(field + ".size: " + std::to_string(disk.size_bytes) + " bytes, wanted 1 to " +
                      std::to_string(kDiskBytesMax));
    }
    check_plain(field + ".storage", disk.storage, wrong);
  }
  if (spec.disks.size() > kDisksMax) {
    wrong.push_back("disks: " + std::to_string(spec.disks.size()) + ", at most " + std::to_string(kDisksMax) + " fit");
  }
}

void check_nics(const provider::MachineSpec& spec, Findings& wrong) {
  std::set<std::string> seen;
  for (const provider::NicSpec& nic : spec.nics) {
    const std::string field = "networks[" + nic.name + "]";
    if (!seen.insert(nic.name).second) wrong.push_back(field + ".name: taken twice");
    if (!nic.model.empty() && !is_nic_model(nic.model)) {
      wrong.push_back(field + ".model: '" + nic.model + "', wanted virtio, e1000, rtl8139, vmxnet3 or another that " +
                      "Proxmox VE knows");
    }
    if (nic.vlan && (*nic.vlan < 1 || *nic.vlan > 4094))
      wrong.push_back(field + ".vlan: " + std::to_string(*nic.vlan) + ", wanted 1 to 4094");
    if (nic.mtu && (*nic.mtu < 1 || *nic.mtu > 65520))
      wrong.push_back(field + ".mtu: " + std::to_string(*nic.mtu) + ", wanted 1 to 65520");
    check_plain(field + ".bridge", nic.bridge.empty() ? nic.network : nic.bridge, wrong);
  }
  if (spec.nics.size() > static_cast<std::size_t>(kNicSlots)) {
    wrong.push_back("networks: " + std::to_string(spec.nics.size()) + ", at most " + std::to_string(kNicSlots) +
                    " fit");
  }
}

}  // namespace

Status check_spec(const provider::MachineSpec& spec) {
  Findings wrong;
  if (!is_dns_name(spec.display_name))
    wrong.push_back("name '" + spec.display_name + "': wanted a DNS name, of letters, digits, - and .");
  if (spec.cpus < 1) wrong.push_back("cpus: " + std::to_string(spec.cpus) + ", wanted at least 1");
  if (spec.memory_mib < kMemoryMibMin) {
    wrong.push_back("memory: " + std::to_string(spec.memory_mib) + " MiB, wanted at least " +
                    std::to_string(kMemoryMibMin));
  }
  if (spec.root_disk_bytes < 0 || spec.root_disk_bytes > kDiskBytesMax) {
    wrong.push_back("root disk: " + std::to_string(spec.root_disk_bytes) + " bytes, wanted 0 to " +
                    std::to_string(kDiskBytesMax));
  }
  if (spec.image.location.empty() && spec.root_disk_bytes == 0) wrong.push_back("root disk: neither image nor size");
  if (spec.secure_boot && spec.firmware != provider::Firmware::kUefi)
    wrong.push_back("secure boot: needs UEFI firmware");
  check_plain("placement.host", spec.placement.host, wrong);
  check_plain("placement.storage", spec.placement.storage, wrong);
  for (const std::string& tag : spec.tags)
    if (!is_tag(tag)) wrong.push_back("tags: '" + tag + "', wanted a-z 0-9 _, then also - + .");
  check_disks(spec, wrong);
  check_nics(spec, wrong);
  if (wrong.empty()) return {};
  return Error(Code::kInvalidArgument, "machine '" + spec.display_name + "': " + join(wrong, "; "));
}

}  // namespace rig::proxmox
