// base/json/json_fuzz.cc — libFuzzer: whatever parse() takes, to_text() writes so that it reads back as the same.
#include <cstdlib>

#include "base/json/json.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  namespace json = rig::json;
  const auto value = json::parse({reinterpret_cast<const char*>(data), size});
  if (!value.ok()) return 0;
  const std::string text = json::to_text(*value);
  const auto again = json::parse(text);
  // 2.0 is written 2 and comes back as an integer, so texts are compared, not values.
  if (!again.ok() || json::to_text(*again) != text) std::abort();
  if (json::parse(json::to_pretty(*value)).take() != *again) std::abort();
  return 0;
}
