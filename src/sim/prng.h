// sim/prng.h — the same random numbers on every machine and compiler.
#pragma once

#include <cstdint>

namespace rig::sim {

class Prng {  // splitmix64
 public:
  explicit Prng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  bool chance(int percent) { return static_cast<int>(next() % 100) < percent; }
  int between(int low, int high) {  // both included
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  template <class List>
  auto& one_of(List& list) {
    return list[next() % list.size()];
  }  // not empty

 private:
  std::uint64_t state_;
};

}  // namespace rig::sim
