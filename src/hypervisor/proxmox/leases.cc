// proxmox/leases.cc — see leases.h.
#include "hypervisor/proxmox/leases.h"

#include "base/text.h"
#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

// The next free one, or `wanted` when that is free. kAlreadyExists: it is not.
Result<std::int64_t> ask_for_id(Session& session, const std::string& wanted, const Call& call) {
  ApiCall ask;
  ask.path = "/cluster/nextid";
  if (!wanted.empty()) ask.form = {{"vmid", wanted}};
  const json::Value answer = TRY(session.send(ask, call));
  if (const auto* number = answer.as<std::int64_t>()) return *number;
  return parse_int(answer.text({})).context("/cluster/nextid");
}

}  // namespace

Result<std::string> Leases::take(Session& session, const std::string& machine_id, const Call& call) {
  std::string mine;
  {
    const Lock lock(mutex_);
    if (const auto found = of_machine_.find(machine_id); found != of_machine_.end()) mine = found->second;
  }
  auto free = ask_for_id(session, mine, call);
  if (!mine.empty() && free.ok()) return mine;
  drop(machine_id);  // somebody was quicker
  if (!free.ok() && free.error().is(Code::kAlreadyExists)) free = ask_for_id(session, "", call);
  if (!free.ok()) return free.take_error();
  for (std::int64_t id = *free; id < *free + kIdsTriedMax; ++id) {
    const std::string vmid = std::to_string(id);
    if (!lease(machine_id, vmid)) continue;
    if (id == *free) return vmid;
    const auto is_free = ask_for_id(session, vmid, call);
    if (is_free.ok()) return vmid;
    drop(machine_id);
    if (!is_free.error().is(Code::kAlreadyExists)) return is_free.error();
  }
  return Error(Code::kResourceExhausted,
               "no free VMID among the " + std::to_string(kIdsTriedMax) + " from " + std::to_string(*free) + " on");
}

void Leases::note(const std::string& machine_id, const std::string& vmid) { (void)lease(machine_id, vmid); }

void Leases::drop(const std::string& machine_id) {
  const Lock lock(mutex_);
  const auto found = of_machine_.find(machine_id);
  if (found == of_machine_.end()) return;
  of_vmid_.erase(found->second);
  of_machine_.erase(found);
}

bool Leases::lease(const std::string& machine_id, const std::string& vmid) {
  const Lock lock(mutex_);
  const auto taken = of_vmid_.find(vmid);
  if (taken != of_vmid_.end()) return taken->second == machine_id;
  if (of_machine_.size() >= kLeasesMax) {  // forgetting one costs a second attempt, at worst
    of_vmid_.erase(of_machine_.begin()->second);
    of_machine_.erase(of_machine_.begin());
  }
  if (const auto before = of_machine_.find(machine_id); before != of_machine_.end()) of_vmid_.erase(before->second);
  of_machine_[machine_id] = vmid;
  of_vmid_[vmid] = machine_id;
  return true;
}

}  // namespace rig::proxmox
