// fakes/pve/storage_calls.cc — storages, what is on them, uploads and downloads.
#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "fakes/pve/disk_work.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

std::string list_of(const std::set<std::string>& names) {
  return join(std::vector<std::string>(names.begin(), names.end()), ",");
}

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

json::Object definition(const Storage& storage) {
  Digest sum = Digest::start("sha1").take();
  json::Object out{{"storage", storage.name},
                   {"type", storage.type()},
                   {"content", list_of(storage.content)},
                   {"digest", sum.finish_hex()}};
  if (storage.kind == Storage::Kind::kLvmThin) {
    out["vgname"] = "pve";
    out["thinpool"] = "data";
    return out;
  }
  out["path"] = storage.path;
  out["prune-backups"] = "keep-all=1";
  if (!storage.is_shared()) {
    out["priority"] = 0;
    return out;
  }
  out["server"] = "nfs.example";
  out["export"] = "/export";
  out["shared"] = 1;
  return out;
}

Result<Answer> get_definitions(Cluster& cluster, const Asked&) {
  json::Array out;
  for (const auto& [name, storage] : cluster.storages) out.emplace_back(definition(storage));
  return Answer(std::move(out));
}

Result<Answer> put_definition(Cluster& cluster, const Asked& asked) {
  Storage& storage = *TRY(cluster.storage(asked.text("storage")));
  if (asked.has("content")) {
    const std::vector<std::string> names = split(asked.text("content"), ',');
    storage.content = {names.begin(), names.end()};
  }
  return Answer(json::Object{{"storage", storage.name}, {"type", storage.type()}});
}

json::Object status_of(const Storage& storage, const std::string& node) {
  const std::int64_t used = storage.used_bytes(node);
  return {{"active", 1},
          {"enabled", 1},
          {"type", storage.type()},
          {"content", list_of(storage.content)},
          {"shared", storage.is_shared() ? 1 : 0},
          {"total", storage.total_bytes},
          {"used", used},
          {"avail", std::max<std::int64_t>(storage.total_bytes - used, 0)}};
}

Result<Answer> get_storages(Cluster& cluster, const Asked& asked) {
  json::Array out;
  for (const auto& [name, storage] : cluster.storages) {
    if (asked.has("storage") && name != asked.text("storage")) continue;
    if (asked.has("content") && !storage.content.contains(asked.text("content"))) continue;
    if (asked.has("target") && asked.text("target") != asked.node() && !storage.is_shared()) continue;
    json::Object row = status_of(storage, asked.node());
    row["storage"] = name;
    row["used_fraction"] =
        static_cast<double>(storage.used_bytes(asked.node())) / static_cast<double>(storage.total_bytes);
    out.emplace_back(std::move(row));
  }
  return Answer(std::move(out));
}

Result<Answer> get_status(Cluster& cluster, const Asked& asked) {
  return Answer(status_of(*TRY(cluster.storage(asked.text("storage"))), asked.node()));
}

json::Object row_of(const Volume& volume) {
  json::Object out{{"volid", volume.id},
                   {"content", volume.content},
                   {"format", volume.format},
                   {"size", volume.content == "images" ? volume.size_bytes : volume.file_bytes},
                   {"ctime", seconds(volume.created)}};
  if (volume.content != "images") return out;
  out["vmid"] = volume.owner;
  out["used"] = volume.file_bytes;
  out["parent"] = volume.base.empty() ? json::Value() : json::Value(volume.base);
  return out;
}

// `vmid` drops what is another machine's, not what is nobody's (recorded: 05, content-vmid).
Result<Answer> get_content(Cluster& cluster, const Asked& asked) {
  const Storage& storage = *TRY(cluster.storage(asked.text("storage")));
  json::Array out;
  for (const Volume* volume : storage.all(asked.node())) {
    if (asked.has("content") && volume->content != asked.text("content")) continue;
    if (asked.has("vmid") && volume->owner != 0 && volume->owner != asked.vmid()) continue;
    out.emplace_back(row_of(*volume));
  }
  return Answer(std::move(out));
}

