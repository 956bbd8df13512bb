// vsphere/hardware.cc — see hardware.h.
#include "hypervisor/vsphere/hardware.h"

#include <algorithm>

#include "base/text.h"
#include "http/gzip.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

using provider::DiskSpec;
using provider::MachineSpec;
using provider::NicSpec;

constexpr std::int32_t kFirstNewKey = -1;

struct NoLimit {
  std::optional<std::int64_t> provider::Limits::*member;
  std::int64_t none;  // as it is wished, and as vSphere has it; shares: those of its level "normal"
};
constexpr NoLimit kNoLimits[] = {
    {&provider::Limits::cpu_reservation_mhz, 0}, {&provider::Limits::cpu_limit_mhz, -1},
    {&provider::Limits::cpu_shares, 0},          {&provider::Limits::memory_reservation_mib, 0},
    {&provider::Limits::memory_limit_mib, -1},
};

// Without a wish the template's model is kept.
bool has_model(const Device& device, const NicSpec& nic) {
  return nic.model.empty() || device.xsi_type == nic_type(nic.model);
}

bool fits(const Device& device, const NicSpec& nic, const Parts& parts) {
  if (!has_model(device, nic)) return false;
  if (!nic.mac.empty() && to_lower(device.mac_address) != to_lower(nic.mac)) return false;
  const auto network = parts.networks.find(nic.name);
  return network == parts.networks.end() ||
         (device.backing && backing_id(*device.backing) == backing_id(network->second));
}

// Cards that are there and nobody's are plugged into what is wished; what is left over goes, unless none are wished.
Status nic_changes(Devices devices, const MachineSpec& wish, const Parts& parts, bool of_clone, std::int32_t& next_key,
                   std::vector<DeviceChange>& changes) {
  if (wish.nics.empty()) return {};
  const auto fitting = match_nics(devices, wish.nics, parts), assigned = assign_nics(devices, wish.nics, parts);
  for (const NicSpec& nic : wish.nics) {
    if (fitting.contains(nic.name)) continue;
    const auto spare = assigned.find(nic.name);
    if (spare == assigned.end()) {
      TRY(add_nic(nic, parts, next_key, changes));
      continue;
    }
    Device& card =
        changes.emplace_back(plug_nic(*with_key(devices, spare->second), parts.networks.at(nic.name))).device;
    // It gets an address of its own, not the template's.
    if (of_clone || !nic.mac.empty()) {
      card.mac_address = nic.mac;
      card.address_type = nic.mac.empty() ? "" : "manual";
    }
  }
  for (const Device& device : nics_of(devices)) {
    const bool is_kept = std::ranges::any_of(assigned, [&](const auto& each) { return each.second == device.key; });
    if (!is_kept) changes.push_back({"remove", "", device});
  }
  return {};
}

Status disk_changes(Devices devices, const MachineSpec& wish, const Stamp& stamp, const Parts& parts, bool of_clone,
                    std::int32_t& next_key, std::vector<DeviceChange>& changes) {
  for (const DiskSpec& disk : wish.disks) {
    const auto address = parse_address(stamp.disks.at(disk.name).address);
    if (!address || disk_at(devices, *address) == nullptr)
      TRY(add_disk(devices, disk, stamp, parts, next_key, changes));
  }
  const DiskMark& root = stamp.disks.at(kRoot);
  const auto at = parse_address(root.address);
  const Device* device = at ? disk_at(devices, *at) : nullptr;
  if (device != nullptr && !of_clone && bytes_of(*device) < wish.root_disk_bytes)
    TRY(grow_disk(devices, root, wish.root_disk_bytes, changes));
  return {};
}

// The controller at an address: there, added by this change, or to be added by it.
std::int32_t controller_for(Devices devices, const Address& address, std::int32_t& next_key,
                            std::vector<DeviceChange>& changes) {
  if (const Device* there = controller_at(devices, address)) return there->key;
  for (const DeviceChange& change : changes)
    if (change.operation == "add" && bus_of(change.device) == address.bus && change.device.bus_number == address.number)
      return change.device.key;
  Device controller = new_scsi_controller(address.number);
  controller.key = next_key--;
  changes.push_back({"add", "", controller});
  return controller.key;
}

