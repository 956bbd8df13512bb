// apiserver/apply/shape.h — a kind's schema as merging sees it: what is a field of its own, what is one whole.
//
// Compiled once per kind from its rows (raw rows from their OpenAPI); thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/kinds.h"
#include "schema/type_info.h"

namespace rig::apiserver {

struct Shape {
  enum class Kind : std::uint8_t { kScalar, kStruct, kMap, kList, kAnything } kind = Kind::kAnything;
  bool is_atomic = false;        // owned, compared and replaced as a whole
  bool keeps_unknown = false;    // kStruct
  std::string_view scalar = {};  // kScalar: string, integer, number, boolean; "" any of them
  std::vector<std::pair<std::string, const Shape*>> fields;  // kStruct, sorted
  const Shape* element = nullptr;                            // kMap, kList
  schema::ListType list = schema::ListType::kAtomic;         // kList
  std::vector<std::string> keys;                             // of a map list, sorted
  json::Object key_defaults;                                 // what an item that leaves out a key has

  const Shape* field(std::string_view name) const;
  // What describes a member: a field, else the map's values. Null: nothing does.
  const Shape* member(std::string_view name) const;
  bool is_field(std::string_view name) const { return kind == Kind::kStruct && field(name) != nullptr; }
};

const Shape& shape_of(const api::KindInfo& kind);  // of the object without apiVersion and kind
const Shape& shape_of(const schema::TypeInfo& type);
const Shape& anything();

// An item's place in a set or map list: v:"a", k:{"name":"a"}. "" when it leaves out every key.
std::string item_element(const Shape& list, const json::Value& item);

}  // namespace rig::apiserver
