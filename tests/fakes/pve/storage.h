// fakes/pve/storage.h — storages of three kinds and the volumes on them, with their owners and, where it matters,
// bytes.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fakes/pve/refusal.h"

namespace rig::fakes::pve {

struct Volume {
  std::string id;  // "local:100/vm-100-disk-0.qcow2"
  int owner = 0;   // VMID; 0: nobody's (images to import, ISOs)
  std::string format, content;
  std::int64_t size_bytes = 0;  // as a guest sees it
  std::int64_t file_bytes = 0;  // what it takes
  WallTime created;
  std::string base;   // id of the volume that this is a linked clone of
  std::string bytes;  // of what was uploaded, and of what was copied from it
};

class Storage {
 public:
  enum class Kind : std::uint8_t { kDir, kLvmThin, kNfs };  // a shared one is kNfs
  std::string name;
  Kind kind = Kind::kDir;
  std::string path;
  std::set<std::string> content;
  std::int64_t total_bytes = std::int64_t{250} << 30U;
  std::int64_t bytes_used_otherwise = 0;

  bool is_shared() const { return kind == Kind::kNfs; }
  bool has_files() const { return kind != Kind::kLvmThin; }
  std::string_view type() const;
  std::int64_t used_bytes(const std::string& node) const;

  Volume* find(const std::string& node, std::string_view id);
  std::vector<const Volume*> all(const std::string& node) const;  // in order of their ids
  Volume& add(const std::string& node, Volume volume);
  bool remove(const std::string& node, std::string_view id);  // false: it was not there

  // The id of a new volume: the lowest free number, for "disk"; "cloudinit" and "state-NAME" have none.
  std::string free_id(const std::string& node, int vmid, std::string_view what, std::string_view format) const;
  std::string id_of_file(std::string_view file_content, std::string_view file) const;  // "local:iso/seed.iso"
  std::string path_of(std::string_view id) const;                                      // in messages
  std::string default_format() const { return "raw"; }

 private:
  const std::string& place(const std::string& node) const;
  std::map<std::string, std::map<std::string, Volume, std::less<>>> volumes_;  // by node ("" when shared) and id
};

std::string storage_of(std::string_view volume_id);   // "local"
int owner_of(std::string_view volume_id);             // from its name; 0: none
std::string format_of(std::string_view volume_id);    // from its ending; "raw" without one
std::string base_name(const std::string& volume_id);  // what it is called as the disk of a template
bool is_base(std::string_view volume_id);
// Virtual size of an image: in the header of a qcow2, else its length.
std::int64_t image_size(std::string_view bytes);

}  // namespace rig::fakes::pve
