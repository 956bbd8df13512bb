// proxmox/images.cc — finding, or having a node fetch.
#include "hypervisor/proxmox/images.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

using provider::ImageRequest;
using provider::PreparedImage;

constexpr std::array<std::string_view, 4> kFormats = {"qcow2", "raw", "vmdk", "ova"};
constexpr std::array<std::string_view, 6> kSums = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"};

std::string_view ending(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  return url.substr(std::min(url.rfind('.') + 1, url.size()));
}

Result<PreparedImage> prepare_template(Session& session, const Inventory& inventory, const ImageRequest& request,
                                       const Call& call) {
  const Sighting from = TRY(find_template(inventory, request.template_name, request.host));
  const TemplateDisks disks = TRY(disks_of_template(session, from, call));
  PreparedImage ready;
  ready.location = (request.is_linked ? std::string(kLinked) : "") + from.vmid;
  for (const auto& [slot, drive] : disks.all)
    if (slot == disks.boot) ready.size_bytes = drive.size_bytes.value_or(0);
  return ready;
}

// As a guest will see it.
Result<std::int64_t> size_of_volume(Session& session, const std::string& node, const std::string& volume,
                                    const Call& call) {
  ApiCall ask;
  ask.path = path_of({"nodes", node, "storage", std::string(storage_of(volume)), "content", volume});
  const json::Value answer = TRY(session.send(ask, call));
  return answer.integer({"size"});
}

// A download of that file which is under way, perhaps begun by a process before us.
Result<std::optional<Upid>> running_download(Session& session, const std::string& file, const Call& call) {
  for (const ListedTask& task : TRY(list_tasks(session, call)))
    if (task.running && task.upid.type == "download" && task.upid.id == file) return std::optional(task.upid);
  return std::optional<Upid>();
}

}  // namespace

Result<std::string> image_file_name(const ImageRequest& request) {
  std::string format = to_lower(request.format);
  if (format.empty()) {
    const std::string ends = to_lower(ending(request.url));
    format = std::ranges::find(kFormats, ends) != kFormats.end() ? ends : "qcow2";
  }
  if (std::ranges::find(kFormats, format) == kFormats.end())
    return Error(Code::kInvalidArgument,
                 "image '" + request.name + "': format '" + format + "', wanted " + "qcow2, raw, vmdk or ova");
  return "virtrigaud-" + request.key + "." + format;
}

Result<PreparedImage> ProxmoxImages::prepare(const ImageRequest& request, const Call& call) {
  const auto work = [&]() -> Result<PreparedImage> {
    const auto session = TRY(connection_.session());
    if (!request.template_name.empty()) {
      const Inventory inventory = TRY(read_inventory(*session, call));
      return prepare_template(*session, inventory, request, call);
    }
    if (request.url.empty())
      return Error(Code::kInvalidArgument, "wanted a template or a URL, found path '" + request.path + "'")
          .with_hint("Set source.proxmox.templateID or templateName, or source.http.url.");
    return prepare_url(*session, request, call);
  };
  return work().context("image '" + request.name + "'");
}

Result<PreparedImage> ProxmoxImages::prepare_url(Session& session, const ImageRequest& request, const Call& call) {
  const std::string file = TRY(image_file_name(request));
  if (!request.checksum.empty() && std::ranges::find(kSums, request.checksum_type) == kSums.end())
    return Error(Code::kInvalidArgument,
                 "checksum type '" + request.checksum_type + "', wanted md5, sha1, sha224, sha256, sha384, sha512");
  const Inventory inventory = TRY(read_inventory(session, call));
  std::string storage = request.storage.empty() ? places_.storage : request.storage;
  if (storage.empty()) storage = storage_for_imports(inventory);
  if (storage.empty())
    return Error(Code::kFailedPrecondition, "no storage of the cluster takes images to import")
        .with_hint("Add 'Import' to the content of one (pvesm set NAME --content ...,import).");
  PreparedImage image;
  image.location = storage + ":import/" + file;
  image.format = file.substr(file.rfind('.') + 1);
  const Found found = TRY(find_volume(session, inventory, image.location, call));
  if (!found.node.empty()) {
    image.size_bytes = TRY(size_of_volume(session, found.node, image.location, call));
    return image;
  }
  image.task =
      TRY(tasks_.submit("image " + image.location, "fetch",
                        [this, request, volume = image.location](const Call& task, const auto& progress) {
                          return fetch(request, volume, progress, task).context("image '" + request.name + "'");
                        }));
  return image;
}

Status ProxmoxImages::fetch(const ImageRequest& request, const std::string& volume, const OnProgress& progress,
                            const Call& call) {
  const auto session = TRY(connection_.session());
  const std::string file = volume.substr(volume.rfind('/') + 1), storage(storage_of(volume));
  for (int tries = 0; tries < kRoundsMax; ++tries) {
    const Inventory inventory = TRY(read_inventory(*session, call));
    const Found found = TRY(find_volume(*session, inventory, volume, call));
    if (!found.node.empty()) return {};
    auto task = TRY(running_download(*session, file, call));
    if (!task) {
      const std::string node = TRY(choose_node(inventory, places_.nodes, storage));
      ApiCall ask;
      ask.method = "POST";
      ask.path = path_of({"nodes", node, "storage", storage, "download-url"});
      ask.form = {{"content", "import"}, {"filename", file}, {"url", request.url}};
      if (!request.checksum.empty()) {
        ask.form.emplace_back("checksum", to_lower(request.checksum));
        ask.form.emplace_back("checksum-algorithm", request.checksum_type);
      }
      const json::Value answer = TRY(session->send(ask, call));
      task = TRY(parse_upid(answer.text({})));
    }
    const auto is_given_up = [this, ours = provider::TaskId{call.request_id}] { return is_given_up_(ours); };
    const Status done = follow_or_give_up(*session, *task, is_given_up, progress, call);
    if (!done.ok() && !done.error().is(Code::kAlreadyExists)) return done;  // else it is there: looked at, not believed
  }
  return Error(Code::kUnavailable, "it vanishes whenever it has been fetched");
}

}  // namespace rig::proxmox
