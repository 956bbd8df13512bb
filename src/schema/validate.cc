// schema/validate.cc — what is wrong with a document, in kube-apiserver's words (read from recordings of 1.37).
#include <cmath>
#include <map>
#include <set>

#include "schema/structure.h"
#include "schema/walk.h"
#include "schema/wording.h"

namespace rig::schema {
namespace {

constexpr std::string_view kRequired = "FieldValueRequired", kInvalid = "FieldValueInvalid",
                           kNotSupported = "FieldValueNotSupported", kTypeInvalid = "FieldValueTypeInvalid",
                           kTooLong = "FieldValueTooLong", kTooMany = "FieldValueTooMany",
                           kDuplicate = "FieldValueDuplicate";
constexpr std::string_view kNowhere = "<nil>";  // the server names no field for some problems

// JSON has one kind of number; 2.0 is an integer as far as doubles are exact.
bool is_whole(const json::Value& value) {
  constexpr double kExactMax = 9007199254740991;  // 2^53 - 1
  const auto* d = value.as<double>();
  return value.as<std::int64_t>() != nullptr || (d != nullptr && *d == std::floor(*d) && std::abs(*d) <= kExactMax);
}

std::optional<double> number_of(const json::Value& value) {
  if (const auto* i = value.as<std::int64_t>()) return static_cast<double>(*i);
  if (const auto* d = value.as<double>()) return *d;
  return std::nullopt;
}

bool has_type(const Node& node, const json::Value& value) {
  if (node.type.empty()) return true;
  if (node.type == "integer") return is_whole(value);
  if (node.type == "number") return number_of(value).has_value();
  if (node.type == "integer,string") return value.is_string() || is_whole(value);
  return node.type == json::type_name(value);
}

class Validator {
 public:
  explicit Validator(std::vector<Problem>& problems) : problems_(problems) {}

  // `old` is what stood here before, or null when that is not known. What an update leaves as it was is not judged
  // again, so that an object outlives a stricter schema (the server calls it ratcheting).
  void check(const Node& node, const json::Value& value, const json::Value* old, const Place& place) {
    if (old != nullptr && *old == value) return;
    if (value.is_null() && node.nullable) return;
    if (!has_type(node, value)) refuse_type(node, value, place);
    check_enum(node, value, place);
    check_number(node, value, place);
    if (const auto* text = value.as<std::string>()) check_text(node, *text, place);
    if (const auto* items = value.as<json::Array>()) check_list(node, *items, old, place);
    if (const auto* object = value.as<json::Object>()) check_object(node, *object, old, place);
    if (old != nullptr && !node.immutable_message.empty()) refuse_rule(value, node.immutable_message, place);
  }

 private:
  void add(std::string path, std::string_view reason, std::string what) {
    problems_.push_back({std::move(path), std::string(reason), std::move(what)});
  }

  // "Invalid value: 0: spec.cpu in body should be ..."
  void refuse(const Place& place, std::string_view reason, const std::string& value, const std::string& why) {
    std::string path = place.text();
    std::string what = "Invalid value: " + value + ": " + path + " in body " + why;
    add(std::move(path), reason, std::move(what));
  }

  void refuse_type(const Node& node, const json::Value& value, const Place& place) {
    std::string wanted = node.type, found(json::type_name(value));
    // With a format the server speaks of formats, but for strings and lists.
    if (!node.format.empty() && !value.is_string() && !value.is_array() && !value.is_null()) {
      wanted = node.format;
      found = value.as<std::int64_t>() != nullptr ? "int64" : value.as<double>() != nullptr ? "float64" : "";
    }
    refuse(place, kTypeInvalid, quoted(found), "must be of type " + wanted + ": " + quoted(found));
    if (node.type != "integer,string" || !node.has_any_of) return;
    add(std::string(kNowhere), kInvalid,
        "Invalid value: \"\": " + quoted(place.text()) + " must validate at least one schema (anyOf)");
    refuse(place, kTypeInvalid, quoted(found), "must be of type integer: " + quoted(found));
    if (value.as<double>() != nullptr) refuse_integer(node, place);
  }

  void refuse_integer(const Node& node, const Place& place) {
    const std::string format = node.format.empty() ? "(default format)" : "with format " + node.format;
    add(std::string(kNowhere), kInvalid,
        "Invalid value: \"\": Checked value must be of type integer " + format + " in " + place.text());
  }

  // CEL rules: objects and lists are not shown.
  void refuse_rule(const json::Value& value, const std::string& message, const Place& place) {
    const std::string path = place.text();
    const bool is_shown = !value.is_object() && !value.is_array();
    add(path.empty() ? std::string(kNowhere) : path, kInvalid,
        "Invalid value: " + (is_shown ? shown(value) + ": " : std::string()) + message);
  }

  void check_enum(const Node& node, const json::Value& value, const Place& place) {
    if (node.values.empty()) return;
    std::string supported;
    for (const json::Value& candidate : node.values) {
      if (candidate == value) return;
      supported +=
          (supported.empty() ? "" : ", ") + quoted(candidate.is_string() ? candidate.text({}) : shown(candidate));
    }
    add(place.text(), kNotSupported,
        "Unsupported value: " + shown(value) + ": supported values: " + supported + enum_hint(node.values, value));
  }

