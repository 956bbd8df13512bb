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
  if (!request.path.empty() && !request.checksum.empty()) {
    return Error(Code::kUnimplemented, "image '" + request.name + "': a file of the host is not checked against a sum")
        .with_hint("Leave the checksum out, or give a URL.");
  }
  return {};
}

}  // namespace

Result<PreparedImage> LibvirtImages::prepare(const ImageRequest& request, const Call& call) {
  TRY(check(request));
  const Session session = TRY(connection_.session(call));
  if (!request.path.empty()) {
    return ready(TRY(read_image_file(session.get(), request.path, request.format, settings_.image_folders)));
  }
  const std::string pool_name = request.storage.empty() ? settings_.default_pool : request.storage;
  const Pool pool = TRY(find_pool(session.get(), pool_name));
  const std::string volume = image_volume(request.key);
  const auto stored = TRY(stored_image(session.get(), pool.get(), volume));
  if (stored) return ready(*stored);
  PreparedImage coming{.location = TRY(facts_of_pool(pool.get())).path + "/" + volume, .format = request.format,
                       .size_bytes = 0, .task = {}};
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
