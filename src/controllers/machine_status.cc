// controllers/machine_status.cc — conditions, one method per thing that can be said.
#include "controllers/machine_status.h"

#include "api/reasons.h"
#include "controllers/limits.h"

namespace rig::controllers {
namespace {

using api::ConditionStatus;
using api::v1beta1::MachinePhase;
using api::v1beta1::PowerState;
using provider::Power;
namespace condition = api::condition;
namespace reason = api::reason;

std::string_view word(Power power) {
  switch (power) {
    case Power::kOn: return "on";
    case Power::kOff: return "off";
    case Power::kPaused: return "paused";
    case Power::kSuspended: return "suspended";
  }
  return "unknown";
}

// What the error says about whose turn it is. Transport troubles are not the machine's fault.
std::string_view reason_of(const Error& error) {
  switch (error.code()) {
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
    case Code::kCancelled: return reason::kProviderUnreachable;
    case Code::kAlreadyExists: return reason::kOwnedByAnother;
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
    case Code::kUnimplemented: return reason::kInvalidSpec;
    default: return reason::kProviderError;
  }
}

std::string describe(const provider::TaskState& task) {
  std::string text = task.step.empty() ? "The task is running" : "Running: " + task.step;
  if (task.percent) text += ", " + std::to_string(*task.percent) + " %";
  return text;
}

std::string waiting_changes(const provider::Machine& machine) {
  const auto& now = machine.running;
  const auto& next = machine.configured;
  std::string text;
  const auto add = [&](std::string_view what, auto from, auto to) {
    if (from == to) return;
    text += (text.empty() ? "" : ", ") + std::string(what) + " " + std::to_string(from) + " -> " + std::to_string(to);
  };
  add("cpus", now.cpus, next.cpus);
  add("memory MiB", now.memory_mib, next.memory_mib);
  return text;
}

}  // namespace

void MachineStatus::set(std::string_view type, ConditionStatus status, std::string_view why, std::string_view message) {
  api::set_condition(vm_.status.conditions,
                     {.type = std::string(type),
                      .status = status,
                      .observed_generation = vm_.meta.generation,
                      .last_transition_time = {},
                      .reason = std::string(why),
                      .message = std::string(message)},
                     clock_.wall());
}
void MachineStatus::drop(std::string_view type) { api::remove_condition(vm_.status.conditions, type); }

void MachineStatus::not_ready(ConditionStatus status, std::string_view why, std::string_view message) {
  vm_.status.observed_generation = vm_.meta.generation;
  vm_.status.message = std::string(message);
  set(condition::kReady, status, why, message);
}
void MachineStatus::in_progress(std::string_view why, std::string_view message) {
  set(condition::kReconciling, ConditionStatus::kTrue, why, message);
  drop(condition::kStalled);
}

bool MachineStatus::was_begun() const {
  return !vm_.status.id.empty() || was_seen() || api::find_condition(vm_.status.conditions, condition::kProvisioning);
}
bool MachineStatus::was_seen() const { return vm_.status.current_resources.has_value(); }
bool MachineStatus::is_removing() const {
  return api::find_condition(vm_.status.conditions, condition::kDeleting) != nullptr;
}

bool MachineStatus::is_releasing() const {
  return api::find_condition(vm_.status.conditions, condition::kReleased) != nullptr;
}
bool MachineStatus::is_released() const {
  const api::Condition* found = api::find_condition(vm_.status.conditions, condition::kReleased);
  return found != nullptr && found->status == ConditionStatus::kTrue;
}

void MachineStatus::waiting(std::string_view why, std::string_view message) {
  if (!was_seen()) vm_.status.phase = MachinePhase::kPending;
  not_ready(ConditionStatus::kFalse, why, message);
  in_progress(why, message);
}

void MachineStatus::creating(std::string_view message) {
  vm_.status.phase = MachinePhase::kProvisioning;
  set(condition::kProvisioning, ConditionStatus::kTrue, reason::kCreating, message);
  not_ready(ConditionStatus::kFalse, reason::kCreating, message);
  in_progress(reason::kCreating, message);
}

void MachineStatus::progress(const provider::TaskState& task) {
  const api::Condition* working = api::find_condition(vm_.status.conditions, condition::kReconciling);
  if (working != nullptr && clock_.wall() - working->last_transition_time < kProgressAfter) return;
  const std::string text = describe(task);
  vm_.status.message = text;
  set(condition::kReconciling, ConditionStatus::kTrue, reason::kTaskInProgress, text);
}

void MachineStatus::seen(const provider::Machine& machine) {
  auto& status = vm_.status;
  status.id = machine.ref.id;
  status.host = machine.host;
  status.ips = machine.addresses;
  status.console_url = machine.console_url;
  status.provider = machine.facts;
  status.power_state.reset();  // the API has no word for paused and suspended: a condition says it
  if (machine.power == Power::kOn) status.power_state = PowerState::kOn;
  if (machine.power == Power::kOff) status.power_state = PowerState::kOff;
  status.current_resources =
      api::v1beta1::VmResources{.cpu = machine.running.cpus, .memory_mib = machine.running.memory_mib, .gpu = {}};
  set(condition::kProvisioning, ConditionStatus::kFalse, reason::kReconcileSuccess, "The machine is made.");
}

void MachineStatus::changing(const provider::Plan& plan) {
  std::string text;
  for (const provider::Change& change : plan.changes)
    text += (text.empty() ? "" : ", ") + change.path + " " + change.from + " -> " + change.to;
  vm_.status.phase = MachinePhase::kReconfiguring;
  set(condition::kReconfiguring, ConditionStatus::kTrue, reason::kUpdating, text);
  not_ready(ConditionStatus::kFalse, reason::kUpdating, text);
  in_progress(reason::kUpdating, text);
}

void MachineStatus::changed(const provider::Machine& machine) {
  const api::Condition* was = api::find_condition(vm_.status.conditions, condition::kReconfiguring);
  if (was != nullptr && was->reason == reason::kUpdating) vm_.status.last_reconfigure_time = clock_.wall();
  if (const std::string text = waiting_changes(machine); machine.power != Power::kOff && !text.empty()) {
    set(condition::kReconfiguring, ConditionStatus::kTrue, reason::kPowerCycleNeeded,
        text + " takes effect when the machine is next off and on again; it is not restarted by itself.");
  } else if (was != nullptr) {
    set(condition::kReconfiguring, ConditionStatus::kFalse, reason::kReconcileSuccess,
        "The configuration is as asked.");
  }
}

void MachineStatus::cannot_change(const provider::Change& change) {
  set(condition::kReconfiguring, ConditionStatus::kFalse, reason::kInvalidSpec,
      change.path + " cannot change from " + change.from + " to " + change.to + ": " + change.why +
          ". The machine is left as it is; set the field back to end this.");
}

void MachineStatus::switching(Power from, bool to_on) {
  vm_.status.phase = from == Power::kOff ? MachinePhase::kStopped : MachinePhase::kRunning;
  const std::string text =
      "The machine is " + std::string(word(from)) + " and is being switched " + (to_on ? "on." : "off.");
  not_ready(ConditionStatus::kFalse, reason::kPowerChanging, text);
  in_progress(reason::kPowerChanging, text);
  set(condition::kAddressAssigned, ConditionStatus::kFalse, reason::kMachineOff,
      "The machine is " + std::string(word(from)) + ".");
}

void MachineStatus::ready(const provider::Machine& machine) {
  const bool on = machine.power == Power::kOn;
  vm_.status.phase = on ? MachinePhase::kRunning : MachinePhase::kStopped;
  vm_.status.observed_generation = vm_.meta.generation;
  vm_.status.message.clear();
  drop(condition::kReconciling);
  drop(condition::kStalled);
  const api::Condition* change = api::find_condition(vm_.status.conditions, condition::kReconfiguring);
  if (change != nullptr && change->reason == reason::kInvalidSpec) {
    const std::string why = change->message;
    vm_.status.message = why;
    set(condition::kReady, ConditionStatus::kFalse, reason::kInvalidSpec, why);
    set(condition::kStalled, ConditionStatus::kTrue, reason::kInvalidSpec, why);
  } else {
    set(condition::kReady, ConditionStatus::kTrue, reason::kReconcileSuccess,
        on ? "The machine is on, as asked." : "The machine is off, as asked.");
  }
  if (!on) {
    set(condition::kAddressAssigned, ConditionStatus::kFalse, reason::kMachineOff, "The machine is off.");
  } else if (machine.addresses.empty()) {
    set(condition::kAddressAssigned, ConditionStatus::kFalse, reason::kWaitingForAddress,
        "Neither a lease nor the guest agent shows an address yet.");
  } else {
    set(condition::kAddressAssigned, ConditionStatus::kTrue, reason::kAddressFound, "The machine has an address.");
  }
}

void MachineStatus::removing() {
  vm_.status.phase = MachinePhase::kDeleting;
  vm_.status.last_task_ref.clear();
  set(condition::kDeleting, ConditionStatus::kTrue, reason::kDeleting, "The machine is being removed from the host.");
  not_ready(ConditionStatus::kFalse, reason::kDeleting, "The machine is being removed from the host.");
  in_progress(reason::kDeleting, "The machine is being removed from the host.");
}

void MachineStatus::releasing() {
  constexpr std::string_view kText = "The stamp is being taken off the machine; it runs on untouched.";
  vm_.status.last_task_ref.clear();
  set(condition::kReleased, ConditionStatus::kFalse, reason::kReleasing, kText);
  not_ready(ConditionStatus::kFalse, reason::kReleasing, kText);
  in_progress(reason::kReleasing, kText);
}

// What was known of the machine goes stale from now on, so it is not told any more. Its ids stay.
void MachineStatus::released(std::string_view machine_id) {
  const std::string text = "The machine was released and is left alone: deleting this object does not touch it. Who " +
                           std::string("applies a VirtualMachine with the annotation virtrigaud.io/machine-id: \"") +
                           std::string(machine_id) + "\" takes it over.";
  vm_.status.phase.reset();
  vm_.status.power_state.reset();
  vm_.status.host.clear();
  vm_.status.ips.clear();
  vm_.status.console_url.clear();
  vm_.status.provider.clear();
  for (const auto type : {condition::kReconciling, condition::kStalled, condition::kAddressAssigned}) drop(type);
  set(condition::kReleased, ConditionStatus::kTrue, reason::kReleased, text);
  not_ready(ConditionStatus::kFalse, reason::kReleased, text);
}

void MachineStatus::kept() { drop(condition::kReleased); }

void MachineStatus::lost(std::string_view message) {
  vm_.status.phase = MachinePhase::kFailed;
  vm_.status.power_state.reset();
  vm_.status.ips.clear();
  not_ready(ConditionStatus::kFalse, reason::kMachineLost, message);
  set(condition::kStalled, ConditionStatus::kTrue, reason::kMachineLost, message);
  set(condition::kAddressAssigned, ConditionStatus::kFalse, reason::kMachineLost, "The machine is gone.");
  drop(condition::kReconciling);
}

void MachineStatus::forget_machine() { vm_.status.current_resources.reset(); }

void MachineStatus::failed(const Error& error) {
  const std::string text = error.to_string();
  const std::string_view why = reason_of(error);
  const bool for_a_person = remedy(error.code()) == Remedy::kUserFix;
  if (!was_seen() && for_a_person) vm_.status.phase = MachinePhase::kFailed;
  if (!vm_.status.phase) vm_.status.phase = MachinePhase::kPending;
  // Doubt is not absence: a machine that cannot be asked for is neither ready nor not.
  not_ready(was_seen() && why == reason::kProviderUnreachable ? ConditionStatus::kUnknown : ConditionStatus::kFalse,
            why, text);
  if (!for_a_person) return in_progress(why, text);
  set(condition::kStalled, ConditionStatus::kTrue, why, text);
  drop(condition::kReconciling);
}

void MachineStatus::unsupported(std::span<const std::string> fields) {
  if (fields.empty()) return drop(condition::kFieldsNotSupported);
  std::string text = "Accepted, but not acted on by this provider: ";
  for (std::size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : ", ") + fields[i];
  set(condition::kFieldsNotSupported, ConditionStatus::kTrue, reason::kNotActedOn, text + ".");
}

std::optional<Duration> MachineStatus::look_for_address(const provider::Machine& machine) const {
  if (machine.power != Power::kOn || !machine.addresses.empty()) return std::nullopt;
  if (!machine.booted_at || clock_.wall() - *machine.booted_at > kAddressPollMax) return std::nullopt;
  return kAddressPoll;
}

}  // namespace rig::controllers
