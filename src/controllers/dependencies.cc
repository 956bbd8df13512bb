// controllers/dependencies.cc — looking up what a VirtualMachine names.
#include "controllers/dependencies.h"

#include <array>

#include "base/text.h"

namespace rig::controllers {
namespace {

// The keys that the reference looks for in a cloud-init Secret, in its order.
constexpr std::array<std::string_view, 4> kUserDataKeys = {"userdata", "user-data", "cloud-init", "cloud-config"};
constexpr std::array<std::string_view, 3> kMetaDataKeys = {"metadata", "meta-data", "meta_data"};
constexpr std::array<std::string_view, 3> kNetworkConfigKeys = {"network-config", "network_config", "networkconfig"};

Error missing(std::string_view field, std::string_view kind, const ObjectKey& key) {
  if (key.name.empty()) return Error(Code::kNotFound, std::string(field) + ": is not set");
  return Error(Code::kNotFound, std::string(field) + ": there is no " + std::string(kind) + " " + key.to_string())
      .with_hint("Create it, or correct the reference; the machine goes on by itself when it appears.");
}

template <class T>
Result<std::shared_ptr<const T>> look_up(const kube::Store<T>& store, std::string_view field, const ObjectKey& key) {
  auto object = store.get(key);
  if (!object) return missing(field, T::kResource.kind, key);
  return object;
}

Result<std::string> text_of_secret(const std::optional<v1::CloudInit>& cloud_init, std::string_view field,
                                   const v1::VirtualMachine& vm, const Stores& stores,
                                   std::span<const std::string_view> keys) {
  if (!cloud_init || !cloud_init->secret_ref) return std::string();
  const ObjectKey key{vm.meta.namespace_, cloud_init->secret_ref->name};
  const auto secret = TRY(look_up(stores.secrets, field, key));
  for (const std::string_view name : keys)
    if (const auto it = secret->data.find(std::string(name)); it != secret->data.end())
      return parse_base64(it->second)
          .context(std::string(field) + ": Secret " + key.to_string() + ", key " + std::string(name));
  std::string wanted;
  for (const std::string_view name : keys) wanted += (wanted.empty() ? "" : ", ") + std::string(name);
  return Error(Code::kInvalidArgument,
               std::string(field) + ": Secret " + key.to_string() + " has none of the keys " + wanted)
      .with_hint("Add one of them.");
}

}  // namespace

Result<Dependencies> find_dependencies(const v1::VirtualMachine& vm, const Stores& stores) {
  Dependencies out;
  out.provider = TRY(look_up(stores.providers, "spec.providerRef", api::resolve(vm.spec.provider_ref, vm.meta)));
  out.vm_class = TRY(look_up(stores.classes, "spec.classRef", api::resolve(vm.spec.class_ref, vm.meta)));
  if (vm.spec.image_ref)
    out.image = TRY(look_up(stores.images, "spec.imageRef", api::resolve(*vm.spec.image_ref, vm.meta)));
  for (std::size_t i = 0; i < vm.spec.networks.size(); ++i) {
    const v1::VmNetwork& network = vm.spec.networks[i];
    std::shared_ptr<const v1::VmNetworkAttachment> attachment;
    if (network.network_ref)
      attachment = TRY(look_up(stores.networks, "spec.networks[" + std::to_string(i) + "].networkRef",
                               api::resolve(*network.network_ref, vm.meta)));
    out.networks.push_back(std::move(attachment));
  }
  const auto cloud_init = [](const auto& data) { return data ? data->cloud_init : std::optional<v1::CloudInit>(); };
  out.user_data_secret = TRY(
      text_of_secret(cloud_init(vm.spec.user_data), "spec.userData.cloudInit.secretRef", vm, stores, kUserDataKeys));
  out.meta_data_secret = TRY(
      text_of_secret(cloud_init(vm.spec.meta_data), "spec.metaData.cloudInit.secretRef", vm, stores, kMetaDataKeys));
  out.network_config_secret = TRY(text_of_secret(
      cloud_init(vm.spec.network_config), "spec.networkConfig.cloudInit.secretRef", vm, stores, kNetworkConfigKeys));
  return out;
}

std::string provider_status_key(const ObjectKey& provider, const api::ObjectMeta& image) {
  return provider.namespace_ == image.namespace_ ? provider.name : provider.to_string();
}

const v1::ImageProviderStatus* image_on_provider(const v1::VirtualMachine& vm, const v1::VmImage& image) {
  const auto it =
      image.status.provider_status.find(provider_status_key(api::resolve(vm.spec.provider_ref, vm.meta), image.meta));
  return it == image.status.provider_status.end() ? nullptr : &it->second;
}

}  // namespace rig::controllers
