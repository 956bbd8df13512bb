// provider/wire/convert.cc — our values to messages and back.
#include "provider/wire/internal/convert.h"

#include "base/check.h"
#include "provider/v1/provider.pb.h"
#include "provider/wire/internal/errors.h"
#include "rig/provider/v1/machines.pb.h"

namespace rig::provider::wire {
namespace {

// ---- enums: one row per word ----

template <class Ours, class Theirs>
struct Word {
  Ours ours;
  Theirs theirs;
};
constexpr Word<Existence, v1::Existence> kExistence[] = {{Existence::kOurs, v1::EXISTENCE_OURS},
                                                         {Existence::kPartial, v1::EXISTENCE_PARTIAL},
                                                         {Existence::kForeign, v1::EXISTENCE_FOREIGN},
                                                         {Existence::kReleased, v1::EXISTENCE_RELEASED},
                                                         {Existence::kGone, v1::EXISTENCE_GONE}};
constexpr Word<Power, v1::Power> kPower[] = {{Power::kOn, v1::POWER_ON},
                                             {Power::kOff, v1::POWER_OFF},
                                             {Power::kPaused, v1::POWER_PAUSED},
                                             {Power::kSuspended, v1::POWER_SUSPENDED}};
constexpr Word<Cost, v1::Cost> kCost[] = {{Cost::kOnline, v1::COST_ONLINE},
                                          {Cost::kPowerCycle, v1::COST_POWER_CYCLE},
                                          {Cost::kRecreate, v1::COST_RECREATE},
                                          {Cost::kImpossible, v1::COST_IMPOSSIBLE}};
constexpr Word<Firmware, v1::Firmware> kFirmware[] = {{Firmware::kBios, v1::FIRMWARE_BIOS},
                                                      {Firmware::kUefi, v1::FIRMWARE_UEFI}};
using Phase = TaskState::Phase;
constexpr Word<Phase, v1::TaskPhase> kPhase[] = {{Phase::kRunning, v1::TASK_PHASE_RUNNING},
                                                 {Phase::kDone, v1::TASK_PHASE_DONE},
                                                 {Phase::kFailed, v1::TASK_PHASE_FAILED},
                                                 {Phase::kForgotten, v1::TASK_PHASE_FORGOTTEN}};

template <class Table, class Ours>
auto theirs(const Table& table, Ours ours) {
  for (const auto& word : table)
    if (word.ours == ours) return word.theirs;
  check_failed("every word has a row", __FILE__, __LINE__);
}

template <class Ours, class Theirs, std::size_t n>
Result<Ours> ours(const Word<Ours, Theirs> (&table)[n], int theirs, const char* what) {
  for (const auto& word : table)
    if (static_cast<int>(word.theirs) == theirs) return word.ours;
  return Error(Code::kUnknown,
               std::string(what) + ": found the word " + std::to_string(theirs) + ", which this version does not know")
      .with_hint("Upgrade this side.");
}

// ---- lists ----

template <class List>
std::vector<std::string> strings(const List& from) {
  return {from.begin(), from.end()};
}
void encode(const std::vector<std::string>& from, google::protobuf::RepeatedPtrField<std::string>& to) {
  to.Assign(from.begin(), from.end());
}

// ---- parts of MachineSpec ----

void encode(const DiskSpec& from, v1::DiskSpec& to) {
  to.set_name(from.name);
  to.set_size_bytes(from.size_bytes);
  to.set_provisioning(from.provisioning);
  to.set_storage(from.storage);
}

DiskSpec decode(const v1::DiskSpec& from) {
  return {from.name(), from.size_bytes(), from.provisioning(), from.storage()};
}

void encode(const NicSpec& from, v1::NicSpec& to) {
  to.set_name(from.name);
  to.set_mac(from.mac);
  to.set_network(from.network);
  to.set_bridge(from.bridge);
  to.set_model(from.model);
  if (from.vlan) to.set_vlan(*from.vlan);
  if (from.mtu) to.set_mtu(*from.mtu);
  if (!from.native.is_null()) to.set_native_json(json::to_text(from.native));
  encode(from.addresses, *to.mutable_addresses());
  encode(from.gateways, *to.mutable_gateways());
  encode(from.nameservers, *to.mutable_nameservers());
}

Result<NicSpec> decode(const v1::NicSpec& from) {
  NicSpec to{from.name(), from.mac(), from.network(), from.bridge(), from.model(), {}, {}, {}};
  if (from.has_vlan()) to.vlan = from.vlan();
  if (from.has_mtu()) to.mtu = from.mtu();
  if (!from.native_json().empty()) to.native = TRY(json::parse(from.native_json()));
  to.addresses = strings(from.addresses());
  to.gateways = strings(from.gateways());
  to.nameservers = strings(from.nameservers());
  return to;
}

void encode(const Placement& from, v1::Placement& to) {
  to.set_host(from.host);
  to.set_cluster(from.cluster);
  to.set_folder(from.folder);
  to.set_resource_pool(from.resource_pool);
  to.set_storage(from.storage);
  to.set_storage_cluster(from.storage_cluster);
}

Placement decode(const v1::Placement& from) {
  return {from.host(), from.cluster(), from.folder(), from.resource_pool(), from.storage(), from.storage_cluster()};
}

void encode(const Limits& from, v1::Limits& to) {
  if (from.cpu_reservation_mhz) to.set_cpu_reservation_mhz(*from.cpu_reservation_mhz);
  if (from.cpu_limit_mhz) to.set_cpu_limit_mhz(*from.cpu_limit_mhz);
  if (from.cpu_shares) to.set_cpu_shares(*from.cpu_shares);
  if (from.memory_reservation_mib) to.set_memory_reservation_mib(*from.memory_reservation_mib);
  if (from.memory_limit_mib) to.set_memory_limit_mib(*from.memory_limit_mib);
}

Limits decode(const v1::Limits& from) {
  Limits to;
  if (from.has_cpu_reservation_mhz()) to.cpu_reservation_mhz = from.cpu_reservation_mhz();
  if (from.has_cpu_limit_mhz()) to.cpu_limit_mhz = from.cpu_limit_mhz();
  if (from.has_cpu_shares()) to.cpu_shares = from.cpu_shares();
  if (from.has_memory_reservation_mib()) to.memory_reservation_mib = from.memory_reservation_mib();
  if (from.has_memory_limit_mib()) to.memory_limit_mib = from.memory_limit_mib();
  return to;
}

}  // namespace

std::int64_t unix_ns(WallTime time) { return time.time_since_epoch().count(); }
WallTime wall_time(std::int64_t unix_ns) { return WallTime(Duration(unix_ns)); }

// ---- identity ----

void encode(const Owner& from, v1::Owner& to) {
  to.set_cluster_id(from.cluster_id);
  to.set_name_space(from.name_space);
  to.set_name(from.name);
  to.set_uid(from.uid);
}
Owner decode(const v1::Owner& from) { return {from.cluster_id(), from.name_space(), from.name(), from.uid()}; }

void encode(const MachineRef& from, v1::MachineRef& to) {
  encode(from.owner, *to.mutable_owner());
  to.set_machine_id(from.machine_id);
  to.set_id(from.id);
  to.set_legacy(from.legacy);
}
MachineRef decode(const v1::MachineRef& from) {
  return {decode(from.owner()), from.machine_id(), from.id(), from.legacy()};
}

// ---- wish and fact ----

void encode(const MachineSpec& from, v1::MachineSpec& to) {
  to.set_display_name(from.display_name);
  to.set_hostname(from.hostname);
  to.set_cpus(from.cpus);
  to.set_memory_mib(from.memory_mib);
  to.set_firmware(theirs(kFirmware, from.firmware));
  to.set_secure_boot(from.secure_boot);
  to.set_tpm(from.tpm);
  to.set_nested_virtualization(from.nested_virtualization);
  to.mutable_image()->set_location(from.image.location);
  to.mutable_image()->set_format(from.image.format);
  to.set_root_disk_bytes(from.root_disk_bytes);
  for (const DiskSpec& disk : from.disks) encode(disk, *to.add_disks());
  for (const NicSpec& nic : from.nics) encode(nic, *to.add_nics());
  to.mutable_seed()->set_user_data(from.seed.user_data);
  to.mutable_seed()->set_meta_data(from.seed.meta_data);
  to.mutable_seed()->set_network_config(from.seed.network_config);
  encode(from.placement, *to.mutable_placement());
  if (from.limits != Limits{}) encode(from.limits, *to.mutable_limits());
  encode(from.tags, *to.mutable_tags());
  to.mutable_extra_config()->insert(from.extra_config.begin(), from.extra_config.end());
}

Result<MachineSpec> decode(const v1::MachineSpec& from) {
  MachineSpec to;
  to.display_name = from.display_name();
  to.hostname = from.hostname();
  to.cpus = from.cpus();
  to.memory_mib = from.memory_mib();
  to.firmware = TRY(ours(kFirmware, from.firmware(), "firmware"));
  to.secure_boot = from.secure_boot();
  to.tpm = from.tpm();
  to.nested_virtualization = from.nested_virtualization();
  to.image = {from.image().location(), from.image().format()};
  to.root_disk_bytes = from.root_disk_bytes();
  for (const auto& disk : from.disks()) to.disks.push_back(decode(disk));
  for (const auto& nic : from.nics()) to.nics.push_back(TRY(decode(nic)));
  to.seed = {from.seed().user_data(), from.seed().meta_data(), from.seed().network_config()};
  to.placement = decode(from.placement());
  to.limits = decode(from.limits());
  to.tags = strings(from.tags());
  to.extra_config = {from.extra_config().begin(), from.extra_config().end()};
  return to;
}

void encode(const Machine& from, v1::Machine& to) {
  encode(from.ref, *to.mutable_ref());
  to.set_existence(theirs(kExistence, from.existence));
  to.set_detail(from.detail);
  to.set_host(from.host);
  to.set_version(from.version);
  to.set_power(theirs(kPower, from.power));
  if (from.booted_at) to.set_booted_at_unix_ns(unix_ns(*from.booted_at));
  if (from.addresses_read_at) to.set_addresses_read_at_unix_ns(unix_ns(*from.addresses_read_at));
  encode(from.addresses, *to.mutable_addresses());
  to.set_guest_hostname(from.guest_hostname);
  to.set_console_url(from.console_url);
  encode(from.running, *to.mutable_running());
  encode(from.configured, *to.mutable_configured());
  to.mutable_facts()->insert(from.facts.begin(), from.facts.end());
}

Result<Machine> decode(const v1::Machine& from) {
  Machine to;
  to.ref = decode(from.ref());
  to.existence = TRY(ours(kExistence, from.existence(), "existence"));
  to.detail = from.detail();
  to.host = from.host();
  to.version = from.version();
  to.power = TRY(ours(kPower, from.power(), "power"));
  if (from.has_booted_at_unix_ns()) to.booted_at = wall_time(from.booted_at_unix_ns());
  if (from.has_addresses_read_at_unix_ns()) to.addresses_read_at = wall_time(from.addresses_read_at_unix_ns());
  to.addresses = strings(from.addresses());
  to.guest_hostname = from.guest_hostname();
  to.console_url = from.console_url();
  to.running = TRY(decode(from.running()));
  to.configured = TRY(decode(from.configured()));
  to.facts = {from.facts().begin(), from.facts().end()};
  return to;
}

void encode(const Plan& from, v1::Plan& to) {
  to.set_version(from.version);
  for (const Change& change : from.changes) {
    v1::Change& added = *to.add_changes();
    added.set_path(change.path);
    added.set_from(change.from);
    added.set_to(change.to);
    added.set_cost(theirs(kCost, change.cost));
    added.set_why(change.why);
  }
}

Result<Plan> decode(const v1::Plan& from) {
  Plan to{from.version(), {}};
  for (const v1::Change& change : from.changes()) {
    const Cost cost = TRY(ours(kCost, change.cost(), "cost"));
    to.changes.push_back({change.path(), change.from(), change.to(), cost, change.why()});
  }
  return to;
}

// ---- tasks and errors ----

void encode(const Error& from, v1::Failure& to) {
  to.set_code(static_cast<std::int32_t>(from.code()));
  to.set_message(bare_text(from));
  to.set_hint(from.hint());
  if (from.retry_after()) to.set_retry_after_ns(from.retry_after()->count());
}

Error decode(const v1::Failure& from) {
  const bool is_known = from.code() >= 1 && from.code() <= 16;
  Error to(is_known ? static_cast<Code>(from.code()) : Code::kUnknown, from.message());
  if (!from.hint().empty()) to = std::move(to).with_hint(from.hint());
  if (from.has_retry_after_ns()) to = std::move(to).with_retry_after(Duration(from.retry_after_ns()));
  return to;
}

void encode(const TaskState& from, v1::TaskState& to) {
  to.set_phase(theirs(kPhase, from.phase));
  to.set_step(from.step);
  to.set_result_id(from.result_id);
  if (from.percent) to.set_percent(*from.percent);
  to.set_bytes_done(from.bytes_done);
  to.set_bytes_total(from.bytes_total);
  if (from.error) encode(*from.error, *to.mutable_failure());
}

Result<TaskState> decode(const v1::TaskState& from) {
  TaskState to;
  to.phase = TRY(ours(kPhase, from.phase(), "task phase"));
  to.step = from.step();
  to.result_id = from.result_id();
  if (from.has_percent()) to.percent = from.percent();
  to.bytes_done = from.bytes_done();
  to.bytes_total = from.bytes_total();
  if (from.has_failure()) to.error = decode(from.failure());
  return to;
}

// ---- images, health, events, capabilities ----

void encode(const ImageRequest& from, v1::ImageRequest& to) {
  to.set_key(from.key);
  to.set_name(from.name);
  to.set_path(from.path);
  to.set_url(from.url);
  to.set_format(from.format);
  to.set_checksum(from.checksum);
  to.set_checksum_type(from.checksum_type);
  to.set_storage(from.storage);
  to.set_template_name(from.template_name);
  to.set_host(from.host);
  to.set_is_linked(from.is_linked);
}
ImageRequest decode(const v1::ImageRequest& from) {
  return {from.key(),           from.name(),    from.path(),          from.url(),  from.format(),   from.checksum(),
          from.checksum_type(), from.storage(), from.template_name(), from.host(), from.is_linked()};
}

void encode(const PreparedImage& from, v1::PreparedImage& to) {
  to.set_location(from.location);
  to.set_format(from.format);
  to.set_size_bytes(from.size_bytes);
  to.set_task_id(from.task.text);
}
PreparedImage decode(const v1::PreparedImage& from) {
  return {from.location(), from.format(), from.size_bytes(), TaskId{from.task_id()}};
}

void encode(const Health& from, v1::Health& to) {
  to.set_ok(from.ok);
  to.set_message(from.message);
  if (from.last_contact) to.set_last_contact_unix_ns(unix_ns(*from.last_contact));
}
Health decode(const v1::Health& from) {
  Health to{from.ok(), from.message(), {}};
  if (from.has_last_contact_unix_ns()) to.last_contact = wall_time(from.last_contact_unix_ns());
  return to;
}

void encode(const Event& from, v1::WatchEvent& to) {
  to.set_resume(from.resume);
  if (const auto* machine = std::get_if<Machine>(&from.what)) {
    encode(*machine, *to.mutable_machine());
  } else if (const auto* task = std::get_if<TaskEvent>(&from.what)) {
    encode(task->ref, *to.mutable_task()->mutable_ref());
    to.mutable_task()->set_task_id(task->id.text);
    encode(task->state, *to.mutable_task()->mutable_state());
  } else {
    to.mutable_synced();
  }
}

Result<Event> decode(const v1::WatchEvent& from) {
  switch (from.what_case()) {
    case v1::WatchEvent::kMachine: {
      Machine machine = TRY(decode(from.machine()));
      return Event{from.resume(), std::move(machine)};
    }
    case v1::WatchEvent::kTask: {
      TaskState state = TRY(decode(from.task().state()));
      return Event{from.resume(),
                   TaskEvent{decode(from.task().ref()), TaskId{from.task().task_id()}, std::move(state)}};
    }
    case v1::WatchEvent::kSynced: return Event{from.resume(), Synced{}};
    case v1::WatchEvent::WHAT_NOT_SET: break;
  }
  return Error(Code::kUnknown, "watch: found an event of a kind that this version does not know");
}

void encode(const Capabilities& from, ::provider::v1::GetCapabilitiesResponse& to) {
  to.set_supports_reconfigure_online(from.reconfigure_online);
  to.set_supports_disk_expansion_online(from.disk_expansion_online);
  to.set_supports_snapshots(from.snapshots);
  to.set_supports_memory_snapshots(from.memory_snapshots);
  to.set_supports_linked_clones(from.linked_clones);
  to.set_supports_image_import(from.image_import);
  to.set_supports_disk_export(from.disk_export);
  to.set_supports_disk_import(from.disk_import);
  to.set_supports_export_compression(from.export_compression);
  encode(from.disk_types, *to.mutable_supported_disk_types());
  encode(from.network_types, *to.mutable_supported_network_types());
  encode(from.export_formats, *to.mutable_supported_export_formats());
  encode(from.import_formats, *to.mutable_supported_import_formats());
  encode(from.export_backends, *to.mutable_supported_export_backends());
  encode(from.import_backends, *to.mutable_supported_import_backends());
  encode(from.transfer_modes, *to.mutable_supported_transfer_modes());
  encode(from.unsupported_fields, *to.mutable_unsupported_fields());
  to.set_proves_absence(from.proves_absence);
  to.set_event_latency_ns(from.event_latency.count());
  to.set_mac_prefix(from.mac_prefix);
  to.set_hypervisor_version(from.hypervisor_version);
}

Capabilities decode(const ::provider::v1::GetCapabilitiesResponse& from) {
  Capabilities to;
  to.reconfigure_online = from.supports_reconfigure_online();
  to.disk_expansion_online = from.supports_disk_expansion_online();
  to.snapshots = from.supports_snapshots();
  to.memory_snapshots = from.supports_memory_snapshots();
  to.linked_clones = from.supports_linked_clones();
  to.image_import = from.supports_image_import();
  to.disk_export = from.supports_disk_export();
  to.disk_import = from.supports_disk_import();
  to.export_compression = from.supports_export_compression();
  to.disk_types = strings(from.supported_disk_types());
  to.network_types = strings(from.supported_network_types());
  to.export_formats = strings(from.supported_export_formats());
  to.import_formats = strings(from.supported_import_formats());
  to.export_backends = strings(from.supported_export_backends());
  to.import_backends = strings(from.supported_import_backends());
  to.transfer_modes = strings(from.supported_transfer_modes());
  to.unsupported_fields = strings(from.unsupported_fields());
  to.proves_absence = from.proves_absence();
  to.event_latency = Duration(from.event_latency_ns());
  to.mac_prefix = from.mac_prefix();
  to.hypervisor_version = from.hypervisor_version();
  return to;
}

}  // namespace rig::provider::wire
