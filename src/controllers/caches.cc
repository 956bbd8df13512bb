// controllers/caches.cc — indexes, and which change wakes which queue.
#include "controllers/caches.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "api/reasons.h"
#include "controllers/dependencies.h"

namespace rig::controllers {
namespace {

using runtime::Priority;
template <class T>
using Ptr = std::shared_ptr<const T>;

std::string text(const api::ObjectRef& ref, const api::ObjectMeta& referrer) {
  return api::resolve(ref, referrer).to_string();
}

std::vector<std::string> networks_of(const v1::VirtualMachine& vm) {
  std::vector<std::string> out;
  for (const auto& network : vm.spec.networks)
    if (network.network_ref) out.push_back(text(*network.network_ref, vm.meta));
  return out;
}

std::vector<std::string> secrets_of(const v1::VirtualMachine& vm) {
  std::vector<std::string> out;
  const auto add = [&](const auto& data) {
    if (data && data->cloud_init && data->cloud_init->secret_ref)
      out.push_back(ObjectKey{vm.meta.namespace_, data->cloud_init->secret_ref->name}.to_string());
  };
  add(vm.spec.user_data);
  add(vm.spec.meta_data);
  add(vm.spec.network_config);
  return out;
}

std::vector<std::string> image_of(const v1::VirtualMachine& vm) {
  if (!vm.spec.image_ref) return {};
  return {text(*vm.spec.image_ref, vm.meta)};
}

std::vector<std::string> secrets_of_provider(const v1::Provider& provider) {
  std::vector<std::string> out = {text(provider.spec.credential_secret_ref, provider.meta)};
  const auto& service = provider.spec.runtime.service;
  if (service && service->tls && service->tls->secret_ref)
    out.push_back(ObjectKey{provider.meta.namespace_, service->tls->secret_ref->name}.to_string());
  return out;
}

void add_indexes(Caches& caches) {
  using v1::VirtualMachine;
  caches.machines.store().add_index(
      kByProvider, [](const VirtualMachine& vm) { return std::vector{text(vm.spec.provider_ref, vm.meta)}; });
  caches.machines.store().add_index(
      kByClass, [](const VirtualMachine& vm) { return std::vector{text(vm.spec.class_ref, vm.meta)}; });
  caches.machines.store().add_index(kByImage, image_of);
  caches.machines.store().add_index(kByNetwork, networks_of);
  caches.machines.store().add_index(kBySecret, secrets_of);
  caches.providers.store().add_index(kBySecret, secrets_of_provider);
}

// What a controller must look at again; its own status writes are not among it.
bool is_news(const api::ObjectMeta* before, const api::ObjectMeta* after) {
  if (before == nullptr || after == nullptr) return true;
  return before->uid != after->uid || before->generation != after->generation ||
         before->annotations != after->annotations || before->finalizers != after->finalizers ||
         before->is_deleting() != after->is_deleting();
}
template <class T>
const api::ObjectMeta* meta(const Ptr<T>& object) {
  return object ? &object->meta : nullptr;
}
template <class T>
bool is_news(const Ptr<T>& before, const Ptr<T>& after) {
  return is_news(meta(before), meta(after));
}

ObjectKey parse_key(const std::string& text) {
  const auto slash = text.find('/');
  return slash == std::string::npos ? ObjectKey{{}, text} : ObjectKey{text.substr(0, slash), text.substr(slash + 1)};
}

bool is_available(const Ptr<v1::Provider>& provider) {
  if (!provider) return false;
  const auto* condition = api::find_condition(provider->status.conditions, api::condition::kProviderAvailable);
  return condition != nullptr && condition->status == api::ConditionStatus::kTrue;
}

std::set<ObjectKey> named(const Ptr<v1::VirtualMachine>& vm,
                          std::vector<std::string> (*values)(const v1::VirtualMachine&)) {
  std::set<ObjectKey> out;
  if (vm)
    for (const std::string& value : values(*vm)) out.insert(parse_key(value));
  return out;
}
// What a machine names from now on, or does no longer.
void count_named(const std::function<void(const ObjectKey&)>& count, const Ptr<v1::VirtualMachine>& before,
                 const Ptr<v1::VirtualMachine>& after, std::vector<std::string> (*values)(const v1::VirtualMachine&)) {
  const std::set<ObjectKey> was = named(before, values), is = named(after, values);
  std::vector<ObjectKey> keys;
  std::ranges::set_symmetric_difference(was, is, std::back_inserter(keys));
  for (const ObjectKey& key : keys) count(key);
}

std::vector<std::string> provider_of(const v1::VirtualMachine& vm) { return {text(vm.spec.provider_ref, vm.meta)}; }
std::vector<std::string> class_of(const v1::VirtualMachine& vm) { return {text(vm.spec.class_ref, vm.meta)}; }

// A machine waits for its image, unless that is ready where the machine is to be made.
void wake_image(const Caches& caches, const Wakers& wakers, const v1::VirtualMachine& vm) {
  for (const std::string& name : image_of(vm)) {
    const ObjectKey key = parse_key(name);
    const auto image = caches.images.store().get(key);
    const auto* there = image ? image_on_provider(vm, *image) : nullptr;
    if (there != nullptr && there->available)
      wakers.count_image(key);
    else
      wakers.image(key, Priority::kEvent);
  }
}

void connect_machines(Caches& caches, const std::shared_ptr<const Wakers>& wakers) {
  caches.machines.on_change([&caches, wakers](const ObjectKey& key, const Ptr<v1::VirtualMachine>& before,
                                              const Ptr<v1::VirtualMachine>& after) {
    if (!is_news(before, after)) return;
    wakers->set_machine_lane(key, after ? provider_of(*after).front() : std::string());
    wakers->machine(key, runtime::priority_of(meta(before), meta(after)));
    if (after) wake_image(caches, *wakers, *after);
    count_named(wakers->count_provider, before, after, provider_of);
    count_named(wakers->count_class, before, after, class_of);
    count_named(wakers->count_network, before, after, networks_of);
  });
}

void connect_providers(Caches& caches, const std::shared_ptr<const Wakers>& wakers) {
  caches.providers.on_change(
      [&caches, wakers](const ObjectKey& key, const Ptr<v1::Provider>& before, const Ptr<v1::Provider>& after) {
        if (!before || !after) wakers->follow_provider(key, after != nullptr);
        const bool news = is_news(before, after);
        if (news) wakers->provider(key, runtime::priority_of(meta(before), meta(after)));
        const bool recovered = is_available(after) && !is_available(before);
        if (recovered) wakers->wake_machine_lane(key.to_string());
        if (!news && !recovered) return;
        for (const auto& vm : caches.machines.store().by_index(kByProvider, key.to_string())) {
          wakers->machine(vm->meta.key(), Priority::kEvent);
          for (const std::string& image : image_of(*vm)) wakers->image(parse_key(image), Priority::kEvent);
        }
      });
}

void connect_others(Caches& caches, const std::shared_ptr<const Wakers>& wakers) {
  caches.classes.on_change(
      [&caches, wakers](const ObjectKey& key, const Ptr<v1::VmClass>& before, const Ptr<v1::VmClass>& after) {
        if (!is_news(before, after)) return;
        wakers->vm_class(key, runtime::priority_of(meta(before), meta(after)));
        for (const auto& vm : caches.machines.store().by_index(kByClass, key.to_string()))
          wakers->machine(vm->meta.key(), Priority::kEvent);
      });
  caches.networks.on_change([&caches, wakers](const ObjectKey& key, const Ptr<v1::VmNetworkAttachment>& before,
                                              const Ptr<v1::VmNetworkAttachment>& after) {
    if (!is_news(before, after)) return;
    wakers->network(key, runtime::priority_of(meta(before), meta(after)));
    for (const auto& vm : caches.machines.store().by_index(kByNetwork, key.to_string()))
      wakers->machine(vm->meta.key(), Priority::kEvent);
  });
  caches.images.on_change(
      [&caches, wakers](const ObjectKey& key, const Ptr<v1::VmImage>& before, const Ptr<v1::VmImage>& after) {
        const bool news = is_news(before, after);
        if (news) wakers->image(key, runtime::priority_of(meta(before), meta(after)));
        if (!news && schema::encode(before->status.provider_status) == schema::encode(after->status.provider_status))
          return;
        for (const auto& vm : caches.machines.store().by_index(kByImage, key.to_string()))
          wakers->machine(vm->meta.key(), Priority::kEvent);
      });
  caches.secrets.on_change(
      [&caches, wakers](const ObjectKey& key, const Ptr<api::core::Secret>&, const Ptr<api::core::Secret>&) {
        for (const auto& p : caches.providers.store().by_index(kBySecret, key.to_string()))
          wakers->provider(p->meta.key(), Priority::kUser);
        for (const auto& vm : caches.machines.store().by_index(kBySecret, key.to_string()))
          wakers->machine(vm->meta.key(), Priority::kUser);
      });
}

template <kube::ApiObject T>
void connect_alone(runtime::Informer<T>& informer, Wake wake) {
  informer.on_change([wake = std::move(wake)](const ObjectKey& key, const Ptr<T>& before, const Ptr<T>& after) {
    if (is_news(before, after)) wake(key, runtime::priority_of(meta(before), meta(after)));
  });
}

}  // namespace

void connect(Caches& caches, Wakers given) {
  const auto wakers = std::make_shared<const Wakers>(std::move(given));
  add_indexes(caches);
  connect_machines(caches, wakers);
  connect_providers(caches, wakers);
  connect_others(caches, wakers);
  connect_alone(caches.snapshots, wakers->snapshot);
  connect_alone(caches.clones, wakers->clone);
  connect_alone(caches.migrations, wakers->migration);
  connect_alone(caches.sets, wakers->set);
  connect_alone(caches.placement_policies, wakers->placement_policy);
}

}  // namespace rig::controllers
