// base/yaml/scalar.cc — YAML 1.1 scalars, the way go-yaml v2 (which Kubernetes reads YAML with) resolves them.
#include "base/yaml/scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

namespace rig::yaml {
namespace {

// Three spellings each and no others: "yES" is a string.
constexpr std::string_view kTrue[] = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
constexpr std::string_view kFalse[] = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
constexpr std::string_view kNull[] = {"", "~", "null", "Null", "NULL"};

template <std::size_t n>
bool is_one_of(std::string_view text, const std::string_view (&words)[n]) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

// "0x1F", "0o17", "0b11", and, as in C, "017" for fifteen. False: not an integer, or beyond int64.
bool read_integer(std::string_view text, std::int64_t& value) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char kind = text[1];
    base = kind == 'x' || kind == 'X' ? 16 : kind == 'b' || kind == 'B' ? 2 : 8;
    text.remove_prefix(base != 8 || kind == 'o' || kind == 'O' ? 2 : 1);
  }
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size, base);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  constexpr std::uint64_t kMax = INT64_MAX;
  if (size > kMax + (is_negative ? 1U : 0U)) return false;
  value = is_negative ? static_cast<std::int64_t>(0 - size) : static_cast<std::int64_t>(size);
  return true;
}

// Digits with a point, an exponent or both; from_chars alone would also take "inf" and "nan".
bool read_number(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.find_first_not_of("0123456789.eE+-") != std::string_view::npos) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

json::Value resolve_plain(const std::string& text) {
  if (is_one_of(text, kNull)) return {};
  if (is_one_of(text, kTrue)) return true;
  if (is_one_of(text, kFalse)) return false;
  if (std::string_view("0123456789+-.").find(text[0]) == std::string_view::npos) return text;
  std::string digits = text;
  std::erase(digits, '_');  // "1_000"
  std::int64_t integer = 0;
  if (read_integer(digits, integer)) return integer;
  double number = 0;
  if (!read_number(digits, number)) return text;
  // YAML becomes JSON text before it is decoded, and there 2.0 is written 2.
  if (number == std::floor(number) && std::abs(number) < 0x1p63) return static_cast<std::int64_t>(number);
  return number;
}

}  // namespace rig::yaml