std::string uuid_at(Devices devices, const DiskMark& mark) {
  const auto address = parse_address(mark.address);
  const Device* disk = address ? disk_at(devices, *address) : nullptr;
  return disk == nullptr || !disk->backing ? "" : disk->backing->uuid;
}

// By what it is, where both are known; else by where it hangs.
bool is_of(const DiskMark& mark, Devices devices, const Device& disk) {
  const std::string uuid = disk.backing ? disk.backing->uuid : "";
  if (!mark.uuid.empty() && !uuid.empty()) return mark.uuid == uuid;
  const auto address = address_of(devices, disk);
  return address && to_text(*address) == mark.address;
}

OptionValue option(std::string key, std::string value) { return {std::move(key), {std::move(value)}}; }

void add_document(const std::string& name, const std::string& text, std::vector<OptionValue>& options) {
  const bool is_long = text.size() > kPlainBytesMax;
  options.push_back(option("guestinfo." + name, base64(is_long ? http::gzip(text) : text)));
  const char* encoding = text.empty() ? "" : is_long ? "gzip+base64" : "base64";
  options.push_back(option("guestinfo." + name + ".encoding", encoding));
}

}  // namespace

Result<Stamp> with_addresses(Devices devices, const MachineSpec& spec, Stamp stamp) {
  if (!stamp.disks.contains(kRoot)) {
    const Device* root = root_disk(devices);
    if (root == nullptr)
      return Error(Code::kInvalidArgument, "image '" + spec.image.location + "': it has no disk to start from");
    stamp.disks[kRoot] = {to_text(*address_of(devices, *root)), spec.placement.storage, ""};
  }
  std::vector<Address> taken;
  for (const auto& [name, mark] : stamp.disks)
    if (const auto address = parse_address(mark.address)) taken.push_back(*address);
  for (const DiskSpec& disk : spec.disks) {
    if (stamp.disks.contains(disk.name)) continue;
    taken.push_back(TRY(free_address(devices, taken)));
    stamp.disks[disk.name] = {to_text(taken.back()), disk.storage, ""};
  }
  return stamp;
}

void mark_disks(Devices devices, Stamp& stamp) {
  for (auto& [name, mark] : stamp.disks)
    if (mark.uuid.empty()) mark.uuid = uuid_at(devices, mark);
}

std::vector<DiskMark> image_disks(Devices devices, const Stamp& stamp) {
  std::vector<DiskMark> marks;
  for (const Device& disk : disks_of_others(devices, stamp)) {
    const auto address = address_of(devices, disk);
    marks.push_back({address ? to_text(*address) : "", "", disk.backing ? disk.backing->uuid : ""});
  }
  return marks;
}

std::vector<Device> disks_of_others(Devices devices, const Stamp& stamp) {
  std::vector<Device> theirs;
  for (const Device& disk : devices) {
    const bool is_ours =
        std::ranges::any_of(stamp.disks, [&](const auto& m) { return is_of(m.second, devices, disk); });
    const bool is_images =
        std::ranges::any_of(stamp.image_disks, [&](const auto& m) { return is_of(m, devices, disk); });
    if (is_disk(disk) && !is_ours && !is_images) theirs.push_back(disk);
  }
  return theirs;
}

Status check_same_disk(Devices devices, const std::string& name, const DiskMark& mark) {
  const std::string found = uuid_at(devices, mark);
  if (found.empty() || mark.uuid.empty() || found == mark.uuid) return {};
  return Error(Code::kFailedPrecondition, "disk '" + name + "': at " + mark.address + " is disk " + found +
                                              ", wanted the one that was made for it, " + mark.uuid)
      .with_hint("Nothing is done to it. Put the disk back to its place, or take away the one that is there.");
}

