// controllers/provider.h — a Provider object: its process, its health, what it can.
#pragma once

#include <map>

#include "base/mutex.h"
#include "controllers/context.h"
#include "controllers/last_writes.h"
#include "runtime/reconciler.h"

namespace rig::controllers {

// Has the process started, asks it for its health once per interval (spec.healthCheck), and writes what changes: the
// time of a check is written on transitions only. Holds the object while VirtualMachines name it: without it nobody
// could remove them.
class ProviderReconciler final : public runtime::Reconciler {
 public:
  explicit ProviderReconciler(const Context& context) : context_(context) {}
  std::string_view kind() const override { return "Provider"; }
  Result<runtime::Action> reconcile(const ObjectKey& key) override;

 private:
  using Action = runtime::Action;
  Result<Action> tear_down(v1::Provider provider);
  Result<provider::ProviderProcess> process_of(v1::Provider& provider) const;
  Status add_tls(v1::Provider& provider, provider::ProviderProcess& process) const;
  Result<provider::RuntimeState> start(v1::Provider& provider);
  void look_after_health(v1::Provider& provider);
  Status publish(const v1::Provider& before, const v1::Provider& after);

  const Context context_;
  LastWrites writes_;
  // Consecutive results that disagree with status.healthy, until a threshold makes them believed.
  Mutex mutex_;
  std::map<ObjectKey, std::int32_t> disagreeing_ GUARDED_BY(mutex_);
};

}  // namespace rig::controllers