std::string volume_id(const Asked& asked) {
  const std::string& name = asked.text("volume");
  return name.find(':') == std::string::npos ? asked.text("storage") + ":" + name : name;
}

Result<Answer> get_volume(Cluster& cluster, const Asked& asked) {
  const Volume* volume = cluster.volume(asked.node(), volume_id(asked));
  if (volume == nullptr) return die("volume_size_info on '" + volume_id(asked) + "' failed");
  json::Object out{{"size", volume->size_bytes}, {"used", volume->file_bytes}, {"format", volume->format}};
  const Storage& storage = *TRY(cluster.storage(storage_of(volume->id)));
  out["path"] = storage.path_of(volume->id);
  return Answer(std::move(out));
}

// Its allocation takes no part in a machine's file: nobody asks whether one uses it (recorded: 05, delete-vm-disk).
Result<Answer> delete_volume(Cluster& cluster, const Asked& asked) {
  const std::string id = volume_id(asked);
  TRY(cluster.storage(storage_of(id)));
  const int owner = owner_of(id);
  Task task = asked.task("imgdel", (owner == 0 ? "" : std::to_string(owner) + "@") + storage_of(id));
  task.steps.push_back({.takes = {}, .act = [&cluster, id, node = asked.node()](Task& t) -> Status {
                          Storage& storage = *TRY(cluster.storage(storage_of(id)));
                          if (cluster.is_in_use_as_base(node, id))
                            return die("base volume '" + id + "' is still in use by linked cloned");
                          if (!storage.remove(node, id))
                            t.log.push_back("disk image '" + storage.path_of(id) + "' does not exist");
                          t.log.push_back("Removed volume '" + id + "'");
                          return {};
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Result<Answer> post_content(Cluster& cluster, const Asked& asked) {
  Storage& storage = *TRY(cluster.storage(asked.text("storage")));
  Volume volume;
  volume.owner = asked.vmid();
  volume.id = storage.name + ":" + (storage.has_files() ? asked.text("vmid") + "/" : "") + asked.text("filename");
  if (owner_of(volume.id) != volume.owner)
    return die("illegal name '" + asked.text("filename") + "' - should be 'vm-" + asked.text("vmid") + "-*'");
  if (storage.find(asked.node(), volume.id) != nullptr)
    return die("disk image '" + storage.path_of(volume.id) + "' already exists");
  volume.format = storage.has_files() ? format_of(volume.id) : "raw";
  volume.content = "images";
  const std::string& size = asked.text("size");  // without a unit: KiB
  volume.size_bytes = parse_size(size.find_first_of("MG") == std::string::npos ? size + "K" : size);
  volume.created = cluster.now();
  return Answer(storage.add(asked.node(), std::move(volume)).id);
}

// --- files from outside

Result<Storage*> storage_for(Cluster& cluster, const Asked& asked) {
  Storage* storage = TRY(cluster.storage(asked.text("storage")));
  const std::string& content = asked.text("content");
  if (!storage->content.contains(content))
    return die("storage '" + storage->name + "' does not support content-type '" + content + "'");
  const std::string& file = asked.text("filename");
  const std::string ending = to_lower(file.substr(std::min(file.rfind('.'), file.size())));
  const bool fits = content == "iso" ? ending == ".iso" || ending == ".img"
                    : content == "import"
                        ? ending == ".qcow2" || ending == ".raw" || ending == ".vmdk" || ending == ".ova"
                        : ending == ".gz" || ending == ".xz" || ending == ".zst";
  if (!fits) return bad_parameters({{"filename", "wrong file extension"}});
  return storage;
}

Status check_sum(const Asked& asked, const Origin& origin, bool believes, Task& task) {
  if (!asked.has("checksum")) return {};
  task.log.emplace_back("calculating checksum...");
  const std::string got = value_of(origin.sums, asked.text("checksum-algorithm"));
  if (believes || got == to_lower(asked.text("checksum"))) return {};
  return die("checksum mismatch: got '" + got + "' != expect '" + asked.text("checksum") + "'");
}

void store(Cluster& cluster, Storage& storage, const Asked& asked, const Origin& origin) {
  Volume volume;
  volume.id = storage.id_of_file(asked.text("content"), asked.text("filename"));
  volume.content = asked.text("content");
  volume.format = format_of(volume.id);
  volume.size_bytes = origin.size_bytes;
  volume.file_bytes = origin.file_bytes;
  volume.bytes = origin.bytes;
  volume.created = cluster.now();
  storage.add(asked.node(), std::move(volume));
}

Status download(Cluster& cluster, const Asked& asked, Task& task) {
  Storage& storage = *TRY(cluster.storage(asked.text("storage")));
  const std::string id = storage.id_of_file(asked.text("content"), asked.text("filename"));
  const std::string& url = asked.text("url");
  task.log.push_back("downloading " + url + " to " + storage.path_of(id));
  if (storage.find(asked.node(), id) != nullptr)
    return die("refusing to override existing file '" + storage.path_of(id) + "'");
  const auto known = cluster.origins.find(url);
  const bool is_made_up = known == cluster.origins.end();
  if (is_made_up && !cluster.has_every_url) {
    task.log.emplace_back("ERROR 404: File not found.");
    return die("download failed: exit code 8");
  }
  const Origin origin =
      is_made_up ? Origin{.file_bytes = 1 << 20, .size_bytes = 64 << 20, .bytes = {}, .sums = {}} : known->second;
  const auto gibibytes = static_cast<double>(origin.file_bytes) / static_cast<double>(1 << 30);
  const auto takes = std::chrono::duration_cast<Duration>(cluster.timing.copy_per_gib * gibibytes);
  task.log.push_back("Length: " + std::to_string(origin.file_bytes) + " [application/octet-stream]");
  task.steps.push_front({.takes = takes, .act = [&cluster, asked, origin, is_made_up, url](Task& t) -> Status {
                           Storage& target = *TRY(cluster.storage(asked.text("storage")));
                           TRY(check_sum(asked, origin, is_made_up, t));
                           store(cluster, target, asked, origin);
                           t.log.push_back("download of '" + url + "' finished");
                           return {};
                         }});
  return {};
}

Result<Answer> post_download(Cluster& cluster, const Asked& asked) {
  TRY(storage_for(cluster, asked));
  Task task = asked.task("download", asked.text("filename"));
  task.steps.push_back({.takes = {}, .act = [&cluster, asked](Task& t) { return download(cluster, asked, t); }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Result<Answer> post_upload(Cluster& cluster, const Asked& asked) {
  TRY(storage_for(cluster, asked));
  Task task = asked.task("imgcopy", "");
  task.steps.push_back({.takes = {}, .act = [&cluster, asked](Task& t) -> Status {
                          Storage& storage = *TRY(cluster.storage(asked.text("storage")));
                          const Origin origin = origin_of(asked.upload);
                          const std::string id = storage.id_of_file(asked.text("content"), asked.text("filename"));
                          t.log.push_back("target node: " + asked.node());
                          t.log.push_back("target file: " + storage.path_of(id));
                          t.log.push_back("file size is: " + std::to_string(origin.file_bytes));
                          TRY(check_sum(asked, origin, false, t));
                          store(cluster, storage, asked, origin);
                          t.log.emplace_back("finished file import successfully");
                          return {};
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

constexpr Row kRows[] = {
    {"GET /storage", get_definitions},
    {"PUT /storage/{storage}", put_definition},
    {"GET /nodes/{node}/storage", get_storages},
    {"GET /nodes/{node}/storage/{storage}/status", get_status},
    {"GET /nodes/{node}/storage/{storage}/content", get_content},
    {"POST /nodes/{node}/storage/{storage}/content", post_content},
    {"GET /nodes/{node}/storage/{storage}/content/{volume}", get_volume},
    {"DELETE /nodes/{node}/storage/{storage}/content/{volume}", delete_volume},
    {"POST /nodes/{node}/storage/{storage}/download-url", post_download},
    {"POST /nodes/{node}/storage/{storage}/upload", post_upload},
};

}  // namespace

std::span<const Row> storage_calls() { return kRows; }

}  // namespace rig::fakes::pve