std::map<std::string, std::int32_t> match_nics(Devices devices, const std::vector<NicSpec>& wish, const Parts& parts,
                                               std::vector<std::int32_t> taken) {
  std::map<std::string, std::int32_t> matched;
  for (const NicSpec& nic : wish) {
    for (const Device& device : nics_of(devices)) {
      if (std::ranges::find(taken, device.key) != taken.end() || !fits(device, nic, parts)) continue;
      matched[nic.name] = device.key;
      taken.push_back(device.key);
      break;
    }
  }
  return matched;
}

std::map<std::string, std::int32_t> assign_nics(Devices devices, const std::vector<NicSpec>& wish, const Parts& parts) {
  auto assigned = match_nics(devices, wish, parts);
  std::vector<Device> left = nics_of(devices);
  std::erase_if(left, [&](const Device& device) {
    return std::ranges::any_of(assigned, [&](const auto& match) { return match.second == device.key; });
  });
  for (const NicSpec& nic : wish) {
    if (assigned.contains(nic.name) || !parts.networks.contains(nic.name)) continue;
    const auto spare = std::ranges::find(left, nic_type(nic.model), &Device::xsi_type);
    if (spare == left.end()) continue;
    assigned[nic.name] = spare->key;
    left.erase(spare);
  }
  return assigned;
}

Status add_disk(Devices devices, const DiskSpec& disk, const Stamp& stamp, const Parts& parts, std::int32_t& next_key,
                std::vector<DeviceChange>& changes) {
  const auto address = parse_address(stamp.disks.at(disk.name).address);
  if (!address) return Error(Code::kDataLoss, "the stamp has no place for disk '" + disk.name + "'");
  const std::int32_t controller = controller_for(devices, *address, next_key, changes);
  const auto store = parts.stores.find(disk.name);
  const Store where = store == parts.stores.end() ? Store{} : store->second;
  Device device = new_disk(controller, address->unit, disk.size_bytes, disk.provisioning, where.self, where.name);
  device.key = next_key--;
  changes.push_back({"add", "create", std::move(device)});
  return {};
}

Status grow_disk(Devices devices, const DiskMark& mark, std::int64_t bytes, std::vector<DeviceChange>& changes) {
  const auto address = parse_address(mark.address);
  const Device* disk = address ? disk_at(devices, *address) : nullptr;
  if (disk == nullptr) return Error(Code::kInternal, "there is no disk at " + mark.address);
  DeviceChange change{"edit", "", *disk};
  change.device.capacity_kib = bytes / 1024;
  change.device.capacity_bytes = bytes;
  changes.push_back(std::move(change));
  return {};
}

Status add_nic(const NicSpec& nic, const Parts& parts, std::int32_t& next_key, std::vector<DeviceChange>& changes) {
  const auto network = parts.networks.find(nic.name);
  if (network == parts.networks.end()) {
    return Error(Code::kInvalidArgument,
                 "networks[" + nic.name + "]: it names no network, and the template has no card for it")
        .with_hint("Name a network (VMNetworkAttachment, spec.network.vsphere.portgroup).");
  }
  Device device = new_nic(nic_type(nic.model), network->second, nic.mac);
  device.key = next_key--;
  changes.push_back({"add", "", std::move(device)});
  return {};
}

DeviceChange plug_nic(const Device& nic, const Backing& backing) {
  DeviceChange change{"edit", "", nic};
  change.device.backing = backing;
  return change;
}

provider::Limits with_taken_back(provider::Limits wish, const provider::Limits& is, const provider::Limits& ours) {
  for (const auto& [member, none] : kNoLimits) {
    const bool is_still_ours = ours.*member && is.*member == ours.*member;
    if (!(wish.*member) && is_still_ours) wish.*member = none;
  }
  return wish;
}

