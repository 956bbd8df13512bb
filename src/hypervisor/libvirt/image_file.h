// libvirt/image_file.h — a file of the host that machines' disks may be based on.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "base/call.h"
#include "hypervisor/libvirt/handle.h"

namespace rig::libvirt {

struct ImageFile {
  std::string path, format;        // "qcow2", "raw"
  std::int64_t virtual_bytes = 0;  // of the disk in it
  std::int64_t file_bytes = 0;
  std::string modified;  // changes when the file does
};

// Reads the file's own header through the host, so the answer is the same for a remote one. The file must be in a pool
// or in one of `folders`; it may not be a machine's disk. It is not changed. kNotFound (also: outside of both),
// kFailedPrecondition (a machine's disk, a backing file, ...) and the codes of transfer::read_image_header().
Result<ImageFile> read_image_file(virConnectPtr host, const std::string& path, const std::string& expected_format,
                                  std::span<const std::string> folders);

// Reads all of it and compares. kInvalidArgument: another sum, or no such type.
Status verify_image_file(virConnectPtr host, const std::string& path, std::span<const std::string> folders,
                         const std::string& checksum, const std::string& checksum_type,
                         const std::function<void(std::int64_t done)>& on_progress, const Call& call);

}  // namespace rig::libvirt
