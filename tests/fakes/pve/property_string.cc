#include "fakes/pve/property_string.h"

#include <cmath>
#include <cstdlib>

#include "base/text.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kUnits = "KMGT";

}  // namespace

Texts parse_properties(std::string_view text, std::string_view default_key) {
  Texts out;
  for (const std::string& part : split(text, ',')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos)
      out[std::string(default_key)] = part;
    else
      out[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return out;
}

std::string print_properties(const Texts& properties, std::string_view default_key) {
  std::string out;
  const auto found = properties.find(std::string(default_key));
  if (found != properties.end()) out = found->second;
  for (const auto& [key, value] : properties)
    if (key != default_key) out += (out.empty() ? "" : ",") + key + "=" + value;
  return out;
}

std::string value_of(const Texts& texts, const std::string& key) {
  const auto found = texts.find(key);
  return found == texts.end() ? "" : found->second;
}

bool is_true(const Texts& texts, const std::string& key) {
  const std::string value = to_lower(value_of(texts, key));
  return value == "1" || value == "on" || value == "yes" || value == "true";
}

std::int64_t parse_size(std::string_view text) {
  if (text.empty()) return -1;
  double unit = 1;
  if (const std::size_t at = kUnits.find(text.back()); at != std::string_view::npos) {
    unit = std::pow(1024.0, static_cast<double>(at + 1));
    text.remove_suffix(1);
  }
  const std::string number(text);
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end);
  if (number.empty() || *end != '\0' || value < 0) return -1;
  return static_cast<std::int64_t>(value * unit);
}

std::string print_size(std::int64_t bytes) {
  std::size_t unit = 0;
  while (unit < kUnits.size() && bytes >= 1024 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return std::to_string(bytes) + (unit == 0 ? std::string() : std::string(1, kUnits[unit - 1]));
}

}  // namespace rig::fakes::pve
