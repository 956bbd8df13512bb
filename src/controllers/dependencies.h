// controllers/dependencies.h — what a VirtualMachine refers to, looked up in the caches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controllers/context.h"

namespace rig::controllers {

struct Dependencies {
  std::shared_ptr<const v1::Provider> provider;
  std::shared_ptr<const v1::VmClass> vm_class;
  std::shared_ptr<const v1::VmImage> image;                               // null without imageRef
  std::vector<std::shared_ptr<const v1::VmNetworkAttachment>> networks;   // per spec.networks; null without networkRef
  std::string user_data_secret, meta_data_secret, network_config_secret;  // texts from Secrets
};

// kNotFound: one of them is not there (yet); the message names the field, the kind and the object. kInvalidArgument:
// a Secret without any of the keys that are looked for.
Result<Dependencies> find_dependencies(const v1::VirtualMachine& vm, const Stores& stores);

// The image on this machine's Provider, as the VMImage's status has it. Null: nothing is known of it there yet.
const v1::ImageProviderStatus* image_on_provider(const v1::VirtualMachine& vm, const v1::VmImage& image);
// The key of `provider` in a VMImage's status.providerStatus: the reference's (its name) within one namespace.
std::string provider_status_key(const ObjectKey& provider, const api::ObjectMeta& image);

}  // namespace rig::controllers
