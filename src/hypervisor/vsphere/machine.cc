// vsphere/machine.cc — see machine.h.
#include "hypervisor/vsphere/machine.h"

#include <algorithm>

#include "base/text.h"
#include "hypervisor/vsphere/devices.h"

namespace rig::vsphere {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

std::string whose(const Stamp& stamp) {
  if (is_released(stamp)) return "was released by its owner";
  return "belongs to " + stamp.owner.name_space + "/" + stamp.owner.name + " of cluster " + stamp.owner.cluster_id;
}

std::string called(const Sight& sight) { return sight.self.id + " ('" + sight.props.name + "')"; }

bool is_local(std::string_view address) {
  return address.empty() || address.starts_with("127.") || address == "::1" || address.starts_with("169.254.") ||
         to_lower(address).starts_with("fe80:");
}

void add_disks(const MachineProps& props, const std::optional<Stamp>& stamp, MachineSpec& spec) {
  if (!stamp) {
    if (const Device* root = root_disk(props.devices)) spec.root_disk_bytes = bytes_of(*root);
    return;
  }
  for (const auto& [name, mark] : stamp->disks) {
    const auto address = parse_address(mark.address);
    const Device* device = address ? disk_at(props.devices, *address) : nullptr;
    if (device == nullptr) continue;
    if (name == kRoot) {
      spec.root_disk_bytes = bytes_of(*device);
      spec.placement.storage = mark.storage;
      continue;
    }
    provider::DiskSpec disk;
    disk.name = name;
    disk.size_bytes = bytes_of(*device);
    disk.storage = mark.storage;
    spec.disks.push_back(std::move(disk));
  }
}

void add_nics(const MachineProps& props, const std::optional<Stamp>& stamp, MachineSpec& spec) {
  for (const Device& device : nics_of(props.devices)) {
    provider::NicSpec nic;
    nic.mac = to_lower(device.mac_address);
    nic.model = nic_model(device);
    if (device.backing) nic.network = backing_id(*device.backing);
    if (stamp) {
      const auto mark = std::ranges::find_if(stamp->nics, [&](const auto& m) { return m.second.key == device.key; });
      if (mark == stamp->nics.end()) continue;  // somebody else's
      nic.name = mark->first;
      if (nic.network == mark->second.backing) nic.network = mark->second.network;
    }
    spec.nics.push_back(std::move(nic));
  }
}

}  // namespace

bool is_blank(const MachineProps& props) { return !props.cpus || props.instance_uuid.empty(); }

Result<std::optional<Stamp>> own_stamp(const Sight& sight) {
  if (!sight.props.stamp || sight.props.stamp->value.text.empty()) return std::optional<Stamp>();
  auto stamp = parse_stamp(sight.props.stamp->value.text).context("machine " + called(sight));
  if (!stamp.ok()) return stamp.take_error();
  const bool has_uuid = to_lower(sight.props.instance_uuid) == to_lower(stamp->machine_id);
  if (!has_uuid && stamp->id != sight.self.id) return std::optional<Stamp>();
  return std::optional(stamp.take());
}

Result<Judgement> judge(const Sight& sight, const MachineRef& ref) {
  if (is_blank(sight.props)) {
    return Error(Code::kUnavailable, "machine " + called(sight) + " is " + sight.props.connection_state +
                                         ", and vCenter knows no configuration of it")
        .with_hint("It is being made, or its host or datastore is away; it is looked at again.");
  }
  auto own = own_stamp(sight);
  if (!own.ok()) return own.take_error();  // no TRY: g++ 12 sees a false free of what it moves
  Judgement judgement{Existence::kForeign, "", own.take()};
  const std::optional<Stamp>& stamp = judgement.stamp;
  if (!stamp) {
    // The reference knows its machines by the object alone; objects' names are never given again.
    const bool ours = ref.legacy && sight.self.id == ref.id && sight.props.name == ref.owner.name;
    if (ours) judgement.existence = Existence::kOurs;
    if (!ours) judgement.detail = "machine " + called(sight) + " carries no stamp of ours";
    return judgement;
  }
  judgement.detail = "machine " + called(sight) + " " + whose(*stamp);
  if (is_released(*stamp) && !ref.legacy && stamp->machine_id == ref.machine_id) {
    judgement.existence = Existence::kReleased;
  } else if (is_of(*stamp, ref)) {
    const bool whole = stamp->phase == Phase::kReady;
    judgement.existence = whole ? Existence::kOurs : Existence::kPartial;
    judgement.detail = whole ? "" : "machine " + called(sight) + " is being built";
  }
  return judgement;
}

