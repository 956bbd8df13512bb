// libvirt/rules.cc — one rule after the other; every finding names its field.
#include "hypervisor/libvirt/rules.h"

#include <set>

#include "base/text.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

// Disk and interface names become device aliases and parts of file names.
bool is_label(std::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_display_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax || name.front() == '.' || name.front() == '-') return false;
  for (const char c : name) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  }
  return trim(name) == name && is_utf8(name);
}

void check_disks(const provider::MachineSpec& spec, std::vector<std::string>& wrong) {
  std::set<std::string> seen = {"root", "seed"};  // names of our own disks
  for (const provider::DiskSpec& disk : spec.disks) {
    const std::string field = "disks[" + disk.name + "]";
    if (!is_label(disk.name)) wrong.push_back(field + ".name: wanted 1 to 63 of a-z 0-9 -");
    if (!seen.insert(disk.name).second) wrong.push_back(field + ".name: taken twice, or one of root, seed");
    if (disk.size_bytes <= 0 || disk.size_bytes > kDiskBytesMax) {
      wrong.push_back(field + ".size: " + std::to_string(disk.size_bytes) + " bytes, wanted 1 to " +
                      std::to_string(kDiskBytesMax));
    }
  }
  if (spec.disks.size() > kDisksMax) {
    wrong.push_back("disks: " + std::to_string(spec.disks.size()) + ", at most " + std::to_string(kDisksMax) + " fit");
  }
}

void check_nics(const provider::MachineSpec& spec, std::vector<std::string>& wrong) {
  std::set<std::string> seen;
  for (const provider::NicSpec& nic : spec.nics) {
    const std::string field = "networks[" + nic.name + "]";
    if (!is_label(nic.name)) wrong.push_back(field + ".name: wanted 1 to 63 of a-z 0-9 -");
    if (!seen.insert(nic.name).second) wrong.push_back(field + ".name: taken twice");
    if (!nic.network.empty() && !nic.bridge.empty()) wrong.push_back(field + ": network and bridge, wanted one");
    if (nic.vlan && nic.network.empty() && nic.bridge.empty())
      wrong.push_back(field + ".vlan: needs a network or bridge");
  }
  if (spec.nics.size() > kNicsMax) {
    wrong.push_back("networks: " + std::to_string(spec.nics.size()) + ", at most " + std::to_string(kNicsMax) + " fit");
  }
}

}  // namespace

bool is_thick(const provider::DiskSpec& disk) {
  return disk.provisioning == "thick" || disk.provisioning == "eagerzeroedthick";
}

Status check_spec(const provider::MachineSpec& spec) {
  std::vector<std::string> wrong;
  if (!is_display_name(spec.display_name)) {
    wrong.push_back("name '" + spec.display_name +
                    "': libvirt takes no '/', control characters or blanks at its ends, " + "and at most " +
                    std::to_string(kNameBytesMax) + " bytes");
  }
  if (spec.cpus < 1) wrong.push_back("cpus: " + std::to_string(spec.cpus) + ", wanted at least 1");
  if (spec.memory_mib < 1) wrong.push_back("memory: " + std::to_string(spec.memory_mib) + " MiB, wanted at least 1");
  if (spec.root_disk_bytes < 0 || spec.root_disk_bytes > kDiskBytesMax) {
    wrong.push_back("root disk: " + std::to_string(spec.root_disk_bytes) + " bytes, wanted 0 to " +
                    std::to_string(kDiskBytesMax));
  }
  if (spec.image.location.empty() && spec.root_disk_bytes == 0) wrong.push_back("root disk: neither image nor size");
  if (spec.secure_boot && spec.firmware != provider::Firmware::kUefi)
    wrong.push_back("secure boot: needs UEFI firmware");
  check_disks(spec, wrong);
  check_nics(spec, wrong);
  if (wrong.empty()) return {};
  return Error(Code::kInvalidArgument, "machine '" + spec.display_name + "': " + join(wrong, "; "));
}

}  // namespace rig::libvirt
