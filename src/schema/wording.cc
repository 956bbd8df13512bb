// schema/wording.cc — Go's ways to print values, and hints of our own.
#include "schema/wording.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/wall_time.h"

namespace rig::schema {
namespace {

// %v: the shortest digits that read back, with an exponent below 1e-4 and from 1e6 on (recorded: 1.048576e+06).
std::string go_double(double d) {
  char text[64];
  const bool is_plain = d == 0 || (std::abs(d) >= 1e-4 && std::abs(d) < 1e6);
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  return {text, std::to_chars(text, text + sizeof text, d, format).ptr};
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; continue;
      case '\\': out += "\\\\"; continue;
      case '\n': out += "\\n"; continue;
      case '\r': out += "\\r"; continue;
      case '\t': out += "\\t"; continue;
      default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7F) {
      out += c;
    } else {
      out += "\\x" + hex({&c, 1});
    }
  }
  return out + "\"";
}

std::string shown(const json::Value& value) {
  if (const auto* text = value.as<std::string>()) return quoted(*text);
  if (const auto* d = value.as<double>()) return go_double(*d);
  return json::to_text(value);
}

std::string bound(double limit, bool is_int) {
  const bool fits = std::abs(limit) < 0x1p63;
  return is_int && fits ? std::to_string(static_cast<std::int64_t>(limit)) : go_double(limit);
}

std::int64_t character_count(std::string_view utf8) {
  std::int64_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

bool has_format(std::string_view format, const std::string& text) {
  return format != "date-time" || parse_time(text).ok();
}

std::string enum_hint(const json::Array& values, const json::Value& value) {
  if (const auto* b = value.as<bool>()) {
    for (const json::Value& candidate : values) {
      const std::string word = to_lower(candidate.text({}));
      const bool is_yes = word == "on" || word == "yes" || word == "y" || word == "true";
      const bool is_no = word == "off" || word == "no" || word == "n" || word == "false";
      if (*b ? !is_yes : !is_no) continue;
      const std::string meant(candidate.text({}));
      return " (YAML makes a boolean of a bare " + meant + "; write it in quotes: " + quoted(meant) + ")";
    }
    return "";
  }
  std::vector<std::string_view> words;
  for (const json::Value& candidate : values) words.push_back(candidate.text({}));
  const std::string_view meant = near_miss(value.text({}), words);
  return meant.empty() ? "" : " (did you mean " + quoted(meant) + "?)";
}

}  // namespace rig::schema
