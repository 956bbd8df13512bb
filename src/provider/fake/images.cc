// provider/fake/images.cc — images that are fetched, checked and kept.
#include "base/digest.h"
#include "base/text.h"
#include "provider/fake/internal/world.h"

namespace rig::provider::fake {
namespace {

std::string format_in(std::string_view bytes) { return bytes.starts_with("QFI\xfb") ? "qcow2" : "raw"; }

Status check_sum(const ImageRequest& request, std::string_view bytes) {
  if (request.checksum.empty()) return {};
  Digest digest = TRY(Digest::start(request.checksum_type.empty() ? "sha256" : request.checksum_type));
  digest.add(bytes);
  const std::string found = digest.finish_hex();
  if (found == to_lower(request.checksum)) return {};
  return Error(Code::kInvalidArgument,
               "image " + request.name + ": checksum: found " + found + ", wanted " + request.checksum)
      .with_hint("Correct the checksum or the location of the image.");
}

}  // namespace

Result<PreparedImage> World::prepare(const ImageRequest& request, const Call& call) {
  TRY(enter(call));
  if (request.key.empty() || request.path.empty() == request.url.empty())
    return Error(Code::kInvalidArgument, "image " + request.name + ": wanted a key and one of path and url");
  const std::string location = "image-" + request.key;
  if (const auto stored = host.images.find(location); stored != host.images.end())
    return PreparedImage{location, stored->second.format, stored->second.size_bytes, {}};

  const std::string& from = request.path.empty() ? request.url : request.path;
  const auto source = host.options.sources.find(from);
  const bool is_listed = source != host.options.sources.end();
  if (!is_listed && !host.options.sources.empty()) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : host.options.sources) names.push_back(name);
    return Error(Code::kNotFound, "image " + request.name + ": nothing at " + from + "; " + candidates(names));
  }
  const std::string_view bytes = is_listed ? std::string_view(source->second) : std::string_view();
  const std::string assumed = request.format.empty() ? "qcow2" : request.format;
  const std::string format = is_listed ? format_in(bytes) : assumed;
  if (!request.format.empty() && request.format != format)
    return Error(Code::kInvalidArgument,
                 "image " + request.name + ": format: found " + format + ", wanted " + request.format);

  const StoredImage image{format, is_listed ? static_cast<std::int64_t>(bytes.size()) : kUnlistedImageBytes};
  Job job{"prepare", {}, {}, {}, image.size_bytes};
  job.ref.id = location;
  job.steps.push_back({"fetch", host.options.image,
                       [this, request, location, image, bytes, is_listed]() -> Result<std::optional<WallTime>> {
                         if (is_listed) TRY(check_sum(request, bytes));
                         TRY(host.store_image(location, image));
                         return std::optional<WallTime>();
                       }});
  TaskId task = TRY(submit(location, std::move(job)));
  return PreparedImage{location, format, image.size_bytes, std::move(task)};
}

}  // namespace rig::provider::fake
