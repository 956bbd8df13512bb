// libvirt/release.cc — whose a machine is: its stamp, and nothing else of it.
#include "hypervisor/libvirt/operations.h"

namespace rig::libvirt {

using provider::Existence;

Status set_stamp(const Found& found, const Stamp& stamp) {
  // The description first in what is decided on; the running one only shows it.
  const bool active = TRY(state_of(found.domain.get())).active();
  const unsigned where = VIR_DOMAIN_AFFECT_CONFIG | (active ? unsigned{VIR_DOMAIN_AFFECT_LIVE} : 0U);
  const std::string mark = stamp_mark(stamp);
  return done(ask(virDomainSetMetadata, found.domain.get(), static_cast<int>(VIR_DOMAIN_METADATA_ELEMENT), mark.c_str(),
                  "rig", kStampUri, where),
              "change the stamp of '" + found.facts.name + "'");
}

Status release_machine(virConnectPtr host, const provider::MachineRef& ref) {
  const Found found = TRY(find(host, ref));
  if (found.existence != Existence::kOurs) return {};
  if (TRY(state_of(found.domain.get())).active()) TRY(take_back_shutdown(found));
  return set_stamp(found, Stamp{{}, ref.machine_id});
}

}  // namespace rig::libvirt
