// proxmox/apply.cc — see apply.h.
#include "hypervisor/proxmox/apply.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/prices.h"
#include "hypervisor/proxmox/step_parts.h"
#include "provider/differences.h"

namespace rig::proxmox {
namespace {

using provider::Change;
using provider::ChangePath;
using provider::MachineRef;
using provider::MachineSpec;
using provider::named;
using provider::parse_path;

// A machine of ours, and the changes that are still to make.
struct Standpoint {
  Stamp stamp;
  std::vector<Change> changes;
};
Result<Standpoint> stand(const There& there, const MachineRef& ref, const MachineSpec& spec) {
  if (!there.config) return Error(Code::kNotFound, "machine '" + ref.id + "' is not there");
  const Judgement judgement = TRY(judge(*there.config, ref));
  if (judgement.existence != provider::Existence::kOurs || !judgement.stamp) {
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours: " + judgement.detail)
        .with_hint("It is left as it is.");
  }
  Standing standing;
  standing.configured = TRY(spec_of(*there.config, judgement.stamp));
  standing.running = there.status.running;
  standing.image_bytes = judgement.stamp->image_bytes;
  const std::string_view hotplug = there.config->text("hotplug");
  if (!hotplug.empty() && hotplug != "1") {
    const std::vector<std::string> kinds = split(hotplug, ',');
    const auto has = [&](std::string_view kind) { return std::ranges::find(kinds, kind) != kinds.end(); };
    standing.hotplug = has("network") && has("disk");
  }
  return Standpoint{*judgement.stamp, priced_changes(standing, spec)};
}

// What one request can say, and what needs requests of its own.
struct Work {
  Form form;
  std::vector<std::string> removed_options;
  std::set<std::string> changed_nics;
  std::vector<std::string> to_grow, to_add, to_remove;  // names of disks
};

Status add_nic_change(const Change& change, const ChangePath& path, Work& work, Stamp& stamp) {
  if (!change.to.empty() || !path.field.empty()) {
    work.changed_nics.insert(path.name);
    return {};
  }
  const auto option = stamp.nics.find(path.name);
  if (option == stamp.nics.end())
    return Error(Code::kInternal, "interface '" + path.name + "' has no option to take away");
  work.removed_options.push_back(option->second);
  stamp.nics.erase(option);
  return {};
}

Status add_change(const Change& change, const MachineSpec& spec, const Config& config, const CreateSettings& settings,
                  Work& work, Stamp& stamp) {
  const ChangePath path = parse_path(change.path);
  if (path.list == "nics") return add_nic_change(change, path, work, stamp);
  if (path.list == "disks" && path.field == "size_bytes") {
    work.to_grow.push_back(path.name);
  } else if (path.list == "disks" && path.field.empty()) {
    (change.to.empty() ? work.to_remove : work.to_add).push_back(path.name);
  } else if (path.field == "root_disk_bytes") {
    work.to_grow.emplace_back(kRoot);
  } else if (path.field == "cpus") {
    work.form.emplace_back("sockets", "1");
    work.form.emplace_back("cores", std::to_string(spec.cpus));
    if (config.options.contains("vcpus")) work.removed_options.emplace_back("vcpus");
  } else if (path.field == "memory_mib") {
    work.form.emplace_back("memory", std::to_string(spec.memory_mib));
  } else if (path.field == "nested_virtualization") {
    work.form.emplace_back("cpu", cpu_option(spec, settings));
  } else if (path.field == "tags") {
    work.form.emplace_back("tags", tags_text(with_tag(spec.tags)));
  } else {
    return Error(Code::kInternal, "no way to change " + change.path);
  }
  return {};
}

// Only what the plan brings gets a name; the wish may have grown since.
Status name_what_comes(const Work& work, const MachineSpec& spec, const Config& config, Stamp& stamp) {
  MachineSpec coming;
  for (const std::string& name : work.to_add) {
    const provider::DiskSpec* disk = TRY(named(spec.disks, name));
    coming.disks.push_back(*disk);
  }
  for (const std::string& name : work.changed_nics) {
    const provider::NicSpec* nic = TRY(named(spec.nics, name));
    coming.nics.push_back(*nic);
  }
  return add_names(coming, "scsi0", &config, stamp);
}

Status add_nics(const Work& work, const MachineSpec& spec, const Config& config, const Stamp& stamp,
                const CreateSettings& settings, Form& form) {
  for (const std::string& name : work.changed_nics) {
    const std::string& option = stamp.nics.at(name);
    std::optional<Nic> is;
    if (config.options.contains(option)) is = TRY(parse_nic(option, config.text(option)));
    const provider::NicSpec* wish = TRY(named(spec.nics, name));
    const std::string text = TRY(nic_option(option, is, *wish, settings));
    form.emplace_back(option, text);
  }
  return {};
}

std::size_t disk_steps(const Work& work) { return work.to_grow.size() + work.to_add.size() + work.to_remove.size(); }

Result<Step> next_disk_step(const There& there, const MachineRef& ref, const MachineSpec& spec, const Work& work,
                            const Stamp& stamp, const CreateSettings& settings) {
  for (const std::string& name : work.to_grow) {
    std::int64_t bytes = spec.root_disk_bytes;
    if (name != kRoot) bytes = TRY(named(spec.disks, name))->size_bytes;
    return resize(there, ref, stamp.disks.at(name), bytes);
  }
  for (const std::string& name : work.to_add) {
    const provider::DiskSpec* disk = TRY(named(spec.disks, name));
    const WantedDrive wanted{stamp.disks.at(name), "disk " + name,
                             data_disk(empty_disk(storage_for(disk->storage, spec, settings), disk->size_bytes))};
    return add_drive(there, ref, wanted, stamp);
  }
  for (const std::string& name : work.to_remove) {
    Form form = {{"delete", stamp.disks.at(name)}, {"force", "1"}, {"digest", there.config->digest}};
    return call("remove disk " + name, "POST", machine_path(there, ref, {"config"}), std::move(form), /*is_task=*/true);
  }
  return Step{.name = "done"};
}

}  // namespace

Result<provider::Plan> make_plan(const There& there, const MachineRef& ref, const MachineSpec& spec) {
  Standpoint standpoint = TRY(stand(there, ref, spec));
  return provider::Plan{there.config->digest, std::move(standpoint.changes)};
}

Result<Step> next_apply_step(const There& there, const MachineRef& ref, const MachineSpec& spec,
                             const provider::Plan& plan, bool begun, const CreateSettings& settings) {
  TRY(check_costs(plan));
  const Standpoint standpoint = TRY(stand(there, ref, spec));
  if (!begun && there.config->digest != plan.version)
    return Error(Code::kAborted, "machine '" + ref.id + "' was changed since the plan was made");
  if (auto waiting = somebody_at_work(there)) return *waiting;

  Stamp stamp = standpoint.stamp;
  Work work;
  for (const Change& change : standpoint.changes) {
    const bool planned = std::ranges::any_of(plan.changes, [&](const Change& p) { return p.path == change.path; });
    if (planned) TRY(add_change(change, spec, *there.config, settings, work, stamp));
  }
  TRY(name_what_comes(work, spec, *there.config, stamp));
  TRY(add_nics(work, spec, *there.config, stamp, settings, work.form));
  if (work.form.empty() && work.removed_options.empty() && stamp == standpoint.stamp) {
    Step step = TRY(next_disk_step(there, ref, spec, work, stamp, settings));
    step.is_last = disk_steps(work) == 1;
    return step;
  }
  const std::string description = TRY(with_stamp(there.config->text("description"), stamp));
  work.form.emplace_back("description", description);
  if (!work.removed_options.empty()) work.form.emplace_back("delete", join(work.removed_options, ","));
  work.form.emplace_back("digest", there.config->digest);
  Step step = call("configure", "PUT", machine_path(there, ref, {"config"}), std::move(work.form), /*is_task=*/false);
  step.is_last = disk_steps(work) == 0;
  return step;
}

}  // namespace rig::proxmox
