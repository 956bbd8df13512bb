// proxmox/step_parts.cc — see step_parts.h.
#include "hypervisor/proxmox/step_parts.h"

#include <algorithm>

#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/size.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;
using provider::MachineSpec;
using Names = std::map<std::string, std::string>;

Status add_name(const std::string& name, const std::string& prefix, int first, int end, const Config* config,
                Names& names) {
  if (names.contains(name)) return {};
  for (int index = first; index < end; ++index) {
    const std::string option = prefix + std::to_string(index);
    const bool named = std::ranges::any_of(names, [&](const auto& other) { return other.second == option; });
    if (named || (config != nullptr && config->options.contains(option))) continue;
    names[name] = option;
    return {};
  }
  return Error(Code::kResourceExhausted, "'" + name + "': all of " + prefix + std::to_string(first) + " to " + prefix +
                                             std::to_string(end - 1) + " are taken");
}

}  // namespace

Step wait(std::string why) { return {.kind = Step::Kind::kWait, .name = std::move(why)}; }

Step call(std::string name, std::string method, const std::vector<std::string>& path, Form form, bool is_task) {
  ApiCall what;
  what.method = std::move(method);
  what.path = path_of(path);
  what.form = std::move(form);
  return {.kind = Step::Kind::kCall, .name = std::move(name), .call = std::move(what), .is_task = is_task};
}

std::vector<std::string> machine_path(const There& there, const MachineRef& ref, const std::vector<std::string>& more) {
  std::vector<std::string> path = {"nodes", there.node, "qemu", ref.id};
  path.insert(path.end(), more.begin(), more.end());
  return path;
}

std::optional<Step> somebody_at_work(const There& there) {
  if (there.running.empty()) return std::nullopt;
  return wait("task " + there.running.front().upid.text);
}

Status check_ours(const std::optional<Config>& config, const MachineRef& ref) {
  if (!config) return Error(Code::kNotFound, "machine '" + ref.id + "' is gone");
  const Judgement judgement = TRY(judge(*config, ref));
  if (judgement.existence == provider::Existence::kOurs) return {};
  return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours, or not whole: " + judgement.detail)
      .with_hint("It is left as it is.");
}

Status add_names(const MachineSpec& spec, const std::string& root_option, const Config* config, Stamp& stamp) {
  stamp.disks.try_emplace(kRoot, root_option);
  const int last = slots_on(Bus::kScsi) - 1;
  const std::string place = option_of({Bus::kScsi, last});
  const bool is_free = config == nullptr || !config->options.contains(place);
  if (!spec.seed.empty() && is_free) stamp.disks.try_emplace(kSeed, place);
  for (const provider::DiskSpec& disk : spec.disks) TRY(add_name(disk.name, "scsi", 1, last, config, stamp.disks));
  if (!spec.seed.empty()) TRY(add_name(kSeed, "scsi", 1, last, config, stamp.disks));
  for (const provider::NicSpec& nic : spec.nics) TRY(add_name(nic.name, "net", 0, kNicSlots, config, stamp.nics));
  return {};
}

Result<std::string> nic_option(const std::string& option, std::optional<Nic> is, const provider::NicSpec& wish,
                               const CreateSettings& settings) {
  Nic nic = is.value_or(Nic{});
  if (!is) {
    nic.model = "virtio";
    nic.bridge = settings.default_bridge;
  }
  if (wish.native.is_object()) {
    if (nic.firewall.value_or(false) != has_firewall(wish))
      nic.firewall = has_firewall(wish) ? std::optional(true) : std::nullopt;
    nic.rate_mbytes = rate_of(wish);
  }
  if (!wish.model.empty()) nic.model = wish.model;
  if (!wish.mac.empty()) {
    nic.mac = wish.mac;
    std::ranges::transform(nic.mac, nic.mac.begin(),
                           [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  if (!wish.network.empty()) nic.bridge = wish.network;
  if (!wish.bridge.empty()) nic.bridge = wish.bridge;
  nic.vlan = wish.vlan ? std::optional<std::int64_t>(*wish.vlan) : std::nullopt;
  nic.mtu = wish.mtu ? std::optional<std::int64_t>(*wish.mtu) : std::nullopt;
  return nic_text(option, nic);
}

std::string cpu_option(const MachineSpec& spec, const CreateSettings& settings) {
  return spec.nested_virtualization ? "host" : settings.cpu_type;
}

std::string storage_for(const std::string& asked, const MachineSpec& spec, const CreateSettings& settings) {
  if (!asked.empty()) return asked;
  return spec.placement.storage.empty() ? settings.default_storage : spec.placement.storage;
}

Drive imported(const std::string& storage, const std::string& volume) {
  Drive drive;
  drive.volume = storage + ":0";
  drive.import_from = volume;
  return drive;
}

Drive empty_disk(const std::string& storage, std::int64_t bytes) {
  Drive drive;
  drive.volume = new_volume(storage, bytes);
  return drive;
}

Drive data_disk(Drive drive, std::string_view option) {
  const auto slot = slot_of(option);
  drive.discard = "on";
  if (slot && (slot->bus == Bus::kScsi || slot->bus == Bus::kVirtio)) drive.iothread = true;
  return drive;
}

Result<Step> add_drive(const There& there, const MachineRef& ref, const WantedDrive& wanted, const Stamp& stamp) {
  const std::string text = TRY(drive_text(wanted.option, wanted.drive));
  Form form = {{wanted.option, text}};
  // Proxmox VE refuses an order that names what is not there, so it comes with the disk.
  if (wanted.option == stamp.disks.at(kRoot)) form.emplace_back("boot", "order=" + wanted.option);
  form.emplace_back("digest", there.config->digest);
  // POST: a task. PUT would copy within the call, which dies after thirty seconds while the copy goes on.
  return call(wanted.step, "POST", machine_path(there, ref, {"config"}), std::move(form), /*is_task=*/true);
}

Step resize(const There& there, const MachineRef& ref, const std::string& option, std::int64_t bytes) {
  Form form = {{"disk", option}, {"size", format_size(bytes)}, {"digest", there.config->digest}};
  return call("grow", "PUT", machine_path(there, ref, {"resize"}), std::move(form), /*is_task=*/true);
}

Result<Step> stamp_step(const There& there, const MachineRef& ref, const Stamp& stamp, std::string name) {
  const std::string description = TRY(with_stamp(there.config->text("description"), stamp));
  Form form = {{"description", description},
               {"tags", tags_text(with_tag(parse_tags(there.config->text("tags"))))},
               {"digest", there.config->digest}};
  return call(std::move(name), "PUT", machine_path(there, ref, {"config"}), std::move(form), /*is_task=*/false);
}

}  // namespace rig::proxmox
