// base/text.cc — splitting, encodings, near misses.
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace rig {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U;
}

// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// How many bytes the UTF-8 sequence at the start of `s` has; 0 when it is none (RFC 3629).
std::size_t utf8_length(std::string_view s) {
  const unsigned lead = byte_at(s, 0), second = byte_at(s, 1);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xC2 ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length > s.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(s, i) & 0xC0U) != 0x80U) return 0;
  }
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)) return 0;  // overlong, surrogate
  if ((lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) return 0;  // overlong, beyond U+10FFFF
  return length;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string joined;
  for (const std::string& part : parts) {
    if (&part != parts.data()) joined += separator;
    joined += part;
  }
  return joined;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view near_miss(std::string_view typed, std::span<const std::string_view> candidates) {
  constexpr std::size_t kEditsMax = 2;
  const std::string lower = to_lower(typed);
  std::string_view best;
  std::size_t best_edits = kEditsMax + 1;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > typed.size() + kEditsMax || typed.size() > candidate.size() + kEditsMax) continue;
    const std::size_t edits = edits_between(lower, to_lower(candidate));
    const bool is_alike = 2 * edits < candidate.size();  // "On" is not a misspelt "Off"
    if (edits < best_edits && is_alike) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const unsigned group = byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t digit = 0; digit < 4; ++digit) {
      out += digit <= present ? kBase64[group >> (18U - 6U * digit) & 63U] : '=';
    }
  }
  return out;
}

Result<std::string> parse_base64(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '\r' && c != '\n') digits += c;
  }
  if (digits.size() % 4 != 0) return Error(Code::kInvalidArgument, "base64: the length is not a multiple of four");
  std::string out;
  for (std::size_t i = 0; i < digits.size(); i += 4) {
    const std::string_view four = std::string_view(digits).substr(i, 4);
    const bool is_last = i + 4 == digits.size();
    const std::size_t padding = !is_last ? 0 : four.ends_with("==") ? 2 : four.ends_with("=") ? 1 : 0;
    unsigned group = 0;
    for (const char c : four.substr(0, 4 - padding)) {
      const std::size_t value = kBase64.find(c);
      if (value == std::string_view::npos) {
        return Error(Code::kInvalidArgument, "base64: a character that is not in the standard alphabet");
      }
      group = group << 6U | static_cast<unsigned>(value);
    }
    group <<= 6U * padding;
    if (padding > 0 && (group & (padding == 1 ? 0xFFU : 0xFFFFU)) != 0) {
      return Error(Code::kInvalidArgument, "base64: bits are left over before the padding");
    }
    for (std::size_t byte = 0; byte < 3 - padding; ++byte) out += static_cast<char>(group >> (16U - 8U * byte) & 0xFFU);
  }
  return out;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += kDigits[byte_at(bytes, i) >> 4U];
    out += kDigits[byte_at(bytes, i) & 15U];
  }
  return out;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return Error(Code::kInvalidArgument,
                   "percent encoding: two hexadecimal digits must follow the % at offset " + std::to_string(i));
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

namespace {

// How much of the beginning is surely ASCII, as nearly all text is: looked at by eight bytes.
std::size_t ascii_length(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080U;
  std::size_t length = 0;
  for (std::uint64_t eight = 0; length + sizeof eight <= bytes.size(); length += sizeof eight) {
    std::memcpy(&eight, bytes.data() + length, sizeof eight);
    if ((eight & kHighBits) != 0) break;
  }
  return length;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(ascii_length(bytes));
    if (bytes.empty()) return true;
    const std::size_t length = utf8_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

Result<std::int64_t> parse_int(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    return Error(Code::kOutOfRange, "\"" + std::string(text) + "\" does not fit into 64 bits");
  }
  if (error != std::errc() || end != text.data() + text.size()) {
    return Error(Code::kInvalidArgument, "\"" + std::string(text) + "\" is not a whole decimal number");
  }
  return value;
}

}  // namespace rig
