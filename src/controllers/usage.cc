// controllers/usage.cc — who uses a class or a network.
#include "controllers/usage.h"

#include "api/quantity.h"
#include "api/reasons.h"

namespace rig::controllers {
namespace {

template <class T>
void set_ready(T& object, const Clock& clock, const Status& valid) {
  object.status.observed_generation = object.meta.generation;
  api::set_condition(object.status.conditions,
                     {.type = std::string(api::condition::kReady),
                      .status = valid.ok() ? api::ConditionStatus::kTrue : api::ConditionStatus::kFalse,
                      .observed_generation = object.meta.generation,
                      .last_transition_time = {},
                      .reason = std::string(valid.ok() ? api::reason::kValid : api::reason::kInvalidSpec),
                      .message = valid.ok() ? "It can be used." : valid.error().to_string()},
                     clock.wall());
}

Status check_quantities(const v1::VmClassSpec& spec) {
  TRY(api::to_integer(spec.memory).context("spec.memory"));
  if (spec.disk_defaults) TRY(api::to_integer(spec.disk_defaults->size).context("spec.diskDefaults.size"));
  return {};
}

Status check_network(const v1::NetworkConfiguration& network) {
  if (network.libvirt || network.vsphere || network.proxmox) return {};
  return Error(Code::kInvalidArgument, "spec.network: none of libvirt, vsphere, proxmox is set");
}

}  // namespace

Result<runtime::Action> VmClassReconciler::reconcile(const ObjectKey& key) {
  const auto cached = find_cached(context_.stores.classes, writes_, key);
  if (!cached || cached->meta.is_deleting()) return runtime::Action::wait_for_change();
  TRY(check_cached(context_.api, writes_, *cached, context_.api_call()));
  v1::VmClass object = *cached;
  object.status.used_by_vms =
      static_cast<std::int32_t>(context_.stores.machines.by_index(kByClass, key.to_string()).size());
  set_ready(object, context_.clock, check_quantities(object.spec));
  TRY(publish_status(context_.api, writes_, *cached, object, context_.api_call()));
  return runtime::Action::wait_for_change();
}

Result<runtime::Action> VmNetworkAttachmentReconciler::reconcile(const ObjectKey& key) {
  const auto cached = find_cached(context_.stores.networks, writes_, key);
  if (!cached || cached->meta.is_deleting()) return runtime::Action::wait_for_change();
  TRY(check_cached(context_.api, writes_, *cached, context_.api_call()));
  v1::VmNetworkAttachment object = *cached;
  object.status.connected_vms =
      static_cast<std::int32_t>(context_.stores.machines.by_index(kByNetwork, key.to_string()).size());
  const Status valid = check_network(object.spec.network);
  object.status.ready = valid.ok();
  object.status.phase = valid.ok() ? v1::NetworkPhase::kReady : v1::NetworkPhase::kFailed;
  set_ready(object, context_.clock, valid);
  TRY(publish_status(context_.api, writes_, *cached, object, context_.api_call()));
  return runtime::Action::wait_for_change();
}

}  // namespace rig::controllers
