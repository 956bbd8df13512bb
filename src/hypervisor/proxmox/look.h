// proxmox/look.h — one machine as it is now, wherever it is, or the proof that it is nowhere.
//
// Machines move: by a person, by the cluster's HA. Where one is stands in /cluster/resources; what it is, its node
// says. It is gone only when the asked node's own word is that it has none and a list of the cluster, read after that,
// lacks it. Everything else that looks like absence (no rights, a node that is down, a proxy's page) is an error.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "hypervisor/proxmox/inventory.h"
#include "hypervisor/proxmox/machine.h"
#include "hypervisor/proxmox/session.h"

namespace rig::proxmox {

Result<Inventory> read_inventory(Session& session, const Call& call);            // one call
Result<std::vector<ListedTask>> list_tasks(Session& session, const Call& call);  // one call

// Where the list has it; else any node that is online, for its word that there is none; "" : none is.
std::string node_to_ask(const Inventory& inventory, const std::string& vmid);

enum class Depth : std::uint8_t { kWhole, kConfig };  // kConfig: without its status, which is half of the calls
// `node`: where it was seen last; "" : not known. None: proven gone. Two calls when it is where it was.
// kUnavailable: the cluster's list and the nodes contradict each other, as while it is moved: look again.
Result<std::optional<Sight>> look(Session& session, const std::string& vmid, const std::string& node,
                                  const Clock& clock, const Call& call, Depth depth = Depth::kWhole);

// describe() of the provider interface, but for addresses.
Result<provider::Machine> describe(Session& session, const provider::MachineRef& ref, const std::string& node,
                                   const Clock& clock, const Call& call);

}  // namespace rig::proxmox
