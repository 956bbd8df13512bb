// apiserver/apply/typed.cc — fitting, listing and comparing fields.
#include "apiserver/apply/typed.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"

namespace rig::apiserver {
namespace {

using Kind = Shape::Kind;

// The shape that an undescribed value has by itself: maps have fields, lists are one value. Null may be a map.
Kind actual_kind(const Shape& shape, const json::Value& value) {
  if (shape.kind != Kind::kAnything) return shape.kind;
  return value.is_object() || value.is_null() ? Kind::kMap : value.is_array() ? Kind::kList : Kind::kScalar;
}

bool is_whole(const Shape& shape, Kind kind) {
  return shape.is_atomic || kind == Kind::kScalar || (shape.kind == Kind::kAnything && kind == Kind::kList);
}

// ---- misfit ----

std::string go_shown(const json::Value& value) {
  const std::string text = value.is_string() ? std::string(value.text({})) : json::to_text(value);
  return value.is_string() ? "&{" + text + "}" : "&value.valueUnstructured{Value:" + text + "}";
}

class Fitting {
 public:
  void check(const Shape& shape, const json::Value& value, const std::string& path) {
    if (value.is_null()) return;
    switch (shape.kind) {
      case Kind::kScalar: check_scalar(shape, value, path); break;
      case Kind::kStruct:
      case Kind::kMap: check_members(shape, value, path); break;
      case Kind::kList: check_items(shape, value, path); break;
      case Kind::kAnything: break;
    }
  }

  std::optional<std::string> result() const {
    if (errors_.empty()) return std::nullopt;
    return errors_.size() == 1 ? errors_.front() : "errors:\n  " + join(errors_, "\n  ");
  }

 private:
  void add(const std::string& path, const std::string& what) { errors_.push_back(path + ": " + what); }

  void check_scalar(const Shape& shape, const json::Value& value, const std::string& path) {
    const bool is_number = value.as<std::int64_t>() != nullptr || value.as<double>() != nullptr;
    if (shape.scalar == "string" && !value.is_string()) {
      add(path, "expected string, got " + go_shown(value));
    } else if ((shape.scalar == "integer" || shape.scalar == "number") && !is_number) {
      add(path, "expected numeric (int or float), got " + go_shown(value));
    } else if (shape.scalar == "boolean" && value.as<bool>() == nullptr) {
      add(path, "expected boolean, got " + go_shown(value));
    } else if (value.is_object() || value.is_array()) {
      add(path, "expected scalar, got " + go_shown(value));
    }
  }

  void check_members(const Shape& shape, const json::Value& value, const std::string& path) {
    const auto* members = value.as<json::Object>();
    if (members == nullptr) return add(path, "expected map, got " + go_shown(value));
    for (const auto& [name, member] : *members) {
      const std::string at = path + "." + name;
      if (const Shape* described = shape.member(name)) {
        check(*described, member, at);
      } else {
        add(at, "field not declared in schema");
      }
    }
  }

  void check_items(const Shape& shape, const json::Value& value, const std::string& path) {
    const auto* items = value.as<json::Array>();
    if (items == nullptr) return add(path, "expected list, got " + go_shown(value));
    std::set<std::string> seen, repeated;
    for (std::size_t i = 0; i < items->size(); ++i) {
      check(*shape.element, (*items)[i], path + "[" + std::to_string(i) + "]");
      if (shape.list == schema::ListType::kAtomic) continue;
      const std::string element = item_element(shape, (*items)[i]);
      if (element.empty()) {
        const json::Array keys(shape.keys.begin(), shape.keys.end());
        add(path, "element " + std::to_string(i) +
                      ": associative list with keys has an element that omits all key fields " + json::to_text(keys) +
                      " (and doesn't have default values for any key fields)");
      } else if (!seen.insert(element).second && repeated.insert(element).second) {
        FieldSet one;
        one.at(element).is_member = true;
        for_each_member(one, [&](const std::string& key) { add(path, "duplicate entries for key " + key); });
      }
    }
  }

