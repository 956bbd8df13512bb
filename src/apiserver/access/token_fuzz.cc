// apiserver/access/token_fuzz.cc — libFuzzer: no text that others make is taken for a token, and none does harm.
#include <cstdlib>

#include "apiserver/access/token.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace rig;
  static const SigningKey key = SigningKey::make();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const WallTime now{std::chrono::seconds(1767225600)};
  if (apiserver::read_token(key, text, now).ok()) std::abort();
  return 0;
}
