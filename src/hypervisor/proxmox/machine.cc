// proxmox/machine.cc — see machine.h.
#include "hypervisor/proxmox/machine.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/proxmox/options.h"

namespace rig::proxmox {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

struct PowerRow {
  std::string_view qemu_status;
  Power power;
};
// QEMU's RunState, as `qmpstatus` tells it; what is not here is on.
constexpr std::array kPowers = {
    PowerRow{"paused", Power::kPaused}, PowerRow{"prelaunch", Power::kPaused}, PowerRow{"io-error", Power::kPaused},
    PowerRow{"suspended", Power::kSuspended},  // to memory, by what runs on it
};
constexpr std::string_view kHibernated = "suspended";  // the lock of a machine whose memory is on disk

bool is_being_made(const Config& config) {
  const std::string_view lock = config.text("lock");
  return lock == "create" || lock == "clone";
}

std::string whose(const Stamp& stamp) {
  if (is_released(stamp)) return "was released by its owner";
  return "belongs to " + stamp.owner.name_space + "/" + stamp.owner.name + " of cluster " + stamp.owner.cluster_id;
}

std::string why_partial(const Stamp& stamp, const Config& config) {
  const std::string lock(config.text("lock"));
  const std::string doing = stamp.phase == Phase::kDeleting ? "is being removed" : "is being built";
  return doing + (lock.empty() ? "" : ", and is locked (" + lock + ")");
}

// Without a stamp of its own.
Judgement judge_unstamped(const Config& config, const MachineRef& ref) {
  const std::string vm = "VM " + ref.id;
  if (is_being_made(config)) {
    const std::string lock(config.text("lock"));
    return {Existence::kPartial,
            vm + " is locked (" + lock +
                ") and carries nothing yet: somebody is making it, or was cut off. When no task " +
                "is at work on it, look at it on its node, then remove it (qm unlock " + ref.id + ", qm destroy " +
                ref.id + ")",
            {}};
  }
  const std::string name(config.text("name"));
  if (!ref.legacy) return {Existence::kForeign, vm + " ('" + name + "') carries no stamp of ours", {}};
  // VMIDs are given again, so the number alone says nothing.
  if (name == ref.owner.name) return {Existence::kOurs, "", {}};
  return {Existence::kForeign, vm + " is named '" + name + "', wanted '" + ref.owner.name + "'", {}};
}

std::int64_t memory_mib(const Config& config) {
  constexpr std::int64_t kDefault = 512;
  struct Memory {
    std::optional<std::int64_t> current;
  };
  static constexpr PropertyRow<Memory> kRows[] = {{.key = "", .member = &Memory::current, .name = "current"}};
  Memory memory;
  const auto properties = split_properties("memory", config.text("memory"));
  if (!properties.ok() || !read_values("memory", *properties, values_of(kRows, memory)).ok()) return kDefault;
  return memory.current.value_or(kDefault);
}

std::string name_in(const std::map<std::string, std::string>& names, std::string_view option) {
  for (const auto& [name, of] : names)
    if (of == option) return name;
  return "";
}

void add_drives(const Config& config, const std::vector<std::pair<Slot, Drive>>& drives,
                const std::optional<Stamp>& stamp, MachineSpec& spec) {
  const std::string root = stamp ? "" : boot_disk(config, drives);
  for (const auto& [slot, drive] : drives) {
    const std::string option = option_of(slot);
    const std::string storage(storage_of(drive.volume));
    if (slot.bus == Bus::kTpm) spec.tpm = true;
    if (slot.bus == Bus::kEfi) spec.secure_boot = drive.enrolled_keys.value_or(false);
    const std::string name = stamp ? name_in(stamp->disks, option) : option == root ? "root" : "";
    if (name == "root") {
      spec.root_disk_bytes = drive.size_bytes.value_or(0);
      spec.placement.storage = storage;
    } else if (!name.empty() && name != "seed") {
      provider::DiskSpec disk;
      disk.name = name;
      disk.size_bytes = drive.size_bytes.value_or(0);
      disk.storage = storage;
      spec.disks.push_back(std::move(disk));
    }
  }
}

provider::NicSpec nic_spec(const Nic& nic, std::string name) {
  provider::NicSpec spec;
  spec.name = std::move(name);
  spec.mac = to_lower(nic.mac);
  spec.bridge = nic.bridge;
  spec.model = nic.model;
  if (nic.vlan) spec.vlan = static_cast<std::int32_t>(*nic.vlan);
  spec.native = native_of(nic);
  if (nic.mtu) spec.mtu = static_cast<std::int32_t>(*nic.mtu);
  return spec;
}

// "host", "host,flags=+aes", "cputype=host".
bool is_host_cpu(std::string_view cpu) {
  for (const std::string& part : split(cpu, ','))
    if (part == "host" || part == "cputype=host") return true;
  return false;
}

}  // namespace

std::string boot_disk(const Config& config, const std::vector<std::pair<Slot, Drive>>& drives) {
  const auto is_bootable = [&](const std::string& option) {
    return std::ranges::any_of(drives, [&](const auto& at) {
      return option_of(at.first) == option && is_disk(at.second) && !is_cloud_init(at.second);
    });
  };
  const auto boot = parse_boot(config.text("boot"));
  if (boot.ok())
    for (const std::string& option : boot->order)
      if (is_bootable(option)) return option;
  for (const auto& [slot, drive] : drives)
    if (slot.bus < Bus::kEfi && is_bootable(option_of(slot))) return option_of(slot);
  return "";
}

