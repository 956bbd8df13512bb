// vsphere/steps.h — making, removing and switching a machine, one call at a time: what is there decides what comes
// next. Pure.
//
// Nobody remembers how far he came. Whoever makes a machine looks, asks for the next step, does it, and looks again; so
// it makes no difference who did the last step, and whether its answer arrived.
//
// A machine is made by one call: the clone has name, UUID, stamp, hardware and seed. Two of them in one folder is what
// vSphere refuses (DuplicateName), so a clone whose answer was lost is found there. What the clone did not take over is
// changed after it, under the changeVersion of what was looked at; at last the stamp says that it is ready. Removing
// has no token: what is destroyed is the object whose stamp was read, and objects' ids are never given again.
//
// Sources: vSphere Web Services SDK (CloneVM_Task, ReconfigVM_Task, Destroy_Task); recorded exchanges.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "hypervisor/vsphere/hardware.h"
#include "hypervisor/vsphere/methods.h"

namespace rig::vsphere {

using Order =
    std::variant<std::monostate, CloneMachine, Reconfigure, UpgradeHardware, PowerOn, PowerOff, Destroy, ShutdownGuest>;
struct Step {
  std::string name;  // for people: "clone", "configure", ...
  Order order;       // none: it is done, or has to be waited for
  bool wait = false;
  bool is_done() const { return std::holds_alternative<std::monostate>(order) && !wait; }
};

struct Making {
  MoRef source;  // the template, and what it has
  MachineProps source_props;
  Place place;
  Parts parts;
  bool hot_add = true;
};

// `there`: the machine, or what has its name in its folder. kAlreadyExists: that is another's. kFailedPrecondition: the
// machine runs and is not finished. kInvalidArgument, kResourceExhausted: the spec can never be met.
Result<Step> next_create_step(const std::optional<Sight>& there, const provider::MachineRef& ref,
                              const provider::MachineSpec& spec, const Making& making);

// Disks that somebody has attached to it keep their files. kFailedPrecondition: it is not ours.
Result<Step> next_remove_step(const std::optional<Sight>& there, const provider::MachineRef& ref);

// Takes its stamp's owner off. Done when nothing of it is ours.
Result<Step> next_release_step(const std::optional<Sight>& there, const provider::MachineRef& ref);

// What waited for it is changed first. kNotFound: it is not there; kFailedPrecondition: it is not ours.
Result<Step> next_power_on_step(const std::optional<Sight>& there, const provider::MachineRef& ref);

// `hard_at`: none, at once. Of several the first counts: it stands in the stamp. `asked`: what runs on the machine was
// asked to shut down a moment ago.
Result<Step> next_power_off_step(const std::optional<Sight>& there, const provider::MachineRef& ref,
                                 std::optional<WallTime> hard_at, bool asked, WallTime now);

// The machine of ours, and its stamp; none: the reference's. Errors as above.
struct Ours {
  const Sight* sight = nullptr;
  std::optional<Stamp> stamp;
};
Result<Ours> ours(const std::optional<Sight>& there, const provider::MachineRef& ref);

// A change of a machine's configuration, under what was seen of it, with this stamp.
Step configure(const Sight& sight, const Stamp& stamp, ConfigSpec config, std::string name);

}  // namespace rig::vsphere
