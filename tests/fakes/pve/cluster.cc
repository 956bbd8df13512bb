#include "fakes/pve/cluster.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/check.h"
#include "base/digest.h"
#include "base/text.h"
#include "base/uuid.h"
#include "fakes/pve/power.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kUuidSpace = "6ba7b812-9dad-11d1-80b4-00c04fd430c8";
constexpr int kFirstVmid = 100;

Storage make_storage(std::string name, Storage::Kind kind, std::string path, std::set<std::string> content) {
  Storage out;
  out.name = std::move(name);
  out.kind = kind;
  out.path = std::move(path);
  out.content = std::move(content);
  return out;
}

std::int64_t integer_of(const Texts& config, const std::string& key, std::int64_t otherwise) {
  const Result<std::int64_t> value = parse_int(value_of(config, key));
  return value.ok() ? *value : otherwise;
}

}  // namespace

Origin origin_of(std::string bytes) {
  Origin out;
  out.file_bytes = static_cast<std::int64_t>(bytes.size());
  out.size_bytes = image_size(bytes);
  for (const std::string_view algorithm : {"md5", "sha1", "sha256", "sha512"}) {
    Digest sum = Digest::start(algorithm).take();
    sum.add(bytes);
    out.sums[std::string(algorithm)] = sum.finish_hex();
  }
  out.bytes = std::move(bytes);
  return out;
}

Cluster::Cluster(std::vector<std::string> node_names, const Clock& clock) : clock_(clock), next_look_(clock.wall()) {
  for (std::string& name : node_names) {
    Node made;
    made.name = std::move(name);
    nodes.push_back(std::move(made));
  }
  const std::set<std::string> files = {"images", "iso", "import", "snippets", "vztmpl", "backup", "rootdir"};
  storages["local"] = make_storage("local", Storage::Kind::kDir, "/var/lib/vz", files);
  storages["local-lvm"] = make_storage("local-lvm", Storage::Kind::kLvmThin, "", {"images", "rootdir"});
  storages["shared"] = make_storage("shared", Storage::Kind::kNfs, "/mnt/pve/shared", files);
}

void Cluster::settle() {
  const WallTime until = now();
  next_look_ = std::min(next_look_, until + timing.statistics);  // it may have become shorter
  if (next_look_ + timing.statistics < until) {                  // long idle: one look is as good as many
    tasks.run(until - timing.statistics);
    next_look_ = until - timing.statistics;
  }
  while (next_look_ <= until) {
    tasks.run(next_look_);
    if (ha_acts) obey_ha();
    collect_statistics();
    next_look_ += std::max<Duration>(timing.statistics, std::chrono::milliseconds(1));
  }
  tasks.run(until);
  end_reboots(until);
}

void Cluster::end_reboots(WallTime until) {
  for (auto& [id, vm] : vms) {
    if (!vm.starts_at || *vm.starts_at > until) continue;
    vm.starts_at.reset();
    Task task;
    task.node = vm.node;
    task.type = "qmstart";
    task.id = std::to_string(id);
    task.user = "root@pam";
    task.lock = id;
    task.steps = {
        {.takes = timing.start, .act = [this, node = vm.node, id](Task& t) { return start(*this, node, id, t); }}};
    tasks.begin(std::move(task), until);
  }
  tasks.run(until);
}

void Cluster::power_on(Vm& vm) {
  vm.apply_pending();
  vm.starts_at.reset();
  for (const std::string& tag : split(vm.value("tags"), ';'))
    if (const auto found = guests.find(tag); found != guests.end()) vm.guest = found->second;
  vm.running_since = now();
  vm.is_paused = false;
  vm.pid = ++last_pid_;
}

void Cluster::power_off(Vm& vm) {
  vm.apply_pending();
  vm.running_since.reset();
  vm.is_paused = false;
}

