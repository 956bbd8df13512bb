// apiserver/apply/shape.cc — shapes from rows.
#include "apiserver/apply/shape.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>

#include "base/mutex.h"

namespace rig::apiserver {
namespace {

using schema::TypeInfo;
using K = schema::Kind;

// Structs that Kubernetes marks x-kubernetes-map-type: atomic.
constexpr std::array<std::string_view, 5> kAtomicStructs = {"OwnerReference", "ObjectReference", "LocalObjectReference",
                                                            "RoleRef", "Subject"};

// Lists of core kinds that merge by a key although their rows, which are raw, do not say so.
struct KeyedList {
  std::string_view type, field, key;
};
constexpr std::array kKeyedLists = {KeyedList{"ServiceAccount", "secrets", "name"}};

const Shape& one_value() {
  static const Shape kOneValue = [] {
    Shape shape;
    shape.is_atomic = true;
    return shape;
  }();
  return kOneValue;
}

std::string_view scalar_name(K kind) {
  switch (kind) {
    case K::kBool: return "boolean";
    case K::kInt32:
    case K::kInt64: return "integer";
    case K::kNumber: return "number";
    case K::kString:
    case K::kEnum:
    case K::kTime:
    case K::kMicroTime: return "string";
    default: return {};
  }
}

class Compiler {
 public:
  const Shape& of(const TypeInfo& type) {
    const Lock lock(mutex_);
    return *compile(type);
  }

 private:
  const Shape* compile(const TypeInfo& type) REQUIRES(mutex_) {
    if (type.kind == K::kOptional) return compile(type.element());
    if (const auto known = known_.find(&type); known != known_.end()) return known->second;
    Shape& shape = shapes_.emplace_back();
    known_[&type] = &shape;  // before its members: a type may contain itself
    switch (type.kind) {
      case K::kObject: compile_struct(type, shape); break;
      case K::kMap:
        shape.kind = Shape::Kind::kMap;
        shape.element = compile(type.element());
        break;
      case K::kList:
        shape.kind = Shape::Kind::kList;
        shape.is_atomic = true;
        shape.element = compile(type.element());
        break;
      case K::kRaw: compile_raw(type, shape); break;
      default: shape.kind = Shape::Kind::kScalar; shape.scalar = scalar_name(type.kind);
    }
    return &shape;
  }

  void compile_struct(const TypeInfo& type, Shape& shape) REQUIRES(mutex_) {
    shape.kind = Shape::Kind::kStruct;
    shape.is_atomic = std::find(kAtomicStructs.begin(), kAtomicStructs.end(), type.name) != kAtomicStructs.end();
    for (const schema::Field& row : type.fields) shape.fields.emplace_back(row.json, compile_field(type, row));
    std::sort(shape.fields.begin(), shape.fields.end());
  }

  // What a row says about its list or map is of the row, not of the type.
  const Shape* compile_field(const TypeInfo& owner, const schema::Field& row) REQUIRES(mutex_) {
    const Shape* plain = compile(row.type());
    const KeyedList* keyed = nullptr;
    for (const KeyedList& list : kKeyedLists) {
      if (list.type == owner.name && list.field == row.json) keyed = &list;
    }
    if (row.list == schema::ListType::kAtomic && !row.is_atomic_map && keyed == nullptr) return plain;
    Shape& shape = shapes_.emplace_back(*plain);
    if (row.is_atomic_map) shape.is_atomic = true;
    if (row.list != schema::ListType::kAtomic) set_list(shape, row.list, {row.map_keys.begin(), row.map_keys.end()});
    if (row.list == schema::ListType::kMap) shape.key_defaults = key_defaults(row.type(), shape.keys);
    if (keyed != nullptr) {  // a raw row
      shape.kind = Shape::Kind::kList;
      shape.element = &one_value();
      set_list(shape, schema::ListType::kMap, {std::string(keyed->key)});
    }
    return &shape;
  }

  static json::Object key_defaults(const TypeInfo& list, const std::vector<std::string>& keys) {
    json::Object defaults;
    const TypeInfo& items = list.kind == K::kOptional ? list.element().element() : list.element();
    for (const std::string& key : keys) {
      const schema::Field* row = items.find(key);
      if (row == nullptr || row->default_json.empty()) continue;
      if (Result<json::Value> value = json::parse(row->default_json); value.ok()) defaults[key] = value.take();
    }
    return defaults;
  }

  static void set_list(Shape& shape, schema::ListType list, std::vector<std::string> keys) {
    shape.is_atomic = false;
    shape.list = list;
    shape.keys = std::move(keys);
    std::sort(shape.keys.begin(), shape.keys.end());
  }

