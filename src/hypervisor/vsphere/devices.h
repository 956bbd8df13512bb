// vsphere/devices.h — disks, network cards and controllers among a machine's devices. Pure.
//
// A disk is known by its address: kind and number of its controller, and its place there, as "scsi0:1". Keys of devices
// are the server's to choose; a device that is added has a negative key until then.
//
// Source: vSphere Web Services SDK, VirtualDevice.key and VirtualDeviceConfigSpec; place 7 of a SCSI controller is its
// own (recorded: scsiCtlrUnitNumber).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hypervisor/vsphere/types.h"
#include "provider/machine.h"

namespace rig::vsphere {

using Devices = std::span<const Device>;

struct Address {
  std::string bus;  // "scsi", "sata", "nvme", "ide"
  std::int32_t number = 0, unit = 0;
  auto operator<=>(const Address&) const = default;
};
std::string to_text(const Address& address);
std::optional<Address> parse_address(std::string_view text);

std::string bus_of(const Device& device);  // "" : no controller of disks
bool is_disk(const Device& device);
bool is_nic(const Device& device);
const Device* with_key(Devices devices, std::int32_t key);
const Device* controller_at(Devices devices, const Address& address);
std::optional<Address> address_of(Devices devices, const Device& disk);  // none: its controller is unknown
const Device* disk_at(Devices devices, const Address& address);
const Device* root_disk(Devices devices);  // the one with the lowest address; null: it has none
std::int64_t bytes_of(const Device& disk);
std::vector<Device> nics_of(Devices devices);  // by key

// A place for one more disk, beside `taken`: at the root disk's controller, else at a PVSCSI one that is new.
// kResourceExhausted: there is no more room.
Result<Address> free_address(Devices devices, const std::vector<Address>& taken);

// New devices; their keys are the caller's.
Device new_scsi_controller(std::int32_t number);
Device new_disk(std::int32_t controller_key, std::int32_t unit, std::int64_t bytes, std::string_view provisioning,
                const MoRef& datastore, const std::string& datastore_name);
// A card's type: "vmxnet3", "e1000", "e1000e"; "" is vmxnet3. "" : no such model.
std::string nic_type(std::string_view model);
std::string nic_model(const Device& nic);
Device new_nic(std::string_view type, const Backing& backing, const std::string& mac);

// What a card is connected to, as a text that is the same for the same network.
std::string backing_id(const Backing& backing);

}  // namespace rig::vsphere
