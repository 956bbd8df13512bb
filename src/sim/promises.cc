// sim/promises.cc — what must hold once everything has calmed down.
#include <map>
#include <set>

#include "api/quantity.h"
#include "api/reasons.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_class.h"
#include "api/v1beta1/vm_image.h"
#include "controllers/identity.h"
#include "kube/api.h"
#include "sim/scenario.h"

namespace rig::sim {
namespace {

namespace v1 = api::v1beta1;

// What is compared: one Provider's host, and the objects as kubectl sees them.
class Inspection {
 public:
  Inspection(World& world, const std::set<std::string>& lost, const std::set<std::string>& released)
      : world_(world), lost_(lost), released_(released) {
    for (auto& c : kube::Api<v1::VmClass>(world.kubectl()).list("", world.call()).take().items) {
      classes_[c.meta.key()] = c;
    }
    for (const auto& [key, host] : world.hosts().all()) {
      for (const provider::Machine& machine : host->machines()) machines_.push_back(machine);
      for (std::string& volume : host->volumes()) volumes_.insert(std::move(volume));
      for (const std::string& image : host->images_on_host()) volumes_.erase(image);
    }
  }

  std::vector<std::string> run() {
    for (const auto& vm : kube::Api<v1::VirtualMachine>(world_.kubectl()).list("", world_.call()).take().items)
      look_at(vm);
    for (const auto& image : kube::Api<v1::VmImage>(world_.kubectl()).list("", world_.call()).take().items) {
      if (!accounted_.empty() && !image.status.ready) says("the image is not ready: " + image.status.message);
    }
    for (const provider::Machine& machine : machines_) {
      if (machine.existence == provider::Existence::kReleased) {
        if (!released_.contains(machine.ref.machine_id)) says(machine.ref.id + " was released unasked");
      } else if (machine.ref.owner.uid.empty()) {
        if (machine.power != provider::Power::kOn) says("the machine of somebody else was touched");
      } else if (!accounted_.contains(machine.ref.machine_id)) {
        says(machine.ref.id + " was left on the host");
      }
      std::erase_if(volumes_, [&](const std::string& name) { return name.starts_with(machine.ref.machine_id); });
    }
    for (const std::string& volume : volumes_) says(volume + " was left on the host");
    return std::move(broken_);
  }

 private:
  void says(std::string what) { broken_.push_back(std::move(what)); }

  void look_at(const v1::VirtualMachine& vm) {
    const std::string& name = vm.meta.name;
    if (vm.meta.is_deleting()) says(name + " is still being deleted");
    const auto* ready = api::find_condition(vm.status.conditions, api::condition::kReady);
    if (ready == nullptr) return says(name + " says nothing about Ready");
    if (ready->observed_generation != vm.meta.generation) says(name + ": Ready is of an older generation");
    if (controllers::is_to_be_released(vm.meta)) return look_at_released(vm, *ready);
    std::vector<const provider::Machine*> found;
    for (const provider::Machine& machine : machines_) {
      if (machine.ref.machine_id == controllers::machine_id_of(vm.meta)) found.push_back(&machine);
    }
    const bool names_another = controllers::machine_id_of(vm.meta) != vm.meta.uid;
    const bool is_refused = names_another && ready->status == api::ConditionStatus::kFalse;
    if (is_refused && (found.empty() || found.front()->ref.owner.uid != vm.meta.uid)) return;  // too early, or too late
    accounted_.insert(controllers::machine_id_of(vm.meta));
    if (found.size() > 1) return says(name + " has " + std::to_string(found.size()) + " machines");
    if (found.empty()) {
      if (ready->reason != api::reason::kMachineLost)
        says(name + " has no machine: " + ready->reason + ": " + ready->message);
      return;
    }
    if (lost_.contains(found.front()->ref.machine_id)) says(name + " was lost, and made again unasked");
    if (ready->status != api::ConditionStatus::kTrue)
      says(name + " is not Ready: " + ready->reason + ": " + ready->message);
    compare(vm, *found.front());
  }

  void look_at_released(const v1::VirtualMachine& vm, const api::Condition& ready) {
    if (ready.reason != api::reason::kReleased) says(vm.meta.name + " is not released: " + ready.message);
    if (!vm.meta.finalizers.empty()) says(vm.meta.name + " is released and still held");
    for (const provider::Machine& machine : machines_) {
      if (machine.ref.owner.uid == vm.meta.uid)
        says(vm.meta.name + " is released, and its stamp is on " + machine.ref.id);
    }
  }

  void compare(const v1::VirtualMachine& vm, const provider::Machine& machine) {
    const std::string& name = vm.meta.name;
    const provider::Owner owner{world_.cluster_id(), vm.meta.namespace_, name, vm.meta.uid};
    if (machine.ref.owner != owner) says(name + ": the stamp on its machine is not its own");
    if (machine.existence != provider::Existence::kOurs) says(name + ": its machine is not whole: " + machine.detail);
    if (vm.status.id != machine.ref.id)
      says(name + ": status.id is " + vm.status.id + ", the machine " + machine.ref.id);
    const v1::VmClass& wanted = classes_.at(api::resolve(vm.spec.class_ref, vm.meta));
    if (machine.configured.cpus != wanted.spec.cpu) {
      says(name + ": has " + std::to_string(machine.configured.cpus) + " CPUs, its class says " +
           std::to_string(wanted.spec.cpu));
    }
    if (machine.configured.memory_mib != *api::to_integer(wanted.spec.memory) >> 20)
      says(name + ": other memory than its class");
    const bool wanted_on = !vm.spec.power_state || *vm.spec.power_state == v1::PowerState::kOn;
    if ((machine.power == provider::Power::kOn) != wanted_on) says(name + ": power is not as its spec says");
  }

  World& world_;
  const std::set<std::string>&lost_, &released_;
  std::map<ObjectKey, v1::VmClass> classes_;
  std::vector<provider::Machine> machines_;
  std::set<std::string> volumes_;    // of machines
  std::set<std::string> accounted_;  // machine ids that some VirtualMachine answers for
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> Scenario::broken_promises() const { return Inspection(world_, lost_, released_).run(); }

}  // namespace rig::sim
