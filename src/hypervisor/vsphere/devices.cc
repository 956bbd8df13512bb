// vsphere/devices.cc — see devices.h.
#include "hypervisor/vsphere/devices.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

struct BusRow {
  std::string_view type, bus;
  std::int32_t units;
};
// Places at each; a PVSCSI controller has more from hardware version 14 on, which a template need not have.
constexpr std::array kBuses = {
    BusRow{"ParaVirtualSCSIController", "scsi", 16},    BusRow{"VirtualLsiLogicController", "scsi", 16},
    BusRow{"VirtualLsiLogicSASController", "scsi", 16}, BusRow{"VirtualBusLogicController", "scsi", 16},
    BusRow{"VirtualAHCIController", "sata", 30},        BusRow{"VirtualNVMEController", "nvme", 15},
    BusRow{"VirtualIDEController", "ide", 2},
};
constexpr std::int32_t kScsiBuses = 4, kScsiOwnUnit = 7;

struct NicRow {
  std::string_view type, model;
};
constexpr std::array kNics = {
    NicRow{"VirtualVmxnet3", "vmxnet3"},    NicRow{"VirtualE1000", "e1000"},
    NicRow{"VirtualE1000e", "e1000e"},      NicRow{"VirtualVmxnet2", "vmxnet2"},
    NicRow{"VirtualPCNet32", "pcnet32"},    NicRow{"VirtualVmxnet", "vmxnet"},
    NicRow{"VirtualVmxnet3Vrdma", "vrdma"}, NicRow{"VirtualSriovEthernetCard", "sriov"},
};

const BusRow* bus_row(const Device& device) {
  const auto found = std::ranges::find(kBuses, std::string_view(device.xsi_type), &BusRow::type);
  return found == kBuses.end() ? nullptr : &*found;
}

bool is_free(Devices devices, const std::vector<Address>& taken, const Address& address) {
  if (address.bus == "scsi" && address.unit == kScsiOwnUnit) return false;
  if (std::ranges::find(taken, address) != taken.end()) return false;
  // Whatever hangs there: disks, drives, anything.
  const Device* controller = controller_at(devices, address);
  return controller == nullptr || std::ranges::none_of(devices, [&](const Device& device) {
           return device.controller_key == controller->key && device.unit_number == address.unit;
         });
}

}  // namespace

std::string to_text(const Address& address) {
  return address.bus + std::to_string(address.number) + ":" + std::to_string(address.unit);
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t digit = text.find_first_of("0123456789"), colon = text.find(':');
  if (digit == 0 || colon == std::string_view::npos || digit > colon) return std::nullopt;
  const auto number = parse_int(text.substr(digit, colon - digit)), unit = parse_int(text.substr(colon + 1));
  const std::string_view bus = text.substr(0, digit);
  const bool known = std::ranges::find(kBuses, bus, &BusRow::bus) != kBuses.end();
  if (!known || !number.ok() || !unit.ok() || *number < 0 || *number > 9 || *unit < 0 || *unit > 99)
    return std::nullopt;
  return Address{std::string(bus), static_cast<std::int32_t>(*number), static_cast<std::int32_t>(*unit)};
}

std::string bus_of(const Device& device) {
  const BusRow* row = bus_row(device);
  return row == nullptr ? "" : std::string(row->bus);
}
bool is_disk(const Device& device) { return device.xsi_type == "VirtualDisk"; }
bool is_nic(const Device& device) {
  return std::ranges::find(kNics, std::string_view(device.xsi_type), &NicRow::type) != kNics.end();
}

const Device* with_key(Devices devices, std::int32_t key) {
  const auto found = std::ranges::find(devices, key, &Device::key);
  return found == devices.end() ? nullptr : &*found;
}

const Device* controller_at(Devices devices, const Address& address) {
  const auto found = std::ranges::find_if(devices, [&](const Device& device) {
    return bus_of(device) == address.bus && device.bus_number == address.number;
  });
  return found == devices.end() ? nullptr : &*found;
}

std::optional<Address> address_of(Devices devices, const Device& disk) {
  if (!disk.controller_key || !disk.unit_number) return std::nullopt;
  // The simulator gives keys twice, so that the controller is looked for among controllers.
  for (const Device& device : devices)
    if (device.key == *disk.controller_key && device.bus_number && bus_row(device) != nullptr)
      return Address{bus_of(device), *device.bus_number, *disk.unit_number};
  return std::nullopt;
}

