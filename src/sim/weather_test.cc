// sim/weather_test.cc — the manager's controllers in bad weather.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "sim/trial.h"

namespace rig::sim {
namespace {

class Quiet : public ::testing::Test {  // what goes wrong on purpose is in the history, not in the log
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(log::setup({.level = log::Level::kError, .file = {}}).ok()); }
};

// What went wrong is seldom in the last lines of a history, so all of it goes into a file. Says where.
std::string keep(const Verdict& verdict, std::uint64_t seed) {
  const auto path = std::filesystem::temp_directory_path() / ("weather-" + std::to_string(seed) + ".history");
  const Status written = write_file(path.string(), join(verdict.history, "\n"));
  return written.ok() ? "history: " + path.string() : written.error().to_string();
}

// Goal: whatever the weather, once it clears every VirtualMachine has exactly the machine that its spec describes,
// nothing is left over, and the manager then keeps its hands still. Replay one: --gtest_filter='*Weather*/212'.
class Weather : public Quiet, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(Weather, SettlesKeepsItsPromisesAndStaysSettled) {
  const Verdict verdict = trial(GetParam());
  EXPECT_EQ(verdict.wrong, "") << keep(verdict, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Seeds, Weather, ::testing::Range<std::uint64_t>(1, 501), ::testing::PrintToStringParamName());

using Simulator = Quiet;

// The history has every reconcile, every fault and everything that users did, with its time.
TEST_F(Simulator, TellsTheSameHistoryForTheSameSeed) {
  const Verdict first = trial(7), second = trial(7);
  EXPECT_GT(first.history.size(), 500U);
  EXPECT_EQ(first.history, second.history);
}

TEST_F(Simulator, HasWeatherOfEveryKind) {
  std::vector<std::string> wanted = {"crash before create",
                                     "crash after create",
                                     "crash after PUT",
                                     "reply lost: remove",
                                     "reply lost: PATCH",
                                     "refused: describe",
                                     "task fails",
                                     "provider dies after",
                                     "provider loses the answer",
                                     "starts again",
                                     "too old resource version",
                                     "the object has been modified",
                                     "cannot be reached",
                                     "user lets",
                                     "administrator erases"};
  for (std::uint64_t seed = 1; seed <= 60 && !wanted.empty(); ++seed) {
    for (const std::string& line : trial(seed).history) {
      std::erase_if(wanted, [&](const std::string& what) { return line.find(what) != std::string::npos; });
    }
  }
  EXPECT_EQ(wanted, std::vector<std::string>{});
}

class PlantedBug : public Quiet, public ::testing::WithParamInterface<PlantedRow> {};

TEST_P(PlantedBug, IsFoundWithinFiftySeeds) {
  std::uint64_t seed = 1;
  while (seed <= 50 && trial(seed, GetParam().bug).wrong.empty()) ++seed;
  EXPECT_LE(seed, 50U) << GetParam().what;
}
INSTANTIATE_TEST_SUITE_P(All, PlantedBug, ::testing::ValuesIn(kPlanted),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace rig::sim