  void compile_raw(const TypeInfo& type, Shape& shape) REQUIRES(mutex_) {
    const Result<json::Value> parsed = json::parse(type.raw_schema.empty() ? "{}" : type.raw_schema);
    if (parsed.ok()) compile_schema(*parsed, shape);
  }

  const Shape* compile_schema(const json::Value& schema) REQUIRES(mutex_) {
    Shape& shape = shapes_.emplace_back();
    compile_schema(schema, shape);
    return &shape;
  }

  void compile_schema(const json::Value& schema, Shape& shape) REQUIRES(mutex_) {
    const std::string_view type = schema.text({"type"});
    const json::Value* keeps = schema.find("x-kubernetes-preserve-unknown-fields");
    if (type == "object") {
      compile_object(schema, shape);
      shape.keeps_unknown = keeps != nullptr && *keeps == json::Value(true);
      if (shape.keeps_unknown && shape.fields.empty()) shape.kind = Shape::Kind::kAnything;
      shape.is_atomic = schema.text({"x-kubernetes-map-type"}) == "atomic";
    } else if (type == "array") {
      shape.kind = Shape::Kind::kList;
      shape.is_atomic = true;
      const json::Value* items = schema.find("items");
      shape.element = items == nullptr ? &anything() : compile_schema(*items);
      set_list_type(schema, shape);
    } else if (!type.empty()) {
      shape.kind = Shape::Kind::kScalar;
      for (const std::string_view name : {"string", "integer", "number", "boolean"}) {
        if (name == type) shape.scalar = name;
      }
    } else if (schema.find("x-kubernetes-int-or-string") != nullptr) {
      shape.kind = Shape::Kind::kScalar;
    }
  }

  void compile_object(const json::Value& schema, Shape& shape) REQUIRES(mutex_) {
    const json::Value* properties = schema.find("properties");
    const json::Value* additional = schema.find("additionalProperties");
    if (additional != nullptr && additional->is_object()) {
      shape.kind = Shape::Kind::kMap;
      shape.element = compile_schema(*additional);
      return;
    }
    shape.kind = Shape::Kind::kStruct;
    if (properties == nullptr || !properties->is_object()) return;
    for (const auto& [name, property] : *properties->as<json::Object>()) {
      shape.fields.emplace_back(name, compile_schema(property));
    }
  }

  static void set_list_type(const json::Value& schema, Shape& shape) {
    const std::string_view list = schema.text({"x-kubernetes-list-type"});
    if (list == "set") set_list(shape, schema::ListType::kSet, {});
    if (list != "map") return;
    std::vector<std::string> keys;
    if (const json::Value* names = schema.find("x-kubernetes-list-map-keys"); names != nullptr && names->is_array()) {
      for (const json::Value& name : *names->as<json::Array>()) keys.emplace_back(name.text({}));
    }
    set_list(shape, schema::ListType::kMap, std::move(keys));
    for (const std::string& key : shape.keys) {
      const json::Value* fallback = schema.at({"items", "properties", key, "default"});
      if (fallback != nullptr) shape.key_defaults[key] = *fallback;
    }
  }

  Mutex mutex_;
  std::map<const TypeInfo*, const Shape*> known_ GUARDED_BY(mutex_);
  std::deque<Shape> shapes_ GUARDED_BY(mutex_);  // never moved, never dropped
};

}  // namespace

const Shape* Shape::field(std::string_view name) const {
  const auto it = std::lower_bound(fields.begin(), fields.end(), name,
                                   [](const auto& f, std::string_view n) { return f.first < n; });
  return it != fields.end() && it->first == name ? it->second : nullptr;
}

const Shape* Shape::member(std::string_view name) const {
  if (kind == Kind::kAnything) return &anything();
  if (kind == Kind::kMap) return element;
  if (const Shape* found = field(name)) return found;
  return keeps_unknown ? &anything() : nullptr;
}

const Shape& anything() {
  static const Shape kAnything;
  return kAnything;
}

const Shape& shape_of(const schema::TypeInfo& type) {
  static Compiler compiler;
  return compiler.of(type);
}

const Shape& shape_of(const api::KindInfo& kind) { return shape_of(kind.type()); }

std::string item_element(const Shape& list, const json::Value& item) {
  if (list.list == schema::ListType::kSet) return "v:" + json::to_text(item);
  json::Object keys;
  bool has_any = false;
  for (const std::string& key : list.keys) {
    const json::Value* found = item.find(key);
    if (found == nullptr) found = list.key_defaults.find(key);
    has_any = has_any || found != nullptr;
    if (found != nullptr) keys[key] = *found;
  }
  return has_any ? "k:" + json::to_text(keys) : std::string();
}

}  // namespace rig::apiserver
