// controllers/virtual_machine.h — one machine per VirtualMachine.
#pragma once

#include "controllers/backoff.h"
#include "controllers/context.h"
#include "controllers/dependencies.h"
#include "controllers/last_writes.h"
#include "runtime/reconciler.h"

namespace rig::controllers {

// Reads the world, does at most one thing, comes back. Every step may be the last before a crash, and may be repeated
// after a lost reply: the machine id is known before the first call, the hypervisor's id is stored before create(),
// and a task that is forgotten means "look again".
class VirtualMachineReconciler final : public runtime::Reconciler {
 public:
  explicit VirtualMachineReconciler(const Context& context) : context_(context) {}
  std::string_view kind() const override { return "VirtualMachine"; }
  Result<runtime::Action> reconcile(const ObjectKey& key) override;

 private:
  struct Visit;
  using Action = runtime::Action;

  Result<Action> claim(const v1::VirtualMachine& vm);
  Result<Action> bring_about(Visit& visit);
  Result<Action> pursue(Visit& visit);
  Result<runtime::Action> choose_again(Visit& visit, const provider::Machine& found);
  Result<Action> create(Visit& visit);
  Result<Action> use_up_request(const api::ObjectMeta& seen);
  bool is_prepared(const Visit& visit) const;
  Result<Action> wait_for_image(Visit& visit);
  Result<Action> change(Visit& visit, const provider::Machine& machine);
  Result<Action> switch_power(Visit& visit, const provider::Machine& machine);
  Result<Action> settled(Visit& visit, const provider::Machine& machine);
  Result<Action> gone(Visit& visit, const provider::Machine& machine);
  Result<Action> tear_down(Visit& visit);
  Result<Action> remove(Visit& visit);
  Status find_provider(Visit& visit, std::string_view verb);
  Result<Action> release(Visit& visit);
  Result<std::optional<Action>> give_up(Visit& visit);
  Result<Action> let_go(Visit& visit, std::string_view why);

  // True: a task is still running, or failed (the visit has been told what to answer).
  Result<std::optional<Action>> follow_task(Visit& visit);
  Result<Action> started(Visit& visit, std::string_view verb, Result<provider::TaskId> task);
  Result<Action> refused(Visit& visit, Error error);
  Status publish(Visit& visit);
  void tell(const Visit& visit) const;  // an Event of what Ready says now
  std::optional<Duration> must_wait(const Visit& visit) const;

  const Context context_;
  Backoff backoff_;
  LastWrites writes_;
};

}  // namespace rig::controllers
