// sim/life_test.cc — every mishap, at every moment of a machine's life.
#include "sim/life.h"

#include <gtest/gtest.h>

#include <span>

#include "base/log.h"
#include "base/text.h"

namespace rig::sim {
namespace {

using Kind = Mishap::Kind;

struct MishapRow {
  Kind kind;
  std::string_view name;
  bool spares_providers;  // then no effect on a host may happen twice
  bool is_cut_short = false;
};
constexpr MishapRow kMishaps[] = {
    {Kind::kRefusal, "Refusal", true},
    {Kind::kLostReply, "LostReply", true},
    {Kind::kCrashBefore, "CrashBefore", true},
    {Kind::kCrashAfter, "CrashAfter", true},
    {Kind::kPowerCut, "PowerCut", false},
    {Kind::kChange, "Change", false},
    {Kind::kPause, "Pause", true},
    {Kind::kPause, "PauseAndEnd", false, true},
    {Kind::kProviderDeath, "ProviderDeath", false},
    {Kind::kProviderLostReply, "ProviderLostReply", false},
};

// A host that is done within the call, and one that takes its time.
constexpr std::uint64_t kSeeds[] = {1, 3};
// What takes longest is tried with the second only.
std::span<const std::uint64_t> seeds_for(Kind kind) {
  return std::span(kSeeds).last(kind == Kind::kPause || kind == Kind::kChange ? 1 : 2);
}

template <class Row>
class Quiet : public ::testing::TestWithParam<Row> {  // what goes wrong on purpose is in the history, not in the log
 protected:
  static void SetUpTestSuite() { ASSERT_TRUE(log::setup({.level = log::Level::kError, .file = {}}).ok()); }
};

using Moments = Quiet<MishapRow>;

// Goal: whatever the manager or the provider is doing, the next life of either brings it to the same end, makes
// nothing twice and leaves nothing behind.
TEST_P(Moments, EachMayBringIt) {
  for (const std::uint64_t seed : seeds_for(GetParam().kind)) {
    const Life calm = life(seed, {});
    ASSERT_EQ(calm.wrong, "");
    for (int n = 1;; ++n) {
      const Life one = life(seed, {GetParam().kind, n}, Planted::kNone, GetParam().is_cut_short);
      if (!one.mishap_came) {
        EXPECT_GT(n, 10) << "a life has more moments than that";
        break;
      }
      const auto where = [&] {
        return "seed " + std::to_string(seed) + ", moment " + std::to_string(n) + "\n" + join(one.history, "\n");
      };
      EXPECT_EQ(one.wrong, "") << where();
      if (GetParam().spares_providers) {
        EXPECT_EQ(one.effects_on_hosts, calm.effects_on_hosts) << where();
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, Moments, ::testing::ValuesIn(kMishaps),
                         [](const auto& row) { return std::string(row.param.name); });

struct HiddenRow {
  Planted bug;
  Kind kind;
  std::string_view name;
  bool is_cut_short = false;
};
// Bugs that nobody notices until the one moment comes.
constexpr HiddenRow kHidden[] = {
    {Planted::kDoubtIsAbsence, Kind::kRefusal, "DoubtIsAbsence"},
    {Planted::kFailureDropped, Kind::kRefusal, "FailureDropped"},
    {Planted::kForgottenTaskAwaited, Kind::kPowerCut, "ForgottenTaskAwaited"},
    {Planted::kRemovalBelieved, Kind::kProviderDeath, "RemovalBelieved"},
    {Planted::kWakeLostAtWork, Kind::kChange, "WakeLostAtWork"},
    {Planted::kLeadOutlived, Kind::kPause, "LeadOutlived", true},
};
using HiddenBug = Quiet<HiddenRow>;

TEST_P(HiddenBug, IsFoundAtSomeMoment) {
  constexpr std::uint64_t kSlow = kSeeds[1];
  ASSERT_EQ(life(kSlow, {}, GetParam().bug).wrong, "");
  Life one;
  for (int n = 1; one.wrong.empty(); ++n) {
    one = life(kSlow, {GetParam().kind, n}, GetParam().bug, GetParam().is_cut_short);
    ASSERT_TRUE(one.mishap_came) << "not found at any of " << n - 1 << " moments";
  }
}
INSTANTIATE_TEST_SUITE_P(All, HiddenBug, ::testing::ValuesIn(kHidden),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace rig::sim
