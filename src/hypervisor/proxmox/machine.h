// proxmox/machine.h — what a machine is, from what Proxmox VE says of it. Pure.
//
// Two answers make one machine: GET .../pending (both configurations) and GET .../status/current. Neither waits for
// what runs on it; addresses come from its agent and are asked for apart (agent.h).
//
// Sources: recorded exchanges (tests/golden/proxmox: configs, pending, status); what a machine that is being made looks
// like: qemu-server src/PVE/API2/Qemu.pm, create_vm and clone_vm (first a file with nothing but `lock`, name and the
// rest after the disks; a clone inherits description and tags of its source and gets a new UUID).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "hypervisor/proxmox/config.h"
#include "hypervisor/proxmox/stamp.h"
#include "provider/machine.h"

namespace rig::proxmox {

struct MachineStatus {
  provider::Power power = provider::Power::kOff;
  bool running = false;  // there is a process: on, paused or suspended to memory
  std::optional<WallTime> booted_at;
  std::int64_t pid = 0;     // of that process: another one is another boot
  std::string qemu_status;  // "running", "paused", "prelaunch", ...
  std::string lock;         // "backup", "snapshot", "suspended", ...; "" : none
  bool is_template = false, ha_managed = false;
  bool operator==(const MachineStatus&) const = default;
};
// `now` is when it was answered: Proxmox VE tells an age in whole seconds, so booted_at wavers by a second.
// kDataLoss: it is no status.
Result<MachineStatus> read_status(const json::Value& data, WallTime now);

// The stamp of a configuration that is worth something: written for this VMID and, but for one that is being built,
// beside its own UUID. None: there is none, or it came with a copy. kDataLoss: stamp.h.
Result<std::optional<Stamp>> own_stamp(const Config& config, std::string_view vmid);

struct Judgement {
  provider::Existence existence = provider::Existence::kForeign;  // never kGone: there is a configuration
  std::string detail;                                             // why, when it is not kOurs
  std::optional<Stamp> stamp;                                     // own_stamp()
};
// `ref.id` is the VMID. kPartial: ours and not finished, or a bare reservation (a lock and nothing else) that may be
// ours and may be another's; `detail` says which. kDataLoss: stamp.h.
Result<Judgement> judge(const Config& config, const provider::MachineRef& ref);

// The option of what a machine boots from: the first disk of its boot order, or of its configuration; "" : it has none.
std::string boot_disk(const Config& config, const std::vector<std::pair<Slot, Drive>>& drives);

// What a configuration says of a wish. Disks and interfaces have their names from the stamp; without one the root disk
// is what is booted from, and interfaces have no names. Seed texts are never read back. kDataLoss: an option that
// cannot be read.
Result<provider::MachineSpec> spec_of(const Config& config, const std::optional<Stamp>& stamp);

struct Sight {
  std::string vmid, node;
  Configs configs;
  MachineStatus status;
};
// All but addresses, which the caller has. `ref` says whose it should be, and is answered as found.
Result<provider::Machine> read_machine(const Sight& sight, const provider::MachineRef& ref);

}  // namespace rig::proxmox
