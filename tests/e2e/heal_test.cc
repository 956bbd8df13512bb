// e2e/heal_test.cc — what is missing is named, and its appearance is enough.
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

constexpr Duration kAtOnce = std::chrono::seconds(1);  // far below every interval at which anything is looked at again

class Heal : public Suite {
 protected:
  // The machine's Ready condition begins so, and soon: nobody polls.
  void expect_waiting(const std::string& beginning) {
    const std::string wanted = "False WaitingForDependencies " + beginning;
    const std::string now = until_told("early", condition::kReady, wanted, kAtOnce);
    EXPECT_TRUE(now.starts_with(wanted)) << now;
  }
};

TEST_F(Heal, AMachineThatCameBeforeEverythingItNeeds) {
  create(machine("early",
                 "{providerRef: {name: p}, classRef: {name: c}, imageRef: {name: i}, powerState: \"Off\","
                 " networks: [{name: eth0, networkRef: {name: net}}], userData: {cloudInit: {secretRef: {name: s}}}}"));
  const auto appears = [](std::string_view file, std::string_view name) {
    json::Value it = sample(file);
    it.set({"metadata", "name"}, name);
    if (file == "10-provider.yaml") it.set({"spec", "credentialSecretRef", "name"}, "p-secret");
    const Status created = rig().create(it);
    EXPECT_TRUE(created.ok()) << created.error().to_string();
  };
  expect_waiting("spec.providerRef: there is no Provider default/p");
  appears("10-provider.yaml", "p");
  expect_waiting("spec.classRef: there is no VMClass default/c");
  appears("20-class.yaml", "c");
  expect_waiting("spec.imageRef: there is no VMImage default/i");
  appears("30-image.yaml", "i");
  expect_waiting("spec.networks[0].networkRef: there is no VMNetworkAttachment default/net");
  appears("40-network.yaml", "net");
  expect_waiting("spec.userData.cloudInit.secretRef: there is no Secret default/s");
  create(
      object("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default},"
             " stringData: {user-data: \"#cloud-config\"}}"));

  const std::string why = until_told("early", condition::kReady, "False ProviderUnreachable", kAtOnce);
  EXPECT_TRUE(has(why, "Provider default/p is not running")) << why;
  const auto provider = rig().get<v1::Provider>("p");
  ASSERT_TRUE(provider.ok());
  const std::string available = told(*provider, condition::kProviderAvailable);
  EXPECT_TRUE(
      available.starts_with("False CredentialsMissing spec.credentialSecretRef: there is no Secret default/p-secret"))
      << available;
  appears("00-credentials.yaml", "p-secret");
  EXPECT_TRUE(becomes_ready("early", 10s));  // a process starts, a machine is made

  EXPECT_TRUE(rig().remove<VirtualMachine>("early").ok());
  EXPECT_TRUE(rig().remove<v1::Provider>("p").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::Provider>("p"); }));
}

TEST_F(Heal, AMachineWhoseSecretLacksTheKey) {
  create(
      object("{apiVersion: v1, kind: Secret, metadata: {name: keyless, namespace: default}, stringData: {other: x}}"));
  create(machine("keyless", "powerState: \"Off\"\nuserData: {cloudInit: {secretRef: {name: keyless}}}"));
  const std::string why = until_told("keyless", condition::kReady, "False WaitingForDependencies", kSoon);
  EXPECT_TRUE(has(why, "Secret default/keyless has none of the keys userdata, user-data")) << why;
  ASSERT_TRUE(rig().patch<api::core::Secret>("keyless", "stringData: {userdata: \"#cloud-config\"}").ok());
  EXPECT_TRUE(becomes_ready("keyless", kSoon));
}

TEST_F(Heal, AProviderWhoseHostIsNotThereAtFirst) {
  const Folder folder;
  const std::string socket = folder.path() + "/none";
  json::Value provider = sample("10-provider.yaml");
  provider.set({"metadata", "name"}, "astray");
  provider.set({"spec", "endpoint"}, "qemu+unix:///system?socket=" + socket);
  create(provider);
  create(machine("astray", "providerRef: {name: astray}\npowerState: \"Off\""));
  const auto available = [] {
    const auto now = rig().get<v1::Provider>("astray");
    return now.ok() ? told(*now, condition::kProviderAvailable) : "";
  };
  EXPECT_TRUE(eventually(kSoon, [&] { return available().starts_with("False ProviderUnreachable"); })) << available();
  EXPECT_TRUE(has(available(), socket)) << available();
  EXPECT_TRUE(eventually(kSoon, [&] { return has(told(vm("astray"), condition::kReady), socket); }))
      << told(vm("astray"), condition::kReady);

  ASSERT_TRUE(rig().patch<v1::Provider>("astray", "spec: {endpoint: \"" + environment().uri + "\"}").ok());
  EXPECT_TRUE(becomes_ready("astray", kSoon));
  EXPECT_TRUE(rig().remove<VirtualMachine>("astray").ok());
  EXPECT_TRUE(rig().remove<v1::Provider>("astray").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::Provider>("astray"); }));
}

TEST_F(Heal, AMachineWhoseHostGoesAwayAndComesBack) {
  const Folder folder;
  const std::string host_program = RIG_SOURCE_DIR "/tools/lab/host";
  const auto up = [&] { return e2e::run(host_program, {"up", folder.path()}).output; };
  std::string uri = up();
  while (uri.ends_with('\n')) uri.pop_back();
  json::Value provider = sample("10-provider.yaml");
  provider.set({"metadata", "name"}, "second");
  provider.set({"spec", "endpoint"}, uri);
  create(provider);
  create(machine("away", "{providerRef: {name: second}, powerState: \"Off\", networks:}"));
  ASSERT_TRUE(becomes_ready("away", kSoon));

  EXPECT_EQ(e2e::run(host_program, {"down", folder.path()}).status, 0);
  const auto available = [] {
    const auto now = rig().get<v1::Provider>("second");
    return now.ok() ? told(*now, condition::kProviderAvailable) : "";
  };
  EXPECT_TRUE(eventually(kSoon, [&] { return available().starts_with("False ProviderUnreachable"); })) << available();
  ASSERT_TRUE(rig().patch<VirtualMachine>("away", "spec: {resources: {cpu: 2}}").ok());
  const std::string why = until_told("away", condition::kReady, "Unknown ProviderUnreachable", kSoon);
  EXPECT_TRUE(why.starts_with("Unknown ProviderUnreachable")) << "doubt is not absence: " << why;

  uri = up();  // its sockets lie in another folder now
  while (uri.ends_with('\n')) uri.pop_back();
  ASSERT_TRUE(rig().patch<v1::Provider>("second", "spec: {endpoint: \"" + uri + "\"}").ok());
  EXPECT_TRUE(becomes_ready("away", kSoon));  // a call that waits for the old process ends with it
  EXPECT_EQ(vm("away").status.current_resources->cpu, 2);

  EXPECT_TRUE(rig().remove<VirtualMachine>("away").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<VirtualMachine>("away"); }));
  EXPECT_TRUE(rig().remove<v1::Provider>("second").ok());
  EXPECT_TRUE(eventually(kSoon, [] { return rig().is_gone<v1::Provider>("second"); }));
  EXPECT_EQ(e2e::run(host_program, {"down", folder.path()}).status, 0);
}

}  // namespace
}  // namespace rig::e2e
