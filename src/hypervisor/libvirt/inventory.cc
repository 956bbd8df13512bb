// libvirt/inventory.cc — lookups and readings; a handful of calls each, none of which waits for a guest.
#include "hypervisor/libvirt/inventory.h"

#include "base/digest.h"
#include "hypervisor/libvirt/volumes.h"

namespace rig::libvirt {
namespace {

using provider::Existence;
using provider::MachineRef;

std::string whose(const DomainFacts& facts) {
  if (!facts.stamp) return "domain '" + facts.name + "' carries no stamp of ours";
  if (is_released(*facts.stamp)) return "domain '" + facts.name + "' was released by its owner";
  const provider::Owner& owner = facts.stamp->owner;
  return "domain '" + facts.name + "' belongs to " + owner.name_space + "/" + owner.name + " of cluster " +
         owner.cluster_id;
}

// An empty handle where the host proves that there is none.
Result<Domain> or_none(Result<Domain> domain) {
  if (!domain.ok() && domain.error().is(Code::kNotFound)) return Domain();
  return domain;
}

Result<Domain> by_uuid(virConnectPtr host, const std::string& uuid) {
  return or_none(owned<Domain>(ask(virDomainLookupByUUIDString, host, uuid.c_str()), "find domain " + uuid));
}

Result<Domain> by_name(virConnectPtr host, const std::string& name) {
  return or_none(owned<Domain>(ask(virDomainLookupByName, host, name.c_str()), "find domain '" + name + "'"));
}

struct Stored {
  VolumeFacts volume;
  std::string pool;
};
Result<Stored> stored_at(virConnectPtr host, const std::string& path) {
  const Volume volume = TRY(volume_at(host, path));
  Stored stored{TRY(facts_of(volume.get())), ""};
  const Pool pool = TRY(owned<Pool>(ask(virStoragePoolLookupByVolume, volume.get()), "find the pool of a volume"));
  stored.pool = virStoragePoolGetName(pool.get());
  return stored;
}

// Sizes of disks and what the root disk came from stand with the volumes. A disk whose volume cannot be read keeps 0,
// which says "not known": the machine itself can still be told of.
Status add_volumes(virConnectPtr host, const DomainFacts& facts, provider::MachineSpec& spec) {
  for (const DiskDevice& device : facts.disks) {
    if (device.name.empty() || device.name == "seed" || device.path.empty()) continue;
    const auto stored = stored_at(host, device.path);
    if (!stored.ok() && remedy(stored.error().code()) == Remedy::kRetry) return stored.error();
    if (!stored.ok()) continue;
    if (device.name == "root") {
      spec.placement.storage = stored->pool;
      spec.root_disk_bytes = stored->volume.capacity_bytes;
      spec.image = {.location = stored->volume.backing_path, .format = stored->volume.backing_format};
      continue;
    }
    for (provider::DiskSpec& disk : spec.disks) {
      if (disk.name != device.name) continue;
      disk.size_bytes = stored->volume.capacity_bytes;
      disk.storage = stored->pool;
    }
  }
  return {};
}

}  // namespace

Result<Found> read_configuration(Domain domain) {
  const std::string xml = TRY(text(
      ask(virDomainGetXMLDesc, domain.get(), static_cast<unsigned>(VIR_DOMAIN_XML_INACTIVE)), "describe a domain"));
  DomainFacts facts = TRY(parse_domain(xml));
  Found found{.existence = Existence::kForeign,
              .detail = "",
              .domain = std::move(domain),
              .facts = std::move(facts),
              .version = sha256_hex(xml)};
  const std::optional<Stamp>& stamp = found.facts.stamp;
  if (stamp && stamp->machine_id == found.facts.uuid)
    found.existence = is_released(*stamp) ? Existence::kReleased : Existence::kOurs;
  return found;
}

Result<Found> find(virConnectPtr host, const MachineRef& ref) {
  Domain domain = ref.legacy ? Domain() : TRY(by_uuid(host, ref.machine_id));
  if (domain == nullptr && !ref.id.empty()) domain = TRY(by_name(host, ref.id));
  if (domain == nullptr) return Found{};
  auto found = read_configuration(std::move(domain));
  if (!found.ok()) {
    // It went away between the two calls.
    if (found.error().is(Code::kNotFound)) return Found{};
    return found;
  }
  const bool ours =
      ref.legacy ? !found->facts.stamp : found->existence == Existence::kOurs && is_of(*found->facts.stamp, ref);
  const bool released = !ref.legacy && found->existence == Existence::kReleased && found->facts.uuid == ref.machine_id;
  found->existence = ours ? Existence::kOurs : released ? Existence::kReleased : Existence::kForeign;
  if (!ours) found->detail = whose(found->facts);
  return found;
}

Result<Found> find_ours(virConnectPtr host, const MachineRef& ref) {
  Found found = TRY(find(host, ref));
  if (found.existence == Existence::kGone) {
    return Error(Code::kNotFound, "machine '" + ref.id + "' is not on the host");
  }
  if (found.existence != Existence::kOurs) {
    return Error(Code::kFailedPrecondition, "machine '" + ref.id + "' is not ours: " + found.detail)
        .with_hint("It is left as it is.");
  }
  return found;
}

bool DomainState::active() const {
  return state != VIR_DOMAIN_SHUTOFF && state != VIR_DOMAIN_CRASHED && state != VIR_DOMAIN_NOSTATE;
}

provider::Power DomainState::power() const {
  if (state == VIR_DOMAIN_PAUSED) return provider::Power::kPaused;
  if (state == VIR_DOMAIN_PMSUSPENDED) return provider::Power::kSuspended;
  return active() ? provider::Power::kOn : provider::Power::kOff;
}

Result<DomainState> state_of(virDomainPtr domain) {
  DomainState state;
  TRY(done(ask(virDomainGetState, domain, &state.state, &state.reason, 0U), "read the power state"));
  return state;
}

Result<Reading> read_machine(virConnectPtr host, const Found& found) {
  Reading reading;
  provider::Machine& machine = reading.machine;
  machine.existence = found.existence;
  machine.detail = found.detail;
  machine.version = found.version;
  machine.ref.id = found.facts.name;
  machine.ref.machine_id = found.facts.uuid;
  if (found.facts.stamp) machine.ref.owner = found.facts.stamp->owner;

  const DomainState state = TRY(state_of(found.domain.get()));
  machine.power = state.power();
  machine.configured = found.facts.spec;
  TRY(add_volumes(host, found.facts, machine.configured));
  machine.running = machine.configured;
  reading.live = found.facts;
  if (state.active()) {
    const std::string xml = TRY(text(ask(virDomainGetXMLDesc, found.domain.get(), 0U), "describe a domain"));
    reading.live = TRY(parse_domain(xml));
    machine.running = reading.live.spec;
    TRY(add_volumes(host, reading.live, machine.running));
    machine.booted_at = reading.live.booted_at;
  }
  machine.facts["virtType"] = found.facts.type;
  if (reading.live.has_agent_channel && state.active()) {
    machine.facts["guestAgent"] = reading.live.agent_connected ? "connected" : "not connected";
  }
  return reading;
}

}  // namespace rig::libvirt
