#include "fakes/pve/disk_work.h"

#include <array>
#include <cstdio>

#include "base/text.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

constexpr std::int64_t kCloudinitBytes = 4 << 20;
constexpr std::int64_t kFileBytesMax = std::int64_t{16} << 40U;  // ext4
constexpr Duration kProxyWaits = std::chrono::seconds(30);
constexpr std::string_view kNoPaths =
    "Only root can pass arbitrary filesystem paths. at /usr/share/perl5/PVE/Storage.pm line 651.";

bool is_size(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}
std::string_view after_colon(std::string_view id) { return id.substr(id.find(':') + 1); }

Status check_image_storage(Cluster& cluster, const Asked& asked, const std::string& name) {
  if (cluster.denied.contains("Datastore.AllocateSpace") && !asked.caller.is_root())
    return refuse(403, "Permission check failed (/storage/" + name + ", Datastore.AllocateSpace)");
  const Storage* storage = TRY(cluster.storage(name));
  if (!storage->content.contains("images")) return die("storage '" + name + "' does not support content-type 'images'");
  return {};
}

std::string formatting(const Storage& storage, const std::string& id, std::string_view format, std::int64_t bytes) {
  if (!storage.has_files()) return "  Logical volume \"" + std::string(after_colon(id)) + "\" created.";
  const std::string size = " size=" + std::to_string(bytes);
  const std::string head = "Formatting '" + storage.path_of(id) + "', fmt=" + std::string(format);
  if (format == "raw") return head + size + " preallocation=off";
  return head + " cluster_size=65536 extended_l2=off preallocation=metadata compression_type=zlib" + size +
         " lazy_refcounts=off refcount_bits=16";
}

// `bytes` 0: its size is not told (a new cloud-init drive; that of a copy is).
void put(Made& made, const std::string& key, Texts drive, const std::string& id, std::int64_t bytes) {
  drive.erase("format");
  drive.erase("import-from");
  drive["file"] = id;
  if (bytes != 0) drive["size"] = print_size(bytes);
  made.config[key] = print_drive(drive);
}

void log_created(const Made& made, const std::string& key, Task& task) {
  task.log.push_back(key + ": successfully created disk '" + made.config.at(key) + "'");
}

Step allocate_step(Cluster& cluster, const std::string& key, const Texts& drive, const MadePtr& made) {
  const bool cloudinit = after_colon(drive.at("file")) == "cloudinit";
  const std::int64_t bytes = cloudinit ? kCloudinitBytes : parse_size(std::string(after_colon(drive.at("file"))) + "G");
  return {.takes = cluster.timing.allocate,
          .act = [&cluster, key, drive, made, cloudinit, bytes](Task& task) -> Status {
            const std::string name = storage_of(drive.at("file"));
            std::string format = value_of(drive, "format");
            if (format.empty()) format = cloudinit && TRY(cluster.storage(name))->has_files() ? "qcow2" : "raw";
            const std::string id =
                TRY(allocate(cluster, *made, name, bytes, format, cloudinit ? "cloudinit" : "disk", task));
            Texts options = drive;
            if (cloudinit) options["media"] = "cdrom";
            put(*made, key, options, id, cloudinit ? 0 : bytes);
            log_created(*made, key, task);
            return {};
          }};
}

Step keep_step(Cluster& cluster, const std::string& key, const Texts& drive, const MadePtr& made) {
  return {.takes = {}, .act = [&cluster, key, drive, made](Task&) -> Status {
            const std::string& id = drive.at("file");
            Texts kept = drive;
            kept.erase("import-from");
            if (id != "none" && id != "cdrom" && !id.starts_with("/")) {
              const Volume* volume = cluster.volume(made->node, id);
              if (volume == nullptr) return die("volume '" + id + "' does not exist");
              if (!is_cdrom(kept)) kept["size"] = print_size(volume->size_bytes);
            }
            made->config[key] = print_drive(kept);
            return {};
          }};
}

// scsi0 of the machine that the volume belongs to, or nothing.
std::string key_of_volume(const Cluster& cluster, const std::string& id) {
  const auto owner = cluster.vms.find(owner_of(id));
  if (owner == cluster.vms.end()) return "";
  for (const Drive& drive : drives_of(owner->second.config, true))
    if (drive.volume() == id) return drive.key + " ";
  return "";
}

Status fill(Cluster& cluster, const Copy& copy, Made& made, const std::string& id) {
  const Volume* source = cluster.volume(copy.source_node, copy.source);
  if (source == nullptr) return die("volume '" + copy.source + "' does not exist");
  Storage& storage = *TRY(cluster.storage(copy.storage));
  const std::int64_t left = storage.total_bytes - storage.used_bytes(made.node);
  if (source->file_bytes > left)
    return die("qemu-img: error while writing at byte " + std::to_string(left) + ": No space left on device");
  Volume* target = storage.find(made.node, id);
  if (target == nullptr) return die("volume '" + id + "' does not exist");
  target->bytes = source->bytes;
  target->file_bytes = source->file_bytes;
  return {};
}

}  // namespace

bool can_snapshot(const Cluster& cluster, const Vm& vm) {
  for (const Drive& drive : drives_of(vm.config)) {
    const auto storage = cluster.storages.find(storage_of(drive.volume()));
    if (is_cdrom(drive.properties) || storage == cluster.storages.end()) continue;
    if (storage->second.has_files() && format_of(drive.volume()) != "qcow2") return false;
  }
  return true;
}

std::string print_bytes(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit) value /= 1024;
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%.1f %s", value, std::string(kUnits[unit]).c_str());
  return out.data();
}

