// libvirt/power.cc — look, compare, act: repeating any of it is free.
#include <algorithm>

#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/operations.h"

namespace rig::libvirt {
namespace {

using provider::MachineRef;

// A paused machine that libvirt itself will resume or give up is left to it.
bool is_in_passage(const DomainState& state) {
  return state.state == VIR_DOMAIN_PAUSED &&
         (state.reason == VIR_DOMAIN_PAUSED_MIGRATION || state.reason == VIR_DOMAIN_PAUSED_SAVE ||
          state.reason == VIR_DOMAIN_PAUSED_DUMP || state.reason == VIR_DOMAIN_PAUSED_SNAPSHOT ||
          state.reason == VIR_DOMAIN_PAUSED_STARTING_UP);
}

Status set_mark(const Found& found, const char* uri, const char* prefix, const std::string* element) {
  return done(
      ask(virDomainSetMetadata, found.domain.get(), static_cast<int>(VIR_DOMAIN_METADATA_ELEMENT),
          element == nullptr ? nullptr : element->c_str(), prefix, uri, static_cast<unsigned>(VIR_DOMAIN_AFFECT_LIVE)),
      "mark '" + found.facts.name + "'");
}

Result<std::optional<WallTime>> read_mark(const Found& found, const char* uri) {
  const auto element = text(ask(virDomainGetMetadata, found.domain.get(), static_cast<int>(VIR_DOMAIN_METADATA_ELEMENT),
                                uri, static_cast<unsigned>(VIR_DOMAIN_AFFECT_LIVE)),
                            "read the marks of '" + found.facts.name + "'");
  if (!element.ok() && element.error().is(Code::kNotFound)) return std::optional<WallTime>();
  if (!element.ok()) return element.error();
  return parse_time_mark(*element);
}

// Switched off meanwhile: then there is nothing to do.
Status unless_off(const Found& found, Status status) {
  if (status.ok()) return status;
  const auto state = state_of(found.domain.get());
  if (state.ok() && !state->active()) return {};
  return status;
}

}  // namespace

Status take_back_shutdown(const Found& found) {
  const auto cut_at = TRY(read_mark(found, kPowerOffUri));
  if (!cut_at) return {};
  return unless_off(found, set_mark(found, kPowerOffUri, nullptr, nullptr));
}

Result<bool> power_on(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find_ours(host, ref));
  const std::string& name = found.facts.name;
  virDomainPtr domain = found.domain.get();
  const DomainState state = TRY(state_of(domain));
  if (is_in_passage(state)) return Error(Code::kUnavailable, "'" + name + "' is being saved or moved");
  if (state.state == VIR_DOMAIN_SHUTDOWN) return Error(Code::kUnavailable, "'" + name + "' is still shutting down");
  if (state.active()) {
    TRY(take_back_shutdown(found));
    if (state.state == VIR_DOMAIN_PAUSED) TRY(done(ask(virDomainResume, domain), "resume '" + name + "'"));
    if (state.state == VIR_DOMAIN_PMSUSPENDED) TRY(done(ask(virDomainPMWakeup, domain, 0U), "wake '" + name + "'"));
    return false;
  }
  if (state.state == VIR_DOMAIN_CRASHED) {
    TRY(unless_off(found, done(ask(virDomainDestroy, domain), "end '" + name + "'")));
  }
  TRY(done(ask(virDomainCreate, domain), "start '" + name + "'"));
  return true;
}

Status pull_power(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find_ours(host, ref));
  if (!TRY(state_of(found.domain.get())).active()) return {};
  return unless_off(found, done(ask(virDomainDestroy, found.domain.get()), "power off '" + found.facts.name + "'"));
}

Result<std::optional<WallTime>> set_power_off_at(virConnectPtr host, const MachineRef& ref, WallTime hard_at) {
  const Found found = TRY(find_ours(host, ref));
  if (!TRY(state_of(found.domain.get())).active()) return std::optional<WallTime>();
  const std::optional<WallTime> standing = TRY(read_mark(found, kPowerOffUri));
  const WallTime cut_at = std::min(hard_at, standing.value_or(hard_at));
  if (standing != cut_at) {
    const std::string mark = time_mark(cut_at);
    TRY(unless_off(found, set_mark(found, kPowerOffUri, "rigoff", &mark)));
  }
  return std::optional(cut_at);
}

Status ask_to_shut_down(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find_ours(host, ref));
  const DomainState state = TRY(state_of(found.domain.get()));
  if (!state.active() || state.state == VIR_DOMAIN_SHUTDOWN) return {};
  if (!TRY(read_mark(found, kPowerOffUri))) return {};  // wanted on again since
  if (state.state == VIR_DOMAIN_PAUSED && !is_in_passage(state)) {
    // It can only hear us when it runs.
    TRY(unless_off(found, done(ask(virDomainResume, found.domain.get()), "resume '" + found.facts.name + "'")));
  }
  // No flags: by the agent when it is connected, else by the ACPI button.
  return unless_off(found,
                    done(ask(virDomainShutdownFlags, found.domain.get(), 0U), "shut down '" + found.facts.name + "'"));
}

Result<std::optional<WallTime>> cut_if_due(virConnectPtr host, const MachineRef& ref, WallTime now) {
  const Found found = TRY(find_ours(host, ref));
  if (!TRY(state_of(found.domain.get())).active()) return std::optional<WallTime>();
  const std::optional<WallTime> at = TRY(read_mark(found, kPowerOffUri));
  if (!at || *at > now) return at;
  TRY(unless_off(found, done(ask(virDomainDestroy, found.domain.get()), "power off '" + found.facts.name + "'")));
  return std::optional<WallTime>();
}

Status ask_to_reboot(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find_ours(host, ref));
  return done(ask(virDomainReboot, found.domain.get(), 0U), "reboot '" + found.facts.name + "'");
}

Status reset(virConnectPtr host, const MachineRef& ref) {
  const Found found = TRY(find_ours(host, ref));
  return done(ask(virDomainReset, found.domain.get(), 0U), "reset '" + found.facts.name + "'");
}

Status note_boot(virConnectPtr host, const MachineRef& ref, WallTime when) {
  const Found found = TRY(find_ours(host, ref));
  const std::string mark = time_mark(when);
  return unless_off(found, set_mark(found, kBootedUri, "rigboot", &mark));
}

}  // namespace rig::libvirt
