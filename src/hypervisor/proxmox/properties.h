// proxmox/properties.h — the lists of key=value that Proxmox VE keeps in one option ("local:9/a.raw,discard=on"). Pure.
//
// A value without a key belongs to the format's default key, here the key "". There is no way to write a comma within a
// value. Flags are printed as 0 and 1, and read as 1, on, yes, true, 0, off, no, false in any case.
//
// Source: pve-common src/PVE/JSONSchema.pm, parse_property_string, print_property_string and parse_boolean.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace rig::proxmox {

struct Property {
  std::string key, value;
  bool operator==(const Property&) const = default;
};
using Properties = std::vector<Property>;

// In order; empty parts are dropped, as Proxmox VE does. `option` is for the error. kDataLoss: a key twice, or without
// a value.
Result<Properties> split_properties(std::string_view option, std::string_view text);
// kInvalidArgument: a key or value that cannot be written; names option, key and value.
Result<std::string> join_properties(std::string_view option, const Properties& properties);

Result<bool> parse_flag(std::string_view text);  // kInvalidArgument

// What one key of a format is called and where its value lives in the struct T: a row of the format. The first row
// whose key is "" is the default key's; what no row names stays as it is.
enum class PropertyForm : std::uint8_t {
  kPlain,    // text, flag or whole number, as the member says
  kSize,     // a disk size; the member is bytes
  kDecimal,  // a number that may have a fraction, kept as text
};
template <class T>
struct PropertyRow {
  std::string_view key;
  std::variant<std::string T::*, std::optional<bool> T::*, std::optional<std::int64_t> T::*> member;
  PropertyForm form = PropertyForm::kPlain;
  std::string_view name = "";     // of the default key, when it is written out ("file=")
  std::string_view choices = "";  // separated by '|'; "": any text
  std::int64_t min = std::numeric_limits<std::int64_t>::min(), max = std::numeric_limits<std::int64_t>::max();
  unsigned places = ~0U;  // bits of where the key may stand; the format says what they mean
};

// A row without its type, and the value that it speaks of.
struct PropertyValue {
  std::string_view key, name, choices;
  PropertyForm form = PropertyForm::kPlain;
  std::int64_t min = 0, max = 0;
  std::variant<std::string*, std::optional<bool>*, std::optional<std::int64_t>*> value;
};

// Sets what `properties` say. kDataLoss: a value that does not fit its row; names option, key, found and wanted.
Status read_values(std::string_view option, const Properties& properties, std::span<const PropertyValue> values);
// Changes `properties` to say what the values say, and nothing else: what says the same already keeps its text and
// place, what is unset goes, what is new comes last in the order of the rows. kInvalidArgument: as above.
Status write_values(std::string_view option, std::span<const PropertyValue> values, Properties& properties);

template <class T, std::size_t N>
std::vector<PropertyValue> values_of(const PropertyRow<T> (&rows)[N], T& object) {
  std::vector<PropertyValue> values;
  values.reserve(N);
  for (const PropertyRow<T>& row : rows) {
    PropertyValue value{row.key, row.name, row.choices, row.form, row.min, row.max, static_cast<std::string*>(nullptr)};
    std::visit([&](auto member) { value.value = &(object.*member); }, row.member);
    values.push_back(value);
  }
  return values;
}

}  // namespace rig::proxmox
