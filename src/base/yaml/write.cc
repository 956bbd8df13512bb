// base/yaml/write.cc — values as block-style YAML.
#include "base/text.h"
#include "base/yaml/scalar.h"
#include "base/yaml/yaml.h"

namespace rig::yaml {
namespace {

// A longer one is written behind a "?", as kubectl does: readers take no more than 1024 characters, escapes and all,
// for a key that ends at its ":" (YAML 1.2.2 §7.4.3).
constexpr std::size_t kPlainKeyMax = 128;  // bytes

// Whether a reader would take the bare word for this very string.
bool is_safe_bare(const std::string& text) {
  if (!resolve_plain(text).is_string() || !is_utf8(text)) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (std::string_view("-?:,[]{}#&*!|>'\"%@`=<").find(text.front()) != std::string_view::npos) return false;
  if (text.find(": ") != std::string::npos || text.find(" #") != std::string::npos) return false;
  // Timestamps and base 60 numbers are more than strings to some YAML 1.1 readers.
  const bool is_digit_first = text.front() >= '0' && text.front() <= '9';
  const bool is_time_like = text.find_first_of("-:") != std::string::npos &&
                            text.find_first_not_of("0123456789-+:._TtZz ") == std::string::npos;
  if (is_digit_first && is_time_like) return false;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) return false;
  }
  return true;
}

// A JSON string is a double-quoted YAML scalar.
std::string scalar(const json::Value& value) {
  const auto* text = value.as<std::string>();
  return text != nullptr && is_safe_bare(*text) ? *text : json::to_text(value);
}

// A text of several lines that "|" or "|-" can hold unchanged.
bool is_block_text(const json::Value& value) {
  const auto* text = value.as<std::string>();
  if (text == nullptr || text->find('\n') == std::string::npos || !is_utf8(*text)) return false;
  if (text->front() == ' ' || text->front() == '\n' || text->ends_with("\n\n")) return false;
  for (const char c : *text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte >= 0x7F) return false;
  }
  return true;
}

void write_block_text(const std::string& text, std::size_t indent, std::string& out) {
  const bool ends_line = text.ends_with('\n');
  out += ends_line ? "|\n" : "|-\n";
  const std::string_view lines(text.data(), text.size() - (ends_line ? 1 : 0));
  for (const std::string& line : split(lines, '\n')) {
    if (!line.empty()) out.append(indent, ' ').append(line);
    out += '\n';
  }
}

bool is_empty(const json::Value& value) {
  const auto* items = value.as<json::Array>();
  const auto* object = value.as<json::Object>();
  return (items != nullptr && items->empty()) || (object != nullptr && object->empty());
}

// Writes what follows "key:" or "-". `indent` is that of the lines inside.
void write(const json::Value& value, std::size_t indent, bool is_after_dash, std::string& out);

void write_members(const json::Object& object, std::size_t indent, bool is_first_line_open, std::string& out) {
  for (const auto& [key, value] : object) {
    if (!is_first_line_open) out.append(indent, ' ');
    is_first_line_open = false;
    if (key.size() > kPlainKeyMax) {
      out.append("? ").append(scalar(key)).append("\n").append(indent, ' ').append(":");
      write(value, indent + 2, true, out);
      continue;
    }
    out += scalar(key) + ":";
    // As kubectl prints: a list stands at its key's own indent.
    write(value, value.is_array() ? indent : indent + 2, false, out);
  }
}

void write_items(const json::Array& items, std::size_t indent, bool is_first_line_open, std::string& out) {
  for (const json::Value& item : items) {
    if (!is_first_line_open) out.append(indent, ' ');
    is_first_line_open = false;
    out += "-";
    write(item, indent + 2, true, out);
  }
}

void write(const json::Value& value, std::size_t indent, bool is_after_dash, std::string& out) {
  if (is_block_text(value)) {
    out += ' ';
    write_block_text(*value.as<std::string>(), indent, out);
  } else if (is_empty(value) || (!value.is_array() && !value.is_object())) {
    out += " " + scalar(value) + "\n";
  } else {
    out += is_after_dash ? ' ' : '\n';
    if (const auto* object = value.as<json::Object>()) write_members(*object, indent, is_after_dash, out);
    if (const auto* items = value.as<json::Array>()) write_items(*items, indent, is_after_dash, out);
  }
}

}  // namespace

std::string to_text(const json::Value& value) {
  std::string out;
  if (is_empty(value)) return scalar(value) + "\n";
  if (const auto* object = value.as<json::Object>()) {
    write_members(*object, 0, false, out);
  } else if (const auto* items = value.as<json::Array>()) {
    write_items(*items, 0, false, out);
  } else {
    out = json::to_text(value) + "\n";
  }
  return out;
}

}  // namespace rig::yaml
