// libvirt/volumes.h — storage on the host, through pools only: no file of a host is touched in any other way.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "hypervisor/libvirt/handle.h"
#include "hypervisor/libvirt/storage_xml.h"

namespace rig::libvirt {

// An active pool of files. kNotFound lists the pools that are there; kFailedPrecondition: it is not active;
// kUnimplemented: its volumes are not files.
Result<Pool> find_pool(virConnectPtr host, const std::string& name);

Result<PoolFacts> facts_of_pool(virStoragePoolPtr pool);

// What the host knows of the volume that is this file. kNotFound: no pool holds it, even after those above it in the
// file system were refreshed.
Result<Volume> volume_at(virConnectPtr host, const std::string& path);
Result<VolumeFacts> facts_of(virStorageVolPtr volume);

// Makes the volume; one of that name that is left from an attempt before is deleted first, so the name must be ours.
// Answers its path.
Result<std::string> make_volume(virStoragePoolPtr pool, const VolumeSpec& spec);
Result<std::string> make_volume(virConnectPtr host, virStoragePoolPtr pool, const std::string& name,
                                std::string_view bytes);                // a raw one with these bytes
Status remove_volume(virStoragePoolPtr pool, const std::string& name);  // fine when it is gone

// Pools that we open on a folder only while an image in it is read, and that may vanish at any time: never a machine's.
inline constexpr std::string_view kFolderPoolPrefix = "virtrigaud-folder-";

// Deletes every volume of this machine in every active pool, by its exact name.
Status sweep_volumes(virConnectPtr host, const std::string& machine_id);
// Whether there is any of those.
Result<bool> has_volumes(virConnectPtr host, const std::string& machine_id);

// Writes a volume from its beginning. Destroyed before finish() it gives up, and nothing is promised about the volume.
class VolumeWriter {
 public:
  static Result<VolumeWriter> open(virConnectPtr host, virStorageVolPtr volume);
  VolumeWriter(VolumeWriter&&) = default;
  VolumeWriter& operator=(VolumeWriter&&) = delete;
  ~VolumeWriter();

  Status write(std::string_view bytes);
  Status finish();  // once

 private:
  explicit VolumeWriter(Stream stream) : stream_(std::move(stream)) {}
  Stream stream_;
};

// Gives the volume's bytes in order, at most `bytes_max` of them (0: all), until `on_bytes` fails.
Status read_volume(virConnectPtr host, virStorageVolPtr volume, std::size_t bytes_max,
                   const std::function<Status(std::string_view)>& on_bytes);
// The first `bytes` of it, fewer when it is shorter.
Result<std::string> read_beginning(virConnectPtr host, virStorageVolPtr volume, std::size_t bytes);

}  // namespace rig::libvirt
