// provider/fake/internal/host.cc — machines, volumes, images, and effects on them.
#include "provider/fake/internal/host.h"

#include <algorithm>
#include <set>

#include "base/digest.h"
#include "base/text.h"
#include "provider/fake/limits.h"

namespace rig::provider::fake {
namespace {

constexpr std::string_view kDiskStep = "disk ";

std::string derived_mac(const std::string& machine_id, const std::string& nic) {
  const std::string digest = sha256_hex(machine_id + "/" + nic);
  return "52:54:00:" + digest.substr(0, 2) + ":" + digest.substr(2, 2) + ":" + digest.substr(4, 2);
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// A configuration as the host keeps it: what was left to the provider is chosen.
MachineSpec chosen(const MachineRef& ref, MachineSpec spec) {
  for (NicSpec& nic : spec.nics) {
    if (nic.mac.empty()) nic.mac = derived_mac(ref.machine_id, nic.name);
    if (nic.network.empty() && nic.bridge.empty()) nic.network = "default";
    if (nic.model.empty()) nic.model = "virtio";
  }
  return spec;
}

template <class Item>
const Item* find_named(const std::vector<Item>& items, std::string_view name) {
  const auto item = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.name == name; });
  return item == items.end() ? nullptr : &*item;
}

// "eth0" of "nics[eth0].mac".
std::string name_in(const std::string& path) {
  const std::size_t begin = path.find('[') + 1;
  return path.substr(begin, path.find(']') - begin);
}

template <class Item>
void copy_named(const std::string& name, const std::vector<Item>& from, std::vector<Item>& to) {
  std::erase_if(to, [&](const Item& item) { return item.name == name; });
  if (const Item* item = find_named(from, name)) to.push_back(*item);
}

// Carries the field that a Change names from one spec to another.
void copy_field(const std::string& path, const MachineSpec& from, MachineSpec& to) {
  if (path == "cpus") to.cpus = from.cpus;
  if (path == "memory_mib") to.memory_mib = from.memory_mib;
  if (path == "nested_virtualization") to.nested_virtualization = from.nested_virtualization;
  if (path == "root_disk_bytes") to.root_disk_bytes = from.root_disk_bytes;
  if (path.starts_with("limits.")) to.limits = from.limits;
  if (path == "tags") to.tags = from.tags;
  if (path.starts_with("disks[")) copy_named(name_in(path), from.disks, to.disks);
  if (path.starts_with("nics[")) copy_named(name_in(path), from.nics, to.nics);
  if (!path.starts_with("extra_config[")) return;
  const auto value = from.extra_config.find(name_in(path));
  if (value == from.extra_config.end())
    to.extra_config.erase(name_in(path));
  else
    to.extra_config[value->first] = value->second;
}

}  // namespace

std::string candidates(const std::vector<std::string>& names) {
  return names.empty() ? "the host has none" : "the host has: " + join(names, ", ");
}

Record* Host::by_id(const std::string& id) {
  const auto found = machines_.find(id);
  return found == machines_.end() ? nullptr : &found->second;
}

Record* Host::by_machine_id(const std::string& machine_id) {
  const auto first = by_machine_id_.lower_bound({machine_id, ""});
  return first == by_machine_id_.end() || first->first != machine_id ? nullptr : by_id(first->second);
}

Record& Host::add(const MachineRef& ref) {
  Record& record = machines_[ref.id];
  by_machine_id_.erase({record.ref.machine_id, ref.id});
  by_machine_id_.insert({ref.machine_id, ref.id});
  record.ref = ref;
  return record;
}

Record* Host::ours(const MachineRef& ref) {
  Record* record = ref.legacy ? by_id(ref.id) : by_machine_id(ref.machine_id);
  if (record == nullptr) return nullptr;
  const Owner& stamp = record->ref.owner;
  if (ref.legacy) return stamp.uid.empty() && !record->is_released ? record : nullptr;
  const bool is_ours = !stamp.uid.empty() && stamp.uid == ref.owner.uid && stamp.cluster_id == ref.owner.cluster_id;
  return is_ours ? record : nullptr;
}

Record* Host::released(const MachineRef& ref) {
  Record* record = ref.legacy ? nullptr : by_machine_id(ref.machine_id);
  return record != nullptr && record->is_released ? record : nullptr;
}

