// proxmox/steps.cc — see steps.h.
#include "hypervisor/proxmox/steps.h"

#include <algorithm>

#include "base/text.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/step_parts.h"

namespace rig::proxmox {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;

// What a clone has of its source and shall not keep: other people's names, keys and networks.
constexpr std::string_view kInherited[] = {"ciuser",       "cipassword", "sshkeys", "nameserver",
                                           "searchdomain", "cicustom",   "citype",  "ciupgrade"};

// All options but drives and stamp.
Result<Form> hardware(const MachineSpec& spec, const Stamp& stamp, const CreateSettings& settings) {
  const bool uefi = spec.firmware == provider::Firmware::kUefi;
  Form form = {{"name", spec.display_name},
               {"sockets", "1"},
               {"cores", std::to_string(spec.cpus)},
               {"memory", std::to_string(spec.memory_mib)},
               {"cpu", cpu_option(spec, settings)},
               {"ostype", "l26"},
               {"scsihw", "virtio-scsi-single"},
               {"agent", "1"},
               {"serial0", "socket"}};
  if (uefi) form.emplace_back("bios", "ovmf");
  if (uefi) form.emplace_back("machine", "q35");
  for (const provider::NicSpec& nic : spec.nics) {
    const std::string& option = stamp.nics.at(nic.name);
    const std::string text = TRY(nic_option(option, std::nullopt, nic, settings));
    form.emplace_back(option, text);
  }
  return form;
}

std::string root_option_of(const Source& source) {
  return source.linked ? source.linked->root_option : source.root_option;
}

// What a new machine will have of its source, so that no disk of its own may go there.
Config occupied_by(const Source& source) {
  Config occupied;
  if (source.linked)
    for (const std::string& option : source.linked->drives) occupied.options[option] = "the template's";
  for (const auto& [option, volume] : source.more) occupied.options[option] = "the template's";
  return occupied;
}

// In the order in which they are made. Without the seed, which comes from an upload.
std::vector<WantedDrive> wanted_drives(const MachineSpec& spec, const Stamp& stamp, const Source& source,
                                       const CreateSettings& settings) {
  const std::string storage = storage_for("", spec, settings);
  std::vector<WantedDrive> wanted;
  const auto copy_of = [&](std::string_view option) {
    const auto found = std::ranges::find(source.more, option, &std::pair<std::string, std::string>::first);
    return found == source.more.end() ? std::string() : found->second;
  };
  if (spec.firmware == provider::Firmware::kUefi) {
    // With what a template's firmware knows of its disks, where there is that.
    const std::string known = copy_of("efidisk0");
    Drive efi = known.empty() ? empty_disk(storage, 1 << 30) : imported(storage, known);  // sizes are Proxmox VE's
    efi.efi_type = "4m";
    efi.enrolled_keys = spec.secure_boot;
    wanted.push_back({"efidisk0", "firmware", std::move(efi)});
  }
  if (spec.tpm) {
    Drive tpm = empty_disk(storage, 1 << 30);
    tpm.tpm_version = "v2.0";
    wanted.push_back({"tpmstate0", "tpm", std::move(tpm)});
  }
  if (!source.linked) {
    Drive root = source.root.empty() ? empty_disk(storage, spec.root_disk_bytes) : imported(storage, source.root);
    wanted.push_back({stamp.disks.at(kRoot), "root disk", data_disk(std::move(root), stamp.disks.at(kRoot))});
  }
  for (const auto& [option, volume] : source.more)
    if (option != "efidisk0")
      wanted.push_back({option, "disk " + option, data_disk(imported(storage, volume), option)});
  for (const provider::DiskSpec& disk : spec.disks) {
    wanted.push_back({stamp.disks.at(disk.name), "disk " + disk.name,
                      data_disk(empty_disk(storage_for(disk.storage, spec, settings), disk.size_bytes))});
  }
  return wanted;
}

Result<Step> define(const There& there, const MachineRef& ref, const MachineSpec& spec, const Stamp& stamp,
                    const CreateSettings& settings) {
  Form form = {{"vmid", ref.id}};
  const Form options = TRY(hardware(spec, stamp, settings));
  form.insert(form.end(), options.begin(), options.end());
  Smbios smbios;
  smbios.uuid = ref.machine_id;
  const std::string uuid = TRY(smbios_text(smbios));
  const std::string description = TRY(with_stamp("", stamp));
  form.emplace_back("smbios1", uuid);
  form.emplace_back("description", description);
  form.emplace_back("tags", tags_text(with_tag(spec.tags)));
  return call("define", "POST", {"nodes", there.node, "qemu"}, std::move(form), /*is_task=*/true);
}

// The stamp goes with the request: the clone is found again by number and stamp from its first moment with a name.
Result<Step> clone(const There& there, const MachineRef& ref, const MachineSpec& spec, const Stamp& stamp,
                   const Template& source) {
  const std::string description = TRY(with_stamp("", stamp));
  Form form = {{"newid", ref.id}, {"name", spec.display_name}, {"description", description}, {"full", "0"}};
  if (there.node != source.node) form.emplace_back("target", there.node);
  return call("clone", "POST", {"nodes", source.node, "qemu", source.vmid, "clone"}, std::move(form), /*is_task=*/true);
}

// A clone becomes ours: UUID, tags, hardware; what it inherited goes.
Result<Step> make_ours(const There& there, const MachineRef& ref, const MachineSpec& spec, const Stamp& stamp,
                       const Template& source, const CreateSettings& settings) {
  const Config& config = *there.config;
  Form form = TRY(hardware(spec, stamp, settings));
  std::erase_if(form, [](const auto& option) { return option.first == "scsihw"; });  // what its disk hangs on
  Smbios smbios = TRY(parse_smbios(config.text("smbios1")));
  smbios.uuid = ref.machine_id;
  const std::string uuid = TRY(smbios_text(smbios));
  form.emplace_back("smbios1", uuid);
  form.emplace_back("tags", tags_text(with_tag(spec.tags)));
  std::vector<std::string> dropped = {"cipassword"};  // of which no configuration tells whether it is there
  for (const auto& [option, text] : config.options) {
    const bool ours = std::ranges::any_of(form, [&](const auto& set) { return set.first == option; });
    const bool inherited = std::ranges::find(kInherited, option) != std::end(kInherited) ||
                           option.starts_with("ipconfig") || nic_index(option).has_value();
    const auto drive = slot_of(option) ? parse_drive(option, text) : Result<Drive>(Drive{});
    if (!ours && (inherited || (drive.ok() && is_cloud_init(*drive)))) dropped.push_back(option);
  }
  if (config.options.contains(source.seed)) {  // with its volume
    dropped.push_back(source.seed);
    form.emplace_back("force", "1");
  }
  form.emplace_back("delete", join(dropped, ","));
  form.emplace_back("digest", config.digest);
  return call("configure", "PUT", machine_path(there, ref, {"config"}), std::move(form), /*is_task=*/false);
}

// Then it is whole, but for an upload that is left over.
Result<Step> finish(const There& there, const MachineRef& ref, const Stamp& stamp, std::string name) {
  Step step = TRY(stamp_step(there, ref, stamp, std::move(name)));
  step.is_last = there.seed_volume.empty();
  return step;
}

// What a machine that is being built lacks next.
Result<Step> build_on(const There& there, const MachineRef& ref, const MachineSpec& spec, const Stamp& known,
                      const Source& source, const CreateSettings& settings) {
  const Config& config = *there.config;
  Stamp stamp = known;
  TRY(add_names(spec, root_option_of(source), &config, stamp));
  if (stamp != known) return stamp_step(there, ref, stamp, "name disks");  // the wish has grown since
  if (source.linked && TRY(parse_smbios(config.text("smbios1"))).uuid != to_lower(ref.machine_id))
    return make_ours(there, ref, spec, stamp, *source.linked, settings);
  for (const WantedDrive& wanted : wanted_drives(spec, stamp, source, settings))
    if (!config.options.contains(wanted.option)) return add_drive(there, ref, wanted, stamp);

  const std::string& root_option = stamp.disks.at(kRoot);
  const Drive root = TRY(parse_drive(root_option, config.text(root_option)));
  if (root.size_bytes && *root.size_bytes < spec.root_disk_bytes) {
    return resize(there, ref, root_option, spec.root_disk_bytes);
  }
  if (!spec.seed.empty() && !config.options.contains(stamp.disks.at(kSeed))) {
    if (there.seed_volume.empty()) return Step{.kind = Step::Kind::kUploadSeed, .name = "seed"};
    const WantedDrive seed{stamp.disks.at(kSeed), "seed", imported(storage_for("", spec, settings), there.seed_volume)};
    return add_drive(there, ref, seed, stamp);
  }
  stamp.phase = Phase::kReady;
  if (root.size_bytes.value_or(0) > spec.root_disk_bytes) stamp.image_bytes = *root.size_bytes;
  return finish(there, ref, stamp, "finish");
}

// An upload is no longer needed once the machine has its own disk of it.
Step drop_seed(const There& there) {
  const std::string storage(storage_of(there.seed_volume));
  Step step = call("clean up", "DELETE", {"nodes", there.node, "storage", storage, "content", there.seed_volume}, {},
                   /*is_task=*/true);
  step.is_last = true;
  return step;
}

}  // namespace

