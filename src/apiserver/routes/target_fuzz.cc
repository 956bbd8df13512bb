// apiserver/routes/target_fuzz.cc — libFuzzer: a request target reads back from its parts, and its options are read or
// refused with a 4xx.
#include "apiserver/routes/target.h"

#include "apiserver/routes/options.h"
#include "base/check.h"
#include "base/text.h"

namespace {

using namespace rig;
using namespace rig::apiserver;

std::string written(const Target& target) {
  std::string text = "/";
  for (const std::string& part : target.path) text += percent_encode(part) + "/";
  text += "?";
  for (const auto& [name, value] : target.query) text += percent_encode(name) + "=" + percent_encode(value) + "&";
  return text;
}

template <class T>
bool is_read_or_refused(const Result<T>& options) {
  return options.ok() || (http_code(options.error()) >= 400 && http_code(options.error()) <= 422);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const Result<Target> target = parse_target({reinterpret_cast<const char*>(data), size});
  if (!target.ok()) return 0;
  const Result<Target> again = parse_target(written(*target));
  CHECK(again.ok() && again->path == target->path && again->query == target->query);
  CHECK(is_read_or_refused(list_options(*target, {})));
  CHECK(is_read_or_refused(delete_options({}, *target)));
  CHECK(is_read_or_refused(patch_options(true, *target, {})));
  const Result<Duration> timeout = watch_timeout(*target, std::chrono::hours(1));
  CHECK(is_read_or_refused(timeout) &&
        (!timeout.ok() || (*timeout >= Duration() && *timeout <= std::chrono::hours(1))));
  return 0;
}
