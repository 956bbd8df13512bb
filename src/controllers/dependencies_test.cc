// controllers/dependencies_test.cc — what is missing is named.
#include "controllers/dependencies.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "controllers/caches.h"

namespace rig::controllers {
namespace {

struct DependenciesTest : ::testing::Test {
  Caches caches;
  v1::VirtualMachine vm;

  template <kube::ApiObject T>
  void add(runtime::Informer<T>& cache, const ObjectKey& key, T object = {}) {
    object.meta.namespace_ = key.namespace_;
    object.meta.name = key.name;
    object.meta.resource_version = std::to_string(++version_);
    cache.apply(kube::Apply{kube::to_json(object)});
  }
  void SetUp() override {
    vm.meta.namespace_ = "team-a";
    vm.meta.name = "web";
    vm.spec.provider_ref = {"kvm", "infra"};
    vm.spec.class_ref = {"small", ""};
    vm.spec.image_ref = api::ObjectRef{"debian", ""};
    vm.spec.networks.push_back({.name = "eth0",
                                .network_ref = api::ObjectRef{"lan", ""},
                                .mac_address = {},
                                .ip_address = {},
                                .prefix = {},
                                .gateway = {},
                                .dns = {}});
    vm.spec.user_data =
        v1::UserData{.cloud_init = v1::CloudInit{.inline_ = {}, .secret_ref = api::LocalRef{"seed"}}, .ignition = {}};
  }
  int version_ = 0;
  std::string missing() const {
    const auto found = find_dependencies(vm, caches.stores());
    return found.ok() ? "" : found.error().message();
  }
};

TEST_F(DependenciesTest, NamesTheFieldTheKindAndTheObjectThatIsMissing) {
  EXPECT_EQ(missing(), "spec.providerRef: there is no Provider infra/kvm");
  add(caches.providers, {"infra", "kvm"});
  EXPECT_EQ(missing(), "spec.classRef: there is no VMClass team-a/small");
  add(caches.classes, {"team-a", "small"});
  EXPECT_EQ(missing(), "spec.imageRef: there is no VMImage team-a/debian");
  add(caches.images, {"team-a", "debian"});
  EXPECT_EQ(missing(), "spec.networks[0].networkRef: there is no VMNetworkAttachment team-a/lan");
  add(caches.networks, {"team-a", "lan"});
  EXPECT_EQ(missing(), "spec.userData.cloudInit.secretRef: there is no Secret team-a/seed");
  add(caches.secrets, {"team-a", "seed"});
  EXPECT_EQ(missing(),
            "spec.userData.cloudInit.secretRef: Secret team-a/seed has none of the keys userdata, user-data, "
            "cloud-init, cloud-config");
  api::core::Secret secret;
  secret.data["user-data"] = base64("#cloud-config\n");
  add(caches.secrets, {"team-a", "seed"}, secret);
  EXPECT_EQ(missing(), "");
  EXPECT_EQ(find_dependencies(vm, caches.stores())->user_data_secret, "#cloud-config\n");
}

TEST_F(DependenciesTest, ProviderStatusOfAnImageIsKeyedByNameWithinOneNamespace) {
  api::ObjectMeta image;
  image.namespace_ = "infra";
  EXPECT_EQ(provider_status_key({"infra", "kvm"}, image), "kvm");
  EXPECT_EQ(provider_status_key({"other", "kvm"}, image), "other/kvm");
}

}  // namespace
}  // namespace rig::controllers
