// libvirt/image_file.cc — finding the file, and judging it.
#include "hypervisor/libvirt/image_file.h"

#include <algorithm>
#include <map>
#include <memory>

#include "base/digest.h"
#include "base/mutex.h"
#include "base/text.h"
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

std::string folder_pool_name(const std::string& folder) {
  return std::string(kFolderPoolPrefix) + sha256_hex(folder).substr(0, 16);
}

Error ended_by_another(const std::string& folder) {
  return Error(Code::kUnavailable, "another process stopped reading folder '" + folder + "' at that moment");
}

// A folder that is no pool is read through one that lives as long as somebody reads, and that has no configuration on
// the host. libvirt refuses two pools on one folder, so readers share it.
class FolderPool {
 public:
  static Result<std::unique_ptr<FolderPool>> open(virConnectPtr host, const std::string& folder) {
    const Lock lock(mutex_);
    Shared& shared = shared_[{host, folder}];
    if (shared.readers == 0) {
      auto pool = make_or_take_over(host, folder);
      if (!pool.ok()) {
        shared_.erase({host, folder});
        return pool.take_error();
      }
      shared.pool = pool.take();
    }
    ++shared.readers;
    return std::unique_ptr<FolderPool>(new FolderPool({host, folder}));
  }
  FolderPool(const FolderPool&) = delete;
  FolderPool& operator=(const FolderPool&) = delete;
  ~FolderPool() {
    const Lock lock(mutex_);
    Shared& shared = shared_.at(key_);
    if (--shared.readers > 0) return;
    (void)ask(virStoragePoolDestroy, shared.pool.get());
    shared_.erase(key_);
  }

 private:
  using Key = std::pair<virConnectPtr, std::string>;
  struct Shared {
    Pool pool;
    int readers = 0;
  };
  explicit FolderPool(Key key) : key_(std::move(key)) {}

  // One that is there was left by a process that was killed, or another one reads: see vanished().
  static Result<Pool> make_or_take_over(virConnectPtr host, const std::string& folder) {
    const std::string name = folder_pool_name(folder), xml = folder_pool_xml(name, folder);
    auto made = owned<Pool>(ask(virStoragePoolCreateXML, host, xml.c_str(), 0U), "open image folder '" + folder + "'");
    if (made.ok() || !made.error().is(Code::kAlreadyExists)) return made;
    auto there = owned<Pool>(ask(virStoragePoolLookupByName, host, name.c_str()), "open image folder '" + folder + "'");
    if (!there.ok() && there.error().is(Code::kNotFound)) return ended_by_another(folder);
    return there;
  }

  static inline Mutex mutex_;
  static inline std::map<Key, Shared> shared_ GUARDED_BY(mutex_);
  const Key key_;
};

// Whether a reading of this folder failed because another process ended the pool that both used.
bool vanished(virConnectPtr host, const std::string& folder, const Error& error) {
  if (!error.is(Code::kNotFound)) return false;
  const auto pool =
      owned<Pool>(ask(virStoragePoolLookupByName, host, folder_pool_name(folder).c_str()), "find a folder's pool");
  return !pool.ok() && pool.error().is(Code::kNotFound);
}

bool is_in_folder_pool(virStorageVolPtr volume) {
  const auto pool = owned<Pool>(ask(virStoragePoolLookupByVolume, volume), "find the pool of a volume");
  if (!pool.ok()) return true;  // it has vanished already
  return std::string_view(virStoragePoolGetName(pool->get())).starts_with(kFolderPoolPrefix);
}

template <class Use>
auto with_image(virConnectPtr host, const std::string& path, std::span<const std::string> folders, Use use)
    -> decltype(use(virStorageVolPtr{})) {
  if (!is_plain_path(path)) return Error(Code::kInvalidArgument, "it is no absolute path without '.' and '..'");
  const std::string folder = path.substr(0, path.rfind('/'));
  auto volume = volume_at(host, path);
  std::unique_ptr<FolderPool> folder_pool;
  // Found through another reader's pool it may vanish under us: that pool must be held, too.
  if (volume.ok() ? is_in_folder_pool(volume->get()) : volume.error().is(Code::kNotFound)) {
    const bool may = std::ranges::any_of(folders, [&](const std::string& allowed) { return is_below(path, allowed); });
    if (!may) {
      return Error(Code::kNotFound, "no storage pool of the host has this file")
          .with_hint("Put it into a pool's folder, or name its folder in LIBVIRT_IMAGE_DIRS of the provider.");
    }
    folder_pool = TRY(FolderPool::open(host, folder));
    volume = volume_at(host, path);
  }
  auto used = volume.ok() ? use(volume->get()) : decltype(use(virStorageVolPtr{}))(volume.take_error());
  if (folder_pool && !used.ok() && vanished(host, folder, used.error())) {
    return ended_by_another(folder);
  }
  return used;
}

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
    return Error(Code::kFailedPrecondition, "it is the disk of a machine, not an image")
        .with_hint("A disk that others are based on may never change: copy it first.");
  }
  if (is_image_volume(facts.name)) return whole_image(host, volume, facts.name);
  const std::string beginning = TRY(read_beginning(host, volume, kHeaderBytes));
  const auto header = TRY(transfer::read_image_header(beginning, facts.physical_bytes, expected_format));
  return ImageFile{path, header.format, header.virtual_bytes, facts.physical_bytes, facts.modified};
}

}  // namespace

Result<ImageFile> read_image_file(virConnectPtr host, const std::string& path, const std::string& expected_format,
                                  std::span<const std::string> folders) {
  return with_image(host, path, folders,
                    [&](virStorageVolPtr volume) { return judge(host, volume, path, expected_format); })
      .context("image '" + path + "'");
}

Status verify_image_file(virConnectPtr host, const std::string& path, std::span<const std::string> folders,
                         const std::string& checksum, const std::string& checksum_type,
                         const std::function<void(std::int64_t)>& on_progress, const Call& call) {
  Digest digest = TRY(Digest::start(checksum_type.empty() ? "sha256" : checksum_type));
  const auto verify = [&](virStorageVolPtr volume) -> Status {
    std::int64_t done = 0;
    TRY(read_volume(host, volume, /*bytes_max=*/0, [&](std::string_view bytes) -> Status {
      if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
      digest.add(bytes);
      on_progress(done += static_cast<std::int64_t>(bytes.size()));
      return {};
    }));
    const std::string found = digest.finish_hex(), asked = to_lower(trim(checksum));
    if (found == asked) return {};
    return Error(Code::kInvalidArgument, "checksum is " + found + ", wanted " + asked)
        .with_hint("Correct the checksum if the image was meant to change; else the file is not what it should be.");
  };
  return with_image(host, path, folders, verify).context("image '" + path + "'");
}

}  // namespace rig::libvirt
