// libvirt/storage_xml.cc — writer and readers.
#include "hypervisor/libvirt/storage_xml.h"

#include <pugixml.hpp>
#include <sstream>

#include "base/uuid.h"

namespace rig::libvirt {
namespace {

using pugi::xml_node;

constexpr std::size_t kUuidSize = 36;

// libvirt writes bytes; files of other tools may carry a unit, so it is an error rather than a guess.
std::int64_t bytes_of(xml_node node) {
  const std::string_view unit = node.attribute("unit").as_string("bytes");
  return unit == "bytes" ? node.text().as_llong() : 0;
}

std::string printed(xml_node node) {
  std::ostringstream out;
  node.print(out, "  ", pugi::format_default | pugi::format_no_declaration);
  return out.str();
}

}  // namespace

std::string volume_xml(const VolumeSpec& volume) {
  pugi::xml_document document;
  xml_node root = document.append_child("volume");
  root.append_child("name").text().set(volume.name.c_str());
  root.append_child("capacity").text().set(static_cast<long long>(volume.capacity_bytes));
  root.append_child("allocation").text().set(static_cast<long long>(volume.allocated ? volume.capacity_bytes : 0));
  xml_node target = root.append_child("target");
  target.append_child("format").append_attribute("type").set_value(volume.format.c_str());
  // Without it libvirt 9 makes version 2 files, which cannot hold dirty bitmaps.
  if (volume.format == "qcow2") target.append_child("compat").text().set("1.1");
  if (!volume.backing_path.empty()) {
    xml_node backing = root.append_child("backingStore");
    backing.append_child("path").text().set(volume.backing_path.c_str());
    backing.append_child("format").append_attribute("type").set_value(volume.backing_format.c_str());
  }
  return printed(root);
}

Result<VolumeFacts> parse_volume(std::string_view xml) {
  pugi::xml_document document;
  const bool parsed = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
  const xml_node root = document.child("volume");
  if (!parsed || !root) return Error(Code::kDataLoss, "libvirt's description of a volume is not volume XML");
  const xml_node target = root.child("target"), backing = root.child("backingStore");
  return VolumeFacts{.name = root.child("name").text().get(),
                     .path = target.child("path").text().get(),
                     .format = target.child("format").attribute("type").value(),
                     .capacity_bytes = bytes_of(root.child("capacity")),
                     .allocation_bytes = bytes_of(root.child("allocation")),
                     .physical_bytes = bytes_of(root.child("physical")),
                     .backing_path = backing.child("path").text().get(),
                     .backing_format = backing.child("format").attribute("type").value(),
                     .modified = target.child("timestamps").child("mtime").text().get()};
}

Result<PoolFacts> parse_pool(std::string_view xml) {
  pugi::xml_document document;
  const bool parsed = static_cast<bool>(document.load_buffer(xml.data(), xml.size()));
  const xml_node pool = document.child("pool");
  if (!parsed || !pool) return Error(Code::kDataLoss, "libvirt's description of a pool is not pool XML");
  return PoolFacts{.name = pool.child("name").text().get(),
                   .type = pool.attribute("type").value(),
                   .path = pool.child("target").child("path").text().get(),
                   .available_bytes = bytes_of(pool.child("available"))};
}

std::string folder_pool_xml(const std::string& name, const std::string& folder) {
  pugi::xml_document document;
  xml_node pool = document.append_child("pool");
  pool.append_attribute("type").set_value("dir");
  pool.append_child("name").text().set(name.c_str());
  pool.append_child("target").append_child("path").text().set(folder.c_str());
  return printed(pool);
}

std::string root_volume(std::string_view machine_id) { return std::string(machine_id) + "-root.qcow2"; }
std::string seed_volume(std::string_view machine_id) { return std::string(machine_id) + "-seed.iso"; }
std::string disk_volume(std::string_view machine_id, std::string_view disk_name) {
  return std::string(machine_id) + "-disk-" + std::string(disk_name) + ".qcow2";
}

bool is_machine_volume(std::string_view name) {
  if (name.size() <= kUuidSize || !is_uuid(name.substr(0, kUuidSize))) return false;
  const std::string_view rest = name.substr(kUuidSize);
  if (rest == "-root.qcow2" || rest == "-seed.iso") return true;
  constexpr std::string_view kBegin = "-disk-", kEnd = ".qcow2";
  if (!rest.starts_with(kBegin) || !rest.ends_with(kEnd) || rest.size() <= kBegin.size() + kEnd.size()) return false;
  const std::string_view disk = rest.substr(kBegin.size(), rest.size() - kBegin.size() - kEnd.size());
  return disk.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

bool is_volume_of(std::string_view name, std::string_view machine_id) {
  return is_uuid(machine_id) && name.starts_with(machine_id) && is_machine_volume(name);
}

}  // namespace rig::libvirt
