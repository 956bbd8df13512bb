// sim/incomplete_test.cc — objects that the API accepts and that say too little: told, harmless, and healed.
#include "api/reasons.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "base/text.h"
#include "kube/api.h"
#include "sim/calm_test.h"

namespace rig::sim {
namespace {

namespace v1 = api::v1beta1;
using v1::VirtualMachine;

class Incomplete : public CalmTest {
 protected:
  template <class T>
  T get(const std::string& name) {
    return kube::Api<T>(world_.kubectl()).get({"default", name}, world_.call()).take();
  }
  template <class T>
  void create(const std::string& name, json::Value spec = {}) {
    json::Value object = json::Object{{"apiVersion", T::kResource.api_version()}, {"kind", T::kResource.kind}};
    object.set({"metadata", "name"}, name);
    if (!spec.is_null()) object["spec"] = std::move(spec);
    const auto made = world_.kubectl().send(kube::create_request(T::kResource, "default", object), world_.call());
    ASSERT_TRUE(made.ok()) << made.error().to_string();
  }
  template <class T>
  std::string ready(const std::string& name) {
    const T object = get<T>(name);
    const auto* ready = api::find_condition(object.status.conditions, api::condition::kReady);
    if (ready == nullptr) return "nothing is said";
    return std::string(schema::name_of(ready->status)) + " " + ready->reason + ": " + ready->message;
  }
  bool is_there(const std::string& name) { return scenario_.machine_of(get<VirtualMachine>(name)).has_value(); }
};

json::Value named(std::string_view name) { return json::Object{{"name", name}}; }

TEST_F(Incomplete, AMachineWithoutASourceIsNotMadeUntilOneIsNamed) {
  create<VirtualMachine>("a", json::Object{{"providerRef", named("lab")}, {"classRef", named("small")}});
  settle();
  const std::string told = ready<VirtualMachine>("a");
  EXPECT_TRUE(told.starts_with("False InvalidSpec: spec.imageRef, spec.importedDisk: neither is set")) << told;
  EXPECT_FALSE(is_there("a"));
  scenario_.change_machine(get<VirtualMachine>("a"), "imageRef", named("guest"));
  settle();
  EXPECT_TRUE(ready<VirtualMachine>("a").starts_with("True "));
  EXPECT_TRUE(is_there("a"));
}

TEST_F(Incomplete, AMachineThatIsThereNeedsItsSourceNoMore) {
  scenario_.create_machine("a", "small", "On");
  settle();
  ASSERT_TRUE(is_there("a"));
  const auto effects = [&] { return world_.hosts().of({"default", "lab"}).mutations(); };
  const std::int64_t before = effects();
  scenario_.change_machine(get<VirtualMachine>("a"), "imageRef", json::Value());
  settle();
  EXPECT_EQ(effects(), before);
  EXPECT_TRUE(ready<VirtualMachine>("a").starts_with("True ")) << ready<VirtualMachine>("a");
  scenario_.delete_machine(get<VirtualMachine>("a"));
  settle();
  EXPECT_EQ(join(scenario_.broken_promises(), "; "), "");
}

TEST_F(Incomplete, ObjectsWithoutASpecSayWhatTheyLack) {
  create<v1::Provider>("x");
  create<v1::VmClass>("x");
  create<v1::VmImage>("x");
  create<v1::VmNetworkAttachment>("x");
  create<VirtualMachine>("x");
  create<VirtualMachine>(
      "y", json::Object{{"providerRef", named("lab")}, {"classRef", named("x")}, {"imageRef", named("x")}});
  settle();
  const std::pair<std::string, std::string_view> told[] = {
      {ready<v1::Provider>("x"), "False CredentialsMissing: spec.credentialSecretRef: is not set"},
      {ready<v1::VmClass>("x"), "False InvalidSpec: spec.memory: "},
      {ready<v1::VmImage>("x"), "False ImageFailed: spec.source has nothing for a provider of type "},
      {ready<v1::VmNetworkAttachment>("x"),
       "False InvalidSpec: spec.network: none of libvirt, vsphere, proxmox is set"},
      {ready<VirtualMachine>("x"), "False WaitingForDependencies: spec.providerRef: is not set"},
      {ready<VirtualMachine>("y"), "False WaitingForImage: spec.imageRef: VMImage default/x is not ready"},
  };
  for (const auto& [found, wanted] : told) EXPECT_TRUE(found.starts_with(wanted)) << found;
  scenario_.delete_machine(get<VirtualMachine>("x"));
  scenario_.delete_machine(get<VirtualMachine>("y"));
  settle();
  EXPECT_EQ(kube::Api<VirtualMachine>(world_.kubectl()).list("", world_.call())->items.size(), 0U);
}

}  // namespace
}  // namespace rig::sim
