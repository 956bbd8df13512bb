// e2e/life_test.cc — from the quick start's files to a booted guest, and back to nothing.
#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

class Life : public Suite {
 protected:
  static bool has_address(const std::string& name, const std::string& beginning) {
    const auto ips = vm(name).status.ips;
    return std::ranges::any_of(ips, [&](const std::string& ip) { return ip.starts_with(beginning); });
  }
  bool agent_tells(const std::string& name, const std::string& address) {
    const auto addresses = host().addresses_by_agent(id_of(name));
    return std::ranges::find(addresses, address) != addresses.end();
  }
};

TEST_F(Life, OfTheQuickStartEndsAtAnAddressAndAnHonestStatus) {
  create(sample("50-machine.yaml"));
  ASSERT_TRUE(becomes_ready("hello", kBoot));
  ASSERT_TRUE(eventually(kBoot, [] { return has_address("hello", "192.168.122."); }));

  const VirtualMachine now = vm("hello");
  EXPECT_EQ(now.status.phase, MachinePhase::kRunning);
  EXPECT_EQ(now.status.power_state, PowerState::kOn);
  EXPECT_EQ(now.status.id, "hello-" + now.meta.uid.substr(0, 8));
  EXPECT_EQ(now.status.observed_generation, now.meta.generation);
  ASSERT_TRUE(now.status.current_resources);
  EXPECT_EQ(now.status.current_resources->cpu, 1);
  EXPECT_EQ(now.status.current_resources->memory_mib, 256);
  EXPECT_EQ(now.status.message, "");
  EXPECT_EQ(told(now, condition::kReady), "True ReconcileSuccess The machine is on, as asked.");
  EXPECT_EQ(told(now, condition::kAddressAssigned), "True AddressFound The machine has an address.");
  EXPECT_EQ(told(now, condition::kProvisioning), "False ReconcileSuccess The machine is made.");
  for (const auto absent : {condition::kReconciling, condition::kStalled, condition::kFieldsNotSupported})
    EXPECT_EQ(told(now, absent), "");

  EXPECT_TRUE(host().is_on(now.meta.uid));
  EXPECT_TRUE(has(host().xml(now.meta.uid), "<name>" + now.status.id + "</name>"));
}

TEST_F(Life, IsSeenInEveryObjectThatTakesPart) {
  create(machine("seen", "powerState: \"Off\""));
  ASSERT_TRUE(becomes_ready("seen", kSoon));

  const auto provider = rig().get<v1::Provider>("libvirt");
  ASSERT_TRUE(provider.ok());
  EXPECT_TRUE(provider->status.healthy);
  EXPECT_TRUE(provider->status.last_health_check);
  EXPECT_TRUE(has(provider->status.version, "libvirt")) << provider->status.version;
  EXPECT_EQ(provider->status.connected_vms, 1);
  ASSERT_TRUE(provider->status.reported_capabilities);
  EXPECT_TRUE(provider->status.reported_capabilities->supports_image_import);
  for (const auto type : {condition::kReady, condition::kProviderRuntimeReady, condition::kProviderAvailable,
                          condition::kCapabilitiesReported})
    EXPECT_TRUE(told(*provider, type).starts_with("True")) << type << ": " << told(*provider, type);

  const auto image = rig().get<v1::VmImage>("tiny-guest");
  ASSERT_TRUE(image.ok());
  EXPECT_TRUE(image->status.ready);
  EXPECT_EQ(image->status.phase, v1::ImagePhase::kReady);
  EXPECT_EQ(image->status.available_on, std::vector<std::string>{"libvirt"});
  EXPECT_EQ(image->status.provider_status.at("libvirt").path, environment().guest_image);

  EXPECT_TRUE(eventually(kSoon, [] {
    const auto vm_class = rig().get<v1::VmClass>("tiny");
    return vm_class.ok() && vm_class->status.used_by_vms == 1;
  }));
  EXPECT_TRUE(eventually(kSoon, [] {
    const auto network = rig().get<v1::VmNetworkAttachment>("default");
    return network.ok() && network->status.connected_vms == 1;
  }));
}

TEST_F(Life, OfAUefiMachineWithTwoKindsOfNicAndADiskByName) {
  create(
      object("{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMClass, metadata: {name: uefi},"
             " spec: {cpu: 2, memory: 256Mi, firmware: UEFI, diskDefaults: {size: 1Gi}}}"));
  create(machine(
      "wide",
      "classRef: {name: uefi}\n"
      "disks: [{name: data, sizeGiB: 1}]\n"
      "networks: [{name: eth0, networkRef: {name: default}, macAddress: \"52:54:00:AB:CD:EF\"}, {name: eth1}]"));
  ASSERT_TRUE(becomes_ready("wide", kBoot));
  EXPECT_TRUE(eventually(kBoot, [] { return has_address("wide", "192.168.122."); }));
  EXPECT_TRUE(eventually(kBoot, [] { return has_address("wide", "10.0.2."); }))
      << "of QEMU's own network, beside " << join(vm("wide").status.ips, " ") << "; the agent tells "
      << join(host().addresses_by_agent(id_of("wide")), " ");

  const std::string id = id_of("wide");
  const std::string xml = host().xml(id);
  EXPECT_TRUE(has(xml, "<mac address='52:54:00:ab:cd:ef'/>")) << xml;
  EXPECT_TRUE(has(xml, "<interface type='user'>")) << xml;
  EXPECT_TRUE(has(xml, "<os firmware='efi'>")) << xml;
  EXPECT_TRUE(has(xml, "<vcpu placement='static'>2</vcpu>")) << xml;
  EXPECT_EQ(std::ranges::count(host().files(), id + "-disk-data.qcow2"), 1);
  EXPECT_TRUE(rig().remove<v1::VmClass>("uefi").ok());
}

