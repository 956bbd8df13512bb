// proxmox/sightings.cc — a map and a lock.
#include "hypervisor/proxmox/sightings.h"

#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {

bool Sightings::saw(const Sight& sight, const std::string& machine_id) {
  const Lock lock(mutex_);
  Seen& seen = seen_[sight.vmid];
  if (seen.machine_id != machine_id) seen = {};  // the number was given again
  seen.machine_id = machine_id;
  seen.node = sight.node;
  if (sight.status.running && seen.booted_at && seen.pid == sight.status.pid) return false;
  seen.word.reset();
  seen.heard_at.reset();
  seen.booted_at = sight.status.booted_at;
  seen.pid = sight.status.pid;
  return sight.status.running;
}

void Sightings::gone(const std::string& vmid) {
  const Lock lock(mutex_);
  seen_.erase(vmid);
}

void Sightings::hear(const std::string& vmid, Addresses word, WallTime when) {
  const Lock lock(mutex_);
  const auto seen = seen_.find(vmid);
  if (seen == seen_.end()) return;
  seen->second.word = std::move(word);
  seen->second.heard_at = when;
}

const Sightings::Seen* Sightings::find(const std::string& vmid) const {
  const auto seen = seen_.find(vmid);
  return seen == seen_.end() ? nullptr : &seen->second;
}

std::string Sightings::node_of(const std::string& vmid) const {
  const Lock lock(mutex_);
  const Seen* seen = find(vmid);
  return seen == nullptr ? "" : seen->node;
}

std::string Sightings::machine_of(const std::string& vmid) const {
  const Lock lock(mutex_);
  const Seen* seen = find(vmid);
  return seen == nullptr ? "" : seen->machine_id;
}

std::string Sightings::vmid_of(const std::string& machine_id) const {
  const Lock lock(mutex_);
  for (const auto& [vmid, seen] : seen_)
    if (seen.machine_id == machine_id) return vmid;
  return "";
}

std::string Sightings::next_after(const std::string& vmid) const {
  const Lock lock(mutex_);
  auto next = seen_.upper_bound(vmid);
  if (next == seen_.end()) next = seen_.begin();
  return next == seen_.end() ? "" : next->first;
}

std::optional<Addresses> Sightings::last_word(const std::string& vmid) const {
  const Lock lock(mutex_);
  const Seen* seen = find(vmid);
  return seen == nullptr ? std::nullopt : seen->word;
}

bool Sightings::has_fresh_word(const std::string& vmid, WallTime now) const {
  const Lock lock(mutex_);
  const Seen* seen = find(vmid);
  return seen != nullptr && seen->heard_at && now - *seen->heard_at < kAgentFreshFor;
}

std::optional<WallTime> Sightings::boot_of(const std::string& vmid) const {
  const Lock lock(mutex_);
  const Seen* seen = find(vmid);
  return seen == nullptr ? std::nullopt : seen->booted_at;
}

void Sightings::complete(provider::Machine& machine) const {
  const Lock lock(mutex_);
  const Seen* seen = find(machine.ref.id);
  if (seen == nullptr || !machine.booted_at) return;
  machine.booted_at = seen->booted_at;
  machine.addresses_read_at = seen->heard_at;
  if (seen->word) machine.addresses = seen->word->addresses;
}

}  // namespace rig::proxmox
