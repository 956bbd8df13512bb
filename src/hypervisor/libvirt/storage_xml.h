// libvirt/storage_xml.h — storage volumes and pools as XML, and the names that our volumes carry. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::libvirt {

struct VolumeSpec {
  std::string name, format;  // "qcow2", "raw"
  std::int64_t capacity_bytes = 0;
  bool allocated = false;                    // takes all its space at once
  std::string backing_path, backing_format;  // both "": none
};
std::string volume_xml(const VolumeSpec& volume);

struct VolumeFacts {
  std::string name, path, format;
  std::int64_t capacity_bytes = 0, allocation_bytes = 0, physical_bytes = 0;  // of the disk, on the host, of the file
  std::string backing_path, backing_format;
  std::string modified;  // changes when the file does
};
Result<VolumeFacts> parse_volume(std::string_view xml);  // kDataLoss: it is not volume XML

// Names begin with the machine id, so that whose a volume is needs no record.
std::string root_volume(std::string_view machine_id);
std::string disk_volume(std::string_view machine_id, std::string_view disk_name);
std::string seed_volume(std::string_view machine_id);
// Exactly one of the above, for any machine or for this one.
bool is_machine_volume(std::string_view name);
bool is_volume_of(std::string_view name, std::string_view machine_id);

struct PoolFacts {
  std::string name, type, path;
  std::int64_t available_bytes = 0;
};
Result<PoolFacts> parse_pool(std::string_view xml);  // kDataLoss: it is not pool XML
std::string folder_pool_xml(const std::string& name, const std::string& folder);

}  // namespace rig::libvirt
