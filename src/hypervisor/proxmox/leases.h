// proxmox/leases.h — VMIDs that were reserved for machines that are not there yet.
//
// Proxmox VE reserves nothing: GET /cluster/nextid gives the same number until somebody makes a machine of it. So what
// we gave away is remembered here, and another client that is quicker is noticed when the machine is made.
#pragma once

#include <map>
#include <string>

#include "base/mutex.h"
#include "hypervisor/proxmox/session.h"

namespace rig::proxmox {

// Thread-safe.
class Leases {
 public:
  // A free VMID; the same as before for a machine that has one which is still free. kResourceExhausted: none is found.
  Result<std::string> take(Session& session, const std::string& machine_id, const Call& call);
  void note(const std::string& machine_id, const std::string& vmid);  // reserved before we were started
  void drop(const std::string& machine_id);                           // its machine is there, or gone for good

 private:
  bool lease(const std::string& machine_id, const std::string& vmid);  // false: it is another's

  Mutex mutex_;
  std::map<std::string, std::string> of_machine_ GUARDED_BY(mutex_), of_vmid_ GUARDED_BY(mutex_);
};

}  // namespace rig::proxmox
