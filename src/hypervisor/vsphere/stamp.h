// vsphere/stamp.h — the mark in a machine's extraConfig that says whose it is, and what vSphere has no place for. Pure.
//
// It is written with the machine, in the same call, and is one entry of extraConfig: people see it as an advanced
// parameter. A copy of the machine has it, too; so it counts only beside the machine's own UUID (instanceUuid, which a
// copy gets anew) or the object that it names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/machine.h"

namespace rig::vsphere {

enum class Phase : std::uint8_t { kBuilding, kReady };

struct DiskMark {
  std::string address;  // "scsi0:1": where it hangs; the server chooses keys, and we that
  std::string storage;  // as it was asked for
  std::string uuid;     // the disk's own, once vSphere has made it; "" : not known
  bool operator==(const DiskMark&) const = default;
};
struct NicMark {
  std::int32_t key = 0;  // of the device; 0: it was asked for together with this mark, and is to be found
  std::string network;   // as it was asked for
  std::string backing;   // what that was when the card was made: backing_id() of devices.h
  bool operator==(const NicMark&) const = default;
};
// What a running machine will be at its next start: vSphere has no pending configuration, so it waits here.
struct Pending {
  std::optional<std::int64_t> cpus, memory_mib;
  std::optional<bool> nested;
  std::string hardware;  // the version that it is to be raised to, "vmx-19"
  bool operator==(const Pending&) const = default;
};

struct Stamp {
  Phase phase = Phase::kBuilding;
  provider::Owner owner;  // nobody: released
  std::string machine_id;
  std::string id;                         // the object's, "vm-96"; "" while it is being built
  std::string image;                      // as it was asked for
  std::int64_t image_bytes = 0;           // of the root disk of the image, where it was larger than the wish
  std::map<std::string, DiskMark> disks;  // by name; the root disk's is "root"
  std::vector<DiskMark> image_disks;      // that the image has beside its root disk
  std::map<std::string, NicMark> nics;    // by name
  provider::Limits limits;                // that we have set; others' are not taken back
  Pending pending;
  std::optional<WallTime> power_off_at;  // what runs on it was asked to shut down; then the power is cut
  std::optional<WallTime> rebooted_at;   // by us: vSphere's own time is of the last power on
  bool operator==(const Stamp&) const = default;
};
inline constexpr char kRoot[] = "root";
inline constexpr char kHardwareVersion[] = "vsphere.hardwareVersion";  // of a class's extraConfig

bool is_released(const Stamp& stamp);
// Whether it is the stamp of this machine. The name may differ: an object that was moved keeps its uid.
bool is_of(const Stamp& stamp, const provider::MachineRef& ref);

std::string stamp_text(const Stamp& stamp);
// kDataLoss: it cannot be read: nobody may act on that machine before a person has looked.
Result<Stamp> parse_stamp(std::string_view text);

}  // namespace rig::vsphere
