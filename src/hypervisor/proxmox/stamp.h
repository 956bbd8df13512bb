// proxmox/stamp.h — whose machine it is: one line of the machine's description, and a tag as its index. Pure.
//
// The stamp is written together with what it speaks of, in one request. Proxmox VE copies descriptions and tags to
// clones, so a stamp proves ownership only on the machine whose number it says, and, once that is built, beside the
// UUID that the same configuration carries (smbios1; a clone gets a new one). The tag proves nothing; it says in
// /cluster/resources, which has neither description nor UUID, where to look. Other lines of the description are the
// people's and stay as they are.
//
// Source: qemu-server src/PVE/API2/Qemu.pm, clone_vm (what a clone inherits); description at most 8192 characters and
// the format of tags: API schema of 9.2.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/machine.h"

namespace rig::proxmox {

enum class Phase : std::uint8_t {
  kBuilding,  // create() is at it, or was cut off
  kReady,
  kDeleting,  // remove() is at it: what is still there goes
};

struct Stamp {
  provider::Owner owner;  // nobody: released
  std::string machine_id;
  std::string id;  // the VMID that it was written for
  Phase phase = Phase::kBuilding;
  std::string image;             // what its root disk was made from; "" : from nothing
  std::int64_t image_bytes = 0;  // the image's size where it was more than asked for: no smaller disk can be had of it
  // Which option carries the disk or interface of that name: Proxmox VE has no place for names of its own.
  std::map<std::string, std::string> disks, nics;  // "data" -> "scsi1", "eth0" -> "net0"
  bool operator==(const Stamp&) const = default;
};

bool is_released(const Stamp& stamp);
// Whether it is the stamp of this machine. The name may differ: an object that was moved keeps its uid.
bool is_of(const Stamp& stamp, const provider::MachineRef& ref);

// The stamp in a description; none when there is none. kDataLoss: there is a line of ours that cannot be read, or two:
// nobody may act on that machine before a person has looked.
Result<std::optional<Stamp>> find_stamp(std::string_view description);
// `description` with that stamp instead of what stamp it had. kOutOfRange: longer than Proxmox VE keeps.
Result<std::string> with_stamp(std::string_view description, const Stamp& stamp);

inline constexpr std::string_view kTag = "virtrigaud";
// `tags` with ours first; what is there stays.
std::vector<std::string> with_tag(std::vector<std::string> tags);

}  // namespace rig::proxmox