  void check_number(const Node& node, const json::Value& value, const Place& place) {
    const std::optional<double> n = number_of(value);
    if (!n) return;
    const bool fits = is_whole(value) && (node.format != "int32" || (*n >= INT32_MIN && *n <= INT32_MAX));
    if (node.type == "integer" && !fits) refuse_integer(node, place);
    const bool is_int = value.as<std::int64_t>() != nullptr;
    if (node.minimum && *n < *node.minimum) {
      refuse(place, kInvalid, shown(value), "should be greater than or equal to " + bound(*node.minimum, is_int));
    }
    if (node.maximum && *n > *node.maximum) {
      refuse(place, kInvalid, shown(value), "should be less than or equal to " + bound(*node.maximum, is_int));
    }
  }

  void check_text(const Node& node, const std::string& text, const Place& place) {
    if (node.max_length || node.min_length) {
      const std::int64_t length = character_count(text);
      if (node.max_length && length > *node.max_length) {
        add(place.text(), kTooLong, "Too long: may not be more than " + std::to_string(*node.max_length) + " bytes");
      }
      if (node.min_length && length < *node.min_length) {
        refuse(place, kInvalid, quoted(text), "should be at least " + std::to_string(*node.min_length) + " chars long");
      }
    }
    if (node.pattern != nullptr && !node.pattern->is_found_in(text)) {
      refuse(place, kInvalid, quoted(text), "should match '" + node.pattern->expression() + "'");
    }
    if (!has_format(node.format, text)) {
      refuse(place, kTypeInvalid, quoted(text), "must be of type " + node.format + ": " + quoted(text));
    }
  }

  void check_count(std::size_t count, const std::optional<std::int64_t>& min, const std::optional<std::int64_t>& max,
                   std::string_view noun, const Place& place) {
    const auto n = static_cast<std::int64_t>(count);
    if (max && n > *max) {
      add(place.text(), kTooMany,
          "Too many: " + std::to_string(n) + ": must have at most " + std::to_string(*max) + " items");
    }
    if (min && n < *min) {
      refuse(place, kInvalid, std::to_string(n),
             "should have at least " + std::to_string(*min) + " " + std::string(noun));
    }
  }

  void check_list(const Node& node, const json::Array& items, const json::Value* old, const Place& place) {
    if (node.type != "array" && !node.type.empty()) return;
    check_count(items.size(), node.min_items, node.max_items, "items", place);
    std::map<std::string, const json::Value*> old_by_key;
    if (old != nullptr && old->is_array() && node.list == ListType::kMap) {
      for (const json::Value& item : *old->as<json::Array>()) old_by_key.emplace(key_of(node, item), &item);
    }
    std::set<std::string> keys;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const json::Value* old_item = nullptr;
      if (node.list != ListType::kAtomic) {
        const std::string key = key_of(node, items[i]);
        if (!keys.insert(key).second) add(place.item(i).text(), kDuplicate, "Duplicate value: " + key);
        if (const auto found = old_by_key.find(key); found != old_by_key.end()) old_item = found->second;
      }
      if (node.items != nullptr) check(*node.items, items[i], old_item, place.item(i));
    }
  }

  // What must be unique: the item of a set, the key members of a map list's item.
  static std::string key_of(const Node& node, const json::Value& item) {
    if (node.list != ListType::kMap) return shown(item);
    json::Object key;
    for (const std::string& name : node.map_keys) {
      if (const json::Value* member = item.find(name)) key[name] = *member;
    }
    return json::to_text(key);
  }

  void check_object(const Node& node, const json::Object& object, const json::Value* old, const Place& place) {
    if (node.type != "object" && !node.type.empty()) return;
    check_count(object.size(), node.min_properties, node.max_properties, "properties", place);
    for (const std::string& name : node.required) {
      const json::Value* member = object.find(name);
      const Node* described = node.member(name);
      const bool may_be_null = described != nullptr && described->nullable;
      if (member == nullptr || (member->is_null() && !may_be_null)) {
        add(place.member(name).text(), kRequired, "Required value");
      }
    }
    for (const auto& [name, member] : object) {
      const Node* described = node.member(name);
      // A null that is not in a list was said to be absent: prune() drops it, and "required" has been seen to.
      if (described == nullptr || member.is_null()) continue;
      check(*described, member, old == nullptr ? nullptr : old->find(name), place.member(name));
    }
    for (const MemberRule& rule : node.rules) check_rule(rule, object, place);
    for (const auto& [name, message] : node.never_removed) {
      const auto is_there = [](const json::Value* member) { return member != nullptr && !member->is_null(); };
      if (old != nullptr && is_there(old->find(name)) && !is_there(object.find(name)))
        refuse_rule(json::Object(), message, place);
    }
  }

  void check_rule(const MemberRule& rule, const json::Object& object, const Place& place) {
    std::size_t count = 0;
    std::string found;
    for (const std::string& name : rule.members) {
      const json::Value* member = object.find(name);
      if (member == nullptr || member->is_null()) continue;
      ++count;
      found += (found.empty() ? "" : ", ") + name;
    }
    if (count == 1 || (count == 0 && !rule.is_exactly_one)) return;
    refuse_rule(json::Object(), rule.message + "; found " + (count == 0 ? "none" : found), place);
  }

  std::vector<Problem>& problems_;
};

}  // namespace

std::vector<Problem> validate(const TypeInfo& type, const json::Value& object, const json::Value* old_or_null) {
  std::vector<Problem> problems;
  Validator(problems).check(structure_of(type), object, old_or_null, Place());
  return problems;
}

}  // namespace rig::schema
