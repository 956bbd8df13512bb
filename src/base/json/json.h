// base/json/json.h — one JSON value, its parser and its writer.
//
// Integers stay int64; one beyond int64 becomes a double, as the API server reads it. Members are kept sorted by key
// (as the API server prints custom resources), so equal objects have equal text. Reading is done by Boost.JSON's
// parser; this type adds what it lacks: the position of an error, duplicate keys, a depth limit of our choice.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rig::json {

class Value;
using Array = std::vector<Value>;
using Member = std::pair<std::string, Value>;
struct Entry;

// A flat map. Iteration is in key order.
class Object {
 public:
  Object() = default;
  Object(std::initializer_list<Entry> entries);  // later duplicates win
  explicit Object(std::vector<Member> members);  // the same, in any order; linear when sorted already

  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  Value& operator[](std::string_view key);  // adds null
  bool erase(std::string_view key);
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  std::size_t size() const;
  bool empty() const { return size() == 0; }
  const Member* begin() const;
  const Member* end() const;
  Member* begin();  // change values, never keys
  Member* end();
  bool operator==(const Object&) const;

 private:
  std::vector<Member> members_;  // sorted by key, no duplicates
};

class Value {
 public:
  Value() = default;  // null
  Value(bool b) : v_(b) {}
  Value(std::int64_t i) : v_(i) {}
  Value(int i) : v_(std::int64_t{i}) {}
  Value(double d) : v_(d) {}
  Value(std::string s) : v_(std::move(s)) {}
  Value(std::string_view s) : v_(std::string(s)) {}
  Value(const char* s) : v_(std::string(s)) {}
  Value(Array a) : v_(std::move(a)) {}
  Value(Object o) : v_(std::move(o)) {}

  bool is_null() const { return v_.index() == 0; }
  bool is_object() const { return as<Object>() != nullptr; }
  bool is_array() const { return as<Array>() != nullptr; }
  bool is_string() const { return as<std::string>() != nullptr; }
  template <class T>
  const T* as() const {
    return std::get_if<T>(&v_);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&v_);
  }

  // Through objects by name; null when anything on the way is absent or of another type.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);
  const Value* at(std::initializer_list<std::string_view> path) const;
  // "" when there is no string there; the same for the others.
  std::string_view text(std::initializer_list<std::string_view> path) const;
  std::int64_t integer(std::initializer_list<std::string_view> path, std::int64_t otherwise = 0) const;

  Value& operator[](std::string_view key);                              // null becomes an object; CHECK on other types
  void set(std::initializer_list<std::string_view> path, Value value);  // makes the objects on the way

  bool operator==(const Value&) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> v_;
};

// A member as it is written in Object{{"key", value}, ...}. Of an initializer_list of Members, which are const there,
// all would be copied, whole lists of objects among them; this is moved out.
struct Entry {
  mutable std::string key;
  mutable Value value;
};

// Names of members, one below the other. One that has none below stands for all that is below it; arrays do not count.
struct Members {
  std::map<std::string, Members, std::less<>> below;
};

struct ParseOptions {
  int depth_max = 64;
  bool refuse_duplicate_keys = true;               // false: the last one wins
  std::vector<std::string>* duplicates = nullptr;  // with refuse false: paths of what was seen twice
  std::vector<std::string>* members = nullptr;     // paths of all members, as they stand in the text
  const Members* only = nullptr;                   // other members are left out: read, and neither kept nor compared
};
// One value and nothing after it but blanks. kInvalidArgument with "line:column: what".
Result<Value> parse(std::string_view text, const ParseOptions& options = {});

std::string to_text(const Value& value);                    // compact
std::string to_pretty(const Value& value, int indent = 2);  // as kubectl -o json prints, with a final line end

// "object", "array", "string", "integer", "number", "boolean", "null".
std::string_view type_name(const Value& value);

}  // namespace rig::json
