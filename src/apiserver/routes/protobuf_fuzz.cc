// apiserver/routes/protobuf_fuzz.cc — libFuzzer: no body of any kind reads past its end, and what is read is JSON.
#include <array>
#include <cstdlib>

#include "apiserver/routes/protobuf.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace rig;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  constexpr std::array kKinds = {"Namespace", "Secret", "ConfigMap", "Event", "ServiceAccount", "DeleteOptions"};
  for (const char* kind : kKinds) {
    const auto object = apiserver::protobuf::decode(bytes, "v1", kind);
    if (object.ok() && !json::parse(json::to_text(*object)).ok()) std::abort();
  }
  return 0;
}
