// controllers/context.h — what every reconciler may reach: the API, its caches, the providers, the time.
#pragma once

#include <algorithm>
#include <string>

#include "api/core/secret.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "base/clock.h"
#include "controllers/limits.h"
#include "kube/events.h"
#include "kube/store.h"
#include "kube/transport.h"
#include "provider/directory.h"
#include "provider/runtime.h"
#include "runtime/leader.h"

namespace rig::controllers {

namespace v1 = api::v1beta1;

// The caches. May be stale; objects in them are immutable.
struct Stores {
  const kube::Store<v1::VirtualMachine>& machines;
  const kube::Store<v1::Provider>& providers;
  const kube::Store<v1::VmClass>& classes;
  const kube::Store<v1::VmImage>& images;
  const kube::Store<v1::VmNetworkAttachment>& networks;
  const kube::Store<api::core::Secret>& secrets;
};

// Indexes of `machines` (and of `providers`: kBySecret): value is ObjectKey::to_string() of what is named.
inline constexpr const char* kByProvider = "provider";
inline constexpr const char* kByClass = "class";
inline constexpr const char* kByImage = "image";
inline constexpr const char* kByNetwork = "network";
inline constexpr const char* kBySecret = "secret";

// References, not owners: whoever builds a Context keeps them alive.
struct Context {
  kube::Transport& api;
  Stores stores;
  provider::Directory& providers;
  provider::Runtime& runtime;
  const Clock& clock;
  std::string cluster_id;
  kube::EventRecorder* events = nullptr;  // null: none are recorded
  const runtime::Lead* lead = nullptr;    // null: nobody else acts

  // What has an effect ends with our lead: another leader may have removed a machine that a late create() would make
  // again, and takes no notice of a status that somebody else writes.
  Call api_call() const { return {.deadline = while_leading(kApiCallTimeout), .stop = {}, .request_id = {}}; }
  Call effect_call() const { return {.deadline = while_leading(kProviderCallTimeout), .stop = {}, .request_id = {}}; }
  Call provider_call() const { return {.deadline = clock.now() + kProviderCallTimeout, .stop = {}, .request_id = {}}; }
  Time while_leading(Duration timeout) const {
    const Time then = clock.now() + timeout;
    return lead == nullptr ? then : std::min(then, lead->until());
  }
};

}  // namespace rig::controllers