void Cluster::obey_ha() {
  for (auto& [id, vm] : vms) {
    const auto resource = ha.find("vm:" + std::to_string(id));
    if (resource == ha.end() || vm.config.contains("lock") || vm.is_template()) continue;
    if (resource->second.state == "started" && !vm.is_running()) power_on(vm);
    if (resource->second.state == "stopped" && vm.is_running()) power_off(vm);
  }
}

void Cluster::collect_statistics() {
  statistics.clear();
  for (const auto& [id, vm] : vms) statistics[id] = look_at(vm);
}

Statistics Cluster::look_at(const Vm& vm) const {
  Statistics out;
  out.name = vm.value("name").empty() ? "VM " + std::to_string(vm.id) : vm.value("name");
  out.status = vm.is_running() ? "running" : "stopped";
  out.is_template = vm.is_template();
  out.cpus = integer_of(vm.config, "cores", 1) * integer_of(vm.config, "sockets", 1);
  const Texts memory = parse_properties(vm.value("memory"), "current");
  out.memory_bytes = integer_of(memory, "current", 512) << 20U;
  if (const std::string disk = boot_disk(vm.config); !disk.empty())
    out.disk_bytes = std::max<std::int64_t>(parse_size(value_of(parse_drive(vm.config.at(disk)), "size")), 0);
  if (vm.is_running())
    out.uptime_seconds = std::chrono::duration_cast<std::chrono::seconds>(now() - *vm.running_since).count();
  return out;
}

const Node* Cluster::node(const std::string& name) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& each) { return each.name == name; });
  return found == nodes.end() ? nullptr : &*found;
}

int Cluster::free_vmid() const {
  int id = kFirstVmid;
  while (vms.contains(id)) ++id;
  return id;
}

Result<Vm*> Cluster::machine(const std::string& node_name, int vmid) {
  const auto found = vms.find(vmid);
  if (found == vms.end() || found->second.node != node_name) return die(missing_file(vmid, node_name));
  return &found->second;
}

Result<Storage*> Cluster::storage(const std::string& name) {
  const auto found = storages.find(name);
  if (found == storages.end()) return die("storage '" + name + "' does not exist");
  return &found->second;
}

Volume* Cluster::volume(const std::string& node_name, const std::string& id) {
  const auto found = storages.find(storage_of(id));
  return found == storages.end() ? nullptr : found->second.find(node_name, id);
}

void Cluster::remove_volume(const std::string& node_name, const std::string& id) {
  const auto found = storages.find(storage_of(id));
  if (found != storages.end()) found->second.remove(node_name, id);
}

bool Cluster::is_in_use_as_base(const std::string& node_name, const std::string& volume_id) {
  const auto found = storages.find(storage_of(volume_id));
  if (found == storages.end()) return false;
  const std::vector<const Volume*> all = found->second.all(node_name);
  return std::any_of(all.begin(), all.end(), [&](const Volume* volume) { return volume->base == volume_id; });
}

std::string Cluster::new_uuid() { return name_uuid(kUuidSpace, "fake " + std::to_string(++made_)); }

std::string Cluster::new_mac() {
  std::array<char, 24> out{};
  const auto number = static_cast<unsigned>(++made_);
  std::snprintf(out.data(), out.size(), "BC:24:11:%02X:%02X:%02X", number >> 16U & 0xFFU, number >> 8U & 0xFFU,
                number & 0xFFU);
  return out.data();
}

void Cluster::move(int vmid, const std::string& to) {
  const auto found = vms.find(vmid);
  CHECK(found != vms.end() && node(to) != nullptr);
  found->second.node = to;
}

void Cluster::lose_power(const std::string& name) {
  for (const Task& task : tasks.all())
    if (task.node == name && task.is_running) tasks.die(*tasks.find(task.upid), now());
  for (auto& [id, vm] : vms) {
    if (vm.node == name && vm.is_running()) power_off(vm);
  }
}

}  // namespace rig::fakes::pve
