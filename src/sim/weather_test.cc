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

int managers_for(std::uint64_t seed) { return seed % 2 == 0 ? 2 : 1; }

// Goal: whatever the weather, once it clears every VirtualMachine has exactly the machine that its spec describes,
// nothing is left over, and the manager then keeps its hands still. Replay one: --gtest_filter='*Weather*/212'.
class Weather : public Quiet, public ::testing::WithParamInterface<std::uint64_t> {};

TEST_P(Weather, SettlesKeepsItsPromisesAndStaysSettled) {
  const Verdict verdict = trial(GetParam(), managers_for(GetParam()));
  EXPECT_EQ(verdict.wrong, "") << keep(verdict, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Seeds, Weather, ::testing::Range<std::uint64_t>(1, 501), ::testing::PrintToStringParamName());

using Simulator = Quiet;

// The history has every reconcile, every fault and everything that users did, with its time.
TEST_F(Simulator, TellsTheSameHistoryForTheSameSeed) {
  const Verdict first = trial(8, 2), second = trial(8, 2);
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
                                     "has gone silent",
                                     "are lost on the way",
                                     "comes twice",
                                     "the cache is older than our last write",
                                     "manager-2 leads",
                                     "no longer the leader",
                                     "acts without the Lease",
                                     "goes on with PUT",
                                     "is cut off from the API server",
                                     "user lets",
                                     "administrator erases"};
  for (std::uint64_t seed = 1; seed <= 60 && !wanted.empty(); ++seed) {
    for (const std::string& line : trial(seed, managers_for(seed)).history) {
      std::erase_if(wanted, [&](const std::string& what) { return line.find(what) != std::string::npos; });
    }
  }
  EXPECT_EQ(wanted, std::vector<std::string>{});
}

class PlantedBug : public Quiet, public ::testing::WithParamInterface<PlantedRow> {};

// 0: in none.
std::uint64_t first_seed_that_finds(Planted bug, int managers, std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    if (!trial(seed, managers, bug).wrong.empty()) return seed;
  return 0;
}

TEST_P(PlantedBug, IsFoundWithinAHundredSeeds) {
  const auto [bug, name, what, managers] = GetParam();
  EXPECT_NE(first_seed_that_finds(bug, managers, 100), 0U) << what;
  if (managers == 2) {
    EXPECT_EQ(first_seed_that_finds(bug, 1, 10), 0U) << "one manager would do";
  }
}
INSTANTIATE_TEST_SUITE_P(All, PlantedBug, ::testing::ValuesIn(kPlanted),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace rig::sim
