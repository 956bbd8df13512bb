// sim/planted.h — bugs that somebody will write one day, planted at the boundary to prove that the simulator finds
// them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rig::sim {

enum class Planted : std::uint8_t {
  kNone,
  kFinalizerAssumed,
  kDoubtIsAbsence,
  kRemovalBelieved,
  kForgottenTaskAwaited,
  kFailureDropped,
  kWakeLostAtWork,  // an event that comes while something is being worked on is dropped: see life_test
  kNoListAfterExpiry,
  kGapAfterBreak,
  kLostMachineMadeAgain,
  kSilentWatchTrusted,
  kNewestVersionTaken,
  kLeadOutlived,  // a call that was held up is made after the Lease has become another's: see life_test
};

struct PlantedRow {
  Planted bug;
  std::string_view name, what;
  int managers = 1;  // so many it takes to find it
};
inline constexpr PlantedRow kPlanted[] = {
    {Planted::kFinalizerAssumed, "FinalizerAssumed", "the machine is made before the finalizer is written"},
    {Planted::kDoubtIsAbsence, "DoubtIsAbsence",
     "a hypervisor that does not answer is taken for one without the machine"},
    {Planted::kRemovalBelieved, "RemovalBelieved",
     "the finalizer is dropped when a removal was accepted, not when it is done"},
    {Planted::kForgottenTaskAwaited, "ForgottenTaskAwaited", "a task that the provider forgot is waited for"},
    {Planted::kFailureDropped, "FailureDropped", "a reconcile that failed is not tried again"},
    {Planted::kNoListAfterExpiry, "NoListAfterExpiry", "a watch that fell behind goes on from now, without a list"},
    {Planted::kGapAfterBreak, "GapAfterBreak", "a broken watch goes on from now, not from the last event"},
    {Planted::kLostMachineMadeAgain, "LostMachineMadeAgain", "a machine that somebody removed is made again, empty"},
    {Planted::kSilentWatchTrusted, "SilentWatchTrusted", "a watch that says nothing any more is never resumed"},
    {Planted::kNewestVersionTaken, "NewestVersionTaken",
     "what was decided on an old copy is written late, with the version that is there now", 2},
};

}  // namespace rig::sim
