// sim/faults.h — the weather: how often what goes wrong, in percent. And one mishap, at a chosen moment.
#pragma once

#include <cstdint>

#include "sim/prng.h"

namespace rig::sim {

struct Faults {
  // At each boundary (before and after every call that leaves the process):
  int refuse = 0;       // the call fails before it has an effect
  int lose_reply = 0;   // it has its effect, the caller does not learn of it
  int crash = 0;        // the process dies, here
  int others_move = 0;  // time passes, users act, tasks go on, events arrive
  // Where one of two managers leads:
  int pauses = 0;   // at each boundary: the process stands still, the other leads, and then the call is made after all
  int lingers = 0;  // at each reconcile of one that has lost the Lease: it is not its last
  // Whenever others move:
  int user_acts = 0;
  int administrator_acts = 0;
  // Of the providers and their hosts:
  int task_fails = 0;
  int provider_dies = 0;      // per effect on the host: right after it
  int provider_restarts = 0;  // whenever others move: tasks and events are forgotten
  int host_away = 0;          // whenever others move: the hypervisor becomes or stops being out of reach
  int api_away = 0;           // whenever others move: a manager is cut off from the API server for a while
  // Of watches, each time events are brought:
  int watch_breaks = 0;  // what was under way is lost, the watch resumes from what was delivered
  int watch_silent =
      0;  // nothing comes any more, and nobody says so: what was under way is lost until its time is over
  int event_repeats = 0;  // per event
  int log_compacted = 0;  // whenever others move: watches that lag behind must list again (410)

  static Faults none() { return {}; }
  // Each seed has a weather of its own, and some faults it does not know at all: a crash hides what was forgotten
  // before it, a run without crashes finds it (Groce et al., Swarm Testing, ISSTA 2012).
  static Faults swarm(Prng& prng) {
    const auto up_to = [&prng](int most) { return prng.chance(30) ? 0 : prng.between(1, most); };
    return {.refuse = up_to(15),
            .lose_reply = up_to(15),
            .crash = up_to(6),
            .others_move = prng.between(5, 40),
            .pauses = up_to(2),
            .lingers = up_to(80),
            .user_acts = prng.between(3, 30),
            .administrator_acts = up_to(15),
            .task_fails = up_to(30),
            .provider_dies = up_to(5),
            .provider_restarts = up_to(5),
            .host_away = up_to(5),
            .api_away = up_to(3),
            .watch_breaks = up_to(20),
            .watch_silent = up_to(2),
            .event_repeats = up_to(20),
            .log_compacted = up_to(10)};
  }
};

// One thing that goes wrong at the n-th moment at which it could, whatever the weather.
struct Mishap {
  enum class Kind : std::uint8_t {
    kNone,
    // at a call of the manager:
    kRefusal,
    kChange,  // somebody changes something, and the manager hears of it in the middle of its work
    kPause,   // of one of two managers, until the other has done all there is to do
    kLostReply,
    kCrashBefore,
    kCrashAfter,
    kPowerCut,  // as kCrashAfter, and the providers' processes end with the manager's
    // at an effect on a host, right after it:
    kProviderDeath,
    kProviderLostReply,
  };
  Kind kind = Kind::kNone;
  int moments_left = 0;  // n; counted down

  bool strikes(Kind now) { return now == kind && --moments_left == 0; }
  bool has_struck() const { return kind != Kind::kNone && moments_left <= 0; }
};

}  // namespace rig::sim