void add_limits(const provider::Limits& is, const provider::Limits& wish, ConfigSpec& config) {
  const auto differs = [](std::optional<std::int64_t> found, std::optional<std::int64_t> wished) {
    return wished && *wished != found.value_or(0);
  };
  const auto set = [&](std::optional<Allocation>& allocation) -> Allocation& {
    return allocation ? *allocation : allocation.emplace();
  };
  if (differs(is.cpu_reservation_mhz, wish.cpu_reservation_mhz))
    set(config.cpu_allocation).reservation = wish.cpu_reservation_mhz;
  if (differs(is.cpu_limit_mhz, wish.cpu_limit_mhz)) set(config.cpu_allocation).limit = wish.cpu_limit_mhz;
  if (differs(is.cpu_shares, wish.cpu_shares))
    set(config.cpu_allocation).shares =
        *wish.cpu_shares == 0 ? Shares{0, "normal"} : Shares{static_cast<std::int32_t>(*wish.cpu_shares), "custom"};
  if (differs(is.memory_reservation_mib, wish.memory_reservation_mib))
    set(config.memory_allocation).reservation = wish.memory_reservation_mib;
  if (differs(is.memory_limit_mib, wish.memory_limit_mib)) set(config.memory_allocation).limit = wish.memory_limit_mib;
}

std::optional<int> hardware_number(std::string_view version) {
  if (version.starts_with("vmx-")) version.remove_prefix(4);
  const auto number = parse_int(version);
  if (!number.ok() || *number < 1 || *number > kHardwareNumberMax) return std::nullopt;
  return static_cast<int>(*number);
}

std::string hardware_to_raise_to(std::string_view is, const MachineSpec& wish) {
  const auto asked = wish.extra_config.find(kHardwareVersion);
  if (asked == wish.extra_config.end()) return "";
  const auto wanted = hardware_number(asked->second), found = hardware_number(is);
  if (!wanted || !found || *wanted <= *found) return "";
  return std::string(*wanted < 10 ? "vmx-0" : "vmx-") + std::to_string(*wanted);
}

Result<ConfigSpec> lacking(const MachineProps& is, const MachineSpec& wish, const Stamp& stamp, const Parts& parts,
                           const Wanting& wanting) {
  ConfigSpec config;
  if (is.cpus != wish.cpus) config.cpus = wish.cpus;
  if (is.memory_mib != wish.memory_mib) config.memory_mib = wish.memory_mib;
  const std::string firmware = wish.firmware == provider::Firmware::kUefi ? "efi" : "bios";
  if ((is.firmware.empty() ? "bios" : is.firmware) != firmware) config.firmware = firmware;
  if (is.secure_boot.value_or(false) != wish.secure_boot) config.boot_options = BootOptions{wish.secure_boot};
  if (is.nested_hv.value_or(false) != wish.nested_virtualization) config.nested_hv = wish.nested_virtualization;
  if (is.cpu_hot_add.value_or(false) != wanting.hot_add) config.cpu_hot_add = wanting.hot_add;
  if (is.memory_hot_add.value_or(false) != wanting.hot_add) config.memory_hot_add = wanting.hot_add;
  add_limits(limits_of(is), wish.limits, config);
  std::int32_t next_key = kFirstNewKey;
  const bool has_tpm =
      std::ranges::any_of(is.devices, [](const Device& device) { return device.xsi_type == "VirtualTPM"; });
  if (wish.tpm && !has_tpm) {
    Device& tpm = config.device_change.emplace_back(DeviceChange{"add", "", {}}).device;
    tpm.xsi_type = "VirtualTPM";
    tpm.key = next_key--;
  }
  TRY(nic_changes(is.devices, wish, parts, wanting.of_clone, next_key, config.device_change));
  TRY(disk_changes(is.devices, wish, stamp, parts, wanting.of_clone, next_key, config.device_change));
  return config;
}

std::vector<OptionValue> guestinfo(const provider::Seed& seed, const std::string& machine_id) {
  std::string meta_data = seed.meta_data;
  if (!seed.empty() && meta_data.empty()) meta_data = "instance-id: " + machine_id + "\n";
  if (!seed.network_config.empty()) {
    if (!meta_data.ends_with("\n")) meta_data += "\n";
    meta_data += "network: " + base64(seed.network_config) + "\nnetwork.encoding: base64\n";
  }
  std::vector<OptionValue> options;
  add_document("userdata", seed.user_data, options);
  add_document("metadata", meta_data, options);
  return options;
}

}  // namespace rig::vsphere
