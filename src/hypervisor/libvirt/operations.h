// libvirt/operations.h — what is done to machines on a host. Each may be repeated, and may be cut off at any line.
//
// They run one at a time per machine (TaskRunner); what another process does at the same moment is met by re-reading
// the stamp before every effect.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/call.h"
#include "hypervisor/libvirt/capabilities.h"
#include "hypervisor/libvirt/handle.h"
#include "hypervisor/libvirt/inventory.h"
#include "provider/machine.h"
#include "provider/task_runner.h"

namespace rig::libvirt {

using OnProgress = std::function<void(const provider::TaskProgress&)>;

struct CreateSettings {
  std::string virt_type = "auto", default_pool = "default";
  std::vector<std::string> image_folders;
};
// Volumes, then the domain with its stamp in one step. Whatever volumes an attempt before left are made anew: without
// a domain nobody has used them.
Status create_machine(virConnectPtr host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                      const CreateSettings& settings, const OnProgress& progress, const Call& call);

// Power off, volumes, then the domain: as long as something is left, the machine is still found.
Status remove_machine(virConnectPtr host, const provider::MachineRef& ref);

// The stamp then names nobody; the machine runs on as it is, and a shutdown that its owner asked for is not carried
// out.
Status release_machine(virConnectPtr host, const provider::MachineRef& ref);
Status set_stamp(const Found& found, const Stamp& stamp);  // of what was found, in its description and the running one

Result<provider::Plan> make_plan(virConnectPtr host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                                 const CreateSettings& settings);
// kAborted when the machine's configuration is not the plan's; kOutOfRange, kFailedPrecondition before any effect for
// what cannot be changed. What was done of a plan that is cut off stays; the next plan has the rest.
Status apply_plan(virConnectPtr host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                  const provider::Plan& plan, const CreateSettings& settings, const OnProgress& progress,
                  const Call& call);

// Starts, resumes or wakes; answers whether it started a machine that was off.
Result<bool> power_on(virConnectPtr host, const provider::MachineRef& ref);
Status pull_power(virConnectPtr host, const provider::MachineRef& ref);  // at once; fine when it is off

// A graceful shutdown is a mark that says when the power is cut, whoever is there then, and a machine that is asked,
// now and again. Answers when: the earlier of `hard_at` and what an earlier request said; nullopt: it is off.
Result<std::optional<WallTime>> set_power_off_at(virConnectPtr host, const provider::MachineRef& ref, WallTime hard_at);
Status ask_to_shut_down(virConnectPtr host, const provider::MachineRef& ref);  // nothing, without that mark
// Cuts the power when that instant has come. Answers when it is still to come; nullopt: off, or wanted on again.
Result<std::optional<WallTime>> cut_if_due(virConnectPtr host, const provider::MachineRef& ref, WallTime now);
// What was asked for before is not carried out: wanted on again, or no longer ours. For a machine that is on.
Status take_back_shutdown(const Found& found);
Status ask_to_reboot(virConnectPtr host, const provider::MachineRef& ref);
Status reset(virConnectPtr host, const provider::MachineRef& ref);
Status note_boot(virConnectPtr host, const provider::MachineRef& ref, WallTime when);

}  // namespace rig::libvirt
