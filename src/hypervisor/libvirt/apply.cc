// libvirt/apply.cc — a plan, change by change. Each goes through the narrowest call that libvirt has for it, so that
// whatever else somebody put into the machine's configuration stays.
#include <algorithm>
#include <condition_variable>

#include "hypervisor/libvirt/image_file.h"
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/limits.h"
#include "hypervisor/libvirt/operations.h"
#include "hypervisor/libvirt/prices.h"
#include "hypervisor/libvirt/rules.h"
#include "hypervisor/libvirt/volumes.h"
#include "provider/differences.h"

namespace rig::libvirt {
namespace {

using provider::Change;
using provider::ChangePath;
using provider::Cost;
using provider::MachineRef;
using provider::MachineSpec;
using provider::named;
using provider::parse_path;

constexpr unsigned kConfig = VIR_DOMAIN_AFFECT_CONFIG, kLive = VIR_DOMAIN_AFFECT_LIVE;

Status check_costs(const provider::Plan& plan) {
  for (const Change& change : plan.changes) {
    if (change.cost == Cost::kImpossible) {
      return Error(Code::kOutOfRange, change.path + " from " + change.from + " to " + change.to + ": " + change.why);
    }
    if (change.cost == Cost::kRecreate) {
      return Error(Code::kFailedPrecondition,
                   change.path + " from " + change.from + " to " + change.to + ": " + change.why)
          .with_hint("Remove the machine and make it anew.");
    }
  }
  return {};
}

Status check_sizes_known(const provider::Machine& machine) {
  std::string unknown = machine.configured.root_disk_bytes == 0 ? "root" : "";
  for (const provider::DiskSpec& disk : machine.configured.disks) {
    if (disk.size_bytes == 0) unknown = disk.name;
  }
  if (unknown.empty()) return {};
  return Error(Code::kFailedPrecondition,
               "machine '" + machine.ref.id + "': the size of disk '" + unknown + "' cannot be read")
      .with_hint("Its file must be there, in a pool that is active.");
}

class Application {
 public:
  Application(virConnectPtr host, const Found& found, Reading reading, const MachineSpec& spec,
              const CreateSettings& settings, const Call& call)
      : host_(host),
        domain_(found.domain.get()),
        facts_(found.facts),
        reading_(std::move(reading)),
        spec_(spec),
        settings_(settings),
        call_(call),
        running_(reading_.machine.power != provider::Power::kOff) {}

  Status carry_out(const Change& change) {
    const ChangePath path = parse_path(change.path);
    if (path.field == "cpus") return set_cpus();
    if (path.field == "memory_mib") return set_memory();
    if (path.field == "root_disk_bytes") return grow("root", spec_.root_disk_bytes);
    if (path.list == "disks" && path.field == "size_bytes") {
      return grow(path.name, TRY(named(spec_.disks, path.name))->size_bytes);
    }
    if (path.list == "disks") {
      return change.to.empty() ? remove_disk(path.name) : add_disk(*TRY(named(spec_.disks, path.name)));
    }
    if (path.list == "nics" && change.to.empty()) return detach(nic_alias(path.name));
    if (path.list == "nics") {
      const provider::NicSpec& nic = *TRY(named(spec_.nics, path.name));
      if (path.field.empty()) return attach(nic_xml(nic));
      return change.cost == Cost::kOnline && running_ ? update_nic(nic) : replace_nic(nic);
    }
    return Error(Code::kInternal, "no way to change " + change.path);
  }

 private:
  unsigned everywhere() const { return running_ ? kConfig | kLive : kConfig; }
  std::string doing(const char* what) const { return std::string(what) + " of '" + facts_.name + "'"; }

  Status set_cpus() {
    const auto count = static_cast<unsigned>(spec_.cpus);
    TRY(done(ask(virDomainSetVcpusFlags, domain_, count, kConfig | VIR_DOMAIN_VCPU_MAXIMUM),
             doing("set the most CPUs")));
    return done(ask(virDomainSetVcpusFlags, domain_, count, kConfig), doing("set the CPUs"));
  }

  Status set_memory() {
    const auto kib = static_cast<unsigned long>(spec_.memory_mib) * 1024;
    TRY(done(ask(virDomainSetMemoryFlags, domain_, kib, kConfig | VIR_DOMAIN_MEM_MAXIMUM),
             doing("set the most memory")));
    return done(ask(virDomainSetMemoryFlags, domain_, kib, kConfig), doing("set the memory"));
  }

  Status grow(const std::string& disk_name, std::int64_t bytes) {
    const auto capacity = static_cast<unsigned long long>(bytes);
    for (const DiskDevice& disk : running_ ? reading_.live.disks : facts_.disks) {
      if (disk.name != disk_name) continue;
      if (running_) {
        TRY(check_no_shrink(disk, capacity));  // QEMU would do it
        return done(ask(virDomainBlockResize, domain_, disk.target.c_str(), capacity,
                        static_cast<unsigned>(VIR_DOMAIN_BLOCK_RESIZE_BYTES)),
                    doing("grow a disk"));
      }
      const Volume volume = TRY(volume_at(host_, disk.path));
      return done(ask(virStorageVolResize, volume.get(), capacity, 0U), doing("grow a disk"));
    }
    return Error(Code::kAborted, doing("grow a disk") + ": it has no disk '" + disk_name + "' now");
  }

  Status check_no_shrink(const DiskDevice& disk, unsigned long long bytes) {
    virDomainBlockInfo is{};
    TRY(done(ask(virDomainGetBlockInfo, domain_, disk.target.c_str(), &is, 0U), doing("read the size of a disk")));
    if (is.capacity <= bytes) return {};
    return Error(Code::kOutOfRange, doing("grow a disk") + ": '" + disk.name + "' has " + std::to_string(is.capacity) +
                                        " bytes, wanted " + std::to_string(bytes) + "; disks do not shrink");
  }

