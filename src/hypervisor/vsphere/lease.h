// vsphere/lease.h — a lease of vCenter's on a machine that is being imported: as long as it is told of progress, its
// disks can be brought, and nobody else touches it.
//
// Given back it ends in one of two ways: completed, and the machine is there; or aborted, and vCenter removes it. One
// that is silent for some minutes, or whose session has ended, is aborted by vCenter.
//
// Source: vSphere Web Services SDK, HttpNfcLease (states, timeout); recorded exchanges.
#pragma once

#include <memory>

#include "hypervisor/vsphere/session.h"

namespace rig::vsphere {

class Lease {
 public:
  // Asks for it, and waits until it is ready. The lease's own error where it never is.
  static Result<std::unique_ptr<Lease>> begin(Session& session, const ImportMachine& order, const Call& call);
  ~Lease();  // aborts what is not completed

  const LeaseInfo& info() const;
  void set_percent(int percent);  // is told to vCenter now and then, by a thread
  Status complete(const Call& call);

 private:
  struct Impl;
  explicit Lease(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::vsphere
