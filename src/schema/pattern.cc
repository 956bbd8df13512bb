// schema/pattern.cc — the only file that includes <regex>.
#include "schema/pattern.h"

// g++ 12 with -fsanitize=address sees uninitialised members in its own <regex> (GCC bug 105616).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

#include <map>
#include <regex>

#include "base/check.h"
#include "base/mutex.h"

namespace rig::schema {

// libstdc++'s default matcher recurses once per character and may take exponential time; users choose the text.
// Its breadth-first one (__polynomial: no back references) does neither.
struct Pattern::Compiled {
  std::regex regex;
  explicit Compiled(const std::string& expression)
      : regex(expression, std::regex::ECMAScript | std::regex_constants::__polynomial) {}
};

Pattern::Pattern(const std::string& expression) : expression_(expression) {
  try {
    compiled_ = std::make_shared<const Compiled>(expression);
  } catch (const std::regex_error&) {
    CHECK(!"a row's pattern is a regular expression");
  }
}

const Pattern& Pattern::of(const std::string& expression) {
  static Mutex mutex;
  static auto& patterns = *new std::map<std::string, Pattern>;  // guarded by mutex; outlives every thread
  const Lock lock(mutex);
  return patterns.try_emplace(expression, expression).first->second;
}

bool Pattern::is_found_in(const std::string& text) const { return std::regex_search(text, compiled_->regex); }

}  // namespace rig::schema
