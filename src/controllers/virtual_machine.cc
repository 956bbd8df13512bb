// controllers/virtual_machine.cc — the reconciler: claim, look, do one thing.
#include "controllers/virtual_machine.h"

#include <utility>

#include "api/reasons.h"
#include "base/metrics.h"
#include "controllers/fields.h"
#include "controllers/identity.h"
#include "controllers/machine_spec.h"
#include "controllers/machine_status.h"
#include "runtime/finalizer.h"

namespace rig::controllers {

using provider::Existence;
using provider::Machine;
using provider::Power;
using provider::TaskState;

namespace {

Error owned_by_another(const provider::MachineRef& ref, const Machine& found) {
  const std::string& name = ref.id.empty() ? ref.machine_id : ref.id;
  Error error(Code::kAlreadyExists, "\"" + name + "\" on the host is not this machine: " + found.detail);
  const provider::Owner& owner = found.ref.owner;
  if (owner.uid.empty() || found.ref.machine_id != ref.machine_id)
    return std::move(error).with_hint("It is left untouched. Rename the VirtualMachine, or remove the other machine.");
  return std::move(error).with_hint("It is left untouched. To move it here, release it where it is: `vrtg release vm/" +
                                    owner.name + " -n " + owner.name_space + "`.");
}

// A copy of another object says that there is a machine already: a new and empty one in its place would be a surprise.
Error not_moved_here(const provider::MachineRef& ref) {
  return Error(Code::kFailedPrecondition, "machine " + ref.machine_id + ", which was released elsewhere, is not here")
      .with_hint("Is spec.providerRef of the host that has it? To make a new machine, take away the annotation " +
                 std::string(kReleaseAnnotation) + ".");
}

}  // namespace

// One call of reconcile(): the object as it was read, the status as it will be written, and what is known so far.
struct VirtualMachineReconciler::Visit {
  v1::VirtualMachine before, vm;
  MachineStatus status;
  std::shared_ptr<provider::Provider> provider;
  provider::MachineRef ref;
  std::string provider_type;  // for metrics
  Dependencies dependencies;
  provider::Capabilities capabilities;

