// libvirt/image_store.h — images that were fetched into a pool.
//
// libvirt cannot rename a volume, so an image is written under its final name and counts only once a second, tiny
// volume beside it says that it is whole (its `ready` mark). A crash at any point leaves an image without a mark, or a
// mark that cannot be read: both are as if never begun, and fetched again.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "hypervisor/libvirt/image_file.h"
#include "hypervisor/libvirt/volumes.h"
#include "transfer/fetch.h"

namespace rig::libvirt {

std::string image_volume(const std::string& key);  // its name, a function of the key alone
bool is_image_volume(std::string_view name);

struct ReadyMark {
  std::string format;
  std::int64_t virtual_bytes = 0, file_bytes = 0;
  bool operator==(const ReadyMark&) const = default;
};
std::string mark_text(const ReadyMark& mark);
std::optional<ReadyMark> parse_mark(std::string_view text);  // nullopt: torn or not one

// nullopt: not there, or not whole.
Result<std::optional<ImageFile>> stored_image(virConnectPtr host, virStoragePoolPtr pool,
                                              const std::string& volume_name);

// Fetches it, or leaves nothing.
using OnFetched = std::function<void(std::int64_t done, std::int64_t total)>;
Result<ImageFile> store_image(virConnectPtr host, virStoragePoolPtr pool, const std::string& volume_name,
                              transfer::ByteSource& source, const transfer::Wanted& wanted,
                              const OnFetched& on_progress, const Call& call);

}  // namespace rig::libvirt
