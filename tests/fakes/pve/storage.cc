#include "fakes/pve/storage.h"

#include "base/text.h"

namespace rig::fakes::pve {

std::string_view Storage::type() const {
  if (kind == Kind::kLvmThin) return "lvmthin";
  return kind == Kind::kNfs ? "nfs" : "dir";
}

const std::string& Storage::place(const std::string& node) const {
  static const std::string everywhere;
  return is_shared() ? everywhere : node;
}

std::int64_t Storage::used_bytes(const std::string& node) const {
  std::int64_t out = bytes_used_otherwise;
  for (const Volume* volume : all(node)) out += volume->file_bytes;
  return out;
}

Volume* Storage::find(const std::string& node, std::string_view id) {
  auto& here = volumes_[place(node)];
  const auto found = here.find(id);
  return found == here.end() ? nullptr : &found->second;
}

std::vector<const Volume*> Storage::all(const std::string& node) const {
  std::vector<const Volume*> out;
  if (const auto here = volumes_.find(place(node)); here != volumes_.end())
    for (const auto& [id, volume] : here->second) out.push_back(&volume);
  return out;
}

Volume& Storage::add(const std::string& node, Volume volume) {
  const std::string id = volume.id;
  return volumes_[place(node)][id] = std::move(volume);
}

bool Storage::remove(const std::string& node, std::string_view id) {
  auto& here = volumes_[place(node)];
  const auto found = here.find(id);
  if (found == here.end()) return false;
  here.erase(found);
  return true;
}

// A number is taken whatever the format behind it (recorded: 04-clone-disks, move-disk).
std::string Storage::free_id(const std::string& node, int vmid, std::string_view what, std::string_view format) const {
  const std::string owner = std::to_string(vmid);
  const std::string folder = has_files() ? owner + "/" : "";
  const std::string ending = has_files() ? "." + std::string(format) : "";
  const std::string stem = name + ":" + folder + "vm-" + owner + "-" + std::string(what);
  if (what != "disk") return stem + ending;
  for (int number = 0;; ++number) {
    const std::string tail = "-" + owner + "-disk-" + std::to_string(number);
    bool is_taken = false;
    for (const Volume* volume : all(node)) {
      const std::string_view id = volume->id;
      const std::string_view bare = has_files() ? id.substr(0, id.rfind('.')) : id;
      is_taken = is_taken || (volume->owner == vmid && bare.ends_with(tail));
    }
    if (!is_taken) return stem + "-" + std::to_string(number) + ending;
  }
}

std::string Storage::id_of_file(std::string_view file_content, std::string_view file) const {
  return name + ":" + std::string(file_content) + "/" + std::string(file);
}

std::string Storage::path_of(std::string_view id) const {
  const std::string_view rest = id.substr(id.find(':') + 1);
  if (!has_files()) return "/dev/pve/" + std::string(rest);
  if (rest.starts_with("iso/")) return path + "/template/" + std::string(rest);
  if (rest.starts_with("import/") || rest.starts_with("snippets/")) return path + "/" + std::string(rest);
  const std::size_t clone = rest.find("/", rest.find('/') + 1);  // 120/base-120-disk-0.qcow2/130/vm-130-disk-0.qcow2
  return path + "/images/" + std::string(clone == std::string_view::npos ? rest : rest.substr(clone + 1));
}

std::string storage_of(std::string_view volume_id) { return std::string(volume_id.substr(0, volume_id.find(':'))); }

int owner_of(std::string_view volume_id) {
  const std::size_t last = volume_id.rfind('/') == std::string_view::npos ? volume_id.find(':') : volume_id.rfind('/');
  const std::vector<std::string> words = split(volume_id.substr(last + 1), '-');
  if (words.size() < 3 || (words[0] != "vm" && words[0] != "base")) return 0;
  const Result<std::int64_t> number = parse_int(words[1]);
  return number.ok() ? static_cast<int>(*number) : 0;
}

std::string format_of(std::string_view volume_id) {
  const std::size_t dot = volume_id.rfind('.');
  if (dot == std::string_view::npos || volume_id.find('/', dot) != std::string_view::npos) return "raw";
  const std::string_view ending = volume_id.substr(dot + 1);
  return ending == "qcow2" || ending == "vmdk" ? std::string(ending) : ending == "iso" ? "iso" : "raw";
}

bool is_base(std::string_view volume_id) {
  const std::size_t slash = volume_id.rfind('/');
  return volume_id.substr(slash == std::string_view::npos ? volume_id.find(':') + 1 : slash + 1).starts_with("base-");
}

std::string base_name(const std::string& volume_id) {
  const std::size_t at = volume_id.rfind("vm-");
  std::string out = volume_id;
  return at == std::string::npos ? out : out.replace(at, 3, "base-");
}

std::int64_t image_size(std::string_view bytes) {
  constexpr std::string_view kMagic = "QFI\xfb";
  if (!bytes.starts_with(kMagic) || bytes.size() < 32) return static_cast<std::int64_t>(bytes.size());
  std::uint64_t size = 0;  // qemu docs/interop/qcow2.txt: bytes 24 to 31
  for (std::size_t i = 24; i < 32; ++i) size = size << 8U | static_cast<unsigned char>(bytes[i]);
  return static_cast<std::int64_t>(size);
}

}  // namespace rig::fakes::pve