Status Host::check_free(const MachineRef& ref) {
  if (released(ref) != nullptr) return {};
  if (const Record* other = by_machine_id(ref.machine_id); other != nullptr && ours(ref) == nullptr)
    return Error(Code::kAlreadyExists, "machine id " + ref.machine_id + " is carried by machine " + other->ref.id +
                                           ", which is not owned by " + ref.owner.name_space + "/" + ref.owner.name);
  const Record* other = by_id(ref.id);
  if (other != nullptr && other->ref.machine_id != ref.machine_id)
    return Error(Code::kAlreadyExists, "a machine named " + ref.id + " is there and is not owned by " +
                                           ref.owner.name_space + "/" + ref.owner.name)
        .with_hint("Rename or adopt it, or choose another name.");
  return {};
}

Status Host::check_spec(const MachineSpec& spec) const {
  if (spec.cpus < 1)
    return Error(Code::kInvalidArgument, "cpus: found " + std::to_string(spec.cpus) + ", wanted 1 or more");
  if (spec.memory_mib < 1)
    return Error(Code::kInvalidArgument, "memory_mib: found " + std::to_string(spec.memory_mib) + ", wanted 1 or more");
  std::set<std::string> disks, nics;
  for (const DiskSpec& disk : spec.disks) {
    if (!disks.insert(disk.name).second)
      return Error(Code::kInvalidArgument, "disks: " + disk.name + " is there twice");
    if (disk.size_bytes < 1) return Error(Code::kInvalidArgument, "disks[" + disk.name + "]: has no size");
  }
  for (const NicSpec& nic : spec.nics) {
    if (!nics.insert(nic.name).second) return Error(Code::kInvalidArgument, "nics: " + nic.name + " is there twice");
    if (!nic.network.empty() && !contains(options.networks, nic.network))
      return Error(Code::kNotFound,
                   "nics[" + nic.name + "]: no network " + nic.network + "; " + candidates(options.networks));
    if (!nic.bridge.empty() && !contains(options.bridges, nic.bridge))
      return Error(Code::kNotFound,
                   "nics[" + nic.name + "]: no bridge " + nic.bridge + "; " + candidates(options.bridges));
  }
  const std::string& image = spec.image.location;
  if (image.empty() || images.contains(image) || options.sources.contains(image) || options.sources.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [location, stored] : images) names.push_back(location);
  return Error(Code::kNotFound, "image " + image + " is not on the host; " + candidates(names));
}

Machine Host::show(const Record& record, WallTime now) const {
  Machine machine;
  machine.ref = record.ref;
  machine.existence = record.is_complete ? Existence::kOurs : Existence::kPartial;
  if (record.ref.owner.uid.empty()) machine.existence = record.is_released ? Existence::kReleased : Existence::kForeign;
  machine.detail = record.detail;
  machine.host = "fake-1";
  machine.version = "v" + std::to_string(record.version);
  machine.power = record.power;
  machine.configured = record.configured;
  machine.running = record.power == Power::kOff ? record.configured : record.running;
  machine.configured.seed = machine.running.seed = {};
  machine.console_url = "fake://console/" + record.ref.id;
  machine.facts = {{"hypervisor", "fake"}};
  machine.booted_at = record.booted_at;
  if (record.power != Power::kOn || now < *record.booted_at + options.boot) return machine;
  machine.addresses_read_at = now;
  machine.guest_hostname = record.running.hostname;
  for (std::size_t nic = 1; nic <= record.running.nics.size(); ++nic)
    machine.addresses.push_back(record.address_base + std::to_string(nic));
  return machine;
}

// ---- create and remove ----

std::vector<std::string> Host::create_steps(const MachineSpec& spec) {
  std::vector<std::string> steps = {"define", "root disk"};
  for (const DiskSpec& disk : spec.disks) steps.push_back(std::string(kDiskStep) + disk.name);
  if (!spec.seed.empty()) steps.emplace_back("seed");
  steps.emplace_back("finish");
  return steps;
}