const Device* disk_at(Devices devices, const Address& address) {
  const auto found = std::ranges::find_if(
      devices, [&](const Device& device) { return is_disk(device) && address_of(devices, device) == address; });
  return found == devices.end() ? nullptr : &*found;
}

const Device* root_disk(Devices devices) {
  const Device* first = nullptr;
  std::optional<Address> lowest;
  for (const Device& device : devices) {
    const auto address = is_disk(device) ? address_of(devices, device) : std::nullopt;
    if (!address || (lowest && *lowest < *address)) continue;
    first = &device;
    lowest = address;
  }
  return first;
}

std::int64_t bytes_of(const Device& disk) {
  return disk.capacity_bytes ? *disk.capacity_bytes : disk.capacity_kib.value_or(0) * 1024;
}

std::vector<Device> nics_of(Devices devices) {
  std::vector<Device> nics;
  std::ranges::copy_if(devices, std::back_inserter(nics), is_nic);
  std::ranges::sort(nics, {}, &Device::key);
  return nics;
}

Result<Address> free_address(Devices devices, const std::vector<Address>& taken) {
  const Device* root = root_disk(devices);
  if (const auto beside = root == nullptr ? std::nullopt : address_of(devices, *root); beside && beside->bus != "ide") {
    const std::int32_t units = bus_row(*controller_at(devices, *beside))->units;
    for (Address address = *beside; address.unit < units; ++address.unit)
      if (is_free(devices, taken, address)) return address;
  }
  for (Address address{"scsi", 0, 0}; address.number < kScsiBuses; ++address.number) {
    const Device* controller = controller_at(devices, address);
    if (controller != nullptr && controller->xsi_type != "ParaVirtualSCSIController") continue;
    for (address.unit = 0; address.unit < kBuses.front().units; ++address.unit)
      if (is_free(devices, taken, address)) return address;
  }
  return Error(Code::kResourceExhausted, "disks: every place at the machine's controllers is taken");
}

Device new_scsi_controller(std::int32_t number) {
  Device controller;
  controller.xsi_type = "ParaVirtualSCSIController";
  controller.bus_number = number;
  controller.shared_bus = "noSharing";
  return controller;
}

Device new_disk(std::int32_t controller_key, std::int32_t unit, std::int64_t bytes, std::string_view provisioning,
                const MoRef& datastore, const std::string& datastore_name) {
  Device disk;
  disk.xsi_type = "VirtualDisk";
  Backing& backing = disk.backing.emplace();
  backing.xsi_type = "VirtualDiskFlatVer2BackingInfo";
  // A datastore alone: vSphere chooses folder and name. Nothing at all: beside the machine.
  backing.file_name = datastore.empty() ? "" : "[" + datastore_name + "]";
  backing.datastore = datastore;
  backing.disk_mode = "persistent";
  backing.thin_provisioned = provisioning.empty() || provisioning == "thin";
  if (provisioning == "eagerzeroedthick") backing.eagerly_scrub = true;
  disk.controller_key = controller_key;
  disk.unit_number = unit;
  disk.capacity_kib = bytes / 1024;
  disk.capacity_bytes = bytes;
  return disk;
}

std::string nic_type(std::string_view model) {
  const auto found = std::ranges::find(kNics, model.empty() ? "vmxnet3" : model, &NicRow::model);
  return found == kNics.end() ? "" : std::string(found->type);
}
std::string nic_model(const Device& nic) {
  const auto found = std::ranges::find(kNics, std::string_view(nic.xsi_type), &NicRow::type);
  return found == kNics.end() ? "" : std::string(found->model);
}

Device new_nic(std::string_view type, const Backing& backing, const std::string& mac) {
  Device nic;
  nic.xsi_type = type;
  nic.backing = backing;
  nic.connectable.emplace();
  nic.address_type = mac.empty() ? "generated" : "manual";
  nic.mac_address = mac;
  nic.wake_on_lan = true;
  return nic;
}

std::string backing_id(const Backing& backing) {
  if (backing.port) return backing.port->portgroup_key;
  return backing.opaque_network_id.empty() ? backing.device_name : backing.opaque_network_id;
}

}  // namespace rig::vsphere
