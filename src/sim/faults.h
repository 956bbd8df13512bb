// sim/faults.h — the weather: how often what goes wrong, in percent.
#pragma once

#include "sim/prng.h"

namespace rig::sim {

struct Faults {
  // At each boundary (before and after every call that leaves the process):
  int refuse = 0;       // the call fails before it has an effect
  int lose_reply = 0;   // it has its effect, the caller does not learn of it
  int crash = 0;        // the process dies, here
  int others_move = 0;  // time passes, users act, tasks go on, events arrive
  // Of the providers and their hosts:
  int task_fails = 0;
  int provider_dies = 0;      // per effect on the host: right after it
  int provider_restarts = 0;  // whenever others move: tasks and events are forgotten
  int host_away = 0;          // whenever others move: the hypervisor becomes or stops being out of reach
  // Of watches, each time events are brought:
  int watch_breaks = 0;   // what was under way is lost, the watch resumes from what was delivered
  int event_repeats = 0;  // per event
  int log_compacted = 0;  // whenever others move: watches that lag behind must list again (410)

  static Faults none() { return {}; }
  // Each seed has a weather of its own: a run with few crashes gets further than one with many.
  static Faults swarm(Prng& prng) {
    return {.refuse = prng.between(0, 15),
            .lose_reply = prng.between(0, 15),
            .crash = prng.between(0, 6),
            .others_move = prng.between(5, 40),
            .task_fails = prng.between(0, 30),
            .provider_dies = prng.between(0, 5),
            .provider_restarts = prng.between(0, 5),
            .host_away = prng.between(0, 5),
            .watch_breaks = prng.between(0, 20),
            .event_repeats = prng.between(0, 20),
            .log_compacted = prng.between(0, 10)};
  }
};

}  // namespace rig::sim
