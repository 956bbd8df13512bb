// sim/repeatable_random.cc — a RAND_METHOD that counts instead of guessing.
#include "sim/repeatable_random.h"

#include <openssl/rand.h>

#include <optional>

#include "base/check.h"
#include "sim/prng.h"

// Deprecated since OpenSSL 3.0 in favour of providers, which take ten times the code for the same effect.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace rig::sim {
namespace {

std::optional<Prng> prng;

int draw(unsigned char* bytes, int count) {
  for (int i = 0; i < count; ++i) bytes[i] = static_cast<unsigned char>(prng->next());
  return 1;
}
int is_seeded() { return 1; }

const RAND_METHOD kMethod = {nullptr, draw, nullptr, nullptr, draw, is_seeded};

}  // namespace

RepeatableRandom::RepeatableRandom(std::uint64_t seed) {
  CHECK(!prng);
  prng.emplace(seed);
  CHECK(RAND_set_rand_method(&kMethod) == 1);
}

RepeatableRandom::~RepeatableRandom() {
  RAND_set_rand_method(nullptr);
  prng.reset();
}

}  // namespace rig::sim