std::string seed_file_name(const std::string& machine_id) { return "virtrigaud-seed-" + machine_id + ".raw"; }

Result<Step> next_create_step(const There& there, const MachineRef& ref, const MachineSpec& spec, const Source& source,
                              const CreateSettings& settings) {
  if (!there.config) {
    if (auto waiting = somebody_at_work(there)) return *waiting;
    Stamp stamp;
    stamp.owner = ref.owner;
    stamp.machine_id = ref.machine_id;
    stamp.id = ref.id;
    stamp.image = spec.image.location;
    const Config occupied = occupied_by(source);
    TRY(add_names(spec, root_option_of(source), &occupied, stamp));
    if (source.linked) return clone(there, ref, spec, stamp, *source.linked);
    return define(there, ref, spec, stamp, settings);
  }
  const Judgement judgement = TRY(judge(*there.config, ref));
  switch (judgement.existence) {
    case Existence::kOurs: return there.seed_volume.empty() ? Step{.name = "ready"} : drop_seed(there);
    case Existence::kReleased: {
      Stamp stamp = *judgement.stamp;
      stamp.owner = ref.owner;
      return finish(there, ref, stamp, "take over");
    }
    case Existence::kPartial: break;
    default: return Error(Code::kAlreadyExists, judgement.detail);
  }
  if (auto waiting = somebody_at_work(there)) return *waiting;
  if (!judgement.stamp || judgement.stamp->phase != Phase::kBuilding)
    return Error(Code::kFailedPrecondition, judgement.detail);
  const std::string_view lock = there.config->text("lock");
  if (!lock.empty()) {
    return Error(Code::kFailedPrecondition, "VM " + ref.id + " is locked (" + std::string(lock) +
                                                ") and no task is at work on it: one was cut off")
        .with_hint("Look at it on its node, then qm unlock " + ref.id + ".");
  }
  return build_on(there, ref, spec, *judgement.stamp, source, settings);
}

