// vsphere/apply.cc — see apply.h.
#include "hypervisor/vsphere/apply.h"

#include <algorithm>

#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/prices.h"
#include "provider/differences.h"

namespace rig::vsphere {
namespace {

using provider::Change;
using provider::ChangePath;
using provider::Cost;
using provider::MachineRef;
using provider::MachineSpec;
using provider::named;
using provider::parse_path;

struct Standpoint {
  const Sight* sight = nullptr;
  Stamp stamp;
  std::vector<Change> changes;  // still to make
};
Result<Standpoint> stand(const std::optional<Sight>& there, const MachineRef& ref, const MachineSpec& spec) {
  auto of = ours(there, ref);
  if (!of.ok()) return of.take_error();  // no TRY: g++ 12 sees a false free of what it moves
  if (!of->stamp) {
    return Error(Code::kFailedPrecondition, "machine " + there->self.id + " has no stamp: it was made by another " +
                                                "program, and is read and switched, and not changed");
  }
  const MachineProps& props = there->props;
  Standing standing;
  standing.running = spec_of(props, of->stamp);
  standing.configured = configured_spec(standing.running, of->stamp->pending);
  standing.is_on = power_of(props) != provider::Power::kOff;
  standing.cpu_hot_add = props.cpu_hot_add.value_or(false);
  standing.memory_hot_add = props.memory_hot_add.value_or(false);
  standing.image_bytes = of->stamp->image_bytes;
  standing.hardware = props.hardware_version;
  standing.hardware_to_be = of->stamp->pending.hardware;
  standing.our_limits = of->stamp->limits;
  Standpoint at{&*there, *of->stamp, {}};
  at.changes = priced_changes(standing, spec);
  return at;
}

// One change of the configuration, as it grows.
class Work {
 public:
  Work(const Sight& sight, const Stamp& before, const MachineSpec& spec, const Parts& parts)
      : stamp(before), sight_(sight), spec_(spec), parts_(parts) {}

  Status add(const Change& change) {
    const ChangePath path = parse_path(change.path);
    if (path.list == "disks") return add_disk_change(change, path);
    if (path.list == "nics") return add_nic_change(change, path);
    if (path.field.starts_with("limits.")) {  // all of them at once, and again
      const provider::Limits is = limits_of(sight_.props);
      add_limits(is, with_taken_back(spec_.limits, is, stamp.limits), config);
      return {};
    }
    if (path.list == "extra_config") {  // of a machine that is off it has been raised by now
      stamp.pending.hardware = hardware_to_raise_to(sight_.props.hardware_version, spec_);
      return {};
    }
    if (path.field == "root_disk_bytes") return grow(kRoot, spec_.root_disk_bytes);
    const bool waits = change.cost == Cost::kPowerCycle;
    if (path.field == "cpus") {
      set(waits, spec_.cpus, config.cpus, stamp.pending.cpus);
    } else if (path.field == "memory_mib") {
      set(waits, spec_.memory_mib, config.memory_mib, stamp.pending.memory_mib);
    } else if (path.field == "nested_virtualization") {
      set(waits, spec_.nested_virtualization, config.nested_hv, stamp.pending.nested);
    } else {
      return Error(Code::kInternal, "no way to change " + change.path);
    }
    return {};
  }

  Stamp stamp;
  ConfigSpec config;

 private:
  template <class T, class Now, class Later>
  static void set(bool waits, T wish, Now& now, Later& later) {
    later.reset();
    if (waits)
      later = wish;
    else
      now = wish;
  }

  Status grow(const std::string& name, std::int64_t bytes) {
    TRY(check_same_disk(sight_.props.devices, name, stamp.disks[name]));
    return grow_disk(sight_.props.devices, stamp.disks[name], bytes, config.device_change);
  }

  Status add_disk_change(const Change& change, const ChangePath& path) {
    if (!change.to.empty()) {
      const provider::DiskSpec* disk = TRY(named(spec_.disks, path.name));
      if (path.field == "size_bytes") return grow(path.name, disk->size_bytes);
      MachineSpec coming;
      coming.disks = {*disk};
      auto addressed = with_addresses(sight_.props.devices, coming, std::move(stamp));
      if (!addressed.ok()) return addressed.take_error();  // no TRY: as above
      stamp = addressed.take();
      return add_disk(sight_.props.devices, *disk, stamp, parts_, next_key_, config.device_change);
    }
    const auto address = parse_address(stamp.disks[path.name].address);
    const Device* device = address ? disk_at(sight_.props.devices, *address) : nullptr;
    if (device == nullptr) return Error(Code::kInternal, "disk '" + path.name + "' has no device to take away");
    TRY(check_same_disk(sight_.props.devices, path.name, stamp.disks[path.name]));
    config.device_change.push_back({"remove", "destroy", *device});
    stamp.disks.erase(path.name);
    return {};
  }

