// vsphere/steps.cc — see steps.h.
#include "hypervisor/vsphere/steps.h"

#include <algorithm>

#include "hypervisor/vsphere/customization.h"
#include "hypervisor/vsphere/devices.h"

namespace rig::vsphere {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

const Step kDone{"done", {}};

OptionValue stamp_option(const Stamp& stamp) { return {std::string(kStampKey), {stamp_text(stamp)}}; }

// Of the class: what has no field. Ours and those with a meaning of their own are not among them.
std::vector<OptionValue> extra_config(const MachineSpec& spec) {
  std::vector<OptionValue> options;
  for (const auto& [key, value] : spec.extra_config)
    if (!key.starts_with("vsphere.") && !key.starts_with("virtrigaud.") && !key.starts_with("guestinfo."))
      options.push_back({key, {value}});
  return options;
}

Result<Step> clone(const MachineRef& ref, const MachineSpec& spec, const Making& making) {
  Stamp stamp;
  stamp.owner = ref.owner;
  stamp.machine_id = ref.machine_id;
  stamp.image = spec.image.location;
  stamp.limits = spec.limits;
  auto named = with_addresses(making.source_props.devices, spec, std::move(stamp));
  if (!named.ok()) return named.take_error();  // no TRY: g++ 12 sees a false free of what it moves
  auto config = lacking(making.source_props, spec, *named, making.parts, {making.hot_add, /*of_clone=*/true});
  if (!config.ok()) return config.take_error();
  config->instance_uuid = ref.machine_id;
  config->extra_config = guestinfo(spec.seed, ref.machine_id);
  std::ranges::move(extra_config(spec), std::back_inserter(config->extra_config));
  config->extra_config.push_back({std::string(kImageKey), {""}});  // a copy of an image is none
  config->extra_config.push_back(stamp_option(*named));
  CloneMachine clone{making.source, making.place.folder, spec.display_name, {}};
  clone.spec.location.datastore = making.place.datastore;
  clone.spec.location.pool = making.place.pool;
  clone.spec.location.host = making.place.host;
  clone.spec.config = config.take();
  clone.spec.customization = TRY(customization(making.source_props.devices, spec, making.parts));
  return Step{"clone", std::move(clone)};
}

// Every card gets its mark, now that vSphere has given it a key.
void mark_nics(const Sight& sight, const MachineSpec& spec, const Parts& parts, Stamp& stamp) {
  for (const auto& [name, key] : match_nics(sight.props.devices, spec.nics, parts)) {
    const auto nic = std::ranges::find(spec.nics, name, &provider::NicSpec::name);
    const Device* device = with_key(sight.props.devices, key);
    stamp.nics[name] = {key, nic->network.empty() ? nic->bridge : nic->network,
                        device->backing ? backing_id(*device->backing) : ""};
  }
}

Result<Step> build_on(const Sight& sight, const MachineSpec& spec, const Stamp& known, const Making& making) {
  if (power_of(sight.props) != Power::kOff) {
    return Error(Code::kFailedPrecondition, "machine " + sight.self.id + " is on and is not finished: somebody has " +
                                                "switched it on while it was being made")
        .with_hint("Switch it off, then it is gone on with.");
  }
  const std::string version = hardware_to_raise_to(sight.props.hardware_version, spec);
  if (!version.empty()) return Step{"raise hardware", UpgradeHardware{sight.self, version}};
  auto stamp = with_addresses(sight.props.devices, spec, known);
  if (!stamp.ok()) return stamp.take_error();  // no TRY: as above
  auto config = lacking(sight.props, spec, *stamp, making.parts, {making.hot_add, /*of_clone=*/false});
  if (!config.ok()) return config.take_error();
  if (*config != ConfigSpec{} || *stamp != known) return configure(sight, *stamp, config.take(), "configure");
  stamp->phase = Phase::kReady;
  stamp->id = sight.self.id;
  mark_nics(sight, spec, making.parts, *stamp);
  mark_disks(sight.props.devices, *stamp);
  stamp->image_disks = image_disks(sight.props.devices, *stamp);
  const auto address = parse_address(stamp->disks.at(kRoot).address);
  const Device* root = address ? disk_at(sight.props.devices, *address) : nullptr;
  if (root != nullptr && bytes_of(*root) > spec.root_disk_bytes) stamp->image_bytes = bytes_of(*root);
  return configure(sight, *stamp, {}, "finish");
}

}  // namespace

Step configure(const Sight& sight, const Stamp& stamp, ConfigSpec config, std::string name) {
  config.change_version = sight.props.change_version;
  config.extra_config.push_back(stamp_option(stamp));
  return {std::move(name), Reconfigure{sight.self, std::move(config)}};
}

Result<Ours> ours(const std::optional<Sight>& there, const MachineRef& ref) {
  if (!there) return Error(Code::kNotFound, "machine '" + ref.owner.name + "' (" + ref.machine_id + ") is not there");
  auto judgement = judge(*there, ref);
  if (!judgement.ok()) return judgement.take_error();  // no TRY: as above
  if (judgement->existence != Existence::kOurs)
    return Error(Code::kFailedPrecondition, judgement->detail).with_hint("It is left as it is.");
  return Ours{&*there, std::move(judgement->stamp)};
}

