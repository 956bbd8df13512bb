// controllers/usage.h — VMClass and VMNetworkAttachment: nothing to make, only to say who uses them.
#pragma once

#include "controllers/context.h"
#include "controllers/last_writes.h"
#include "runtime/reconciler.h"

namespace rig::controllers {

class VmClassReconciler final : public runtime::Reconciler {
 public:
  explicit VmClassReconciler(const Context& context) : context_(context) {}
  std::string_view kind() const override { return "VMClass"; }
  Result<runtime::Action> reconcile(const ObjectKey& key) override;

 private:
  const Context context_;
  LastWrites writes_;
};

class VmNetworkAttachmentReconciler final : public runtime::Reconciler {
 public:
  explicit VmNetworkAttachmentReconciler(const Context& context) : context_(context) {}
  std::string_view kind() const override { return "VMNetworkAttachment"; }
  Result<runtime::Action> reconcile(const ObjectKey& key) override;

 private:
  const Context context_;
  LastWrites writes_;
};

}  // namespace rig::controllers
