// controllers/vm_image.h — images, made available on each Provider whose machines want them.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "controllers/context.h"
#include "controllers/last_writes.h"
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

  // An import that was running when it was last looked at. A restart forgets it, and prepare() joins it again.
  struct Begun {
    std::string request_key;
    provider::PreparedImage image;
  };
  std::optional<provider::PreparedImage> begun(const ObjectKey& image, const ObjectKey& provider,
                                               const std::string& request_key) const;
  void remember(const ObjectKey& image, const ObjectKey& provider, std::optional<Begun> begun);
  void forget(const ObjectKey& image);

  const Context context_;
  mutable Mutex mutex_;
  std::map<ObjectKey, std::map<ObjectKey, Begun>> begun_ GUARDED_BY(mutex_);  // by image, then by Provider
  LastWrites writes_;
};

}  // namespace rig::controllers
