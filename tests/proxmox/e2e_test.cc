// proxmox/e2e_test.cc — the samples for Proxmox VE, applied to virtrigaud in front of a fake cluster.
#include "api/v1beta1/vm_class.h"
#include "base/file.h"
#include "e2e/suite.h"
#include "fakes/pve/server.h"

namespace rig::e2e {
namespace {

using fakes::pve::Cluster;
using v1::VirtualMachine;

constexpr char kToken[] = "root@pam!test", kSecret[] = "00000000-0000-0000-0000-000000000000";

json::Value proxmox_sample(const std::string& file) {
  const auto text = read_file(RIG_SOURCE_DIR "/deploy/samples/proxmox/" + file);
  EXPECT_TRUE(text.ok()) << file;
  return object(*text);
}

class ProxmoxLife : public testing::Test {
 protected:
  void SetUp() override {
    fake_ = fakes::pve::Fake::start(clock_).take();
    fake_->with([](Cluster& cluster) {
      cluster.has_every_url = true;
      cluster.timing.statistics = 200ms;
      cluster.guest.agent = fakes::pve::Guest::Agent::kAnswers;
      cluster.guest.interfaces = json::Array{json::Object{
          {"name", "eth0"},
          {"hardware-address", "bc:24:11:00:00:01"},
          {"ip-addresses",
           json::Array{json::Object{{"ip-address", "192.0.2.10"}, {"ip-address-type", "ipv4"}, {"prefix", 24}}}}}};
    });
    json::Value secret = proxmox_sample("00-credentials.yaml");
    secret.set({"stringData", "token_id"}, kToken);
    secret.set({"stringData", "token_secret"}, kSecret);
    secret.set({"stringData", "ca_bundle"}, fake_->authority_pem());
    json::Value provider = proxmox_sample("10-provider.yaml");
    provider.set({"spec", "endpoint"}, fake_->url());
    provider.set({"spec", "healthCheck", "interval"}, "1s");
    for (const json::Value& each : {secret, provider, proxmox_sample("20-class.yaml"), proxmox_sample("30-image.yaml"),
                                    proxmox_sample("40-network.yaml")})
      create(each);
  }
  void TearDown() override {
    if (HasFailure()) std::fprintf(stderr, "%s\n", rig_.log().c_str());
    EXPECT_EQ(rig_.log().find(kSecret), std::string::npos) << "a secret is in a log";
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
  std::size_t machines() {
    return fake_->with([](Cluster& cluster) { return cluster.vms.size(); });
  }
  std::string option(const std::string& vmid, const std::string& name) {
    return fake_->with([&](Cluster& cluster) {
      for (const auto& [id, vm] : cluster.vms)
        if (std::to_string(id) == vmid) return vm.value(name);
      return std::string();
    });
  }

  const SystemClock clock_{};
  std::unique_ptr<fakes::pve::Fake> fake_;
  Standalone rig_{std::nullopt};
};

TEST_F(ProxmoxLife, OfTheSamplesEndsAtAnAddressAndBackAtNothing) {
  create(proxmox_sample("50-machine.yaml"));
  expect_ready("hello");
  EXPECT_TRUE(eventually(kSoon, [&] { return rig_.vm("hello").status.ips == std::vector<std::string>{"192.0.2.10"}; }));
  const VirtualMachine made = rig_.vm("hello");
  const std::string vmid = made.status.id;
  EXPECT_EQ(vmid, "100");
  EXPECT_EQ(option(vmid, "name"), "hello-" + made.meta.uid.substr(0, 8));
  EXPECT_EQ(option(vmid, "smbios1"), "uuid=" + made.meta.uid);
  EXPECT_FALSE(option(vmid, "scsi30").empty()) << "the seed is a disk of its own";
  EXPECT_EQ(told(made, condition::kFieldsNotSupported), "");

  ASSERT_TRUE(rig_.patch<VirtualMachine>("hello", "spec: {powerState: OffGraceful}").ok());
  expect_ready("hello");
  EXPECT_EQ(rig_.vm("hello").status.power_state, PowerState::kOff);
  ASSERT_TRUE(rig_.patch<v1::VmClass>("tiny", "spec: {cpu: 2}").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return option(vmid, "cores") == "2"; }));
  ASSERT_TRUE(rig_.patch<VirtualMachine>("hello", "spec: {powerState: \"On\"}").ok());
  expect_ready("hello");
  EXPECT_EQ(rig_.vm("hello").status.power_state, PowerState::kOn);

  ASSERT_TRUE(rig_.remove<VirtualMachine>("hello").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return rig_.is_gone<VirtualMachine>("hello"); })) << ready("hello");
  EXPECT_EQ(machines(), 0U);
}

TEST_F(ProxmoxLife, GoesOnAfterKillsOfEverything) {
  create(proxmox_sample("50-machine.yaml"));
  rig_.restart();
  expect_ready("hello");
  EXPECT_EQ(machines(), 1U);
  rig_.kill();
  fake_->with([](Cluster& cluster) { cluster.power_off(cluster.vms.at(100)); });
  rig_.start();
  EXPECT_TRUE(eventually(kSoon, [&] {
    return fake_->with([](Cluster& cluster) { return cluster.vms.at(100).is_running(); });
  })) << ready("hello");
  ASSERT_TRUE(rig_.remove<VirtualMachine>("hello").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return rig_.is_gone<VirtualMachine>("hello"); })) << ready("hello");
}

TEST_F(ProxmoxLife, OfAVmidThatSomebodyElseTakesFirstGoesOnUnderAnother) {
  fake_->fail({.kind = fakes::pve::Fault::Kind::kMeanwhile,
               .method = "POST",
               .path = "/nodes/*/qemu",
               .meanwhile = [](Cluster& cluster) {
                 fakes::pve::Vm other;
                 other.id = 100;
                 other.node = "pve1";
                 other.config = {{"name", "theirs"}, {"memory", "512"}};
                 cluster.vms[100] = other;
               }});
  create(proxmox_sample("50-machine.yaml"));
  expect_ready("hello");
  EXPECT_EQ(rig_.vm("hello").status.id, "101");
  EXPECT_EQ(option("100", "name"), "theirs");
}

TEST_F(ProxmoxLife, WithAWrongTokenSaysSoAndGoesOnWithTheRightOne) {
  ASSERT_TRUE(rig_.patch<api::core::Secret>("proxmox-credentials", "stringData: {token_secret: wrong}").ok());
  const auto tells = [&](std::string_view text) {
    const auto provider = rig_.get<v1::Provider>("proxmox");
    return provider.ok() && has(told(*provider, condition::kProviderAvailable), text);
  };
  EXPECT_TRUE(eventually(kSoon, [&] { return tells("token_id and token_secret"); }));
  ASSERT_TRUE(
      rig_.patch<api::core::Secret>("proxmox-credentials", std::string("stringData: {token_secret: ") + kSecret + "}")
          .ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return tells("True"); }));
}

}  // namespace
}  // namespace rig::e2e
