// schema/pattern.cc — the only file that includes <regex>.
#include "schema/pattern.h"

#include <map>
#include <memory>
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

Pattern::Pattern(std::string expression) : expression_(std::move(expression)), compiled_(nullptr) {
  try {
    compiled_ = new Compiled(expression_);
  } catch (const std::regex_error&) {
    CHECK(!"a row's pattern is a regular expression");
  }
}

const Pattern& Pattern::of(const std::string& expression) {
  static Mutex mutex;
  static auto& patterns = *new std::map<std::string, std::unique_ptr<Pattern>>;  // guarded by mutex
  const Lock lock(mutex);
  std::unique_ptr<Pattern>& pattern = patterns[expression];
  if (pattern == nullptr) pattern.reset(new Pattern(expression));
  return *pattern;
}

bool Pattern::is_found_in(const std::string& text) const { return std::regex_search(text, compiled_->regex); }

}  // namespace rig::schema
