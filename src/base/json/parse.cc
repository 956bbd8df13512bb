// base/json/parse.cc — Boost.JSON's parser with a handler that builds our values and names places.
#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>
#include <set>

#include "base/json/json.h"

namespace rig::json {
namespace {

namespace bj = boost::json;
using ErrorCode = boost::system::error_code;

// An array or object that is being read.
struct Frame {
  bool is_object = false;
  Array items;
  std::vector<Member> members;
  // Filled from the first key on that is out of order; keys in ascending order need no set.
  std::set<std::string, std::less<>> keys;

  // False: seen before.
  bool note(const std::string& key) {
    if (keys.empty() && (members.empty() || members.back().first < key)) return true;
    if (keys.empty()) {
      for (const Member& member : members) keys.insert(member.first);
    }
    return keys.insert(key).second;
  }
};

// Boost.JSON's handler interface: each function answers false, with `ec` set, to stop.
struct Handler {
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  explicit Handler(const ParseOptions& o) : options(o) {}

  const ParseOptions& options;
  std::vector<Frame> open;
  std::string part;  // of the string, key or number being read
  Value root;
  std::string problem;  // ours; "" when the parser itself found the error

  bool refuse(std::string what, ErrorCode& ec) {
    problem = std::move(what);
    ec = bj::error::syntax;
    return false;
  }

  // "spec.disks[2].name", where the last frame's key is `key`.
  std::string path_to(const std::string& key) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open.size(); ++i) {
      const Frame& frame = open[i];
      if (!frame.is_object) {
        path += "[" + std::to_string(frame.items.size()) + "]";
      } else {
        path += (path.empty() ? "" : ".") + frame.members.back().first;
      }
    }
    return path + (path.empty() ? "" : ".") + key;
  }

  bool put(Value value) {
    if (open.empty()) {
      root = std::move(value);
    } else if (open.back().is_object) {
      open.back().members.back().second = std::move(value);
    } else {
      open.back().items.push_back(std::move(value));
    }
    return true;
  }

  bool on_document_begin(ErrorCode&) { return true; }
  bool on_document_end(ErrorCode&) { return true; }
  bool on_object_begin(ErrorCode&) {
    open.emplace_back().is_object = true;
    return true;
  }
  bool on_object_end(std::size_t, ErrorCode&) {
    Object object(std::move(open.back().members));
    open.pop_back();
    return put(std::move(object));
  }
  bool on_array_begin(ErrorCode&) {
    open.emplace_back();
    return true;
  }
  bool on_array_end(std::size_t, ErrorCode&) {
    Array items = std::move(open.back().items);
    open.pop_back();
    return put(std::move(items));
  }

  bool on_key_part(bj::string_view s, std::size_t, ErrorCode&) {
    part.append(s.data(), s.size());
    return true;
  }
  bool on_key(bj::string_view s, std::size_t, ErrorCode& ec) {
    part.append(s.data(), s.size());
    std::string key = std::exchange(part, {});
    if (!open.back().note(key)) {
      const std::string path = path_to(key);
      if (options.refuse_duplicate_keys) return refuse("duplicate key \"" + key + "\" (" + path + ")", ec);
      if (options.duplicates != nullptr) options.duplicates->push_back(path);
    }
    open.back().members.emplace_back(std::move(key), Value());
    return true;
  }
  bool on_string_part(bj::string_view s, std::size_t n, ErrorCode& ec) { return on_key_part(s, n, ec); }
  bool on_string(bj::string_view s, std::size_t, ErrorCode&) {
    part.append(s.data(), s.size());
    return put(std::exchange(part, {}));
  }

  bool on_number_part(bj::string_view s, ErrorCode& ec) { return on_key_part(s, 0, ec); }
  // The digits are read again: the parser's own doubles may be off by one in the last place.
  bool on_number(bj::string_view s, double roughly, ErrorCode& ec) {
    part.append(s.data(), s.size());
    const std::string digits = std::exchange(part, {});
    double exact = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exact).ec == std::errc()) return put(exact);
    if (std::abs(roughly) < 1) return put(0.0);  // too small to be told from zero
    return refuse("number " + digits + " is out of range", ec);
  }
  bool on_int64(std::int64_t i, bj::string_view, ErrorCode&) {
    part.clear();
    return put(i);
  }
  bool on_uint64(std::uint64_t u, bj::string_view s, ErrorCode& ec) {
    return on_number(s, static_cast<double>(u), ec);
  }
  bool on_double(double d, bj::string_view s, ErrorCode& ec) { return on_number(s, d, ec); }
  bool on_bool(bool b, ErrorCode&) { return put(b); }
  bool on_null(ErrorCode&) { return put({}); }
  bool on_comment_part(bj::string_view, ErrorCode&) { return true; }
  bool on_comment(bj::string_view, ErrorCode&) { return true; }
};

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return std::to_string(line) + ":" + std::to_string(before.size() - line_start + 1) + ": ";
}

std::string explain(const ErrorCode& ec, const Handler& handler, const ParseOptions& options) {
  if (!handler.problem.empty()) return handler.problem;
  if (ec == bj::error::too_deep) return "nested deeper than " + std::to_string(options.depth_max);
  if (ec == bj::error::incomplete) return "the text ends in the middle of a value";
  if (ec == bj::error::extra_data) return "more text after the value";
  return ec.message();
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseOptions& options) {
  bj::parse_options settings;
  settings.max_depth = static_cast<std::size_t>(options.depth_max);
  bj::basic_parser<Handler> parser(settings, options);
  ErrorCode ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && read < text.size()) ec = bj::error::extra_data;
  if (ec) return Error(Code::kInvalidArgument, place(text, read) + explain(ec, parser.handler(), options));
  return std::move(parser.handler().root);
}

}  // namespace rig::json