Result<MachineStatus> read_status(const json::Value& data, WallTime now) {
  MachineStatus status;
  const std::string_view says = data.text({"status"});
  if (says != "running" && says != "stopped") {
    return Error(Code::kDataLoss,
                 "the state of a machine: found status '" + std::string(says) + "', wanted running or stopped");
  }
  status.running = says == "running";
  status.qemu_status = data.text({"qmpstatus"});
  status.lock = data.text({"lock"});
  status.is_template = data.integer({"template"}) != 0;
  status.ha_managed = data.integer({"ha", "managed"}) != 0;
  if (!status.running) {
    status.power = status.lock == kHibernated ? Power::kSuspended : Power::kOff;
    return status;
  }
  status.power = Power::kOn;
  for (const PowerRow& row : kPowers)
    if (row.qemu_status == status.qemu_status) status.power = row.power;
  status.booted_at = now - std::chrono::seconds(data.integer({"uptime"}));
  status.pid = data.integer({"pid"});
  return status;
}

Result<std::optional<Stamp>> own_stamp(const Config& config, std::string_view vmid) {
  std::optional<Stamp> stamp = TRY(find_stamp(config.text("description")).context("VM " + std::string(vmid)));
  if (!stamp || stamp->id != vmid) return std::optional<Stamp>();
  // While it is built by cloning it still has the UUID that the clone got.
  const auto smbios = parse_smbios(config.text("smbios1"));
  const bool has_uuid = smbios.ok() && smbios->uuid == to_lower(stamp->machine_id);
  if (!has_uuid && stamp->phase != Phase::kBuilding) return std::optional<Stamp>();
  return stamp;
}

Result<Judgement> judge(const Config& config, const MachineRef& ref) {
  std::optional<Stamp> stamp = TRY(own_stamp(config, ref.id));
  if (!stamp) return judge_unstamped(config, ref);
  Judgement judgement{Existence::kForeign, "VM " + ref.id + " " + whose(*stamp), stamp};
  if (is_released(*stamp) && !ref.legacy && stamp->machine_id == ref.machine_id) {
    judgement.existence = Existence::kReleased;
  } else if (is_of(*stamp, ref)) {
    const bool whole = stamp->phase == Phase::kReady;
    judgement.existence = whole ? Existence::kOurs : Existence::kPartial;
    judgement.detail = whole ? "" : "VM " + ref.id + " " + why_partial(*stamp, config);
  }
  return judgement;
}

Result<MachineSpec> spec_of(const Config& config, const std::optional<Stamp>& stamp) {
  MachineSpec spec;
  spec.display_name = config.text("name");
  const std::int64_t cores = config.number("cores", 1) * config.number("sockets", 1);
  spec.cpus = static_cast<std::int32_t>(config.number("vcpus", cores));
  spec.memory_mib = memory_mib(config);
  spec.firmware = config.text("bios") == "ovmf" ? provider::Firmware::kUefi : provider::Firmware::kBios;
  spec.nested_virtualization = is_host_cpu(config.text("cpu"));
  if (stamp) spec.image.location = stamp->image;
  const auto drives = TRY(drives_of(config));
  add_drives(config, drives, stamp, spec);
  const auto nics = TRY(nics_of(config));
  for (const auto& [index, nic] : nics) {
    const std::string option = "net" + std::to_string(index);
    spec.nics.push_back(nic_spec(nic, stamp ? name_in(stamp->nics, option) : ""));
  }
  for (std::string& tag : parse_tags(config.text("tags")))
    if (tag != kTag) spec.tags.push_back(std::move(tag));
  return spec;
}

Result<provider::Machine> read_machine(const Sight& sight, const MachineRef& ref) {
  MachineRef at = ref;
  at.id = sight.vmid;
  const Judgement judgement = TRY(judge(sight.configs.configured, at));
  provider::Machine machine;
  machine.existence = judgement.existence;
  machine.detail = judgement.detail;
  machine.ref = at;
  if (judgement.existence == Existence::kForeign) machine.ref = {{}, "", sight.vmid, false};
  if (judgement.stamp) {
    machine.ref.owner = judgement.stamp->owner;
    machine.ref.machine_id = judgement.stamp->machine_id;
  }
  machine.host = sight.node;
  machine.version = sight.configs.configured.digest;
  machine.power = sight.status.power;
  machine.booted_at = sight.status.booted_at;
  machine.configured = TRY(spec_of(sight.configs.configured, judgement.stamp));
  machine.configured.placement.host = sight.node;
  machine.running = machine.configured;
  if (sight.status.running && sight.configs.differ) {
    machine.running = TRY(spec_of(sight.configs.running, judgement.stamp));
    machine.running.placement.host = sight.node;
  }
  machine.facts["node"] = sight.node;
  if (!sight.status.qemu_status.empty()) machine.facts["qemuStatus"] = sight.status.qemu_status;
  if (!sight.status.lock.empty()) machine.facts["lock"] = sight.status.lock;
  if (sight.status.ha_managed) machine.facts["ha"] = "managed";
  return machine;
}

}  // namespace rig::proxmox