  Status add_disk(const provider::DiskSpec& disk) {
    const Pool pool = TRY(find_pool(host_, disk.storage.empty() ? default_pool() : disk.storage));
    const std::string path = TRY(make_volume(pool.get(), VolumeSpec{.name = disk_volume(facts_.uuid, disk.name),
                                                                    .format = "qcow2",
                                                                    .capacity_bytes = disk.size_bytes,
                                                                    .allocated = is_thick(disk),
                                                                    .backing_path = "",
                                                                    .backing_format = ""}));
    DomainFacts both = facts_;
    both.disks.insert(both.disks.end(), reading_.live.disks.begin(), reading_.live.disks.end());
    const std::string target = TRY(free_target(both));
    TRY(attach(disk_xml(disk.name, path, target)));
    facts_.disks.push_back({disk.name, target, path});
    return {};
  }

  const std::string& default_pool() const {
    return spec_.placement.storage.empty() ? settings_.default_pool : spec_.placement.storage;
  }

  // The volume last, when nothing refers to it any more. One that a crash leaves here goes with the machine.
  Status remove_disk(const std::string& name) {
    TRY(detach(disk_alias(name)));
    const std::string volume_name = disk_volume(facts_.uuid, name);
    for (const DiskDevice& disk : facts_.disks) {
      if (disk.name != name || !disk.path.ends_with("/" + volume_name)) continue;  // never a file that is not ours
      const Volume volume = TRY(volume_at(host_, disk.path));
      TRY(done(ask(virStorageVolDelete, volume.get(), 0U), doing("delete a disk")));
    }
    return {};
  }

  Status attach(const std::string& device) {
    return done(ask(virDomainAttachDeviceFlags, domain_, device.c_str(), everywhere()), doing("add a device"));
  }

  // From the configuration first: a machine that does not let go of the device is without it after its next start.
  Status detach(const std::string& alias) {
    auto removed = done(ask(virDomainDetachDeviceAlias, domain_, alias.c_str(), kConfig), doing("remove a device"));
    if (!removed.ok() && !removed.error().is(Code::kNotFound)) return removed;
    if (!running_) return {};
    removed = done(ask(virDomainDetachDeviceAlias, domain_, alias.c_str(), kLive), doing("remove a device"));
    if (!removed.ok()) return removed.error().is(Code::kNotFound) ? Status{} : std::move(removed);
    return wait_until_gone(alias);
  }

  Status wait_until_gone(const std::string& alias) {
    const Time until = std::chrono::steady_clock::now() + kDetachGrace;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    while (std::chrono::steady_clock::now() < until && !call_.stop.stop_requested()) {
      const std::string xml = TRY(text(ask(virDomainGetXMLDesc, domain_, 0U), doing("describe")));
      if (device_element(xml, alias).empty()) return {};
      never.wait_for(lock, call_.stop, kDetachLook, [] { return false; });
    }
    return Error(Code::kUnavailable, doing("remove a device") + ": the machine does not let go of '" + alias + "'")
        .with_hint("It will be gone after the machine was off and on again.");
  }

  Status update_nic(const provider::NicSpec& nic) {
    return done(ask(virDomainUpdateDeviceFlags, domain_, nic_xml(nic).c_str(), everywhere()),
                doing("change an interface"));
  }

  Status replace_nic(const provider::NicSpec& nic) {
    TRY(done(ask(virDomainDetachDeviceAlias, domain_, nic_alias(nic.name).c_str(), kConfig),
             doing("change an interface")));
    return done(ask(virDomainAttachDeviceFlags, domain_, nic_xml(nic).c_str(), kConfig), doing("change an interface"));
  }

  virConnectPtr host_;
  virDomainPtr domain_;
  DomainFacts facts_;
  const Reading reading_;
  const MachineSpec& spec_;
  const CreateSettings& settings_;
  const Call& call_;
  const bool running_;
};

}  // namespace

Result<provider::Plan> make_plan(virConnectPtr host, const MachineRef& ref, const MachineSpec& spec,
                                 const CreateSettings& settings) {
  TRY(check_spec(spec));
  const Found found = TRY(find_ours(host, ref));
  const provider::Machine machine = TRY(read_machine(host, found)).machine;
  TRY(check_sizes_known(machine));
  Standing standing{machine.configured, machine.power != provider::Power::kOff, 0};
  const std::string& image = machine.configured.image.location;
  if (!image.empty() && spec.root_disk_bytes != 0 && spec.root_disk_bytes < machine.configured.root_disk_bytes) {
    standing.image_bytes = TRY(read_image_file(host, image, "", settings.image_folders)).virtual_bytes;
  }
  return provider::Plan{found.version, priced_changes(standing, spec)};
}

Status apply_plan(virConnectPtr host, const MachineRef& ref, const MachineSpec& spec, const provider::Plan& plan,
                  const CreateSettings& settings, const OnProgress& progress, const Call& call) {
  TRY(check_spec(spec));
  TRY(check_costs(plan));
  const Found found = TRY(find_ours(host, ref));
  if (found.version != plan.version) {
    return Error(Code::kAborted, "machine '" + ref.id + "' was changed since the plan was made");
  }
  Application application(host, found, TRY(read_machine(host, found)), spec, settings, call);
  for (std::size_t i = 0; i < plan.changes.size(); ++i) {
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "apply: stopped");
    progress({plan.changes[i].path, static_cast<int>(100 * i / plan.changes.size())});
    TRY(application.carry_out(plan.changes[i]));
  }
  return {};
}

}  // namespace rig::libvirt
