// vsphere/stamp.cc — the stamp is JSON.
#include "hypervisor/vsphere/stamp.h"

#include "base/json/json.h"
#include "base/wall_time.h"

namespace rig::vsphere {
namespace {

void set(json::Value& object, std::string_view name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

constexpr std::pair<std::string_view, std::optional<std::int64_t> provider::Limits::*> kLimits[] = {
    {"cpuReservationMhz", &provider::Limits::cpu_reservation_mhz},
    {"cpuLimitMhz", &provider::Limits::cpu_limit_mhz},
    {"cpuShares", &provider::Limits::cpu_shares},
    {"memoryReservationMib", &provider::Limits::memory_reservation_mib},
    {"memoryLimitMib", &provider::Limits::memory_limit_mib},
};

json::Value pending_to_json(const Pending& pending) {
  json::Value out = json::Object();
  if (pending.cpus) out["cpus"] = *pending.cpus;
  if (pending.memory_mib) out["memoryMib"] = *pending.memory_mib;
  if (pending.nested) out["nested"] = *pending.nested;
  set(out, "hardware", pending.hardware);
  return out;
}

Pending pending_of(const json::Value& stamp) {
  Pending pending;
  const json::Value* there = stamp.find("pending");
  if (there == nullptr) return pending;
  if (there->find("cpus") != nullptr) pending.cpus = there->integer({"cpus"});
  if (there->find("memoryMib") != nullptr) pending.memory_mib = there->integer({"memoryMib"});
  if (const json::Value* nested = there->find("nested"); nested != nullptr && nested->as<bool>() != nullptr)
    pending.nested = *nested->as<bool>();
  pending.hardware = there->text({"hardware"});
  return pending;
}

json::Value to_json(const DiskMark& disk) {
  json::Value mark = json::Object{{"at", disk.address}};
  set(mark, "storage", disk.storage);
  set(mark, "uuid", disk.uuid);
  return mark;
}
DiskMark disk_of(const json::Value& mark) {
  return {std::string(mark.text({"at"})), std::string(mark.text({"storage"})), std::string(mark.text({"uuid"}))};
}

template <class Read>
void each_of(const json::Value& stamp, std::string_view list, Read read) {
  const json::Value* there = stamp.find(list);
  if (there == nullptr || !there->is_object()) return;
  for (const auto& [name, mark] : *there->as<json::Object>()) read(name, mark);
}

}  // namespace

bool is_released(const Stamp& stamp) { return stamp.owner == provider::Owner{}; }

bool is_of(const Stamp& stamp, const provider::MachineRef& ref) {
  return !is_released(stamp) && stamp.machine_id == ref.machine_id && stamp.owner.cluster_id == ref.owner.cluster_id &&
         stamp.owner.uid == ref.owner.uid;
}

std::string stamp_text(const Stamp& stamp) {
  json::Value out = json::Object{{"machine", stamp.machine_id}};
  out["phase"] = stamp.phase == Phase::kReady ? "ready" : "building";
  if (!is_released(stamp)) {
    out["cluster"] = stamp.owner.cluster_id;
    out["namespace"] = stamp.owner.name_space;
    out["name"] = stamp.owner.name;
    out["uid"] = stamp.owner.uid;
  }
  set(out, "id", stamp.id);
  set(out, "image", stamp.image);
  if (stamp.image_bytes != 0) out["imageBytes"] = stamp.image_bytes;
  for (const auto& [name, disk] : stamp.disks) out["disks"][name] = to_json(disk);
  json::Array image_disks;
  for (const DiskMark& disk : stamp.image_disks) image_disks.push_back(to_json(disk));
  if (!image_disks.empty()) out["imageDisks"] = std::move(image_disks);
  for (const auto& [name, nic] : stamp.nics) {
    json::Value& mark = out["nics"][name];
    mark["key"] = std::int64_t{nic.key};
    set(mark, "network", nic.network);
    set(mark, "backing", nic.backing);
  }
  for (const auto& [name, member] : kLimits)
    if (stamp.limits.*member) out["limits"][name] = *(stamp.limits.*member);
  if (stamp.pending != Pending{}) out["pending"] = pending_to_json(stamp.pending);
  if (stamp.power_off_at) out["powerOffAt"] = format_micro_time(*stamp.power_off_at);
  if (stamp.rebooted_at) out["rebootedAt"] = format_micro_time(*stamp.rebooted_at);
  return json::to_text(out);
}

Result<Stamp> parse_stamp(std::string_view text) {
  const auto wrong = [](const std::string& why) {
    return Error(Code::kDataLoss, "the advanced parameter virtrigaud.owner cannot be read: " + why)
        .with_hint("Somebody has changed it. Write it as it was, or remove it if the machine shall belong to nobody.");
  };
  const auto parsed = json::parse(text);
  if (!parsed.ok()) return wrong(parsed.error().message());
  const std::string_view phase = parsed->text({"phase"});
  Stamp stamp;
  stamp.phase = phase == "ready" ? Phase::kReady : Phase::kBuilding;
  stamp.machine_id = parsed->text({"machine"});
  if (stamp.machine_id.empty() || (phase != "ready" && phase != "building"))
    return wrong("machine is '" + stamp.machine_id + "', phase '" + std::string(phase) + "'; wanted an id, and " +
                 "building or ready");
  stamp.owner = {std::string(parsed->text({"cluster"})), std::string(parsed->text({"namespace"})),
                 std::string(parsed->text({"name"})), std::string(parsed->text({"uid"}))};
  stamp.id = parsed->text({"id"});
  stamp.image = parsed->text({"image"});
  stamp.image_bytes = parsed->integer({"imageBytes"});
  each_of(*parsed, "disks",
          [&](const std::string& name, const json::Value& mark) { stamp.disks[name] = disk_of(mark); });
  if (const json::Value* disks = parsed->find("imageDisks"); disks != nullptr && disks->as<json::Array>() != nullptr)
    for (const json::Value& mark : *disks->as<json::Array>()) stamp.image_disks.push_back(disk_of(mark));
  each_of(*parsed, "nics", [&](const std::string& name, const json::Value& mark) {
    stamp.nics[name] = {static_cast<std::int32_t>(mark.integer({"key"})), std::string(mark.text({"network"})),
                        std::string(mark.text({"backing"}))};
  });
  for (const auto& [name, member] : kLimits)
    if (parsed->find("limits") != nullptr && parsed->find("limits")->find(name) != nullptr)
      stamp.limits.*member = parsed->integer({"limits", name});
  stamp.pending = pending_of(*parsed);
  for (const auto& [name, member] :
       {std::pair{"powerOffAt", &Stamp::power_off_at}, {"rebootedAt", &Stamp::rebooted_at}}) {
    const std::string_view at = parsed->text({name});
    if (at.empty()) continue;
    const auto time = parse_time(at);
    if (!time.ok()) return wrong(time.error().message());
    stamp.*member = *time;
  }
  return stamp;
}

}  // namespace rig::vsphere
