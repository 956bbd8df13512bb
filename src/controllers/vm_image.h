// controllers/vm_image.h — images, made available on each Provider whose machines want them.
#pragma once

#include "controllers/context.h"
#include "runtime/reconciler.h"

namespace rig::controllers {

// For every Provider that some VirtualMachine with this image names: prepare() (asking again joins what is running)
// and status.providerStatus. `ready` means ready on all of them.
class VmImageReconciler final : public runtime::Reconciler {
 public:
  explicit VmImageReconciler(const Context& context) : context_(context) {}
  std::string_view kind() const override { return "VMImage"; }
  Result<runtime::Action> reconcile(const ObjectKey& key) override;

 private:
  struct Progress {
    bool running = false;
    std::optional<Error> error;
  };
  Progress prepare(v1::VmImage& image, const ObjectKey& provider_key);
  Result<provider::PreparedImage> ask(const v1::VmImage& image, const ObjectKey& provider_key,
                                      v1::ImageProviderStatus& status, v1::VmImage& shown);
  const Context context_;
};

}  // namespace rig::controllers
