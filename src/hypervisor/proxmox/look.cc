// proxmox/look.cc — see look.h.
#include "hypervisor/proxmox/look.h"

#include <algorithm>

#include "hypervisor/proxmox/errors.h"

namespace rig::proxmox {
namespace {

ApiCall get(std::string path) {
  return {.method = "GET", .path = std::move(path), .form = {}, .content_type = {}, .body = {}};
}

Result<Sight> look_at(Session& session, const std::string& vmid, const std::string& node, const Clock& clock,
                      const Call& call, Depth depth) {
  const json::Value pending = TRY(session.send(get(path_of({"nodes", node, "qemu", vmid, "pending"})), call));
  Sight sight;
  sight.vmid = vmid;
  sight.node = node;
  sight.configs = TRY(parse_pending(pending).context("VM " + vmid));
  if (depth == Depth::kConfig) return sight;
  const json::Value status = TRY(session.send(get(path_of({"nodes", node, "qemu", vmid, "status", "current"})), call));
  sight.status = TRY(read_status(status, clock.wall()).context("VM " + vmid));
  return sight;
}

// Where the list has it; "" : nowhere.
std::string node_of(const Inventory& inventory, const std::string& vmid) {
  const auto found = inventory.machines.find(vmid);
  return found == inventory.machines.end() ? "" : found->second.node;
}

// A node that is down, or no longer in the cluster, may have lost its machines to others.
bool may_have_moved(Code code) { return code == Code::kUnavailable || code == Code::kNotFound; }

}  // namespace

std::string node_to_ask(const Inventory& inventory, const std::string& vmid) {
  const std::string has_it = node_of(inventory, vmid);
  const auto online = std::ranges::find_if(inventory.nodes, [](const NodeSighting& node) { return node.online; });
  return !has_it.empty() || online == inventory.nodes.end() ? has_it : online->name;
}

Result<Inventory> read_inventory(Session& session, const Call& call) {
  const json::Value data = TRY(session.send(get("/cluster/resources"), call));
  return read_resources(data);
}

Result<std::vector<ListedTask>> list_tasks(Session& session, const Call& call) {
  const json::Value data = TRY(session.send(get("/cluster/tasks"), call));
  return read_tasks(data);
}

Result<std::optional<Sight>> look(Session& session, const std::string& vmid, const std::string& node,
                                  const Clock& clock, const Call& call, Depth depth) {
  std::string at = node;
  if (at.empty()) {
    const Inventory inventory = TRY(read_inventory(session, call));
    at = node_to_ask(inventory, vmid);
    if (at.empty())
      return Error(Code::kUnavailable, "VM " + vmid + ": the cluster's list shows no node that is online")
          .with_hint("The account needs Sys.Audit on /nodes, and the cluster quorum.");
  }
  for (int tries = 0; tries < 2; ++tries) {
    auto sight = look_at(session, vmid, at, clock, call, depth);
    if (sight.ok()) return std::optional(sight.take());
    const bool missing = says_machine_is_missing(sight.error());
    if (!missing && !may_have_moved(sight.error().code())) return sight.take_error();
    const auto inventory = read_inventory(session, call);
    if (!inventory.ok()) return missing ? inventory.error() : sight.error();
    const std::string elsewhere = node_of(*inventory, vmid);
    if (elsewhere.empty() || elsewhere == at) {
      if (!missing) return sight.take_error();
      if (lacks(*inventory, vmid)) return std::optional<Sight>();
      break;
    }
    at = elsewhere;
  }
  return Error(Code::kUnavailable, "VM " + vmid + ": node '" + at + "' says that it has no such machine, and the " +
                                       "cluster's list does not agree")
      .with_hint(
          "It may be moving, or the account may not see the nodes (Sys.Audit on /nodes); it is looked at again.");
}

Result<provider::Machine> describe(Session& session, const provider::MachineRef& ref, const std::string& node,
                                   const Clock& clock, const Call& call) {
  const auto sight = TRY(look(session, ref.id, node, clock, call));
  if (sight) return read_machine(*sight, ref);
  provider::Machine gone;
  gone.ref = ref;
  gone.existence = provider::Existence::kGone;
  return gone;
}

}  // namespace rig::proxmox
