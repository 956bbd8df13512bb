// libvirt/image_file.cc — finding the file, and judging it.
#include "hypervisor/libvirt/image_file.h"

#include <algorithm>
#include <mutex>

#include "base/digest.h"
#include "hypervisor/libvirt/image_store.h"
#include "hypervisor/libvirt/limits.h"
#include "hypervisor/libvirt/volumes.h"
#include "transfer/formats/image_header.h"

namespace rig::libvirt {
namespace {

bool is_plain_path(const std::string& path) {
  return path.starts_with('/') && path.find("/../") == std::string::npos && path.find("//") == std::string::npos &&
         path.find("/./") == std::string::npos && !path.ends_with('/') && !path.ends_with("/..");
}

bool is_below(const std::string& path, const std::string& folder) {
  return path.starts_with(folder) && (folder.ends_with('/') || path.substr(folder.size()).starts_with('/'));
}

// A folder that is no pool is read through one that lives as long as this object and has no configuration on the host.
class TransientPool {
 public:
  static Result<TransientPool> open(virConnectPtr host, const std::string& folder) {
    const std::string xml = folder_pool_xml("virtrigaud-" + sha256_hex(folder).substr(0, 16), folder);
    return TransientPool(
        TRY(owned<Pool>(ask(virStoragePoolCreateXML, host, xml.c_str(), 0U), "open image folder '" + folder + "'")));
  }
  TransientPool(TransientPool&&) = default;
  ~TransientPool() {
    // Nothing on disk depends on it; a pool that stays is found by the next lookup.
    if (pool_ != nullptr) (void)ask(virStoragePoolDestroy, pool_.get());
  }

 private:
  explicit TransientPool(Pool pool) : pool_(std::move(pool)) {}
  Pool pool_;
};

Result<ImageFile> whole_image(virConnectPtr host, virStorageVolPtr volume, const std::string& name) {
  const Pool pool = TRY(owned<Pool>(ask(virStoragePoolLookupByVolume, volume), "find the pool of '" + name + "'"));
  auto image = TRY(stored_image(host, pool.get(), name));
  if (!image) return Error(Code::kUnavailable, "it is not fetched yet").with_hint("Wait until the image is prepared.");
  return *std::move(image);
}

Result<ImageFile> judge(virConnectPtr host, virStorageVolPtr volume, const std::string& path,
                        const std::string& expected_format) {
  const VolumeFacts facts = TRY(facts_of(volume));
  if (is_machine_volume(facts.name)) {
    return Error(Code::kFailedPrecondition, "'" + path + "' is the disk of a machine, not an image")
        .with_hint("A disk that others are based on may never change: copy it first.");
  }
  if (is_image_volume(facts.name)) return whole_image(host, volume, facts.name);
  const std::string beginning = TRY(read_beginning(host, volume, kHeaderBytes));
  const std::int64_t file_bytes = std::max(facts.physical_bytes, static_cast<std::int64_t>(beginning.size()));
  const auto header = TRY(transfer::read_image_header(beginning, file_bytes, expected_format));
  return ImageFile{path, header.format, header.virtual_bytes};
}

}  // namespace

Result<ImageFile> read_image_file(virConnectPtr host, const std::string& path, const std::string& expected_format,
                                  std::span<const std::string> folders) {
  const auto read = [&]() -> Result<ImageFile> {
    if (!is_plain_path(path)) {
      return Error(Code::kInvalidArgument, "it is no absolute path without '.' and '..'");
    }
    auto volume = volume_at(host, path);
    if (volume.ok()) return judge(host, volume->get(), path, expected_format);
    if (!volume.error().is(Code::kNotFound)) return volume.take_error();
    const bool allowed = std::ranges::any_of(folders, [&](const std::string& folder) { return is_below(path, folder); });
    if (!allowed) {
      return Error(Code::kPermissionDenied, "no storage pool of the host has this file")
          .with_hint("Put it into a pool's folder, or name its folder in LIBVIRT_IMAGE_DIRS of the provider.");
    }
    static std::mutex one_at_a_time;  // two pools on one folder are refused by libvirt
    const std::lock_guard lock(one_at_a_time);
    const TransientPool pool = TRY(TransientPool::open(host, path.substr(0, path.rfind('/'))));
    const Volume found = TRY(volume_at(host, path));
    return judge(host, found.get(), path, expected_format);
  };
  return read().context("image '" + path + "'");
}

}  // namespace rig::libvirt
