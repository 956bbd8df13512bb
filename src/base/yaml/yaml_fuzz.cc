// base/yaml/yaml_fuzz.cc — libFuzzer: whatever parse() takes, to_text() writes so that it reads back as the same.
#include <cstdlib>

#include "base/yaml/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto value = rig::yaml::parse({reinterpret_cast<const char*>(data), size});
  if (!value.ok()) return 0;
  const auto again = rig::yaml::parse(rig::yaml::to_text(*value));
  if (!again.ok() || *again != *value) std::abort();
  return 0;
}
