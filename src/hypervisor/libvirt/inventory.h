// libvirt/inventory.h — finding machines on a host and reading what they are.
#pragma once

#include <string>
#include <utility>

#include "hypervisor/libvirt/domain_xml.h"
#include "hypervisor/libvirt/handle.h"
#include "provider/machine.h"

namespace rig::libvirt {

struct Found {
  provider::Existence existence = provider::Existence::kGone;
  std::string detail;  // with kForeign, kReleased: whose it is
  Domain domain;       // null with kGone
  DomainFacts facts;   // of the configuration that the next start will use
  std::string version;
};
// By UUID; where there is none, by name, so that another's machine of our name is seen. A machine of the reference
// (ref.legacy) has no stamp and is found by its name alone.
Result<Found> find(virConnectPtr host, const provider::MachineRef& ref);

// For mutations. kNotFound: it is gone; kFailedPrecondition: it is not ours.
Result<Found> find_ours(virConnectPtr host, const provider::MachineRef& ref);

Result<Found> read_configuration(Domain domain);  // existence kOurs exactly when it carries an owner's stamp

// Power state as libvirt has it, and why.
struct DomainState {
  int state = 0, reason = 0;  // virDomainState; its reason
  bool active() const;
  provider::Power power() const;
};
Result<DomainState> state_of(virDomainPtr domain);

struct Reading {
  provider::Machine machine;
  DomainFacts live;  // of the running machine; when it is off, as configured
};
// All that the host's configuration says. Addresses come from elsewhere (addresses.h). `found` must have a domain.
Result<Reading> read_machine(virConnectPtr host, const Found& found);

}  // namespace rig::libvirt