Result<Step> next_create_step(const std::optional<Sight>& there, const MachineRef& ref, const MachineSpec& spec,
                              const Making& making) {
  if (!there) return clone(ref, spec, making);
  auto judgement = judge(*there, ref);
  if (!judgement.ok()) return judgement.take_error();  // no TRY: as above
  switch (judgement->existence) {
    case Existence::kOurs: return kDone;
    case Existence::kPartial: return build_on(*there, spec, *judgement->stamp, making);
    case Existence::kReleased: {
      Stamp stamp = *judgement->stamp;
      stamp.owner = ref.owner;
      return configure(*there, stamp, {}, "take over");
    }
    default: break;
  }
  return Error(Code::kAlreadyExists, judgement->detail)
      .with_hint("It is left as it is. Its owner can hand it over (`vrtg release`), or rename one of the two.");
}

Result<Step> next_remove_step(const std::optional<Sight>& there, const MachineRef& ref) {
  if (!there) return kDone;
  const Judgement judgement = TRY(judge(*there, ref));
  if (!judgement.stamp || !is_of(*judgement.stamp, ref)) {
    const std::string why =
        judgement.detail.empty() ? "machine " + there->self.id + " carries no stamp yet" : judgement.detail;
    return Error(Code::kFailedPrecondition, why).with_hint("It is left as it is.");
  }
  if (power_of(there->props) != Power::kOff) return Step{"power off", PowerOff{there->self}};
  // vSphere destroys the files of all disks that a machine has.
  ConfigSpec config;
  if (judgement.stamp->phase == Phase::kReady)
    for (Device& disk : disks_of_others(there->props.devices, *judgement.stamp))
      config.device_change.push_back({"remove", "", std::move(disk)});
  if (!config.device_change.empty())
    return configure(*there, *judgement.stamp, std::move(config), "detach disks of others");
  return Step{"remove", Destroy{there->self}};
}

Result<Step> next_release_step(const std::optional<Sight>& there, const MachineRef& ref) {
  if (!there) return kDone;
  auto judgement = judge(*there, ref);
  if (!judgement.ok()) return judgement.take_error();  // no TRY: as above
  if (!judgement->stamp || !is_of(*judgement->stamp, ref)) return kDone;
  Stamp stamp = *judgement->stamp;
  stamp.owner = {};
  return configure(*there, stamp, {}, "release");
}

Result<Step> next_power_on_step(const std::optional<Sight>& there, const MachineRef& ref) {
  auto of = ours(there, ref);
  if (!of.ok()) return of.take_error();  // no TRY: as above
  const Power power = power_of(there->props);
  if (of->stamp) {
    Stamp stamp = *of->stamp;
    stamp.power_off_at.reset();
    const bool raises = hardware_number(stamp.pending.hardware) > hardware_number(there->props.hardware_version);
    if (power == Power::kOff && raises)
      return Step{"raise hardware", UpgradeHardware{there->self, stamp.pending.hardware}};
    ConfigSpec config;
    if (power == Power::kOff) {
      if (stamp.pending.cpus) config.cpus = static_cast<std::int32_t>(*stamp.pending.cpus);
      config.memory_mib = stamp.pending.memory_mib;
      config.nested_hv = stamp.pending.nested;
      stamp.pending = {};
    }
    if (stamp != *of->stamp) return configure(*there, stamp, std::move(config), "configure");
  }
  if (power == Power::kOn) return kDone;
  return Step{"power on", PowerOn{there->self}};
}

Result<Step> next_power_off_step(const std::optional<Sight>& there, const MachineRef& ref,
                                 std::optional<WallTime> hard_at, bool asked, WallTime now) {
  auto of = ours(there, ref);
  if (!of.ok()) return of.take_error();  // no TRY: as above
  const Power power = power_of(there->props);
  std::optional<WallTime> deadline = of->stamp ? of->stamp->power_off_at : std::nullopt;
  if (power == Power::kOff) {
    if (!deadline) return kDone;
    Stamp stamp = *of->stamp;
    stamp.power_off_at.reset();
    return configure(*there, stamp, {}, "clean up");
  }
  if (!hard_at || power != Power::kOn) return Step{"power off", PowerOff{there->self}};
  if (of->stamp && !deadline && now < *hard_at) {
    Stamp stamp = *of->stamp;
    stamp.power_off_at = hard_at;
    return configure(*there, stamp, {}, "shut down");
  }
  if (now >= std::min(deadline.value_or(*hard_at), *hard_at)) return Step{"power off", PowerOff{there->self}};
  if (asked) return Step{.name = "shut down", .order = {}, .wait = true};
  return Step{"shut down", ShutdownGuest{there->self}};
}

}  // namespace rig::vsphere