Result<Step> next_remove_step(const There& there, const MachineRef& ref) {
  if (!there.config) return there.seed_volume.empty() ? Step{.name = "gone"} : drop_seed(there);
  const Judgement judgement = TRY(judge(*there.config, ref));
  const bool ours = judgement.stamp && is_of(*judgement.stamp, ref);
  if (!ours) {
    const std::string why = judgement.detail.empty() ? "VM " + ref.id + " carries no stamp yet" : judgement.detail;
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours: " + why)
        .with_hint("It is left as it is.");
  }
  // While a shutdown waits it holds the machine's lock, and no configuration can be written: it is cut short first.
  const bool shutting_down = std::ranges::any_of(there.running, [](const ListedTask& task) {
    return task.upid.type == "qmshutdown" || task.upid.type == "qmreboot";
  });
  const Step power_off = call("power off", "POST", machine_path(there, ref, {"status", "stop"}),
                              {{"overrule-shutdown", "1"}}, /*is_task=*/true);
  if (shutting_down) return power_off;
  if (auto waiting = somebody_at_work(there)) return *waiting;
  if (judgement.stamp->phase != Phase::kDeleting) {
    Stamp stamp = *judgement.stamp;
    stamp.phase = Phase::kDeleting;
    return stamp_step(there, ref, stamp, "mark");
  }
  if (there.status.running) return power_off;
  return call("remove", "DELETE", machine_path(there, ref, {}), {{"purge", "1"}, {"destroy-unreferenced-disks", "1"}},
              /*is_task=*/true);
}

}  // namespace rig::proxmox
