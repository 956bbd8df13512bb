// sim/repeatable_random.h — makes what OpenSSL calls random (uids, suffixes of names) a function of the seed.
#pragma once

#include <cstdint>

namespace rig::sim {

// One at a time in a process, and no other thread that asks for random bytes meanwhile.
class RepeatableRandom {
 public:
  explicit RepeatableRandom(std::uint64_t seed);
  ~RepeatableRandom();
  RepeatableRandom(const RepeatableRandom&) = delete;
  RepeatableRandom& operator=(const RepeatableRandom&) = delete;
};

}  // namespace rig::sim
