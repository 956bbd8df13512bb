// controllers/machine_status.h — how a VirtualMachine's state is told: phase, conditions, addresses. Pure.
//
// One method per thing that can be said; each writes all the conditions that it concerns, so that no two of them
// contradict each other. Ready says "as asked, for this generation"; Reconciling is there while work goes on and
// Stalled while only a person can help (kstatus).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_image.h"
#include "base/clock.h"
#include "provider/provider.h"

namespace rig::controllers {

class MachineStatus {
 public:
  MachineStatus(api::v1beta1::VirtualMachine& vm, const Clock& clock) : vm_(vm), clock_(clock) {}

  // ---- what was recorded by earlier visits ----
  bool was_begun() const;     // a machine may have been asked for
  bool was_seen() const;      // the machine existed
  bool is_removing() const;   // its removal was asked for
  bool is_releasing() const;  // its release was asked for
  bool is_released() const;   // it is nobody's, or another's

  // ---- what is said now ----
  void waiting(std::string_view reason, std::string_view message);
  void creating(std::string_view message);
  void progress(const provider::TaskState& task);  // only of what takes long
  void seen(const provider::Machine& machine);     // facts, whatever is wanted
  void changing(const provider::Plan& plan);
  void changed(const provider::Machine& machine);  // the configuration is as asked; it may wait for a power cycle
  void cannot_change(const provider::Change& change);
  void switching(provider::Power from, bool to_on);
  void ready(const provider::Machine& machine);
  void removing();
  void releasing();
  void released(std::string_view machine_id);
  void kept();  // it is not to be released (any more)
  void lost(std::string_view message);
  void forget_machine();  // a new one may be made
  void failed(const Error& error);
  void unsupported(std::span<const std::string> fields);

  // Some hosts have no event for an address: how soon to look again, if at all.
  std::optional<Duration> look_for_address(const provider::Machine& machine) const;

 private:
  void set(std::string_view type, api::ConditionStatus status, std::string_view reason, std::string_view message);
  void drop(std::string_view type);
  void not_ready(api::ConditionStatus status, std::string_view reason, std::string_view message);
  void in_progress(std::string_view reason, std::string_view message);

  api::v1beta1::VirtualMachine& vm_;
  const Clock& clock_;
};

}  // namespace rig::controllers