Status Host::create_step(const MachineRef& ref, const MachineSpec& spec, const std::string& step) {
  const std::string& id = ref.machine_id;
  if (step == "define") {
    TRY(check_free(ref));
    if (by_id(ref.id) != nullptr) return {};
    Record& record = add(ref);
    record.is_complete = false;
    record.configured = chosen(ref, spec);
    ++addresses_given_;
    record.address_base =
        "10." + std::to_string(addresses_given_ / 250) + "." + std::to_string(addresses_given_ % 250) + ".";
    touch(record);
    return {};
  }
  Record* record = ours(ref);
  if (record == nullptr) return Error(Code::kAborted, "machine " + ref.id + " was removed while it was being made");
  record->detail = "create was cut off before: " + step;
  if (step == "root disk") {
    record->configured.root_disk_bytes = root_bytes(spec);
    return add_volume(id + "-root", id, root_bytes(spec));
  }
  if (step == "seed") return add_volume(id + "-seed", id, 1 << 20);
  if (step.starts_with(kDiskStep)) {
    const std::string name = step.substr(kDiskStep.size());
    return add_volume(id + "-disk-" + name, id, find_named(spec.disks, name)->size_bytes);
  }
  if (record->is_complete) return {};
  record->is_complete = true;
  record->detail.clear();
  touch(*record);
  return {};
}

void Host::undo_create(const MachineRef& ref) {
  const Record* record = ours(ref);
  if (record == nullptr || record->is_complete) return;
  erase(ref.id);
}

Status Host::remove_step(const MachineRef& ref, const std::string& step) {
  Record* record = ours(ref);
  if (record == nullptr) return {};  // somebody was faster
  if (step == "stop") {
    record->is_complete = false;
    record->detail = "removal was cut off";
    power_off(*record);
  } else if (step == "volumes") {
    drop_volumes(record->ref.machine_id);
    ++mutations;
  } else {
    erase(record->ref.id);
  }
  return {};
}

void Host::erase(const std::string& id) {
  const auto found = machines_.find(id);
  if (found == machines_.end()) return;
  drop_volumes(found->second.ref.machine_id);
  ++mutations;
  const Record gone = std::move(found->second);
  machines_.erase(found);
  by_machine_id_.erase({gone.ref.machine_id, gone.ref.id});
  touched(gone, /*is_gone=*/true);
}

// ---- giving up and taking over: the stamp and nothing else ----

void Host::release(Record& record) {
  const Record before = record;
  record.ref.owner = {};
  record.is_released = true;
  ++mutations;
  touched(before, /*is_gone=*/true);  // for those who watched it
}

void Host::take_over(Record& record, const Owner& owner) {
  record.ref.owner = owner;
  record.is_released = false;
  touch(record);
}

// ---- power ----

void Host::power_on(Record& record, WallTime now) {
  const bool resumes = record.power == Power::kPaused || record.power == Power::kSuspended;
  const bool had_deadline = record.off_at.has_value();
  record.off_at.reset();
  if (record.power == Power::kOn && !had_deadline) return;
  if (record.power == Power::kOff) {
    record.running = record.configured;
    record.booted_at = now;
    record.addresses_told = false;
  } else if (resumes && !record.booted_at) {
    record.booted_at = now;
  }
  record.power = Power::kOn;
  touch(record);
}

void Host::power_off(Record& record) {
  record.off_at.reset();
  if (record.power == Power::kOff) return;
  record.power = Power::kOff;
  record.booted_at.reset();
  touch(record);
}

void Host::ask_off(Record& record, WallTime hard_at, WallTime now) {
  if (record.power == Power::kOff) return;
  const auto said = record.running.extra_config.find(std::string(kShutdown));
  const bool ignores = said != record.running.extra_config.end() && said->second == "ignored";
  const bool obeys = options.obeys_shutdown && !ignores && record.power == Power::kOn;
  const WallTime off_at = obeys ? std::min(hard_at, now + options.power) : hard_at;
  if (record.off_at && *record.off_at <= off_at) return;
  record.off_at = off_at;
  touch(record);
}

void Host::set_power(Record& record, Power power, WallTime now) {
  if (power == Power::kOff) return power_off(record);
  if (power == Power::kOn) return power_on(record, now);
  record.power = power;
  touch(record);
}

void Host::reboot(Record& record, WallTime now) {
  record.booted_at = now;
  record.addresses_told = false;
  touch(record);
}

// ---- changes ----

Status Host::apply(Record& record, const MachineSpec& wish, const std::vector<Change>& changes) {
  const MachineSpec wished = chosen(record.ref, wish);
  Status outcome;
  for (const Change& change : changes) {
    outcome = change_volume(record.ref.machine_id, wished, change);
    if (!outcome.ok()) break;
    copy_field(change.path, wished, record.configured);
    if (change.cost == Cost::kOnline && record.power != Power::kOff) copy_field(change.path, wished, record.running);
  }
  ++record.version;
  touch(record);
  return outcome;
}

