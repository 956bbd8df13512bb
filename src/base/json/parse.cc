// base/json/parse.cc — Boost.JSON's parser with a handler that builds our values and names places.
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <iterator>
#include <set>

#include "base/json/json.h"

namespace rig::json {
namespace {

namespace bj = boost::json;
using ErrorCode = boost::system::error_code;

// An array or object that is being read; what it holds so far stands at the end of Handler::values.
struct Open {
  bool is_object = false;
  std::size_t first = 0;
  const Members* only = nullptr;  // null: everything
  // Filled from the first key on that is out of order; keys in ascending order need no set.
  std::set<std::string, std::less<>> keys;
};

// Boost.JSON's handler interface: each function answers false, with `ec` set, to stop.
struct Handler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Handler(const ParseOptions& o) : options(o), only(o.only) {}

  const ParseOptions& options;
  std::vector<Open> open;
  std::vector<Member> values;  // of all that is open; those of arrays have no key
  std::string part;            // of the string, key or number being read
  const Members* only;         // of the member whose value comes next
  bool leaves_out = false;     // that value
  std::size_t left_open = 0;   // arrays and objects within what is left out
  Value root;
  std::string problem;  // ours; "" when the parser itself found the error

  bool refuse(std::string what, ErrorCode& ec) {
    problem = std::move(what);
    ec = bj::error::syntax;
    return false;
  }