TEST_F(Life, WithAStaticAddressSurvivesARestartOfTheMachine) {
  create(machine("fixed",
                 "networks: [{name: eth0, networkRef: {name: default}, ipAddress: 192.168.122.31, prefix: 24,"
                 " gateway: 192.168.122.1}]"));
  ASSERT_TRUE(eventually(kBoot, [&] { return agent_tells("fixed", "192.168.122.31"); }));
  EXPECT_TRUE(eventually(kBoot, [] { return has_address("fixed", "192.168.122.31"); }));

  host().destroy(id_of("fixed"));
  EXPECT_TRUE(eventually(kBoot, [&] { return host().is_on(id_of("fixed")) && agent_tells("fixed", "192.168.122.31"); }))
      << "the seed stays with the machine";
}

TEST_F(Life, WithANetworkConfigDocumentOfTheUsersOwn) {
  create(machine("custom",
                 "networkConfig:\n"
                 "  cloudInit:\n"
                 "    inline: |\n"
                 "      version: 2\n"
                 "      ethernets:\n"
                 "        eth0: {addresses: [192.168.122.32/24]}\n"));
  EXPECT_TRUE(eventually(kBoot, [&] { return agent_tells("custom", "192.168.122.32"); }));
  EXPECT_TRUE(eventually(kBoot, [] { return has_address("custom", "192.168.122.32"); }));
}

TEST_F(Life, GoesOffWhenAskedAndOnAgain) {
  create(machine("power", "lifecycle: {gracefulShutdownTimeout: 80s}"));
  ASSERT_TRUE(eventually(kBoot, [] { return has_address("power", "192.168.122."); }));

  ASSERT_TRUE(rig().patch<VirtualMachine>("power", "spec: {powerState: OffGraceful}").ok());
  ASSERT_TRUE(becomes_ready("power", kBoot));
  EXPECT_EQ(vm("power").status.power_state, PowerState::kOff);
  EXPECT_EQ(vm("power").status.phase, MachinePhase::kStopped);
  EXPECT_TRUE(vm("power").status.ips.empty());
  EXPECT_EQ(host().why_off(id_of("power")), VIR_DOMAIN_SHUTOFF_SHUTDOWN) << "the guest was asked, and obeyed";

  ASSERT_TRUE(rig().patch<VirtualMachine>("power", "spec: {powerState: \"On\"}").ok());
  ASSERT_TRUE(becomes_ready("power", kSoon));
  EXPECT_TRUE(host().is_on(id_of("power")));

  ASSERT_TRUE(rig().patch<VirtualMachine>("power", "spec: {powerState: \"Off\"}").ok());
  ASSERT_TRUE(becomes_ready("power", kSoon));
  EXPECT_EQ(host().why_off(id_of("power")), VIR_DOMAIN_SHUTOFF_DESTROYED);
}

TEST_F(Life, LosesItsPowerWhenTheGuestDoesNotObeyInTime) {
  create(machine("deaf", "imageRef: {name: blank}\nlifecycle: {gracefulShutdownTimeout: 2s}"));
  ASSERT_TRUE(becomes_ready("deaf", kSoon));
  const Time asked = std::chrono::steady_clock::now();
  ASSERT_TRUE(rig().patch<VirtualMachine>("deaf", "spec: {powerState: OffGraceful}").ok());
  ASSERT_TRUE(becomes_ready("deaf", kSoon));
  EXPECT_GE(std::chrono::steady_clock::now() - asked, 2s);
  EXPECT_EQ(host().why_off(id_of("deaf")), VIR_DOMAIN_SHUTOFF_DESTROYED);
}

TEST_F(Life, EndsWithoutATraceAndWithoutTouchingOthers) {
  create(machine("gone", "powerState: \"Off\"\ndisks: [{name: data, sizeGiB: 1}]"));
  ASSERT_TRUE(becomes_ready("gone", kSoon));
  const std::string id = id_of("gone"), others_id = random_uuid();
  const std::string namesake = id + "-notes.qcow2";  // begins as ours do
  host().write_file(namesake, "not ours");
  host().write_file("others.img", "another's disk");
  host().define(foreign_domain("others", others_id, environment().pool_folder + "/others.img"));
  const Inventory with_all = host().inventory();

  ASSERT_TRUE(rig().remove<VirtualMachine>("gone").ok());
  ASSERT_TRUE(eventually(kSoon, [] { return rig().is_gone<VirtualMachine>("gone"); }));
  Inventory expected = with_all;
  std::erase_if(expected.domains, [](const auto& domain) { return domain.first.starts_with("gone-"); });
  std::erase_if(expected.files, [&](const auto& file) { return file.first.starts_with(id) && file.first != namesake; });
  EXPECT_EQ(with_all.domains.size(), expected.domains.size() + 1);
  EXPECT_EQ(with_all.files.size(), expected.files.size() + 3);  // root, data, seed
  const Inventory left = host().inventory();
  EXPECT_EQ(left.domains, expected.domains);
  EXPECT_EQ(left.files, expected.files);

  host().undefine(others_id);
  host().remove_file("others.img");
  host().remove_file(namesake);
}

}  // namespace
}  // namespace rig::e2e
