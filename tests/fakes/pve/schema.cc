#include "fakes/pve/schema.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/check.h"
#include "base/text.h"
#include "fakes/pve/formats.h"
#include "fakes/pve/property_string.h"
#include "schema/pattern.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kUnknown =
    "property is not defined in schema and the schema does not allow additional properties";
constexpr std::string_view kMissing = "property is missing and it is not optional";

// "scsi[n]" of the schema stands for so many names (qemu-server PVE/QemuServer/{Drive,Network}.pm, PVE/QemuServer.pm).
struct Family {
  std::string_view name;
  int count;
};
constexpr std::array kFamilies = std::to_array<Family>({{"ide", 4},
                                                        {"sata", 6},
                                                        {"scsi", 31},
                                                        {"virtio", 16},
                                                        {"net", 32},
                                                        {"ipconfig", 32},
                                                        {"unused", 256},
                                                        {"serial", 4},
                                                        {"hostpci", 16},
                                                        {"usb", 14},
                                                        {"numa", 8},
                                                        {"parallel", 3},
                                                        {"virtiofs", 10}});

const json::Value* member_of(const json::Value& properties, const std::string& name) {
  if (const json::Value* found = properties.find(name)) return found;
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  if (digits == 0 || digits == name.size() || (name[digits] == '0' && digits + 1 < name.size())) return nullptr;
  const std::string family = name.substr(0, digits);
  const Result<std::int64_t> number = parse_int(name.substr(digits));
  const auto row = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& f) { return f.name == family; });
  if (row == kFamilies.end() || !number.ok() || *number >= row->count) return nullptr;
  return properties.find(family + "[n]");
}

bool flag(const json::Value& schema, std::string_view name) { return schema.integer({name}) == 1; }

// Perl's way to write a group that takes no options from outside, and an open lower bound.
std::string ecma_script(std::string pattern) {
  for (std::size_t at = 0; (at = pattern.find("(?^:", at)) != std::string::npos;) pattern.replace(at, 4, "(?:");
  for (std::size_t at = 0; (at = pattern.find("{,", at)) != std::string::npos;) pattern.replace(at, 2, "{0,");
  return pattern;
}

std::optional<double> number_in(const json::Value& schema, std::string_view name) {
  const json::Value* value = schema.find(name);
  if (value == nullptr) return std::nullopt;
  if (const auto* whole = value->as<std::int64_t>()) return static_cast<double>(*whole);
  if (const auto* real = value->as<double>()) return *real;
  return std::nullopt;
}

std::string list_of(const json::Array& values) {
  std::string out;
  for (const json::Value& value : values)
    if (const auto* text = value.as<std::string>()) out += (out.empty() ? "" : ", ") + *text;
  return out;
}

std::string check_properties(const json::Value& properties, const std::string& name, const std::string& text);

std::string check_type(std::string_view type, std::string& text) {
  const auto wrong = [&] { return "type check ('" + std::string(type) + "') failed - got '" + text + "'"; };
  if (type == "boolean") {
    const Texts asked{{"it", text}};
    const std::string lower = to_lower(text);
    if (is_true(asked, "it"))
      text = "1";
    else if (lower == "0" || lower == "off" || lower == "no" || lower == "false")
      text = "0";
    else
      return wrong();
  }
  if (type == "integer" && !parse_int(text).ok()) return wrong();
  if (type == "number") {
    char* end = nullptr;
    (void)std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0') return wrong();
  }
  return "";
}

std::string check_bounds(const json::Value& schema, const std::string& text) {
  const double value = std::strtod(text.c_str(), nullptr);
  const auto shown = [](double bound) { return std::to_string(static_cast<std::int64_t>(bound)); };
  if (const auto least = number_in(schema, "minimum"); least && value < *least)
    return "value must have a minimum value of " + shown(*least);
  if (const auto most = number_in(schema, "maximum"); most && value > *most)
    return "value must have a maximum value of " + shown(*most);
  return "";
}

std::string check_text(const json::Value& schema, const std::string& text) {
  const auto size = static_cast<std::int64_t>(text.size());
  if (const std::string_view pattern = schema.text({"pattern"}); !pattern.empty()) {
    const std::string whole = "^(?:" + ecma_script(std::string(pattern)) + ")$";
    if (!schema::Pattern::of(whole).is_found_in(text)) return "value does not match the regex pattern";
  }
  if (schema.find("maxLength") != nullptr && size > schema.integer({"maxLength"}))
    return "value may only be " + std::to_string(schema.integer({"maxLength"})) + " characters long";
  if (schema.find("minLength") != nullptr && size < schema.integer({"minLength"}))
    return "value must be at least " + std::to_string(schema.integer({"minLength"})) + " characters long";
  return "";
}

std::string check_format_of(const json::Value& schema, const std::string& name, const std::string& text) {
  const json::Value* format = schema.find("format");
  if (format == nullptr) return "";
  if (format->is_object()) return check_properties(*format, name, text);
  const auto* named = format->as<std::string>();
  if (named == nullptr) return "";
  if (const json::Value* properties = named_properties(*named)) return check_properties(*properties, name, text);
  const std::string wrong = check_format(*named, text);
  return wrong.empty() ? "" : "invalid format - " + wrong + "\n";
}

// "" or what is wrong, in the order of PVE::JSONSchema::check_prop.
std::string check_value(const json::Value& schema, const std::string& name, std::string& text) {
  const std::string_view type = schema.text({"type"});
  if (std::string wrong = check_type(type, text); !wrong.empty()) return wrong;
  if (std::string wrong = check_format_of(schema, name, text); !wrong.empty()) return wrong;
  const bool is_number = type == "integer" || type == "number";
  if (std::string wrong = is_number ? check_bounds(schema, text) : check_text(schema, text); !wrong.empty())
    return wrong;
  const json::Value* allowed = schema.find("enum");
  const auto* values = allowed == nullptr ? nullptr : allowed->as<json::Array>();
  if (values == nullptr) return "";
  const bool is_allowed =
      std::any_of(values->begin(), values->end(), [&](const json::Value& value) { return value == json::Value(text); });
  return is_allowed ? "" : "value '" + text + "' does not have a value in the enumeration '" + list_of(*values) + "'";
}