  // "spec.disks[2].name", where "name" is `key` of the innermost object.
  std::string path_to(const std::string& key) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open.size(); ++i) {
      const std::size_t end = open[i + 1].first;
      if (open[i].is_object) {
        path += (path.empty() ? "" : ".") + values[end - 1].first;
      } else {
        path += "[" + std::to_string(end - open[i].first) + "]";
      }
    }
    return path + (path.empty() ? "" : ".") + key;
  }

  // False: `key` is in the innermost object already.
  bool note(const std::string& key) {
    Open& object = open.back();
    const bool is_empty = values.size() == object.first;
    if (object.keys.empty() && (is_empty || values.back().first < key)) return true;
    if (object.keys.empty()) {
      for (std::size_t i = object.first; i < values.size(); ++i) object.keys.insert(values[i].first);
    }
    return object.keys.insert(key).second;
  }

  // Whether the value of this member of the innermost object is; else notes what of it is wanted.
  bool leave_out(const std::string& key) {
    const Members* wanted = open.back().only;
    only = nullptr;
    if (wanted == nullptr) return false;
    const auto found = wanted->below.find(key);
    leaves_out = found == wanted->below.end();
    if (!leaves_out && !found->second.below.empty()) only = &found->second;
    return leaves_out;
  }
  // True for a value that is left out, or a part of one.
  bool skips() {
    const bool skipped = leaves_out;
    if (left_open == 0) leaves_out = false;
    return skipped;
  }
  bool skips_begin() {
    if (leaves_out) ++left_open;
    return leaves_out;
  }
  bool skips_end() {
    if (left_open > 0) --left_open;
    return skips();
  }

  bool put(Value value) {
    if (open.empty()) {
      root = std::move(value);
    } else if (open.back().is_object) {
      values.back().second = std::move(value);
    } else {
      values.emplace_back(std::string(), std::move(value));
    }
    return true;
  }

  bool start(bool is_object) {
    if (skips_begin()) return true;
    const Members* inside = open.empty() || open.back().is_object ? only : open.back().only;
    open.push_back({.is_object = is_object, .first = values.size(), .only = inside, .keys = {}});
    return true;
  }

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode&) { return start(true); }
  bool on_array_begin(ErrorCode&) { return start(false); }
  bool on_object_end(std::size_t, ErrorCode&) {
    if (skips_end()) return true;
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(open.back().first);
    Object object{std::vector<Member>{std::move_iterator(first), std::move_iterator(values.end())}};
    values.erase(first, values.end());
    open.pop_back();
    return put(std::move(object));
  }
  bool on_array_end(std::size_t, ErrorCode&) {
    if (skips_end()) return true;
    Array items;
    items.reserve(values.size() - open.back().first);
    for (std::size_t i = open.back().first; i < values.size(); ++i) items.push_back(std::move(values[i].second));
    values.resize(open.back().first);
    open.pop_back();
    return put(std::move(items));
  }

  bool on_key_part(bj::string_view s, std::size_t, ErrorCode&) {
    if (!leaves_out) part.append(s.data(), s.size());
    return true;
  }
  bool on_key(bj::string_view s, std::size_t, ErrorCode& ec) {
    if (leaves_out) return true;
    part.append(s.data(), s.size());
    std::string key = std::exchange(part, {});
    if (leave_out(key)) return true;
    if (options.members != nullptr) options.members->push_back(path_to(key));
    if (!note(key)) {
      const std::string path = path_to(key);
      if (options.refuse_duplicate_keys) return refuse("duplicate key \"" + key + "\" (" + path + ")", ec);
      if (options.duplicates != nullptr) options.duplicates->push_back(path);
    }
    values.emplace_back(std::move(key), Value());
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t n, ErrorCode& ec) { return on_key_part(s, n, ec); }
  bool on_string(bj::string_view s, std::size_t, ErrorCode&) {
    if (skips()) return true;
    part.append(s.data(), s.size());
    return put(std::exchange(part, {}));
  }

  bool on_number_part(bj::string_view s, ErrorCode& ec) { return on_key_part(s, 0, ec); }
  // The digits are read again: the parser's own doubles may be off by one in the last place.
  bool on_number(bj::string_view s, double roughly, ErrorCode& ec) {
    if (skips()) return true;
    part.append(s.data(), s.size());
    const std::string digits = std::exchange(part, {});
    double exact = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exact).ec == std::errc()) return put(exact);
    if (std::abs(roughly) < 1) return put(0.0);  // too small to be told from zero
    return refuse("number " + digits + " is out of range", ec);
  }
  bool on_int64(std::int64_t i, bj::string_view, ErrorCode&) {
    if (skips()) return true;
    part.clear();
    return put(i);
  }
  bool on_uint64(std::uint64_t u, bj::string_view s, ErrorCode& ec) { return on_number(s, static_cast<double>(u), ec); }
  bool on_double(double d, bj::string_view s, ErrorCode& ec) { return on_number(s, d, ec); }
  bool on_bool(bool b, ErrorCode&) { return skips() || put(b); }
  bool on_null(ErrorCode&) { return skips() || put({}); }
  bool on_comment_part(bj::string_view, ErrorCode&) { return true; }
  bool on_comment(bj::string_view, ErrorCode&) { return true; }
};

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1) + ": ";
}

std::string explain(const ErrorCode& ec, const Handler& handler, std::string_view text, std::size_t read) {
  if (!handler.problem.empty()) return handler.problem;
  if (ec == bj::error::too_deep) return "nested deeper than " + std::to_string(handler.options.depth_max);
  if (ec == bj::error::incomplete || read == text.size()) return "the text ends in the middle of a value";
  if (ec == bj::error::extra_data) return "more text after the value";
  const char c = text[read];
  if (static_cast<unsigned char>(c) >= 0x80) return "a character outside of a string, or not UTF-8";
  return c < ' ' ? "unexpected control character or line end" : std::string("unexpected '") + c + "'";
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseOptions& options) {
  bj::parse_options settings;
  settings.max_depth = static_cast<std::size_t>(options.depth_max);
  bj::basic_parser<Handler> parser(settings, options);
  ErrorCode ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = bj::error::extra_data;
  if (ec) return Error(Code::kInvalidArgument, place(text, read) + explain(ec, parser.handler(), text, read));
  return std::move(parser.handler().root);
}

}  // namespace rig::json
