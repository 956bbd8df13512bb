// sim/scenario.cc — what users and administrators do.
#include "sim/scenario.h"

#include "api/core/secret.h"
#include "api/v1beta1/provider.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_image.h"
#include "api/v1beta1/vm_network_attachment.h"
#include "base/check.h"
#include "controllers/identity.h"
#include "kube/api.h"

namespace rig::sim {
namespace {

namespace v1 = api::v1beta1;
using v1::VirtualMachine;

const ObjectKey kLab{"default", "lab"};
constexpr const char* kForeign = "somebody-elses";
constexpr std::size_t kMachinesMax = 4;

void create(World& world, const api::Resource& resource, std::string_view text) {
  const json::Value object = json::parse(text).take();
  const auto made = world.kubectl().send(kube::create_request(resource, "default", object), world.call());
  CHECK(made.ok() || made.error().is(Code::kAlreadyExists));
}

void patch(World& world, const api::Resource& resource, const ObjectKey& key, json::Value body) {
  const auto done = world.kubectl().send(kube::merge_patch_request(resource, key, body), world.call());
  CHECK(done.ok());
}

std::vector<VirtualMachine> machines(World& world) {
  return kube::Api<VirtualMachine>(world.kubectl()).list("", world.call()).take().items;
}

std::string random_power(Prng& prng) {
  static const std::vector<std::string> kStates = {"On", "On", "Off", "OffGraceful"};
  return prng.one_of(kStates);
}
std::string random_class(Prng& prng) { return prng.chance(50) ? "small" : "big"; }

void change_class(World& world) {
  json::Value change;
  change.set({"spec", "cpu"}, world.prng.between(1, 4));
  world.note("user changes class small: " + json::to_text(change));
  patch(world, v1::VmClass::kResource, {"default", "small"}, change);
}

}  // namespace

Scenario::Scenario(World& world) : world_(world) {
  create(world, api::core::Secret::kResource, R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"lab"}})");
  create(world, v1::Provider::kResource,
         R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"Provider","metadata":{"name":"lab"},
             "spec":{"type":"libvirt","endpoint":"qemu:///system","credentialSecretRef":{"name":"lab"},
                     "runtime":{"image":"x/y:1","service":{"tls":{"enabled":false}}}}})");
  create(world, v1::VmClass::kResource,
         R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMClass","metadata":{"name":"small"},
             "spec":{"cpu":1,"memory":"256Mi"}})");
  create(world, v1::VmClass::kResource,
         R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMClass","metadata":{"name":"big"},
             "spec":{"cpu":8,"memory":"4Gi"}})");
  create(world, v1::VmImage::kResource,
         R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMImage","metadata":{"name":"guest"},
             "spec":{"source":{"libvirt":{"path":"/images/guest.qcow2","format":"qcow2"}}}})");
  create(world, v1::VmNetworkAttachment::kResource,
         R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMNetworkAttachment","metadata":{"name":"net"},
             "spec":{"network":{"libvirt":{"networkName":"default","model":"virtio"}}}})");
  provider::fake::FakeProvider& host = world.hosts().of(kLab);
  provider::Machine foreign;
  foreign.ref.id = kForeign;
  foreign.ref.machine_id = "00000000-0000-4000-8000-000000000001";
  foreign.power = provider::Power::kOn;
  host.add_foreign(foreign);
}

void Scenario::create_machine(const std::string& name, std::string_view vm_class, std::string_view power) {
  json::Value vm = json::Object{{"apiVersion", VirtualMachine::kResource.api_version()}, {"kind", "VirtualMachine"}};
  vm.set({"metadata", "name"}, name);
  vm.set({"spec", "providerRef", "name"}, kLab.name);
  vm.set({"spec", "classRef", "name"}, vm_class);
  vm.set({"spec", "imageRef", "name"}, "guest");
  vm.set({"spec", "powerState"}, power);
  vm["spec"]["networks"] = json::Array{json::parse(R"({"name":"eth0","networkRef":{"name":"net"}})").take()};
  create(world_, VirtualMachine::kResource, json::to_text(vm));
  world_.note("user creates " + name);
}

void Scenario::change_machine(const VirtualMachine& vm, std::string_view field, json::Value value) {
  json::Value change;
  change["spec"][field] = std::move(value);
  world_.note("user changes " + vm.meta.name + ": " + json::to_text(change));
  patch(world_, VirtualMachine::kResource, vm.meta.key(), change);
}