  Visit(const v1::VirtualMachine& object, const Context& context)
      : before(object), vm(object), status(vm, context.clock), ref(ref_of(object, context.cluster_id)) {}
};

Result<runtime::Action> VirtualMachineReconciler::reconcile(const ObjectKey& key) {
  const auto vm = find_cached(context_.stores.machines, writes_, key);
  if (!vm) {
    backoff_.succeeded(key);
    return Action::wait_for_change();  // gone: its finalizer has done the work
  }
  TRY(check_cached(context_.api, writes_, *vm, context_.api_call()));
  Visit visit(*vm, context_);
  if (vm->meta.is_deleting()) return tear_down(visit);
  if (is_to_be_released(vm->meta)) return release(visit);
  visit.status.kept();
  if (!vm->meta.has_finalizer(kMachineFinalizer) || vm->meta.annotation(kMachineIdAnnotation).empty())
    return claim(*vm);
  return bring_about(visit);
}

// Before any effect outside the API. The patch tests what it read, so that of two writers one is told.
Result<runtime::Action> VirtualMachineReconciler::claim(const v1::VirtualMachine& vm) {
  TRY(runtime::add_finalizer(context_.api, v1::VirtualMachine::kResource, vm.meta, kMachineFinalizer,
                             {{std::string(kMachineIdAnnotation), machine_id_of(vm.meta)}}, context_.api_call()));
  return Action::wait_for_change();  // our own write brings us back
}

// From names to a provider to talk to. What is missing here ends the visit, and its appearance starts the next.
Result<runtime::Action> VirtualMachineReconciler::bring_about(Visit& visit) {
  auto dependencies = find_dependencies(visit.vm, context_.stores);
  if (!dependencies.ok()) {
    visit.status.waiting(api::reason::kWaitingForDependencies, dependencies.error().to_string());
    TRY(publish(visit));
    return Action::wait_for_change();
  }
  visit.dependencies = dependencies.take();
  visit.provider_type = schema::name_of(visit.dependencies.provider->spec.type);

  auto provider = context_.providers.find(visit.dependencies.provider->meta.key());
  if (!provider.ok()) return refused(visit, provider.take_error());
  visit.provider = provider.take();
  auto capabilities = visit.provider->capabilities(context_.provider_call());
  if (!capabilities.ok()) return refused(visit, capabilities.take_error());
  visit.capabilities = capabilities.take();

  const auto unsupported = unsupported_fields(visit.vm, visit.dependencies, visit.capabilities);
  visit.status.unsupported(unsupported);
  if (const auto unmet = unmet_security_fields(unsupported); !unmet.empty() && !visit.vm.status.current_resources)
    return refused(visit,
                   Error(Code::kInvalidArgument, unmet.front() + ": the provider does not act on it, and a machine " +
                                                     "without it would be less safe than asked")
                       .with_hint("Remove the field, or choose a provider that supports it."));
  return pursue(visit);
}

// The machine: what is there, against what is wanted.
Result<runtime::Action> VirtualMachineReconciler::pursue(Visit& visit) {
  if (auto pending = TRY(follow_task(visit))) return *pending;
  const bool is_new = !visit.status.was_begun() && visit.ref.machine_id == visit.vm.meta.uid;
  auto machine = is_new ? Result<Machine>(Machine{})  // nothing was asked for yet: nothing can be there
                        : visit.provider->describe(visit.ref, context_.provider_call());
  if (!machine.ok()) return refused(visit, machine.take_error());

  switch (machine->existence) {
    case Existence::kGone:
    case Existence::kPartial:  // what is left of a machine that was whole is no beginning of one
      if (visit.status.was_seen()) return gone(visit, *machine);
      return is_moved(visit.vm.meta) ? refused(visit, not_moved_here(visit.ref)) : create(visit);
    case Existence::kForeign: return choose_again(visit, *machine);
    case Existence::kReleased: return create(visit);  // takes it over
    case Existence::kOurs: break;
  }
  visit.status.seen(*machine);
  return change(visit, *machine);
}

// Somebody was quicker with the id that we had reserved: nothing of ours is there, so another one does. Where ids
// follow from names there is no other.
Result<runtime::Action> VirtualMachineReconciler::choose_again(Visit& visit, const Machine& found) {
  if (visit.status.was_seen() || visit.ref.id.empty()) return refused(visit, owned_by_another(visit.ref, found));
  auto spec = machine_spec(visit.vm, visit.dependencies, visit.capabilities);
  if (!spec.ok()) return refused(visit, spec.take_error());
  const auto ref = visit.provider->reserve(visit.ref.owner, visit.ref.machine_id, *spec, context_.provider_call());
  if (!ref.ok() || ref->id == visit.ref.id) return refused(visit, owned_by_another(visit.ref, found));
  visit.vm.status.id = ref->id;
  TRY(publish(visit));
  return Action::look_again_in(Duration::zero());
}

bool VirtualMachineReconciler::is_prepared(const Visit& visit) const {
  const auto* there = image_on_provider(visit.vm, *visit.dependencies.image);
  return there != nullptr && there->available;
}

// The VMImage controller prepares it; its status brings us back.
Result<runtime::Action> VirtualMachineReconciler::wait_for_image(Visit& visit) {
  const auto* there = image_on_provider(visit.vm, *visit.dependencies.image);
  const std::string name = visit.dependencies.image->meta.key().to_string();
  visit.status.waiting(api::reason::kWaitingForImage,
                       "spec.imageRef: VMImage " + name + " is not ready on Provider " +
                           visit.dependencies.provider->meta.key().to_string() +
                           (there == nullptr || there->message.empty() ? "" : ": " + there->message));
  TRY(publish(visit));
  return Action::wait_for_change();
}

// The id is durable before the first effect, and so is the fact that we began.
Result<runtime::Action> VirtualMachineReconciler::create(Visit& visit) {
  if (const auto wait = must_wait(visit)) return Action::look_again_in(*wait);
  if (!visit.vm.spec.image_ref && !visit.vm.spec.imported_disk)
    return refused(visit, Error(Code::kInvalidArgument,
                                "spec.imageRef, spec.importedDisk: neither is set, and a machine is made from one")
                              .with_hint("Set spec.imageRef to a VMImage; the machine is made then."));
  if (visit.dependencies.image && !is_prepared(visit)) return wait_for_image(visit);
  auto spec = machine_spec(visit.vm, visit.dependencies, visit.capabilities);
  if (!spec.ok()) return refused(visit, spec.take_error());
  if (visit.ref.id.empty()) {
    auto ref = visit.provider->reserve(visit.ref.owner, visit.ref.machine_id, *spec, context_.provider_call());
    if (!ref.ok()) return refused(visit, ref.take_error());
    visit.ref = ref.take();
    visit.vm.status.id = visit.ref.id;
  }
  visit.status.creating("The machine is being made.");
  TRY(publish(visit));
  if (!visit.vm.meta.annotation(kRecreateAnnotation).empty()) return use_up_request(visit.vm.meta);
  return started(visit, "Create", visit.provider->create(visit.ref, *spec, context_.effect_call()));
}

// After it is durable that a machine is to be made, before there is one that could be lost: asked once, made once.
Result<runtime::Action> VirtualMachineReconciler::use_up_request(const api::ObjectMeta& seen) {
  json::Value patch;
  patch.set({"metadata", "resourceVersion"}, seen.resource_version);
  patch.set({"metadata", "annotations", kRecreateAnnotation}, json::Value());
  TRY(context_.api.send(kube::merge_patch_request(v1::VirtualMachine::kResource, seen.key(), patch),
                        context_.api_call()));
  return Action::wait_for_change();  // our own write brings us back
}

// Proven gone after it existed: never made again by itself, or an empty restart would blank machines.
Result<runtime::Action> VirtualMachineReconciler::gone(Visit& visit, const Machine& machine) {
  if (visit.vm.meta.annotation(kRecreateAnnotation) == std::to_string(visit.vm.meta.generation)) {
    visit.status.forget_machine();
    return create(visit);
  }
  const std::string what =
      machine.existence == Existence::kPartial
          ? "The machine is no longer whole: " + machine.detail + ". Save what you need of it first"
          : "The machine is gone from the host, with nothing of it left there";
  visit.status.lost(what + ". It is not made again by itself. To make a new one from the image, set the annotation " +
                    std::string(kRecreateAnnotation) + ": \"" + std::to_string(visit.vm.meta.generation) +
                    "\"; that, like a deletion, removes what is left.");
  TRY(publish(visit));
  tell(visit);
  return Action::wait_for_change();
}

// Carries out what can be done without restarting the guest, and says what waits for a restart or cannot be.
Result<runtime::Action> VirtualMachineReconciler::change(Visit& visit, const Machine& machine) {
  auto spec = machine_spec(visit.vm, visit.dependencies, visit.capabilities);
  if (!spec.ok()) return refused(visit, spec.take_error());
  if (visit.ref.machine_id != visit.vm.meta.uid) {  // made for another object: it keeps what it was made with
    spec->display_name = machine.configured.display_name;
    spec->image = machine.configured.image;
  }
  auto plan = visit.provider->plan(visit.ref, *spec, context_.provider_call());
  if (!plan.ok()) return refused(visit, plan.take_error());
  for (const provider::Change& change : plan->changes) {
    if (change.cost == provider::Cost::kOnline || change.cost == provider::Cost::kPowerCycle) continue;
    visit.status.cannot_change(change);
    return switch_power(visit, machine);
  }
  if (plan->changes.empty()) {
    visit.status.changed(machine);
    return switch_power(visit, machine);
  }
  if (const auto wait = must_wait(visit)) return Action::look_again_in(*wait);
  visit.status.changing(*plan);
  return started(visit, "Reconfigure", visit.provider->apply(visit.ref, *spec, *plan, context_.effect_call()));
}

// What is observed is written together with the task that corrects it: a pulled plug is visible even where it is mended
// at once.
Result<runtime::Action> VirtualMachineReconciler::switch_power(Visit& visit, const Machine& machine) {
  const bool wanted_on = !visit.vm.spec.power_state || *visit.vm.spec.power_state == v1::PowerState::kOn;
  if (wanted_on ? machine.power == Power::kOn : machine.power == Power::kOff) return settled(visit, machine);

  visit.status.switching(machine.power, wanted_on);
  if (const auto wait = must_wait(visit)) {
    TRY(publish(visit));
    return Action::look_again_in(*wait);
  }
  if (wanted_on) return started(visit, "Power", visit.provider->power_on(visit.ref, context_.effect_call()));
  std::optional<WallTime> hard_at;
  if (*visit.vm.spec.power_state == v1::PowerState::kOffGraceful)
    hard_at = context_.clock.wall() + graceful_timeout(visit.vm);
  return started(visit, "Power", visit.provider->power_off(visit.ref, hard_at, context_.effect_call()));
}

Result<runtime::Action> VirtualMachineReconciler::settled(Visit& visit, const Machine& machine) {
  visit.status.ready(machine);
  TRY(publish(visit));
  backoff_.succeeded(visit.vm.meta.key());
  if (const auto again = visit.status.look_for_address(machine)) return Action::look_again_in(*again);
  return Action::wait_for_change();  // drift comes from the provider's event stream
}

// ---- deletion ----

// Nothing is dropped while a machine may exist. The removal is asked for once even when nothing is visible: an earlier
// create may still be on its way, and the provider keeps operations on one machine in order.
Result<runtime::Action> VirtualMachineReconciler::tear_down(Visit& visit) {
  if (!visit.vm.meta.has_finalizer(kMachineFinalizer)) return Action::wait_for_change();
  if (visit.vm.meta.annotation(kForceDeleteAnnotation) == "true") return let_go(visit, "force-delete was asked for");
  if (!visit.status.was_begun()) return let_go(visit, "no machine was ever asked for");
  if (visit.status.is_released()) return let_go(visit, "the machine was released");
  if (visit.vm.spec.deletion_policy == v1::DeletionPolicy::kRetain || is_to_be_released(visit.vm.meta)) {
    if (auto pending = TRY(give_up(visit))) return *pending;
    return let_go(visit, "the machine is released");
  }
  if (Status found = find_provider(visit, "delete"); !found.ok()) return refused(visit, found.take_error());
  if (!visit.status.is_removing()) return remove(visit);
  if (auto pending = TRY(follow_task(visit))) return *pending;
  auto machine = visit.provider->describe(visit.ref, context_.provider_call());
  if (!machine.ok()) return refused(visit, machine.take_error());
  if (machine->existence == Existence::kGone) return let_go(visit, "the machine is gone");
  if (machine->existence == Existence::kReleased) return let_go(visit, "the machine is nobody's");
  if (machine->existence == Existence::kForeign && !visit.status.was_seen())
    return let_go(visit, "what has its name is another's");
  return remove(visit);
}

// Without the object's dependencies: to end something, none but its Provider is needed.
Status VirtualMachineReconciler::find_provider(Visit& visit, std::string_view verb) {
  const auto key = api::resolve(visit.vm.spec.provider_ref, visit.vm.meta);
  if (const auto object = context_.stores.providers.get(key)) visit.provider_type = schema::name_of(object->spec.type);
  visit.provider =
      TRY(context_.providers.find(key).context(std::string(verb) + " the machine through Provider " + key.to_string()));
  return {};
}

Result<runtime::Action> VirtualMachineReconciler::remove(Visit& visit) {
  if (const auto wait = must_wait(visit)) return Action::look_again_in(*wait);
  visit.status.removing();
  TRY(publish(visit));
  return started(visit, "Delete", visit.provider->remove(visit.ref, context_.effect_call()));
}

Result<runtime::Action> VirtualMachineReconciler::let_go(Visit& visit, std::string_view why) {
  log::info("virtual machine let go", {{"vm", visit.vm.meta.key().to_string()}, {"id", visit.ref.id}, {"why", why}});
  TRY(runtime::remove_finalizer(context_.api, v1::VirtualMachine::kResource, visit.vm.meta, kMachineFinalizer,
                                context_.api_call()));
  backoff_.succeeded(visit.vm.meta.key());
  return Action::wait_for_change();
}

// ---- release: the machine runs on, and is nobody's ----

// At its end the object holds nothing and nothing acts on it. Taking the annotation away makes it act again.
Result<runtime::Action> VirtualMachineReconciler::release(Visit& visit) {
  const bool is_done = visit.status.is_released();
  if (!is_done && visit.status.was_begun()) {
    if (auto pending = TRY(give_up(visit))) return *pending;
  }
  visit.status.released(visit.ref.machine_id);
  TRY(publish(visit));
  if (!is_done) tell(visit);
  if (!visit.vm.meta.has_finalizer(kMachineFinalizer)) return Action::wait_for_change();
  return let_go(visit, "the machine is released");
}

// nullopt: nothing of it is ours any more. As with a removal, the release is asked for once even when nothing is
// visible: an earlier create may still be on its way, and the provider keeps operations on one machine in order.
Result<std::optional<runtime::Action>> VirtualMachineReconciler::give_up(Visit& visit) {
  const auto ask = [&]() -> Result<std::optional<Action>> {
    if (const auto wait = must_wait(visit)) return std::optional(Action::look_again_in(*wait));
    visit.status.releasing();
    TRY(publish(visit));
    auto task = visit.provider->release(visit.ref, context_.effect_call());
    if (!task.ok() && task.error().is(Code::kUnimplemented)) return std::optional<Action>();  // it has no stamps
    return std::optional(TRY(started(visit, "Release", std::move(task))));
  };
  if (Status found = find_provider(visit, "release"); !found.ok()) {
    return std::optional(TRY(refused(visit, found.take_error())));
  }
  if (!visit.status.is_releasing()) return ask();
  if (auto pending = TRY(follow_task(visit))) return pending;
  auto machine = visit.provider->describe(visit.ref, context_.provider_call());
  if (!machine.ok()) return std::optional(TRY(refused(visit, machine.take_error())));
  if (machine->existence == Existence::kOurs) return ask();
  if (machine->existence != Existence::kPartial || visit.status.was_seen()) return std::optional<Action>();
  // What is left of an attempt to make one is of no use to anybody.
  if (const auto wait = must_wait(visit)) return std::optional(Action::look_again_in(*wait));
  auto task = visit.provider->remove(visit.ref, context_.effect_call());
  return std::optional(TRY(started(visit, "Delete", std::move(task))));
}

// ---- tasks, errors, writing ----

// A task that is over, failed or forgotten says nothing about the machine: the next step looks.
Result<std::optional<runtime::Action>> VirtualMachineReconciler::follow_task(Visit& visit) {
  std::string& task = visit.vm.status.last_task_ref;
  if (task.empty()) return std::optional<Action>();
  auto state = visit.provider->poll({task}, context_.provider_call());
  if (!state.ok()) return std::optional(TRY(refused(visit, state.take_error())));
  if (state->phase == TaskState::Phase::kRunning) {
    visit.status.progress(*state);
    TRY(publish(visit));
    return std::optional(Action::look_again_in(kTaskPoll));
  }
  task.clear();
  if (state->phase != TaskState::Phase::kFailed) return std::optional<Action>();
  backoff_.failed(visit.vm.meta.key(), visit.vm.meta.generation, context_.clock.now());
  visit.status.failed(state->error.value_or(Error(Code::kUnknown, "the task failed without saying why")));
  TRY(publish(visit));
  tell(visit);
  return std::optional(Action::look_again_in(must_wait(visit).value_or(kRetryMin)));
}

Result<runtime::Action> VirtualMachineReconciler::started(Visit& visit, std::string_view verb,
                                                          Result<provider::TaskId> task) {
  metrics::add(metrics::Metric::kVmOperationsTotal,
               {verb, visit.provider_type, visit.vm.spec.provider_ref.name, task.ok() ? "success" : "error"});
  if (!task.ok()) return refused(visit, task.take_error());
  tell(visit);
  visit.vm.status.last_task_ref = task->text;
  TRY(publish(visit));
  // Without a task it was done within the call: look at what became of it.
  return Action::look_again_in(task->text.empty() ? Duration::zero() : kTaskPoll);
}

// The reason stands in the conditions; the returned error decides when to try again.
Result<runtime::Action> VirtualMachineReconciler::refused(Visit& visit, Error error) {
  visit.status.failed(error);
  TRY(publish(visit));
  if (remedy(error.code()) == Remedy::kUserFix) tell(visit);
  return error;
}

void VirtualMachineReconciler::tell(const Visit& visit) const {
  const api::Condition* ready = api::find_condition(visit.vm.status.conditions, api::condition::kReady);
  if (context_.events == nullptr || ready == nullptr) return;
  const bool stalled = api::find_condition(visit.vm.status.conditions, api::condition::kStalled) != nullptr;
  const kube::Involved about{v1::VirtualMachine::kResource, visit.vm.meta.key(), visit.vm.meta.uid};
  if (stalled)
    context_.events->warning(about, ready->reason, ready->message);
  else
    context_.events->normal(about, ready->reason, ready->message);
}

Status VirtualMachineReconciler::publish(Visit& visit) {
  visit.vm = TRY(publish_status(context_.api, writes_, visit.before, visit.vm, context_.api_call()));
  visit.before = visit.vm;
  return {};
}

std::optional<Duration> VirtualMachineReconciler::must_wait(const Visit& visit) const {
  return backoff_.remaining(visit.vm.meta.key(), visit.vm.meta.generation, context_.clock.now());
}

}  // namespace rig::controllers
