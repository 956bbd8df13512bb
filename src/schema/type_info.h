// schema/type_info.h — the one description of an API type. Everything else walks it.
//
// A type is described once, in a .cc file, as rows: wire name, member, rules, one sentence. Decoding, encoding,
// defaults, validation, pruning, OpenAPI, reference pages and coverage are ordinary functions (schema/walk.h)
// that walk the rows; adding a field never means touching them. No macros, no code generator, no RTTI.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/json.h"
#include "base/result.h"

namespace rig::schema {

// A TypeInfo lives as long as the process: what is derived from it is kept by its address.
struct TypeInfo;
using TypeRef = const TypeInfo& (*)();  // a function, so recursive types and link order are no problem

enum class Kind : std::uint8_t {
  kBool,
  kInt32,
  kInt64,
  kNumber,
  kString,
  kEnum,
  kObject,
  kList,
  kMap,
  kOptional,
  kTime,         // WallTime, RFC 3339 in whole seconds, "format: date-time"
  kMicroTime,    // MicroTime, six fraction digits
  kQuantity,     // Quantity, int-or-string with the resource quantity pattern
  kIntOrString,  // IntOrString
  kRaw,          // json::Value with a schema of its own (TypeInfo::raw_schema), or anything
};

// A Kubernetes resource quantity, as written ("4Gi", "500m"). api/quantity.h reads it.
struct Quantity {
  std::string text;
  auto operator<=>(const Quantity&) const = default;
};
struct MicroTime {
  WallTime time;
  auto operator<=>(const MicroTime&) const = default;
};
struct IntOrString {
  std::string text;
  bool is_int = false;
  bool operator==(const IntOrString&) const = default;
};

enum class ListType : std::uint8_t { kAtomic, kSet, kMap };

struct Field {
  std::string_view json;
  TypeRef type = nullptr;
  void* (*at)(void* owner) = nullptr;

  std::string_view doc_text;
  std::string_view default_json;                                   // "" = none; parsed once by the tests
  std::optional<std::int64_t> min_value, max_value;                // numbers
  std::optional<std::int64_t> min_length_value, max_length_value;  // strings: characters
  std::optional<std::int64_t> min_items_value, max_items_value;    // lists; maps: properties
  std::string_view pattern_text;       // ECMAScript, found anywhere unless anchored, as OpenAPI says
  std::string_view item_pattern_text;  // for the strings of a list or the values of a map
  std::optional<std::int64_t> item_min_length_value, item_max_length_value;
  std::vector<std::string_view> map_keys;
  ListType list = ListType::kAtomic;
  bool is_required = false, is_immutable = false, is_atomic_map = false, is_cluster_only = false, is_secret = false;
  bool is_addition = false;  // ours, not in the reference's schema
  bool is_sizeless = false;  // an integer whose schema names no format

