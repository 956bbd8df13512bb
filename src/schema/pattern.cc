// schema/pattern.cc — the only file that includes RE2.
#include "schema/pattern.h"

#include <re2/re2.h>

#include <map>

#include "base/check.h"
#include "base/mutex.h"

namespace rig::schema {

struct Pattern::Compiled {
  re2::RE2 regex;
  explicit Compiled(const std::string& expression) : regex(expression, re2::RE2::Quiet) {}
};

Pattern::Pattern(const std::string& expression)
    : expression_(expression), compiled_(std::make_shared<const Compiled>(expression)) {
  CHECK(compiled_->regex.ok());
}

const Pattern& Pattern::of(const std::string& expression) {
  static Mutex mutex;
  static auto& patterns = *new std::map<std::string, Pattern>;  // guarded by mutex; outlives every thread
  const Lock lock(mutex);
  return patterns.try_emplace(expression, expression).first->second;
}

bool Pattern::is_found_in(const std::string& text) const { return re2::RE2::PartialMatch(text, compiled_->regex); }

}  // namespace rig::schema