void remove_made(Cluster& cluster, const Made& made) {
  for (const std::string& id : made.volumes) cluster.remove_volume(made.node, id);
}

Status run_now(std::deque<Step> steps) {
  Duration takes{};
  Task scratch;
  scratch.steps = std::move(steps);
  while (!scratch.steps.empty()) {
    const Step step = std::move(scratch.steps.front());
    scratch.steps.pop_front();
    TRY(step.act(scratch));
    takes += step.takes;
  }
  if (takes > kProxyWaits) return refuse(596, "Connection timed out", {}, kProxyWaits);
  return {};
}

Status check_drive(Cluster& cluster, const Asked& asked, const std::string& key, const std::string& text) {
  const Texts drive = parse_drive(text);
  const std::string file = value_of(drive, "file");
  const std::string source = value_of(drive, "import-from");
  if ((file.starts_with("/") || source.starts_with("/")) && !asked.caller.is_root()) return die(std::string(kNoPaths));
  if (file == "none" || file == "cdrom" || file.starts_with("/")) return {};
  const bool is_new = after_colon(file) == "cloudinit" || is_size(after_colon(file));
  if (!source.empty()) {
    if (after_colon(file) != "0")
      return bad_parameters({{key, "'import-from' requires special syntax - use <storage ID>:0,import-from=<source>"}});
    TRY(cluster.storage(storage_of(source)));
  }
  if (is_new) return check_image_storage(cluster, asked, storage_of(file));
  TRY(cluster.storage(storage_of(file)));
  return {};
}

Result<std::string> allocate(Cluster& cluster, Made& made, const std::string& storage_name, std::int64_t bytes,
                             const std::string& format, std::string_view what, Task& task) {
  Storage& storage = *TRY(cluster.storage(storage_name));
  const std::string kept_format = storage.has_files() ? format : "raw";
  const std::string id = storage.free_id(made.node, made.vmid, what, kept_format);
  task.log.push_back(formatting(storage, id, kept_format, bytes));
  if (bytes > kFileBytesMax)
    return die("unable to create image: qemu-img: " + storage.path_of(id) +
               ": The image size is too large for file format '" + kept_format + "'");
  Volume volume;
  volume.id = id;
  volume.owner = made.vmid;
  volume.format = kept_format;
  volume.content = "images";
  volume.size_bytes = bytes;
  volume.created = cluster.now();
  storage.add(made.node, std::move(volume));
  made.volumes.push_back(id);
  return id;
}

std::deque<Step> copy_steps(Cluster& cluster, const Copy& copy, const MadePtr& made) {
  const auto target = std::make_shared<std::string>();
  const auto bytes = std::make_shared<std::int64_t>(0);
  const Step begin{
      .takes = cluster.timing.allocate, .act = [=, &cluster](Task& task) -> Status {
        const Volume* source = cluster.volume(copy.source_node, copy.source);
        Storage& from = *TRY(cluster.storage(storage_of(copy.source)));
        if (source == nullptr) return die("failed to stat '" + from.path_of(copy.source) + "'");
        task.log.push_back("create full clone of drive " + key_of_volume(cluster, copy.source) + "(" + copy.source +
                           ")");
        *bytes = source->size_bytes;
        const bool is_seed = copy.source.find("cloudinit") != std::string::npos;
        *target = TRY(allocate(cluster, *made, copy.storage, *bytes, copy.format.empty() ? source->format : copy.format,
                               is_seed ? "cloudinit" : "disk", task));
        task.log.push_back("allocated target volume '" + *target + "'");
        const auto gibibytes = static_cast<double>(*bytes) / static_cast<double>(1 << 30);
        const auto takes = std::chrono::duration_cast<Duration>(cluster.timing.copy_per_gib * gibibytes);
        const std::string whole = print_bytes(*bytes);
        const auto report = [&](int quarter) {
          std::array<char, 16> percent{};
          std::snprintf(percent.data(), percent.size(), "%.2f%%", quarter * 25.0);
          return "transferred " + print_bytes(*bytes / 4 * quarter) + " of " + whole + " (" + percent.data() + ")";
        };
        if (is_seed) return {};
        task.log.push_back(report(0));
        for (int quarter = 4; quarter >= 1; --quarter)
          task.steps.push_front({.takes = takes / 4, .act = [line = report(quarter)](Task& later) -> Status {
                                   later.log.push_back(line);
                                   return {};
                                 }});
        return {};
      }};
  const Step finish{.takes = {}, .act = [=, &cluster](Task&) -> Status {
                      TRY(fill(cluster, copy, *made, *target));
                      put(*made, copy.key, copy.options, *target, *bytes);
                      return {};
                    }};
  return {begin, finish};
}

std::deque<Step> drive_steps(Cluster& cluster, const std::string& key, const std::string& text, const MadePtr& made) {
  Texts drive = parse_drive(text);
  const std::string file = drive["file"];
  const std::string source = value_of(drive, "import-from");
  if (source.empty()) {
    const bool is_new =
        file.find(':') != std::string::npos && (after_colon(file) == "cloudinit" || is_size(after_colon(file)));
    return {is_new ? allocate_step(cluster, key, drive, made) : keep_step(cluster, key, drive, made)};
  }
  std::deque<Step> out = copy_steps(cluster,
                                    {.key = key,
                                     .source = source,
                                     .source_node = made->node,
                                     .storage = storage_of(file),
                                     .format = value_of(drive, "format"),
                                     .options = drive},
                                    made);
  out.push_back({.takes = {}, .act = [key, made](Task& task) -> Status {
                   log_created(*made, key, task);
                   return {};
                 }});
  return out;
}

}  // namespace rig::fakes::pve
