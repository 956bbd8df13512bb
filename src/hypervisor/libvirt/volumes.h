// libvirt/volumes.h — storage on the host, through pools only: no file of a host is touched in any other way.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/call.h"
#include "hypervisor/libvirt/handle.h"
#include "hypervisor/libvirt/storage_xml.h"

namespace rig::libvirt {

// An active pool of files. kNotFound lists the pools that are there; kFailedPrecondition: it is not active;
// kUnimplemented: its volumes are not files.
Result<Pool> find_pool(virConnectPtr host, const std::string& name);

// What the host knows of the volume that is this file. kNotFound: no pool holds it, even after those above it in the
// file system were refreshed.
Result<Volume> volume_at(virConnectPtr host, const std::string& path);
Result<VolumeFacts> facts_of(virStorageVolPtr volume);

// Makes the volume; one of that name that is left from an attempt before is deleted first, so the name must be ours.
// Answers its path.
Result<std::string> make_volume(virStoragePoolPtr pool, const VolumeSpec& spec);
Result<std::string> make_volume(virConnectPtr host, virStoragePoolPtr pool, const std::string& name,
                                std::string_view bytes, const Call& call);  // a raw one with these bytes
Status remove_volume(virStoragePoolPtr pool, const std::string& name);      // fine when it is gone

// Deletes every volume of this machine in every active pool but those in `keep`, by its exact name.
Status sweep_volumes(virConnectPtr host, const std::string& machine_id);

// Sends what `next` gives, until it gives "" , to the volume. Nothing is promised about the volume after an error.
using NextBytes = std::function<Result<std::string_view>()>;
Status upload(virConnectPtr host, virStorageVolPtr volume, const NextBytes& next, const Call& call);
// The first `bytes` of it, fewer when it is shorter.
Result<std::string> read_beginning(virConnectPtr host, virStorageVolPtr volume, std::size_t bytes);

}  // namespace rig::libvirt
