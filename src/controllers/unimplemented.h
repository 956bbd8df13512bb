// controllers/unimplemented.h — a kind that is accepted and has no controller yet says so.
#pragma once

#include "api/reasons.h"
#include "controllers/context.h"
#include "controllers/last_writes.h"
#include "runtime/reconciler.h"

namespace rig::controllers {

template <kube::ApiObject T>
class UnimplementedReconciler final : public runtime::Reconciler {
 public:
  UnimplementedReconciler(kube::Transport& api, const kube::Store<T>& store, const Clock& clock)
      : api_(api), store_(store), clock_(clock) {}
  std::string_view kind() const override { return T::kResource.kind; }

  Result<runtime::Action> reconcile(const ObjectKey& key) override {
    const auto cached = find_cached(store_, writes_, key);
    if (!cached || cached->meta.is_deleting()) return runtime::Action::wait_for_change();
    const Call call{.deadline = clock_.now() + kApiCallTimeout, .stop = {}, .request_id = {}};
    TRY(check_cached(api_, writes_, *cached, call));
    T object = *cached;
    object.status.observed_generation = object.meta.generation;
    api::set_condition(
        object.status.conditions,
        {.type = std::string(api::condition::kReady),
         .status = api::ConditionStatus::kFalse,
         .observed_generation = object.meta.generation,
         .last_transition_time = {},
         .reason = std::string(api::reason::kControllerNotImplemented),
         .message = "This version stores " + std::string(T::kResource.kind) + " objects and does not act on them."},
        clock_.wall());
    TRY(publish_status(api_, writes_, *cached, object, call));
    return runtime::Action::wait_for_change();
  }

 private:
  kube::Transport& api_;
  const kube::Store<T>& store_;
  const Clock& clock_;
  LastWrites writes_;
};

}  // namespace rig::controllers
