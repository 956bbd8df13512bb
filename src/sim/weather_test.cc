// sim/weather_test.cc — the manager's controllers in bad weather.
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "sim/manager_process.h"
#include "sim/scenario.h"

namespace rig::sim {
namespace {

using namespace std::chrono_literals;

constexpr int kSteps = 300;
constexpr int kSettleSteps = 20'000;

class Replay : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(log::setup({.level = log::Level::kError, .file = {}}).ok()); }
  static void run(World& world) {
    set_up(world);
    world.user = one_user_action;
    world.administrator = one_administrator_action;
    world.boot(manager_process);
    world.run_with_faults(kSteps);
  }
  // The whole history in a file, because what went wrong is seldom in its last lines. Says where.
  static std::string history(const World& world, std::uint64_t seed) {
    const auto path = std::filesystem::temp_directory_path() / ("weather-" + std::to_string(seed) + ".trace");
    const Status written = write_file(path.string(), join(world.trace(), "\n"));
    return written.ok() ? "history: " + path.string() : written.error().to_string();
  }
};

class Weather : public Replay, public ::testing::WithParamInterface<std::uint64_t> {};

// Goal: whatever the weather, once it clears every VirtualMachine has exactly the machine that its spec describes,
// nothing is left over, and the manager then keeps its hands still. Replay one: --gtest_filter='*/212'.
TEST_P(Weather, SettlesKeepsItsPromisesAndStaysSettled) {
  World world(GetParam());
  run(world);
  ASSERT_TRUE(world.settle(kSettleSteps)) << "still busy long after the faults stopped; " << history(world, GetParam());
  ASSERT_EQ(broken_promises(world), std::vector<std::string>{}) << history(world, GetParam());

  const std::int64_t effects = world.effects();
  world.clock.advance(1h);
  ASSERT_TRUE(world.settle(kSettleSteps));
  EXPECT_EQ(world.effects(), effects) << "changed a world that was already right; " << history(world, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Seeds, Weather, ::testing::Range<std::uint64_t>(1, 501), ::testing::PrintToStringParamName());

// The trace has every reconcile, every fault and everything that users did, with its time.
TEST_F(Replay, IsTheSameHistory) {
  std::vector<std::string> first, second;
  for (std::vector<std::string>* trace : {&first, &second}) {
    World world(7);
    run(world);
    world.settle(kSettleSteps);
    *trace = world.trace();
  }
  EXPECT_GT(first.size(), 500U);
  EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace rig::sim
