// vsphere/e2e_test.cc — the samples for vSphere, applied to virtrigaud in front of govmomi's simulator.
#include <algorithm>

#include "api/v1beta1/vm_class.h"
#include "base/file.h"
#include "e2e/suite.h"
#include "hypervisor/vsphere/look.h"
#include "vsphere/bed.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;
using vsphere::Sight;

json::Value vsphere_sample(const std::string& file) {
  const auto text = read_file(RIG_SOURCE_DIR "/deploy/samples/vsphere/" + file);
  EXPECT_TRUE(text.ok()) << file;
  return object(*text);
}

class VsphereLife : public testing::Test {
 protected:
  void SetUp() override {
    json::Value secret = vsphere_sample("00-credentials.yaml");
    secret.set({"stringData", "username"}, center_.login.username);
    secret.set({"stringData", "password"}, center_.login.password);
    secret.set({"stringData", "ca_bundle"}, center_.login.ca_bundle);
    json::Value provider = vsphere_sample("10-provider.yaml");
    provider.set({"spec", "endpoint"}, center_.login.base_url + "/sdk");
    provider.set({"spec", "defaults", "cluster"}, center_.small.placement.cluster);
    provider.set({"spec", "healthCheck", "interval"}, "1s");
    json::Value image = vsphere_sample("30-image.yaml");
    image.set({"spec", "source", "vsphere", "templateName"}, center_.template_name);
    json::Value network = vsphere_sample("40-network.yaml");
    network.set({"spec", "network", "vsphere", "portgroup"}, center_.small.nics.front().network);
    for (const json::Value& each : {secret, provider, vsphere_sample("20-class.yaml"), image, network}) create(each);
  }
  void TearDown() override {
    if (HasFailure()) std::fprintf(stderr, "%s\n", rig_.log().c_str());
    EXPECT_EQ(rig_.log().find(center_.login.password), std::string::npos) << "a secret is in a log";
  }

  void create(const json::Value& each) {
    const Status created = rig_.create(each);
    ASSERT_TRUE(created.ok()) << created.error().to_string();
  }
  std::string ready(const std::string& name) { return told(rig_.vm(name), condition::kReady); }
  void expect_ready(const std::string& name) {
    const bool is_ready = eventually(kSoon, [&] {
      const VirtualMachine now = rig_.vm(name);
      return now.status.observed_generation == now.meta.generation && ready(name).starts_with("True");
    });
    EXPECT_TRUE(is_ready) << ready(name);
  }
  static Call soon() { return {std::chrono::steady_clock::now() + kSoon, {}, "e2e"}; }
  // As vCenter has it; none: it is not there.
  std::optional<Sight> machine_called(const std::string& name) {
    const auto all = vsphere::read_catalogue(*session_, /*with_machines=*/true, soon());
    EXPECT_TRUE(all.ok());
    for (const vsphere::Entity* entity : all->all(vsphere::kTemplate))
      if (entity->props.name == name) return vsphere::read_sight(*session_, entity->self, soon()).take();
    return std::nullopt;
  }
  static std::string name_of(const VirtualMachine& vm) { return "hello-" + vm.meta.uid.substr(0, 8); }
  void expect_removed() {
    const std::string name = name_of(rig_.vm("hello"));
    ASSERT_TRUE(rig_.remove<VirtualMachine>("hello").ok());
    EXPECT_TRUE(eventually(kSoon, [&] { return rig_.is_gone<VirtualMachine>("hello"); })) << ready("hello");
    EXPECT_FALSE(machine_called(name));
  }

  const SystemClock clock_{};
  const vsphere::Center center_ = vsphere::vcsim();
  const std::unique_ptr<vsphere::Session> session_ = vsphere::Session::open(center_.login, clock_).take();
  Standalone rig_{std::nullopt};
};

TEST_F(VsphereLife, OfTheSamplesEndsReadyAndBackAtNothing) {
  create(vsphere_sample("50-machine.yaml"));
  expect_ready("hello");
  const VirtualMachine made = rig_.vm("hello");
  EXPECT_TRUE(made.status.id.starts_with("vm-")) << made.status.id;
  auto there = machine_called(name_of(made));
  ASSERT_TRUE(there);
  EXPECT_EQ(there->self.id, made.status.id);
  EXPECT_EQ(there->props.instance_uuid, made.meta.uid);
  EXPECT_EQ(there->props.power_state, "poweredOn");
  EXPECT_EQ(told(made, condition::kFieldsNotSupported), "");

  ASSERT_TRUE(rig_.patch<VirtualMachine>("hello", "spec: {powerState: OffGraceful}").ok());
  expect_ready("hello");
  EXPECT_EQ(rig_.vm("hello").status.power_state, PowerState::kOff);
  ASSERT_TRUE(rig_.patch<v1::VmClass>("tiny", "spec: {cpu: 2}").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return machine_called(name_of(made))->props.cpus == 2; }));
  ASSERT_TRUE(rig_.patch<VirtualMachine>("hello", "spec: {powerState: \"On\"}").ok());
  expect_ready("hello");
  EXPECT_EQ(rig_.vm("hello").status.power_state, PowerState::kOn);
  expect_removed();
}

TEST_F(VsphereLife, GoesOnAfterKillsOfEverything) {
  create(vsphere_sample("50-machine.yaml"));
  rig_.restart();
  expect_ready("hello");
  const std::string id = rig_.vm("hello").status.id, name = name_of(rig_.vm("hello"));
  rig_.kill();
  ASSERT_TRUE(vsphere::ask(*session_, vsphere::PowerOff{{"VirtualMachine", id}}, soon()).ok());
  rig_.start();
  EXPECT_TRUE(eventually(kSoon, [&] { return machine_called(name)->props.power_state == "poweredOn"; }))
      << ready("hello");
  expect_removed();
}

TEST_F(VsphereLife, APulledPlugIsMendedByAnEvent) {
  create(vsphere_sample("50-machine.yaml"));
  expect_ready("hello");
  const std::string id = rig_.vm("hello").status.id, name = name_of(rig_.vm("hello"));
  ASSERT_TRUE(vsphere::ask(*session_, vsphere::PowerOff{{"VirtualMachine", id}}, soon()).ok());
  EXPECT_TRUE(eventually(kSoon, [&] {
    const auto there = machine_called(name);
    return there && there->props.power_state == "poweredOn" && ready("hello").starts_with("True");
  })) << ready("hello");
  expect_removed();
}

TEST_F(VsphereLife, WithAWrongPasswordSaysSoAndGoesOnWithTheRightOne) {
  const auto tells = [&](std::string_view text) {
    const auto provider = rig_.get<v1::Provider>("vsphere");
    return provider.ok() && has(told(*provider, condition::kProviderAvailable), text);
  };
  EXPECT_TRUE(eventually(kSoon, [&] { return tells("True"); }));
  ASSERT_TRUE(rig_.patch<api::core::Secret>("vsphere-credentials", "stringData: {password: wrong}").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return tells("Check username and password"); }));
  json::Value right;
  right.set({"stringData", "password"}, center_.login.password);
  ASSERT_TRUE(rig_.patch<api::core::Secret>("vsphere-credentials", json::to_text(right)).ok());
  EXPECT_TRUE(eventually(2 * kSoon, [&] { return tells("True"); }));
}

}  // namespace
}  // namespace rig::e2e