Status Host::change_volume(const std::string& machine_id, const MachineSpec& wish, const Change& change) {
  if (change.path == "root_disk_bytes") return resize_volume(machine_id + "-root", wish.root_disk_bytes);
  if (!change.path.starts_with("disks[")) return {};
  const std::string name = name_in(change.path), volume = machine_id + "-disk-" + name;
  const DiskSpec* disk = find_named(wish.disks, name);
  if (disk == nullptr) {
    drop_volume(volume);
    return {};
  }
  return volumes_.contains(volume) ? resize_volume(volume, disk->size_bytes)
                                   : add_volume(volume, machine_id, disk->size_bytes);
}

void Host::edit(Record& record, const std::function<void(MachineSpec&)>& change) {
  change(record.configured);
  ++record.version;
  touch(record);
}

Status Host::store_image(const std::string& location, StoredImage image) {
  if (images.contains(location)) return {};
  TRY(take_room("image " + location, image.size_bytes));
  images[location] = std::move(image);
  ++mutations;
  return {};
}

void Host::touch(Record& record) {
  ++mutations;
  if (record.off_at) timers_.insert({*record.off_at, record.ref.id});
  if (record.power == Power::kOn && !record.addresses_told)
    timers_.insert({*record.booted_at + options.boot, record.ref.id});
  touched(record, /*is_gone=*/false);
}

// ---- timers ----

bool Host::addresses_due(const Record& record, WallTime due) const {
  return record.power == Power::kOn && !record.addresses_told && *record.booted_at + options.boot == due;
}

std::optional<WallTime> Host::next_timer() {
  while (!timers_.empty()) {
    const auto& [due, id] = *timers_.begin();
    const Record* record = by_id(id);
    if (record != nullptr && (record->off_at == due || addresses_due(*record, due))) return due;
    timers_.erase(timers_.begin());
  }
  return std::nullopt;
}

void Host::run_timer(WallTime due) {
  Record& record = *by_id(timers_.begin()->second);
  if (record.off_at == due) return power_off(record);
  record.addresses_told = true;
  touched(record, /*is_gone=*/false);
}

// ---- volumes ----

std::vector<std::string> Host::volume_names() const {
  std::vector<std::string> names;
  for (const auto& [name, volume] : volumes_) names.push_back(name);
  for (const auto& [location, image] : images) names.push_back(location);
  return names;
}

Status Host::add_volume(const std::string& name, const std::string& machine_id, std::int64_t bytes) {
  if (volumes_.contains(name)) return {};
  TRY(take_room("volume " + name, bytes));
  volumes_[name] = {machine_id, bytes};
  ++mutations;
  return {};
}

Status Host::resize_volume(const std::string& name, std::int64_t bytes) {
  Volume& volume = volumes_[name];
  TRY(take_room("volume " + name, bytes - volume.bytes));
  volume.bytes = bytes;
  ++mutations;
  return {};
}

void Host::drop_volume(const std::string& name) {
  const auto volume = volumes_.find(name);
  if (volume == volumes_.end()) return;
  bytes_used_ -= volume->second.bytes;
  volumes_.erase(volume);
}

void Host::drop_volumes(const std::string& machine_id) {
  for (auto next = volumes_.lower_bound(machine_id); next != volumes_.end() && next->first.starts_with(machine_id);) {
    const auto volume = next++;
    if (volume->second.machine_id == machine_id) drop_volume(volume->first);
  }
}

Status Host::take_room(const std::string& what, std::int64_t bytes) {
  const std::int64_t left = options.storage_bytes - bytes_used_;
  if (bytes > left)
    return Error(Code::kResourceExhausted, what + " needs " + std::to_string(bytes) + " bytes; storage has " +
                                               std::to_string(left) + " of " + std::to_string(options.storage_bytes) +
                                               " left");
  bytes_used_ += bytes;
  return {};
}

std::int64_t Host::root_bytes(const MachineSpec& spec) const {
  if (const auto stored = images.find(spec.image.location); stored != images.end())
    return std::max(spec.root_disk_bytes, stored->second.size_bytes);
  const auto source = options.sources.find(spec.image.location);
  if (source != options.sources.end())
    return std::max(spec.root_disk_bytes, static_cast<std::int64_t>(source->second.size()));
  return std::max(spec.root_disk_bytes, spec.image.location.empty() ? 0 : kUnlistedImageBytes);
}

}  // namespace rig::provider::fake