std::string default_key_of(const json::Value& properties) {
  for (const auto& [name, schema] : *properties.as<json::Object>())
    if (flag(schema, "default_key")) return name;
  return "";
}

// Values by their real names: "virtio=MAC" is a model and a macaddr. What stands twice is told in `errors`.
Texts resolve_aliases(const json::Value& properties, const Texts& given, Texts& errors) {
  Texts out;
  for (const auto& [key, value] : given) {
    const json::Value* schema = properties.find(key);
    std::string name = key;
    if (schema != nullptr && schema->find("alias") != nullptr) {
      name = schema->text({"alias"});
      if (const std::string_view model = schema->text({"keyAlias"}); !model.empty()) out[std::string(model)] = key;
    }
    if (!out.emplace(name, value).second) errors[name] = "duplicate key in comma-separated list property: " + name;
  }
  return out;
}

std::string check_properties(const json::Value& properties, const std::string& name, const std::string& text) {
  Texts errors;
  const std::string default_key = default_key_of(properties);
  if (default_key.empty() && !text.empty() && split(text, ',')[0].find('=') == std::string::npos)
    return "invalid format - value without key, but schema does not define a default key\n";
  Texts values = resolve_aliases(properties, parse_properties(text, default_key), errors);
  for (auto& [key, value] : values) {
    const json::Value* schema = properties.find(key);
    const std::string wrong = schema == nullptr ? std::string(kUnknown) : check_value(*schema, key, value);
    if (!wrong.empty()) errors[key] = wrong;
  }
  for (const auto& [key, schema] : *properties.as<json::Object>()) {
    const bool is_needed = schema.find("alias") == nullptr && !flag(schema, "optional");
    if (is_needed && !values.contains(key)) errors[key] = kMissing;
  }
  if (errors.empty()) return "";
  std::string out = "invalid format - format error\n";
  for (const auto& [key, wrong] : errors) out.append(name).append(".").append(key).append(": ").append(wrong) += "\n";
  return out;
}

Method read_method(const std::string& key, const json::Value& description) {
  Method out;
  out.key = key;
  out.segments = split(key.substr(key.find('/') + 1), '/');
  out.is_protected = flag(description, "protected");
  out.is_of_node = description.text({"proxyto"}) == "node";
  out.description = description;
  return out;
}

bool is_variable(const std::string& segment) { return segment.starts_with("{"); }

}  // namespace

Result<Schema> Schema::parse(std::string_view text) {
  const json::Value all = TRY(json::parse(text));
  if (!all.is_object()) return Error(Code::kInvalidArgument, "the schema of the fake is no object");
  Schema out;
  for (const auto& [key, description] : *all.as<json::Object>()) out.methods_.push_back(read_method(key, description));
  return out;
}

bool Schema::has(std::string_view key) const {
  return std::any_of(methods_.begin(), methods_.end(), [&](const Method& method) { return method.key == key; });
}

std::optional<Route> Schema::find(std::string_view method, std::string_view path) const {
  const std::vector<std::string> asked = split(path.substr(path.starts_with("/") ? 1 : 0), '/');
  std::optional<Route> best;
  for (const Method& each : methods_) {
    if (!each.key.starts_with(std::string(method) + " ")) continue;
    const std::vector<std::string>& wanted = each.segments;
    const bool takes_rest = wanted.back() == "{volume}";  // volume names have "/" in them
    if (takes_rest ? asked.size() < wanted.size() : asked.size() != wanted.size()) continue;
    Route route{.method = &each, .parameters = {}};
    bool matches = true;
    for (std::size_t i = 0; i < wanted.size() && matches; ++i) {
      matches = is_variable(wanted[i]) ? !asked[i].empty() : wanted[i] == asked[i];
      if (is_variable(wanted[i])) route.parameters[wanted[i].substr(1, wanted[i].size() - 2)] = asked[i];
    }
    if (matches && takes_rest) route.parameters["volume"] = join(std::span(asked).subspan(wanted.size() - 1), "/");
    if (matches && (!best || route.parameters.size() < best->parameters.size())) best = std::move(route);
  }
  return best;
}

Texts Schema::check(const Method& method, Texts& parameters) {
  static const json::Value none{json::Object{}};
  const json::Value* known = method.description.at({"parameters", "properties"});
  const json::Value& properties = known == nullptr ? none : *known;
  Texts errors;
  for (auto& [name, value] : parameters) {
    const json::Value* schema = member_of(properties, name);
    const std::string wrong = schema == nullptr ? std::string(kUnknown) : check_value(*schema, name, value);
    if (!wrong.empty()) errors[name] = wrong;
    const std::string needed(schema == nullptr ? std::string_view() : schema->text({"requires"}));
    if (!needed.empty() && !parameters.contains(needed))
      errors[needed] = "missing property - '" + name + "' requires this property";
  }
  for (const auto& [name, schema] : *properties.as<json::Object>())
    if (!flag(schema, "optional") && !parameters.contains(name)) errors[name] = kMissing;
  return errors;
}

const json::Value* Schema::parameter(const Method& method, const std::string& name) {
  const json::Value* known = method.description.at({"parameters", "properties"});
  return known == nullptr ? nullptr : member_of(*known, name);
}

}  // namespace rig::fakes::pve
