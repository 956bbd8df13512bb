// sim/life.cc — one machine's life, act by act.
#include "sim/life.h"

#include <functional>

#include "api/v1beta1/vm_image.h"
#include "base/check.h"
#include "base/text.h"
#include "kube/api.h"
#include "sim/manager_process.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

using api::v1beta1::VirtualMachine;
using api::v1beta1::VmImage;

constexpr int kSettleSteps = 20'000;

template <class T>
std::vector<T> all(World& world) {
  return kube::Api<T>(world.kubectl()).list("", world.call()).take().items;
}
// The only object of its kind.
template <class T>
T the(World& world) {
  const std::vector<T> found = all<T>(world);
  CHECK(found.size() == 1);
  return found.front();
}

std::string live(World& world) {
  Scenario scenario(world);
  world.boot(manager_process);
  const std::function<void()> acts[] = {
      [&] { scenario.create_machine("a", "small", "On"); },
      [&] {
        scenario.change_machine(the<VirtualMachine>(world), "classRef", json::Object{{"name", "big"}});
        scenario.change_machine(the<VirtualMachine>(world), "powerState", "Off");
      },
      [&] {
        const auto vm = the<VirtualMachine>(world);
        scenario.ask_to_recreate(vm);
        scenario.erase(*scenario.machine_of(vm));
      },
      [&] { scenario.release_machine(the<VirtualMachine>(world)); },
      [&] {
        const auto vm = the<VirtualMachine>(world);
        scenario.copy_machine(vm, "b");
        scenario.delete_machine(vm);
      },
      [&] {
        scenario.delete_machine(the<VirtualMachine>(world));
        CHECK(kube::Api<VmImage>(world.kubectl()).remove(the<VmImage>(world), world.call()).ok());
      },
  };
  for (const auto& act : acts) {
    act();
    if (!world.settle(kSettleSteps)) return "still busy long afterwards";
    if (const auto broken = scenario.broken_promises(); !broken.empty()) return join(broken, "; ");
    for (const VirtualMachine& vm : all<VirtualMachine>(world))
      if (!scenario.machine_of(vm)) return vm.meta.name + " has no machine";
  }
  return {};
}

}  // namespace

Life life(std::uint64_t seed, Mishap mishap, Planted bug) {
  World world(seed);
  world.faults = Faults::none();
  world.mishap = mishap;
  world.planted = bug;
  Life out;
  out.wrong = live(world);
  out.mishap_came = world.mishap.has_struck();
  for (const auto& [key, host] : world.fleet().hosts()) out.effects_on_hosts += host->mutations();
  out.history = world.trace();
  return out;
}

}  // namespace rig::sim
