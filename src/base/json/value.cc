// base/json/value.cc — objects and values in memory.
#include <algorithm>

#include "base/check.h"
#include "base/json/json.h"

namespace rig::json {
namespace {

bool key_less(const Member& member, std::string_view key) { return member.first < key; }

}  // namespace

Object::Object(std::initializer_list<Entry> entries)
    : Object([&entries] {
        std::vector<Member> members;
        members.reserve(entries.size());
        for (const Entry& entry : entries) members.emplace_back(std::move(entry.key), std::move(entry.value));
        return members;
      }()) {}

Object::Object(std::vector<Member> members) : members_(std::move(members)) {
  const auto is_before = [](const Member& a, const Member& b) { return a.first < b.first; };
  if (!std::is_sorted(members_.begin(), members_.end(), is_before)) {
    std::stable_sort(members_.begin(), members_.end(), is_before);
  }
  // unique keeps the first of equals, so it runs from the back to keep the last.
  const auto is_equal = [](const Member& a, const Member& b) { return a.first == b.first; };
  members_.erase(members_.begin(), std::unique(members_.rbegin(), members_.rend(), is_equal).base());
}

const Value* Object::find(std::string_view key) const {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, key_less);
  return it != members_.end() && it->first == key ? &it->second : nullptr;
}

Value* Object::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

Value& Object::operator[](std::string_view key) {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, key_less);
  if (it != members_.end() && it->first == key) return it->second;
  return members_.emplace(it, std::string(key), Value())->second;
}

bool Object::erase(std::string_view key) {
  const auto it = std::lower_bound(members_.begin(), members_.end(), key, key_less);
  if (it == members_.end() || it->first != key) return false;
  members_.erase(it);
  return true;
}

std::size_t Object::size() const { return members_.size(); }
const Member* Object::begin() const { return members_.data(); }
const Member* Object::end() const { return members_.data() + members_.size(); }
Member* Object::begin() { return members_.data(); }
Member* Object::end() { return members_.data() + members_.size(); }
bool Object::operator==(const Object& other) const { return members_ == other.members_; }

const Value* Value::find(std::string_view key) const {
  const auto* object = as<Object>();
  return object == nullptr ? nullptr : object->find(key);
}

Value* Value::find(std::string_view key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

const Value* Value::at(std::initializer_list<std::string_view> path) const {
  const Value* value = this;
  for (const std::string_view key : path) {
    value = value->find(key);
    if (value == nullptr) return nullptr;
  }
  return value;
}

std::string_view Value::text(std::initializer_list<std::string_view> path) const {
  const Value* value = at(path);
  const auto* s = value == nullptr ? nullptr : value->as<std::string>();
  return s == nullptr ? std::string_view() : *s;
}

std::int64_t Value::integer(std::initializer_list<std::string_view> path, std::int64_t otherwise) const {
  const Value* value = at(path);
  const auto* i = value == nullptr ? nullptr : value->as<std::int64_t>();
  return i == nullptr ? otherwise : *i;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) v_ = Object();
  auto* object = as<Object>();
  CHECK(object != nullptr);
  return (*object)[key];
}

void Value::set(std::initializer_list<std::string_view> path, Value value) {
  Value* place = this;
  for (const std::string_view key : path) place = &(*place)[key];
  *place = std::move(value);
}

std::string_view type_name(const Value& value) {
  if (value.is_object()) return "object";
  if (value.is_array()) return "array";
  if (value.is_string()) return "string";
  if (value.as<std::int64_t>() != nullptr) return "integer";
  if (value.as<double>() != nullptr) return "number";
  return value.is_null() ? "null" : "boolean";
}

}  // namespace rig::json
