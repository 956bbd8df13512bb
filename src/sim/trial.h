// sim/trial.h — one seed from beginning to end, and what was wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/planted.h"

namespace rig::sim {

struct Verdict {
  std::string wrong;  // "" : it settled, kept its promises and stayed settled
  std::vector<std::string> history;
};
Verdict trial(std::uint64_t seed, int managers, Planted bug = Planted::kNone);

}  // namespace rig::sim
