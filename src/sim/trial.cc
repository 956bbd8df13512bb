// sim/trial.cc — one seed from beginning to end.
#include "sim/trial.h"

#include "base/text.h"
#include "sim/manager_process.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

constexpr int kSteps = 300;
constexpr int kSettleSteps = 20'000;

std::string run(World& world, int managers) {
  Scenario scenario(world);
  world.user = [&] { scenario.user_acts(); };
  world.administrator = [&] { scenario.administrator_acts(); };
  world.boot(manager_process, managers);
  world.run_with_faults(kSteps);
  if (!world.settle(kSettleSteps)) return "still busy long after the faults stopped";
  if (const auto broken = scenario.broken_promises(); !broken.empty()) return join(broken, "; ");

  // Of two managers none keeps its Lease over such a leap: then no host is touched, while statuses tell of a new start.
  const auto effects_so_far = [&] { return managers == 1 ? world.effects() : world.effects_on_hosts(); };
  const std::int64_t effects = effects_so_far();
  world.clock.advance(std::chrono::hours(1));
  if (!world.settle(kSettleSteps)) return "busy again an hour later";
  if (effects_so_far() != effects) return "changed a world that was already right";
  return {};
}

}  // namespace

Verdict trial(std::uint64_t seed, int managers, Planted bug) {
  World world(seed);
  world.planted = bug;
  std::string wrong = run(world, managers);
  return {std::move(wrong), world.trace()};
}

}  // namespace rig::sim
