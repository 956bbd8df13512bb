// libvirt/remove.cc — exactly what is ours.
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/operations.h"
#include "hypervisor/libvirt/volumes.h"

namespace rig::libvirt {
namespace {

using provider::Existence;

constexpr unsigned kEverything = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
                                 VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA;

// It may have gone by itself in between.
Status or_gone(Status status) {
  if (!status.ok() && status.error().is(Code::kNotFound)) return {};
  return status;
}

}  // namespace

Status remove_machine(virConnectPtr host, const provider::MachineRef& ref) {
  const Found found = TRY(find(host, ref));
  if (found.existence == Existence::kForeign || found.existence == Existence::kReleased) {
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours: " + found.detail)
        .with_hint("It is left as it is.");
  }
  if (found.existence == Existence::kGone) return sweep_volumes(host, ref.machine_id);

  const std::string& name = found.facts.name;
  if (TRY(state_of(found.domain.get())).active()) {
    TRY(or_gone(done(ask(virDomainDestroy, found.domain.get()), "power off '" + name + "'")));
  }
  TRY(sweep_volumes(host, ref.machine_id));
  // The flag is younger than the others, so only where it is needed.
  const unsigned flags = kEverything | (found.facts.spec.tpm ? unsigned{VIR_DOMAIN_UNDEFINE_TPM} : 0U);
  return or_gone(done(ask(virDomainUndefineFlags, found.domain.get(), flags), "undefine '" + name + "'"));
}

}  // namespace rig::libvirt