  // Chained so that a row reads as one sentence. Not templates: they cost nothing to compile.
  // clang-format off
  Field& doc(std::string_view s) { doc_text = s; return *this; }
  Field& def(std::string_view json_text) { default_json = json_text; return *this; }
  Field& min(std::int64_t v) { min_value = v; return *this; }
  Field& max(std::int64_t v) { max_value = v; return *this; }
  Field& range(std::int64_t low, std::int64_t high) { return min(low).max(high); }
  Field& min_length(std::int64_t v) { min_length_value = v; return *this; }
  Field& max_length(std::int64_t v) { max_length_value = v; return *this; }
  Field& min_items(std::int64_t v) { min_items_value = v; return *this; }
  Field& max_items(std::int64_t v) { max_items_value = v; return *this; }
  Field& pattern(std::string_view re) { pattern_text = re; return *this; }
  Field& item_pattern(std::string_view re) { item_pattern_text = re; return *this; }
  Field& item_length(std::int64_t low, std::int64_t high) {
    item_min_length_value = low;
    item_max_length_value = high;
    return *this;
  }
  Field& set() { list = ListType::kSet; return *this; }
  Field& map_list(std::vector<std::string_view> keys) {
    list = ListType::kMap;
    map_keys = std::move(keys);
    return *this;
  }
  Field& atomic_map() { is_atomic_map = true; return *this; }
  Field& required() { is_required = true; return *this; }
  Field& immutable() { is_immutable = true; return *this; }
  Field& cluster_only() { is_cluster_only = true; return *this; }  // without meaning in standalone
  Field& secret() { is_secret = true; return *this; }              // never shown in diffs or logs
  Field& addition() { is_addition = true; return *this; }
  Field& sizeless() { is_sizeless = true; return *this; }
  // clang-format on
};

// The row with json "", if any, is the value that means "not set": never listed, never written.
struct EnumRow {
  std::int64_t value;
  std::string_view json, doc;
};

// A rule over several members of one object. `members` are wire names.
struct Rule {
  enum class Kind : std::uint8_t { kExactlyOneOf, kAtMostOneOf, kNeverRemoved } kind;
  std::vector<std::string_view> members;
};

using Visit = std::function<void(std::string_view key, void* item)>;

struct TypeInfo {
  Kind kind{};
  std::string_view name, doc;
  std::vector<Field> fields;    // kObject
  std::vector<Rule> rules;      // kObject
  std::vector<EnumRow> values;  // kEnum
  TypeRef element = nullptr;    // kList, kMap, kOptional
  std::string_view raw_schema;  // kRaw: OpenAPI as JSON text; "" means anything (preserve-unknown-fields)
  // Container access without knowing the container: null for other kinds. The key is "" but for maps.
  std::size_t (*size)(const void*) = nullptr;
  void (*each)(void*, const Visit& visit) = nullptr;
  void* (*add)(void*, std::string_view key) = nullptr;
  std::int64_t (*get_enum)(const void*) = nullptr;
  void (*set_enum)(void*, std::int64_t) = nullptr;

