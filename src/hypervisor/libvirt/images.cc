// libvirt/images.cc — a file of the host is referred to; a URL is fetched once per pool.
#include "hypervisor/libvirt/images.h"

#include "hypervisor/libvirt/image_file.h"
#include "hypervisor/libvirt/image_store.h"
#include "transfer/http_source.h"
#include "transfer/limits.h"

namespace rig::libvirt {
namespace {

using provider::ImageRequest;
using provider::PreparedImage;

PreparedImage ready(const ImageFile& image) {
  return PreparedImage{.location = image.path, .format = image.format, .size_bytes = image.virtual_bytes, .task = {}};
}

std::optional<int> percent(std::int64_t done, std::int64_t total) {
  if (total <= 0) return std::nullopt;
  return static_cast<int>(100 * done / total);
}

Status check(const ImageRequest& request) {
  if (request.path.empty() == request.url.empty()) {
    return Error(Code::kInvalidArgument, "image '" + request.name + "': wanted a path or a URL, and not both");
  }
  return {};
}

// A sum of this very state of the file.
std::string verdict(const ImageRequest& request, const ImageFile& image) {
  return image.path + "|" + std::to_string(image.file_bytes) + "|" + image.modified + "|" + request.checksum_type +
         "|" + request.checksum;
}

}  // namespace

Result<PreparedImage> LibvirtImages::prepare(const ImageRequest& request, const Call& call) {
  TRY(check(request));
  const Session session = TRY(connection_.session(call));
  return request.path.empty() ? prepare_url(session.get(), request) : prepare_file(session.get(), request);
}

Result<PreparedImage> LibvirtImages::prepare_file(virConnectPtr host, const ImageRequest& request) {
  const ImageFile image = TRY(read_image_file(host, request.path, request.format, settings_.image_folders));
  PreparedImage prepared = ready(image);
  if (request.checksum.empty()) return prepared;
  {
    const Lock lock(mutex_);
    if (verified_.contains(verdict(request, image))) return prepared;
  }
  prepared.task = TRY(
      tasks_.submit("image " + image.path, "verify", [this, request, image](const Call& work, const auto& progress) {
        return verify(request, image, progress, work);
      }));
  return prepared;
}

Status LibvirtImages::verify(const ImageRequest& request, const ImageFile& image, const OnProgress& progress,
                             const Call& call) {
  const Session session = TRY(connection_.session(call));
  const auto on_progress = [&](std::int64_t done) {
    progress({"verify", percent(done, image.file_bytes), done, image.file_bytes});
  };
  TRY(verify_image_file(session.get(), image.path, settings_.image_folders, request.checksum, request.checksum_type,
                        on_progress, call));
  const Lock lock(mutex_);
  verified_.insert(verdict(request, image));
  return {};
}

Result<PreparedImage> LibvirtImages::prepare_url(virConnectPtr host, const ImageRequest& request) {
  const std::string pool_name = request.storage.empty() ? settings_.default_pool : request.storage;
  const Pool pool = TRY(find_pool(host, pool_name));
  const std::string volume = image_volume(request.key);
  const auto stored = TRY(stored_image(host, pool.get(), volume));
  if (stored) return ready(*stored);
  PreparedImage coming{.location = TRY(facts_of_pool(pool.get())).path + "/" + volume,
                       .format = request.format,
                       .size_bytes = 0,
                       .task = {}};
  coming.task = TRY(tasks_.submit("image " + coming.location, "fetch",
                                  [this, request, pool_name, volume](const Call& work, const auto& progress) {
                                    return fetch(request, pool_name, volume, progress, work);
                                  }));
  return coming;
}

Status LibvirtImages::fetch(const ImageRequest& request, const std::string& pool_name, const std::string& volume,
                            const OnProgress& progress, const Call& call) {
  const auto work = [&]() -> Status {
    const Session session = TRY(connection_.session(call));
    const Pool pool = TRY(find_pool(session.get(), pool_name));
    if (TRY(stored_image(session.get(), pool.get(), volume))) return {};
    const auto source = TRY(transfer::http_source(request.url, transfer::kStallMax));
    const transfer::Wanted wanted{request.format, request.checksum, request.checksum_type};
    const auto on_progress = [&](std::int64_t done, std::int64_t total) {
      progress({"download", percent(done, total), done, total});
    };
    progress({"download", std::nullopt});
    TRY(store_image(session.get(), pool.get(), volume, *source, wanted, on_progress, call));
    return {};
  };
  return work().context("image '" + request.name + "'");
}

}  // namespace rig::libvirt