  std::vector<std::string> errors_;
};

// ---- fields_of ----

void list_fields(const Shape& shape, const json::Value& value, FieldSet& set) {
  const Kind kind = actual_kind(shape, value);
  if (is_whole(shape, kind)) {
    set.is_member = true;
  } else if (kind == Kind::kList) {
    const auto* items = value.as<json::Array>();
    if (items == nullptr) return;
    for (const json::Value& item : *items) {
      const std::string element = item_element(shape, item);
      if (element.empty()) continue;
      FieldSet& child = set.at(element);
      list_fields(*shape.element, item, child);
      child.is_member = true;
    }
  } else if (const auto* members = value.as<json::Object>()) {
    for (const auto& [name, member] : *members) {
      const Shape* described = shape.member(name);
      if (described == nullptr) continue;
      FieldSet& child = set.at("f:" + name);
      list_fields(*described, member, child);
      const bool is_bare = member.is_null() || (member.is_object() && member.as<json::Object>()->empty());
      if (is_bare || !shape.is_field(name)) child.is_member = true;
    }
  }
}

// ---- compare ----

bool is_hollow(Kind kind, const json::Value* value) {
  if (value == nullptr) return true;
  const auto* array = value->as<json::Array>();
  if (kind == Kind::kList) return array == nullptr || array->empty();
  const auto* object = value->as<json::Object>();
  return object == nullptr || object->empty();
}

// The same place in three growing sets.
struct Places {
  FieldSet &added, &modified, &removed;
  Places at(const std::string& element) const { return {added.at(element), modified.at(element), removed.at(element)}; }
};

class Comparer {
 public:
  // At least one of the two is there.
  void compare(const Shape& shape, const json::Value* before, const json::Value* after, const Places& places) const {
    const Kind is = actual_kind(shape, after != nullptr ? *after : *before);
    const Kind was = before != nullptr ? actual_kind(shape, *before) : is;
    if (was != is) compare_as(was, shape, before, after, places);  // what was below it is gone
    compare_as(is, shape, before, after, places);
    if (before == nullptr) places.added.is_member = true;
    if (after == nullptr) places.removed.is_member = true;
  }

 private:
  void compare_as(Kind kind, const Shape& shape, const json::Value* before, const json::Value* after,
                  const Places& places) const {
    if (is_whole(shape, kind) || (is_hollow(kind, before) && is_hollow(kind, after))) {
      leaf(before, after, places);
    } else if (kind == Kind::kList) {
      compare_items(shape, before, after, places);
    } else {
      compare_members(shape, before, after, places);
    }
  }

  static void leaf(const json::Value* before, const json::Value* after, const Places& places) {
    if (before != nullptr && after != nullptr && *before != *after) places.modified.is_member = true;
  }

  void compare_members(const Shape& shape, const json::Value* before, const json::Value* after,
                       const Places& places) const {
    std::set<std::string_view> names;
    for (const json::Value* side : {before, after}) {
      const auto* members = side == nullptr ? nullptr : side->as<json::Object>();
      if (members == nullptr) continue;
      for (const auto& [name, member] : *members) names.insert(name);
    }
    for (const std::string_view name : names) {
      const Shape* described = shape.member(name);
      if (described == nullptr) continue;
      const json::Value* old_member = before == nullptr ? nullptr : before->find(name);
      const json::Value* new_member = after == nullptr ? nullptr : after->find(name);
      if (old_member != nullptr && new_member != nullptr && *old_member == *new_member) continue;
      compare(*described, old_member, new_member, places.at("f:" + std::string(name)));
    }
  }

  void compare_items(const Shape& shape, const json::Value* before, const json::Value* after,
                     const Places& places) const {
    struct Pair {
      const json::Value *before = nullptr, *after = nullptr;
    };
    std::map<std::string, Pair> items;
    const auto note = [&](const json::Value* side, const json::Value* Pair::*member) {
      const auto* array = side == nullptr ? nullptr : side->as<json::Array>();
      if (array == nullptr) return;
      for (const json::Value& item : *array) items[item_element(shape, item)].*member = &item;
    };
    note(before, &Pair::before);
    note(after, &Pair::after);
    items.erase("");  // what leaves out its keys is nobody's
    for (const auto& [element, pair] : items) {
      if (pair.before != nullptr && pair.after != nullptr && *pair.before == *pair.after) continue;
      compare(*shape.element, pair.before, pair.after, places.at(element));
    }
  }
};

}  // namespace

std::optional<std::string> misfit(const Shape& shape, const json::Value& document) {
  Fitting fitting;
  fitting.check(shape, document, {});
  return fitting.result();
}

FieldSet fields_of(const Shape& shape, const json::Value& document) {
  FieldSet set;
  list_fields(shape, document, set);
  set.is_member = false;
  drop_empty(set);  // walking made a place for everything it looked at
  return set;
}

Comparison compare(const Shape& shape, const json::Value& before, const json::Value& after) {
  Comparison comparison;
  Comparer().compare(shape, &before, &after, {comparison.added, comparison.modified, comparison.removed});
  for (FieldSet* set : {&comparison.added, &comparison.modified, &comparison.removed}) {
    set->is_member = false;
    drop_empty(*set);
  }
  return comparison;
}

}  // namespace rig::apiserver
