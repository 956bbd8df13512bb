// proxmox/size.h — disk sizes as Proxmox VE writes and accepts them. Pure.
//
// Units are binary: "G" is GiB. Configurations and listings say "32G" or "1536M", always whole; what is asked for may
// have a fraction ("1.5G"). All sizes here are bytes.
//
// Source: pve-common src/PVE/JSONSchema.pm, parse_size and format_size; qemu-server src/PVE/API2/Qemu.pm, resize_vm
// (the pattern of `size`, which takes K, M, G, T; "shrinking disks is not supported").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::proxmox {

// "32G" -> 34359738368; "1.5G" -> 1610612736. A fraction of a byte is cut off, as Proxmox VE does.
// kInvalidArgument: not a size. kOutOfRange: 2^63 bytes or more.
Result<std::int64_t> parse_size(std::string_view text);

// The shortest exact form that Proxmox VE itself would print: 1610612736 -> "1536M". Never a fraction, so
// parse_size(format_size(n)) == n for every n >= 0, and resize accepts every result.
std::string format_size(std::int64_t bytes);

}  // namespace rig::proxmox
