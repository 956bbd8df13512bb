// proxmox/drive.h — the drives of a machine as Proxmox VE's options say them ("scsi0: local:9/a.raw,size=1G"). Pure.
//
// Names of volumes are chosen by Proxmox VE and differ by kind of storage: they are read back, never made up.
//
// Source: the formats of ide[n], sata[n], scsi[n], virtio[n], efidisk0, tpmstate0 and unused[n] in the API schema of
// 9.2 (tests/golden/proxmox/formats.json); new and imported volumes: qemu-server src/PVE/QemuServer/Drive.pm and
// recorded exchanges (tests/golden/proxmox/README.md).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hypervisor/proxmox/properties.h"

namespace rig::proxmox {

enum class Bus : std::uint8_t { kIde, kSata, kScsi, kVirtio, kEfi, kTpm, kUnused };

struct Slot {
  Bus bus = Bus::kScsi;
  int index = 0;
  auto operator<=>(const Slot&) const = default;
};
std::optional<Slot> slot_of(std::string_view option);  // "scsi12", "efidisk0"; none for "scsihw", "scsi31", "net0"
std::string option_of(const Slot& slot);
int slots_on(Bus bus);

struct Drive {
  std::string volume;  // "local:9/vm-9-disk-0.raw"; "none", "cdrom"; to be made: new_volume(), "local:0", "x:cloudinit"
  std::string import_from;  // with "STORAGE:0": a volume, never a path (those are for root alone)
  std::string format;       // of a new volume
  std::string media;        // "cdrom"; "" is a disk
  std::string discard, cache, serial, efi_type, tpm_version, certificates;
  std::optional<bool> ssd, iothread, backup, replicate, read_only, enrolled_keys;
  std::optional<std::int64_t> size_bytes;  // as Proxmox VE last noted it; it is changed by resize alone
  Properties read;                         // as it was read: what no member speaks of keeps its place
  bool operator==(const Drive&) const = default;
};
// kDataLoss: it is not what Proxmox VE writes; names option, key, found and wanted.
Result<Drive> parse_drive(std::string_view option, std::string_view text);
// A drive that was read and not changed has the text that it had. kInvalidArgument: a value, or a key on this bus, that
// Proxmox VE would refuse.
Result<std::string> drive_text(std::string_view option, const Drive& drive);

std::span<const PropertyRow<Drive>> drive_rows();  // `places`: 1 << Bus

// What makes a volume of that size, rounded up to a whole MiB: ("local", 1.5 GiB) -> "local:1.5".
std::string new_volume(std::string_view storage, std::int64_t bytes);
std::string_view storage_of(std::string_view volume);  // "" when it is in none
bool is_cloud_init(const Drive& drive);                // Proxmox VE's own seed
bool is_disk(const Drive& drive);                      // has a volume, and is no CD-ROM

}  // namespace rig::proxmox