  const Field* find(std::string_view json) const {
    for (const Field& f : fields)
      if (f.json == json) return &f;
    return nullptr;
  }
};

template <class T>
const TypeInfo& type_of();

// field<&VmSpec::cpus>("cpus").def("2").min(1).doc("Number of virtual CPUs.")
template <class M>
struct MemberOf;
template <class C, class T>
struct MemberOf<T C::*> {
  using Class = C;
  using Type = T;
};
template <auto member>
Field field(std::string_view json) {
  using Class = typename MemberOf<decltype(member)>::Class;
  using Type = typename MemberOf<decltype(member)>::Type;
  Field f;
  f.json = json;
  f.type = &type_of<Type>;
  f.at = [](void* owner) -> void* { return &(static_cast<Class*>(owner)->*member); };
  return f;
}
// A raw row: the member is a json::Value, `type` names its schema (schema::raw("Affinity", text)).
template <auto member>
Field raw_field(std::string_view json, TypeRef type) {
  Field f = field<member>(json);
  f.type = type;
  return f;
}

// ---- type_of for the shapes the API uses; described structs and enums specialise Describe<T>:
//   template <> struct rig::schema::Describe<rig::api::v1beta1::Disk> { static const TypeInfo& info(); };
template <class T>
struct Describe;

namespace detail {
const TypeInfo& scalar(Kind kind);
template <class T>
struct Shape {
  static const TypeInfo& info() { return Describe<T>::info(); }
};
template <>
struct Shape<bool> {
  static const TypeInfo& info() { return scalar(Kind::kBool); }
};
template <>
struct Shape<std::int32_t> {
  static const TypeInfo& info() { return scalar(Kind::kInt32); }
};
template <>
struct Shape<std::int64_t> {
  static const TypeInfo& info() { return scalar(Kind::kInt64); }
};
template <>
struct Shape<double> {
  static const TypeInfo& info() { return scalar(Kind::kNumber); }
};
template <>
struct Shape<std::string> {
  static const TypeInfo& info() { return scalar(Kind::kString); }
};
template <>
struct Shape<WallTime> {
  static const TypeInfo& info() { return scalar(Kind::kTime); }
};
template <>
struct Shape<MicroTime> {
  static const TypeInfo& info() { return scalar(Kind::kMicroTime); }
};
template <>
struct Shape<Quantity> {
  static const TypeInfo& info() { return scalar(Kind::kQuantity); }
};
template <>
struct Shape<IntOrString> {
  static const TypeInfo& info() { return scalar(Kind::kIntOrString); }
};
template <>
struct Shape<json::Value> {
  static const TypeInfo& info() { return scalar(Kind::kRaw); }
};

template <class T>
struct Shape<std::vector<T>> {
  static const TypeInfo& info() {
    using V = std::vector<T>;
    static const TypeInfo t = [] {
      TypeInfo i;
      i.kind = Kind::kList;
      i.name = "list";
      i.element = &type_of<T>;
      i.size = [](const void* p) { return static_cast<const V*>(p)->size(); };
      i.each = [](void* p, const Visit& visit) {
        for (T& item : *static_cast<V*>(p)) visit("", &item);
      };
      i.add = [](void* p, std::string_view) -> void* { return &static_cast<V*>(p)->emplace_back(); };
      return i;
    }();
    return t;
  }
};
template <class T>
struct Shape<std::map<std::string, T>> {
  static const TypeInfo& info() {
    using M = std::map<std::string, T>;
    static const TypeInfo t = [] {
      TypeInfo i;
      i.kind = Kind::kMap;
      i.name = "map";
      i.element = &type_of<T>;
      i.size = [](const void* p) { return static_cast<const M*>(p)->size(); };
      i.each = [](void* p, const Visit& visit) {
        for (auto& [key, item] : *static_cast<M*>(p)) visit(key, &item);
      };
      i.add = [](void* p, std::string_view k) -> void* { return &(*static_cast<M*>(p))[std::string(k)]; };
      return i;
    }();
    return t;
  }
};
template <class T>
struct Shape<std::optional<T>> {
  static const TypeInfo& info() {
    using O = std::optional<T>;
    static const TypeInfo t = [] {
      TypeInfo i;
      i.kind = Kind::kOptional;
      i.name = "optional";
      i.element = &type_of<T>;
      i.size = [](const void* p) { return static_cast<std::size_t>(static_cast<const O*>(p)->has_value()); };
      i.each = [](void* p, const Visit& visit) {
        if (O& item = *static_cast<O*>(p)) visit("", &*item);
      };
      i.add = [](void* p, std::string_view) -> void* { return &static_cast<O*>(p)->emplace(); };
      return i;
    }();
    return t;
  }
};
}  // namespace detail

template <class T>
const TypeInfo& type_of() {
  return detail::Shape<T>::info();
}

TypeInfo object(std::string_view name, std::string_view doc, std::vector<Field> fields, std::vector<Rule> rules = {});
TypeInfo raw(std::string_view name, std::string_view doc, std::string_view openapi_json);  // text must outlive it

template <class E>
struct EnumValue {
  E value;
  std::string_view json, doc;
};
template <class E>
TypeInfo enumeration(std::string_view name, std::string_view doc, std::vector<EnumValue<E>> rows) {
  TypeInfo t{};
  t.kind = Kind::kEnum;
  t.name = name;
  t.doc = doc;
  for (const auto& row : rows) t.values.push_back({static_cast<std::int64_t>(row.value), row.json, row.doc});
  t.get_enum = [](const void* p) { return static_cast<std::int64_t>(*static_cast<const E*>(p)); };
  t.set_enum = [](void* p, std::int64_t v) { *static_cast<E*>(p) = static_cast<E>(v); };
  return t;
}
inline Rule exactly_one_of(std::vector<std::string_view> members) {
  return {Rule::Kind::kExactlyOneOf, std::move(members)};
}
inline Rule at_most_one_of(std::vector<std::string_view> members) {
  return {Rule::Kind::kAtMostOneOf, std::move(members)};
}
// It need not be there at first. A row within it that is immutable() could otherwise be changed by way of removing it.
inline Rule never_removed(std::string_view member) { return {Rule::Kind::kNeverRemoved, {member}}; }

}  // namespace rig::schema
