// proxmox/operations.h — what is done to machines of a cluster. Each may be repeated, and may be cut off at any line.
//
// They run one at a time per machine (TaskRunner). Each looks, takes the next step of steps.h or apply.h, does it, and
// looks again, so what others do meanwhile is seen, and what was done before a crash is not done again. `first`: what
// has just been seen, for the first step.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "hypervisor/proxmox/apply.h"
#include "hypervisor/proxmox/rounds.h"

namespace rig::proxmox {

// Makes the machine, or goes on with it; leaves it off. kAlreadyExists: the VMID is another's.
Status create_machine(const Host& host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                      const Source& source, const std::string& node, const OnProgress& progress, const Call& call,
                      std::optional<There> first = {});

// Ends when it is proven gone, and what was uploaded for it, too.
Status remove_machine(const Host& host, const provider::MachineRef& ref, const OnProgress& progress, const Call& call);

// Its stamp names nobody from then on; nothing else changes. Fine when nothing of it is ours.
Status release_machine(const Host& host, const provider::MachineRef& ref, const Call& call);

Status apply_plan(const Host& host, const provider::MachineRef& ref, const provider::MachineSpec& spec,
                  const provider::Plan& plan, const OnProgress& progress, const Call& call);

}  // namespace rig::proxmox
