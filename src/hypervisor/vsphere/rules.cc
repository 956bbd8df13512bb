// vsphere/rules.cc — one rule after the other; every finding names its field.
#include "hypervisor/vsphere/rules.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"
#include "hypervisor/vsphere/customization.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/hardware.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/stamp.h"

namespace rig::vsphere {
namespace {

using Findings = std::vector<std::string>;

constexpr std::string_view kProvisionings[] = {"", "thin", "thick", "eagerzeroedthick"};

bool is_plain(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; }) &&
         name.find_first_of("/\\%") == std::string_view::npos;
}

void check_disks(const provider::MachineSpec& spec, Findings& wrong) {
  std::set<std::string> seen = {kRoot};
  for (const provider::DiskSpec& disk : spec.disks) {
    const std::string field = "disks[" + disk.name + "]";
    if (disk.name.empty()) wrong.push_back(field + ".name: wanted one");
    if (!seen.insert(disk.name).second) wrong.push_back(field + ".name: taken twice, or root");
    if (disk.size_bytes < 1024 || disk.size_bytes > kDiskBytesMax) {
      wrong.push_back(field + ".size: " + std::to_string(disk.size_bytes) + " bytes, wanted 1024 to " +
                      std::to_string(kDiskBytesMax));
    }
    if (std::ranges::find(kProvisionings, disk.provisioning) == std::end(kProvisionings))
      wrong.push_back(field + ".type: '" + disk.provisioning + "', wanted thin, thick or eagerzeroedthick");
  }
  if (spec.disks.size() > kDisksMax)
    wrong.push_back("disks: " + std::to_string(spec.disks.size()) + ", at most " + std::to_string(kDisksMax) + " fit");
}

void check_nics(const provider::MachineSpec& spec, Findings& wrong) {
  std::set<std::string> seen;
  for (const provider::NicSpec& nic : spec.nics) {
    const std::string field = "networks[" + nic.name + "]";
    if (!seen.insert(nic.name).second) wrong.push_back(field + ".name: taken twice");
    if (nic_type(nic.model).empty())
      wrong.push_back(field + ".model: '" + nic.model + "', wanted vmxnet3, e1000 or e1000e");
  }
  if (spec.nics.size() > kNicsMax)
    wrong.push_back("networks: " + std::to_string(spec.nics.size()) + ", at most " + std::to_string(kNicsMax) + " fit");
}

}  // namespace

Status check_spec(const provider::MachineSpec& spec) {
  Findings wrong;
  if (spec.display_name.empty() || spec.display_name.size() > kNameBytesMax || !is_plain(spec.display_name)) {
    wrong.push_back("name '" + spec.display_name + "': wanted 1 to " + std::to_string(kNameBytesMax) +
                    " characters without / \\ %");
  }
  if (spec.cpus < 1) wrong.push_back("cpus: " + std::to_string(spec.cpus) + ", wanted at least 1");
  if (spec.memory_mib < kMemoryMibMin || spec.memory_mib % 4 != 0)
    wrong.push_back("memory: " + std::to_string(spec.memory_mib) + " MiB, wanted a multiple of 4");
  if (spec.limits.memory_reservation_mib.value_or(0) > spec.memory_mib) {
    wrong.push_back("resourceLimits.memoryReservation: " + std::to_string(*spec.limits.memory_reservation_mib) +
                    " MiB, and the machine has " + std::to_string(spec.memory_mib));
  }
  if (spec.root_disk_bytes < 0 || spec.root_disk_bytes > kDiskBytesMax) {
    wrong.push_back("root disk: " + std::to_string(spec.root_disk_bytes) + " bytes, wanted 0 to " +
                    std::to_string(kDiskBytesMax));
  }
  if (spec.image.location.empty()) wrong.push_back("image: wanted the name of a template");
  const bool uefi = spec.firmware == provider::Firmware::kUefi;
  if (spec.secure_boot && !uefi) wrong.push_back("secure boot: needs UEFI firmware");
  if (spec.tpm && !uefi) wrong.push_back("tpm: needs UEFI firmware");
  const auto hardware = spec.extra_config.find(kHardwareVersion);
  if (hardware != spec.extra_config.end() && !hardware_number(hardware->second))
    wrong.push_back("extraConfig " + hardware->first + ": '" + hardware->second + "', wanted a number, such as 19");
  const auto custom = spec.extra_config.find(kCustomization);
  if (custom != spec.extra_config.end() && custom->second != "linux")
    wrong.push_back("extraConfig " + custom->first + ": '" + custom->second + "', wanted linux");
  check_disks(spec, wrong);
  check_nics(spec, wrong);
  if (wrong.empty()) return {};
  return Error(Code::kInvalidArgument, "machine '" + spec.display_name + "': " + join(wrong, "; "));
}

}  // namespace rig::vsphere