Power power_of(const MachineProps& props) {
  if (props.power_state == "poweredOn") return Power::kOn;
  return props.power_state == "suspended" ? Power::kSuspended : Power::kOff;
}

std::optional<WallTime> booted_at(const MachineProps& props, const std::optional<Stamp>& stamp) {
  return stamp ? std::max(props.booted_at, stamp->rebooted_at) : props.booted_at;
}

provider::Limits limits_of(const MachineProps& is) {
  provider::Limits limits;
  const Allocation cpu = is.cpu_allocation.value_or(Allocation{}), memory = is.memory_allocation.value_or(Allocation{});
  const auto withheld = [](std::optional<std::int64_t> value) { return value == -1 ? std::nullopt : value; };
  limits.cpu_reservation_mhz = cpu.reservation.value_or(0);
  limits.cpu_limit_mhz = withheld(cpu.limit);
  if (cpu.shares && cpu.shares->level == "custom") limits.cpu_shares = cpu.shares->shares;
  limits.memory_reservation_mib = memory.reservation.value_or(0);
  limits.memory_limit_mib = withheld(memory.limit);
  return limits;
}

MachineSpec spec_of(const MachineProps& props, const std::optional<Stamp>& stamp) {
  MachineSpec spec;
  spec.display_name = props.name;
  spec.cpus = props.cpus.value_or(0);
  spec.memory_mib = props.memory_mib.value_or(0);
  spec.firmware = props.firmware == "efi" ? provider::Firmware::kUefi : provider::Firmware::kBios;
  spec.secure_boot = props.secure_boot.value_or(false);
  spec.nested_virtualization = props.nested_hv.value_or(false);
  spec.tpm = std::ranges::any_of(props.devices, [](const Device& d) { return d.xsi_type == "VirtualTPM"; });
  spec.limits = limits_of(props);
  if (stamp) spec.image.location = stamp->image;
  add_disks(props, stamp, spec);
  add_nics(props, stamp, spec);
  return spec;
}

MachineSpec configured_spec(const MachineSpec& now, const Pending& pending) {
  MachineSpec next = now;
  if (pending.cpus) next.cpus = static_cast<std::int32_t>(*pending.cpus);
  if (pending.memory_mib) next.memory_mib = *pending.memory_mib;
  if (pending.nested) next.nested_virtualization = *pending.nested;
  if (!pending.hardware.empty()) next.extra_config[kHardwareVersion] = pending.hardware;
  return next;
}

Result<provider::Machine> read_machine(const Sight& sight, const MachineRef& ref, WallTime now) {
  MachineRef at = ref;
  at.id = sight.self.id;
  const Judgement judgement = TRY(judge(sight, at));
  provider::Machine machine;
  machine.existence = judgement.existence;
  machine.detail = judgement.detail;
  machine.ref = at;
  if (judgement.existence == Existence::kForeign) machine.ref = {{}, "", sight.self.id, false};
  if (judgement.stamp) {
    machine.ref.owner = judgement.stamp->owner;
    machine.ref.machine_id = judgement.stamp->machine_id;
  }
  machine.host = sight.host;
  machine.version = sight.props.change_version;
  machine.power = power_of(sight.props);
  if (machine.power == Power::kOn) machine.booted_at = booted_at(sight.props, judgement.stamp);
  machine.running = spec_of(sight.props, judgement.stamp);
  machine.running.placement.host = sight.host;
  machine.configured = configured_spec(machine.running, judgement.stamp ? judgement.stamp->pending : Pending{});
  machine.guest_hostname = sight.props.guest_hostname;
  for (const GuestNic& nic : sight.props.guest_nics)
    for (const std::string& address : nic.ip_addresses)
      if (!is_local(address)) machine.addresses.push_back(address);
  if (machine.power == Power::kOn) machine.addresses_read_at = now;
  machine.facts["toolsStatus"] = sight.props.tools_running;
  machine.facts["guestOS"] = sight.props.guest_os;
  machine.facts["connectionState"] = sight.props.connection_state;
  if (sight.props.question) machine.facts["question"] = sight.props.question->text;
  std::erase_if(machine.facts, [](const auto& fact) { return fact.second.empty(); });
  return machine;
}

}  // namespace rig::vsphere
