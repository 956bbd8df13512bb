// sim/life.h — one machine's life in calm weather, but for one mishap at a chosen moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/faults.h"
#include "sim/planted.h"

namespace rig::sim {

// Made; given another size and switched off; lost and made again as asked; released, and taken over by another object,
// while the first one goes; removed, and its image with it. The world settles after each act.
struct Life {
  std::string wrong;  // "" : every act ended as it should, and nothing is left over
  bool mishap_came = false;
  std::int64_t effects_on_hosts = 0;
  std::vector<std::string> history;
};
// `is_cut_short`: when a pause has come, everything is deleted meanwhile, and the other acts do not come.
Life life(std::uint64_t seed, Mishap mishap, Planted bug = Planted::kNone, bool is_cut_short = false);

}  // namespace rig::sim
