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

void delete_all(World& world, Scenario& scenario) {
  for (const auto& vm : all<VirtualMachine>(world)) scenario.delete_machine(vm);
  for (const auto& image : all<VmImage>(world))
    CHECK(kube::Api<VmImage>(world.kubectl()).remove(image, world.call()).ok());
}

void enlarge_all(World& world, Scenario& scenario) {
  for (const auto& vm : all<VirtualMachine>(world))
    scenario.change_machine(vm, "classRef", json::Object{{"name", "big"}});
}

std::string live(World& world, bool is_cut_short) {
  Scenario scenario(world);
  world.boot(manager_process, world.mishap.kind == Mishap::Kind::kPause ? 2 : 1);
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
      [&] { delete_all(world, scenario); },
  };
  bool is_over = false;
  if (is_cut_short) world.meanwhile = [&] { is_over = true, delete_all(world, scenario); };
  if (world.mishap.kind == Mishap::Kind::kChange) world.meanwhile = [&] { enlarge_all(world, scenario); };
  for (const auto& act : acts) {
    if (is_over) break;
    act();
    if (!world.settle(kSettleSteps)) return "still busy long afterwards";
    if (const auto broken = scenario.broken_promises(); !broken.empty()) return join(broken, "; ");
    for (const VirtualMachine& vm : all<VirtualMachine>(world))
      if (!scenario.machine_of(vm)) return vm.meta.name + " has no machine";
  }
  return {};
}

}  // namespace

Life life(std::uint64_t seed, Mishap mishap, Planted bug, bool is_cut_short) {
  World world(seed);
  world.faults = Faults::none();
  world.mishap = mishap;
  world.planted = bug;
  Life out;
  out.wrong = live(world, is_cut_short);
  out.mishap_came = world.mishap.has_struck();
  out.effects_on_hosts = world.effects_on_hosts();
  out.history = world.trace();
  return out;
}

}  // namespace rig::sim
