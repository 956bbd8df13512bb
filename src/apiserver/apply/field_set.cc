// apiserver/apply/field_set.cc — sets of fields.
#include "apiserver/apply/field_set.h"

#include <algorithm>

#include "base/text.h"

namespace rig::apiserver {
namespace {

bool element_less(const FieldSet& a, std::string_view b) { return a.element < b; }

// Walks both in order. A null side has nothing there.
template <class Combine>
FieldSet combined(const FieldSet& a, const FieldSet& b, const Combine& is_member) {
  static const FieldSet kNone;
  FieldSet out{a.element.empty() ? b.element : a.element, is_member(a.is_member, b.is_member), {}};
  auto left = a.below.begin();
  auto right = b.below.begin();
  while (left != a.below.end() || right != b.below.end()) {
    const bool has_left = right == b.below.end() || (left != a.below.end() && left->element <= right->element);
    const bool has_right = left == a.below.end() || (right != b.below.end() && right->element <= left->element);
    FieldSet child = combined(has_left ? *left : kNone, has_right ? *right : kNone, is_member);
    if (!child.is_empty()) out.below.push_back(std::move(child));
    if (has_left) ++left;
    if (has_right) ++right;
  }
  return out;
}

// ".name", "[name=\"a\",port=80]", "[=\"a\"]"
std::string step_text(std::string_view element) {
  const std::string_view rest = element.substr(2);
  if (element.starts_with("f:")) return "." + std::string(rest);
  if (element.starts_with("v:")) return "[=" + std::string(rest) + "]";
  const Result<json::Value> keys = json::parse(rest);
  if (!element.starts_with("k:") || !keys.ok() || !keys->is_object()) return "[" + std::string(rest) + "]";
  std::vector<std::string> parts;
  for (const auto& [name, value] : *keys->as<json::Object>()) parts.push_back(name + "=" + json::to_text(value));
  return "[" + join(parts, ",") + "]";
}

// As it is written here; "" when its kind is not known, nothing when it cannot be read.
std::optional<std::string> plain_element(std::string_view text) {
  if (text.size() < 2 || text[1] != ':') return std::nullopt;
  const char kind = text.front();
  if (kind == 'f') return std::string(text);
  if (kind != 'k' && kind != 'v' && kind != 'i') return "";
  const Result<json::Value> value = json::parse(text.substr(2));
  if (!value.ok() || (kind == 'k' && !value->is_object())) return std::nullopt;
  if (kind == 'i' && value->as<std::int64_t>() == nullptr) return std::nullopt;
  return std::string(text.substr(0, 2)) + json::to_text(*value);
}

bool parse_below(const json::Value& fields_v1, FieldSet& set) {
  const auto* members = fields_v1.as<json::Object>();
  if (members == nullptr) return fields_v1.is_null();
  for (const auto& [name, below] : *members) {
    if (name == ".") {
      set.is_member = true;
      continue;
    }
    const std::optional<std::string> element = plain_element(name);
    if (!element) return false;
    if (element->empty()) continue;
    FieldSet found;
    if (!parse_below(below, found)) return false;
    FieldSet& child = set.at(*element);  // 1 and 1.0 are one
    if (found.is_member || found.below.empty()) child.is_member = true;
    if (!found.below.empty()) child.below = std::move(found.below);
  }
  return true;
}

void visit_members(const FieldSet& set, const std::string& path, const std::function<void(const std::string&)>& visit) {
  for (const FieldSet& child : set.below) {
    if (child.is_member) visit(path + step_text(child.element));
  }
  for (const FieldSet& child : set.below) visit_members(child, path + step_text(child.element), visit);
}

}  // namespace

const FieldSet* FieldSet::find(std::string_view name) const {
  const auto it = std::lower_bound(below.begin(), below.end(), name, element_less);
  return it != below.end() && it->element == name ? &*it : nullptr;
}

FieldSet& FieldSet::at(std::string_view name) {
  const auto it = std::lower_bound(below.begin(), below.end(), name, element_less);
  if (it != below.end() && it->element == name) return *it;
  return *below.insert(it, FieldSet{std::string(name), false, {}});
}

std::optional<FieldSet> parse_field_set(const json::Value& fields_v1) {
  FieldSet set;
  if (!parse_below(fields_v1, set)) return std::nullopt;
  set.is_member = false;  // the root is nobody's
  return set;
}

json::Value fields_v1_of(const FieldSet& set) {
  std::vector<json::Member> members;
  for (const FieldSet& child : set.below) {
    json::Value below = fields_v1_of(child);
    if (child.is_member && !child.below.empty()) below["."] = json::Object();
    members.emplace_back(child.element, std::move(below));
  }
  return json::Object(std::move(members));
}

void drop_empty(FieldSet& set) {
  for (FieldSet& child : set.below) drop_empty(child);
  std::erase_if(set.below, [](const FieldSet& child) { return child.is_empty(); });
}

FieldSet united(const FieldSet& a, const FieldSet& b) {
  return combined(a, b, [](bool in_a, bool in_b) { return in_a || in_b; });
}
FieldSet without(const FieldSet& a, const FieldSet& b) {
  return combined(a, b, [](bool in_a, bool in_b) { return in_a && !in_b; });
}
FieldSet common(const FieldSet& a, const FieldSet& b) {
  return combined(a, b, [](bool in_a, bool in_b) { return in_a && in_b; });
}

void for_each_member(const FieldSet& set, const std::function<void(const std::string& path)>& visit) {
  visit_members(set, {}, visit);
}

}  // namespace rig::apiserver
