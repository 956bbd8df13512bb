// proxmox/sightings.h — what was seen of machines and stands in no configuration: where they are, their boots, and
// their agents' word.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "hypervisor/proxmox/agent.h"
#include "hypervisor/proxmox/machine.h"

namespace rig::proxmox {

// Thread-safe. By VMID; only machines that carry a stamp, whoever's.
class Sightings {
 public:
  // True: it runs, and was not known to run since this boot. What its agent said before is void then.
  bool saw(const Sight& sight, const std::string& machine_id);
  void gone(const std::string& vmid);
  void hear(const std::string& vmid, Addresses word, WallTime when);

  std::string node_of(const std::string& vmid) const;        // "" : not known
  std::string machine_of(const std::string& vmid) const;     // its machine id; "" : not known
  std::string vmid_of(const std::string& machine_id) const;  // "" : not known
  std::string next_after(const std::string& vmid) const;     // round and round; "" : there is none
  std::optional<Addresses> last_word(const std::string& vmid) const;
  bool has_fresh_word(const std::string& vmid, WallTime now) const;
  // When it was booted: Proxmox VE tells an age in whole seconds, so what was reckoned of it first is kept. nullopt: it
  // is not known to run.
  std::optional<WallTime> boot_of(const std::string& vmid) const;

  void complete(provider::Machine& machine) const;  // boot and addresses of one that runs

 private:
  struct Seen {
    std::string node, machine_id;
    std::int64_t pid = 0;
    std::optional<WallTime> booted_at, heard_at;
    std::optional<Addresses> word;
  };
  const Seen* find(const std::string& vmid) const REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Seen> seen_ GUARDED_BY(mutex_);
};

}  // namespace rig::proxmox