void Scenario::delete_machine(const VirtualMachine& vm) {
  world_.note("user deletes " + vm.meta.name);
  CHECK(kube::Api<VirtualMachine>(world_.kubectl()).remove(vm, world_.call()).ok());
}

void Scenario::ask_to_recreate(const VirtualMachine& vm) {
  json::Value change;
  change.set({"metadata", "annotations", controllers::kRecreateAnnotation}, std::to_string(vm.meta.generation));
  world_.note("user lets " + vm.meta.name + " be made again if it is lost");
  patch(world_, VirtualMachine::kResource, vm.meta.key(), change);
  lost_.erase(controllers::machine_id_of(vm.meta));
}

void Scenario::release_machine(const VirtualMachine& vm) {
  json::Value change;
  change.set({"metadata", "annotations", controllers::kReleaseAnnotation}, vm.meta.uid);
  world_.note("user releases " + vm.meta.name);
  patch(world_, VirtualMachine::kResource, vm.meta.key(), change);
  released_.insert(controllers::machine_id_of(vm.meta));
}

void Scenario::copy_machine(const VirtualMachine& vm, const std::string& name) {
  json::Value copy =
      world_.kubectl().send(kube::get_request(VirtualMachine::kResource, vm.meta.key()), world_.call()).take();
  copy.set({"metadata", "name"}, name);
  copy.set({"metadata", "resourceVersion"}, "");
  world_.note("user copies " + vm.meta.name + " to " + name);
  create(world_, VirtualMachine::kResource, json::to_text(copy));
}

void Scenario::user_acts() {
  Prng& prng = world_.prng;
  const std::vector<VirtualMachine> all = machines(world_);
  const int dice = prng.between(0, 99);
  if (all.empty() || (all.size() < kMachinesMax && dice < 30)) {
    const std::string name(1, static_cast<char>('a' + prng.between(0, 5)));
    const std::string vm_class = random_class(prng);
    return create_machine(name, vm_class, random_power(prng));
  }
  const VirtualMachine& vm = prng.one_of(all);
  if (dice < 75) {
    if (prng.chance(50)) return change_machine(vm, "powerState", random_power(prng));
    return change_machine(vm, "classRef", json::Object{{"name", random_class(prng)}});
  }
  if (dice < 87) return delete_machine(vm);
  if (dice < 92) return change_class(world_);
  if (dice < 95) return ask_to_recreate(vm);
  if (!controllers::is_to_be_released(vm.meta)) return release_machine(vm);
  copy_machine(vm, std::string(1, static_cast<char>('a' + prng.between(0, 5))));
}

void Scenario::administrator_acts() {
  provider::fake::FakeProvider& host = world_.hosts().of(kLab);
  std::vector<provider::Machine> all = host.machines();
  std::erase_if(all, [](const provider::Machine& m) { return m.ref.id == kForeign; });
  if (all.empty()) return;
  const provider::Machine& machine = world_.prng.one_of(all);
  const int dice = world_.prng.between(0, 99);
  if (dice < 50) {
    const bool is_on = machine.power == provider::Power::kOn;
    world_.note("administrator switches " + machine.ref.id + (is_on ? " off" : " on"));
    host.set_power(machine.ref.id, is_on ? provider::Power::kOff : provider::Power::kOn);
  } else if (dice < 75) {
    world_.note("administrator edits " + machine.ref.id);
    host.edit(machine.ref.id, [&](provider::MachineSpec& spec) { spec.cpus = world_.prng.between(1, 8); });
  } else {
    erase(machine);
  }
}

std::optional<provider::Machine> Scenario::machine_of(const VirtualMachine& vm) const {
  for (const provider::Machine& machine : world_.hosts().of(kLab).machines())
    if (machine.ref.machine_id == controllers::machine_id_of(vm.meta)) return machine;
  return std::nullopt;
}

void Scenario::erase(const provider::Machine& machine) {
  world_.note("administrator erases " + machine.ref.id);
  world_.hosts().of(kLab).erase(machine.ref.id);
  for (const VirtualMachine& vm : machines(world_)) {
    if (controllers::machine_id_of(vm.meta) != machine.ref.machine_id) continue;
    if (controllers::is_to_be_released(vm.meta)) continue;  // no longer its machine
    const bool was_seen = vm.status.current_resources.has_value();
    if (!was_seen || !vm.meta.annotation(controllers::kRecreateAnnotation).empty()) continue;
    world_.note(vm.meta.name + " has lost its machine");
    lost_.insert(machine.ref.machine_id);
  }
}

}  // namespace rig::sim
