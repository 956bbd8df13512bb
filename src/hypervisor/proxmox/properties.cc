// proxmox/properties.cc — splitting, joining, and values by rows.
#include "hypervisor/proxmox/properties.h"

#include <algorithm>

#include "base/text.h"
#include "hypervisor/proxmox/size.h"

namespace rig::proxmox {
namespace {

using std::string_view;

std::string path_of(string_view option, string_view key) {
  return std::string(option) + (key.empty() ? "" : "." + std::string(key));
}

bool names(const PropertyValue& value, string_view key) {
  return value.key == key || (value.key.empty() && !value.name.empty() && value.name == key);
}

bool is_choice(string_view choices, string_view text) {
  if (choices.empty()) return true;
  const std::vector<std::string> all = split(choices, '|');
  return std::ranges::find(all, text) != all.end();
}

bool is_decimal(string_view text) {
  const std::size_t point = text.find('.');
  const auto is_digits = [](string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == string_view::npos;
  };
  return is_digits(text.substr(0, point)) && (point == string_view::npos || is_digits(text.substr(point + 1)));
}

std::string range(const PropertyValue& value) {
  constexpr auto kNone = std::numeric_limits<std::int64_t>::max();
  if (value.max == kNone) return "a whole number of at least " + std::to_string(value.min);
  return "a whole number of " + std::to_string(value.min) + " to " + std::to_string(value.max);
}

std::string wanted(const PropertyValue& value) {
  if (value.form == PropertyForm::kSize) return "a size such as 32G";
  if (value.form == PropertyForm::kDecimal) return "a number";
  if (std::holds_alternative<std::optional<bool>*>(value.value)) return "0 or 1";
  if (std::holds_alternative<std::optional<std::int64_t>*>(value.value)) return range(value);
  return "one of " + join(split(value.choices, '|'), ", ");
}

// Sets the value from its text; false: the text does not fit.
bool set(const PropertyValue& value, string_view text) {
  if (auto* const* flag = std::get_if<std::optional<bool>*>(&value.value)) {
    const auto parsed = parse_flag(text);
    if (parsed.ok()) **flag = *parsed;
    return parsed.ok();
  }
  if (auto* const* number = std::get_if<std::optional<std::int64_t>*>(&value.value)) {
    const auto parsed = value.form == PropertyForm::kSize ? parse_size(text) : parse_int(text);
    if (!parsed.ok() || *parsed < value.min || *parsed > value.max) return false;
    **number = *parsed;
    return true;
  }
  if (value.form == PropertyForm::kDecimal && !is_decimal(text)) return false;
  if (!is_choice(value.choices, text)) return false;
  *std::get<std::string*>(value.value) = text;
  return true;
}

// "" : unset.
std::string text_of(const PropertyValue& value) {
  if (auto* const* flag = std::get_if<std::optional<bool>*>(&value.value)) return !**flag ? "" : ***flag ? "1" : "0";
  if (auto* const* number = std::get_if<std::optional<std::int64_t>*>(&value.value)) {
    if (!**number) return "";
    return value.form == PropertyForm::kSize ? format_size(***number) : std::to_string(***number);
  }
  return *std::get<std::string*>(value.value);
}

// Whether two texts of one row mean the same ("on" and "1", "1024M" and "1G").
bool same(const PropertyValue& like, string_view a, string_view b) {
  if (a == b) return true;
  std::optional<bool> flags[2];
  std::optional<std::int64_t> numbers[2];
  PropertyValue value = like;
  for (int i = 0; i < 2; ++i) {
    if (std::holds_alternative<std::optional<bool>*>(like.value))
      value.value = &flags[i];
    else if (std::holds_alternative<std::optional<std::int64_t>*>(like.value))
      value.value = &numbers[i];
    else
      return false;
    if (!set(value, i == 0 ? a : b)) return false;
  }
  return flags[0] == flags[1] && numbers[0] == numbers[1];
}

Status check_fits(string_view option, const PropertyValue& value, const std::string& text) {
  PropertyValue probe = value;
  std::string as_text;
  std::optional<bool> flag;
  std::optional<std::int64_t> number;
  if (std::holds_alternative<std::optional<bool>*>(value.value))
    probe.value = &flag;
  else if (std::holds_alternative<std::optional<std::int64_t>*>(value.value))
    probe.value = &number;
  else
    probe.value = &as_text;
  if (set(probe, text)) return {};
  return Error(Code::kInvalidArgument, path_of(option, value.key.empty() ? value.name : value.key) + ": '" + text +
                                           "', wanted " + wanted(value));
}

}  // namespace

Result<bool> parse_flag(string_view text) {
  const std::string word = to_lower(text);
  if (word == "1" || word == "on" || word == "yes" || word == "true") return true;
  if (word == "0" || word == "off" || word == "no" || word == "false") return false;
  return Error(Code::kInvalidArgument, "'" + std::string(text) + "' is neither 0 nor 1");
}

Result<Properties> split_properties(string_view option, string_view text) {
  Properties found;
  for (const std::string& part : split(text, ',')) {
    if (trim(part).empty()) continue;
    const std::size_t equals = part.find('=');
    Property property;
    property.key = equals == std::string::npos ? "" : part.substr(0, equals);
    property.value = equals == std::string::npos ? part : part.substr(equals + 1);
    if (equals == 0 || property.value.empty())
      return Error(Code::kDataLoss, path_of(option, property.key) + ": found '" + part + "', wanted key=value");
    if (std::ranges::any_of(found, [&](const Property& other) { return other.key == property.key; }))
      return Error(Code::kDataLoss, path_of(option, property.key) + ": found twice in '" + std::string(text) + "'");
    found.push_back(std::move(property));
  }
  return found;
}

Result<std::string> join_properties(string_view option, const Properties& properties) {
  std::vector<std::string> parts;
  for (const Property& property : properties) {
    const bool bad_key = property.key.find_first_of(",=") != std::string::npos;
    const bool bad_value = property.value.empty() || property.value.find_first_of(",\n") != std::string::npos ||
                           (property.key.empty() && property.value.find('=') != std::string::npos);
    if (bad_key || bad_value) {
      return Error(Code::kInvalidArgument, path_of(option, property.key) + ": '" + property.value +
                                               "' cannot stand in Proxmox VE's lists: it is empty, or has a comma, a " +
                                               "line end or a stray '='");
    }
    parts.push_back(property.key.empty() ? property.value : property.key + "=" + property.value);
  }
  return join(parts, ",");
}

Status read_values(string_view option, const Properties& properties, std::span<const PropertyValue> values) {
  for (const Property& property : properties) {
    const auto value = std::ranges::find_if(values, [&](const PropertyValue& v) { return names(v, property.key); });
    if (value == values.end() || set(*value, property.value)) continue;
    return Error(Code::kDataLoss,
                 path_of(option, property.key) + ": found '" + property.value + "', wanted " + wanted(*value));
  }
  return {};
}

Status write_values(string_view option, std::span<const PropertyValue> values, Properties& properties) {
  for (const PropertyValue& value : values) {
    const std::string text = text_of(value);
    const auto stands =
        std::ranges::find_if(properties, [&](const Property& property) { return names(value, property.key); });
    if (text.empty()) {
      if (stands != properties.end()) properties.erase(stands);
      continue;
    }
    TRY(check_fits(option, value, text));
    if (stands != properties.end()) {
      if (!same(value, stands->value, text)) stands->value = text;
    } else if (value.key.empty()) {
      properties.insert(properties.begin(), {"", text});
    } else {
      properties.push_back({std::string(value.key), text});
    }
  }
  return {};
}

}  // namespace rig::proxmox