  Status add_nic_change(const Change& change, const ChangePath& path) {
    const auto mark = stamp.nics.find(path.name);
    const Device* device = mark == stamp.nics.end() ? nullptr : with_key(sight_.props.devices, mark->second.key);
    if (change.to.empty() && path.field.empty()) {
      if (device == nullptr) return Error(Code::kInternal, "card '" + path.name + "' has no device to take away");
      config.device_change.push_back({"remove", "", *device});
      stamp.nics.erase(path.name);
      return {};
    }
    const provider::NicSpec* nic = TRY(named(spec_.nics, path.name));
    const auto network = parts_.networks.find(path.name);
    const std::string backing = network == parts_.networks.end() ? "" : backing_id(network->second);
    const std::int32_t key = device == nullptr ? 0 : device->key;
    stamp.nics[path.name] = {key, nic->network.empty() ? nic->bridge : nic->network, backing};
    if (device == nullptr) return add_nic(*nic, parts_, next_key_, config.device_change);
    if (network == parts_.networks.end())
      return Error(Code::kInternal, "card '" + path.name + "': nobody has looked for its network");
    config.device_change.push_back(plug_nic(*device, network->second));
    return {};
  }

  const Sight& sight_;
  const MachineSpec& spec_;
  const Parts& parts_;
  std::int32_t next_key_ = -1;
};

// Cards that were asked for and are there by now get their keys.
void find_new_nics(const Sight& sight, const MachineSpec& spec, const Parts& parts, Stamp& stamp) {
  std::vector<provider::NicSpec> unfound;
  std::vector<std::int32_t> taken;
  for (const auto& [name, mark] : stamp.nics) {
    if (mark.key != 0) taken.push_back(mark.key);
    const auto nic = std::ranges::find(spec.nics, name, &provider::NicSpec::name);
    if (mark.key == 0 && nic != spec.nics.end()) unfound.push_back(*nic);
  }
  for (const auto& [name, key] : match_nics(sight.props.devices, unfound, parts, taken)) stamp.nics[name].key = key;
}

}  // namespace

Result<provider::Plan> make_plan(const std::optional<Sight>& there, const MachineRef& ref, const MachineSpec& spec) {
  auto at = stand(there, ref, spec);
  if (!at.ok()) return at.take_error();  // no TRY: as above
  return provider::Plan{there->props.change_version, std::move(at->changes)};
}

Result<Step> next_apply_step(const std::optional<Sight>& there, const MachineRef& ref, const MachineSpec& spec,
                             const provider::Plan& plan, bool begun, const Parts& parts) {
  TRY(check_costs(plan));
  auto at = stand(there, ref, spec);
  if (!at.ok()) return at.take_error();  // no TRY: as above
  if (!begun && there->props.change_version != plan.version)
    return Error(Code::kAborted, "machine " + there->self.id + " was changed since the plan was made");
  Stamp found = at->stamp;
  find_new_nics(*at->sight, spec, parts, found);
  mark_disks(at->sight->props.devices, found);
  if (found != at->stamp) return configure(*at->sight, found, {}, "name devices");

  std::erase_if(at->changes, [&](const Change& change) {
    return std::ranges::none_of(plan.changes, [&](const Change& p) { return p.path == change.path; });
  });
  const bool concerns_hardware = std::ranges::any_of(
      at->changes, [](const Change& change) { return parse_path(change.path).list == "extra_config"; });
  const std::string raised = hardware_to_raise_to(there->props.hardware_version, spec);
  if (concerns_hardware && !raised.empty() && power_of(there->props) == provider::Power::kOff)
    return Step{"raise hardware", UpgradeHardware{there->self, raised}};

  Work work(*at->sight, at->stamp, spec, parts);
  for (const Change& change : at->changes) TRY(work.add(change));
  const bool concerns_limits =
      std::ranges::any_of(at->changes, [](const Change& change) { return change.path.starts_with("limits."); });
  if (concerns_limits) work.stamp.limits = spec.limits;
  if (work.config == ConfigSpec{} && work.stamp == at->stamp) return Step{"done", {}};
  return configure(*at->sight, work.stamp, std::move(work.config), "configure");
}

}  // namespace rig::vsphere
