// schema/pattern.h — regular expressions of rows, compiled once; the only door to RE2.
#pragma once

#include <memory>
#include <string>

namespace rig::schema {

// Whether `text` contains a match of `expression`, in RE2's syntax: a cluster's API server has the same one (it is that
// of Go), and any text takes time that grows with its length. Thread-safe. CHECKs that the expression is one.
class Pattern {
 public:
  explicit Pattern(const std::string& expression);
  static const Pattern& of(const std::string& expression);  // kept for the life of the process
  bool is_found_in(const std::string& text) const;
  const std::string& expression() const { return expression_; }

 private:
  struct Compiled;
  std::string expression_;
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace rig::schema
