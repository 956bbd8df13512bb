// base/json/write.cc — values as text.
#include <charconv>
#include <cmath>

#include "base/json/json.h"
#include "base/text.h"

namespace rig::json {
namespace {

void write_escaped(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: out += {'\\', 'u', '0', '0', kDigits[static_cast<unsigned char>(c) >> 4U], kDigits[c & 15]};
  }
}

// What is not UTF-8 (a guest's host name may be anything) is written as U+FFFD, as Go does.
std::string with_replacements(std::string_view s) {
  std::string out;
  while (!s.empty()) {
    std::size_t length = std::min<std::size_t>(4, s.size());
    while (length > 0 && !is_utf8(s.substr(0, length))) --length;
    out += length == 0 ? std::string_view("\uFFFD") : s.substr(0, length);
    s.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

void write_string(std::string_view s, std::string& out) {
  if (!is_utf8(s)) return write_string(with_replacements(s), out);
  out += '"';
  std::size_t written = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (static_cast<unsigned char>(s[i]) >= 0x20 && s[i] != '"' && s[i] != '\\') continue;
    out += s.substr(written, i - written);
    write_escaped(s[i], out);
    written = i + 1;
  }
  out += s.substr(written);
  out += '"';
}

// The shortest digits that read back the same, in Go's form ("2", "0.25", "1e-7"), but with an exponent from 2^63
// on, where Go's plain digits would not be an int64 when they are read again. Not a number: null, JSON has none.
void write_double(double d, std::string& out) {
  if (!std::isfinite(d)) {
    out += "null";
    return;
  }
  const double size = std::abs(d);
  const bool is_plain = d == 0 || (size >= 1e-6 && size < 0x1p63);
  char text[64];
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  char* const end = std::to_chars(text, text + sizeof text, d == 0 ? 0.0 : d, format).ptr;
  std::string_view digits(text, static_cast<std::size_t>(end - text));
  const std::size_t zero = digits.find("e-0");  // Go writes e-7, not e-07
  if (zero == std::string_view::npos) {
    out += digits;
  } else {
    out += digits.substr(0, zero + 2);
    out += digits.substr(zero + 3);
  }
}

class Writer {
 public:
  Writer(std::string& out, int indent) : out_(out), indent_(static_cast<std::size_t>(indent)) {}

  void write(const Value& value, std::size_t depth) {
    if (const auto* b = value.as<bool>()) {
      out_ += *b ? "true" : "false";
    } else if (const auto* i = value.as<std::int64_t>()) {
      out_ += std::to_string(*i);
    } else if (const auto* d = value.as<double>()) {
      write_double(*d, out_);
    } else if (const auto* s = value.as<std::string>()) {
      write_string(*s, out_);
    } else if (const auto* a = value.as<Array>()) {
      write_array(*a, depth);
    } else if (const auto* o = value.as<Object>()) {
      write_object(*o, depth);
    } else {
      out_ += "null";
    }
  }

 private:
  void write_array(const Array& items, std::size_t depth) {
    out_ += '[';
    for (const Value& item : items) {
      if (&item != items.data()) out_ += ',';
      new_line(depth + 1);
      write(item, depth + 1);
    }
    if (!items.empty()) new_line(depth);
    out_ += ']';
  }

  void write_object(const Object& object, std::size_t depth) {
    out_ += '{';
    for (const auto& member : object) {
      if (&member != object.begin()) out_ += ',';
      new_line(depth + 1);
      write_string(member.first, out_);
      out_ += indent_ > 0 ? ": " : ":";
      write(member.second, depth + 1);
    }
    if (!object.empty()) new_line(depth);
    out_ += '}';
  }

  void new_line(std::size_t depth) {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(indent_ * depth, ' ');
  }

  std::string& out_;
  std::size_t indent_;
};

}  // namespace

std::string to_text(const Value& value) {
  std::string out;
  Writer(out, 0).write(value, 0);
  return out;
}

std::string to_pretty(const Value& value, int indent) {
  std::string out;
  Writer(out, indent).write(value, 0);
  return out + "\n";
}

}  // namespace rig::json
