// schema/walk.h — the walkers over TypeInfo rows. All are pure and thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "schema/type_info.h"

namespace rig::schema {

// One thing wrong with a document. `reason` and `what` are the API server's (FieldValueInvalid, "Invalid value:
// 0: spec.cpu in body should be greater than or equal to 1"), with more help where clients do not match on them.
struct Problem {
  std::string path;    // "spec.disks[2].sizeGiB"
  std::string reason;  // FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueTypeInvalid, ...
  std::string what;
};
struct Unknown {
  std::string path;       // "spec.disks[0].sizeGB"
  std::string near_miss;  // "sizeGiB", or ""
};

// ---- on JSON, for the API server ----
void set_defaults(const TypeInfo&, json::Value& object);  // also inside lists and maps; makes no parents
std::vector<Unknown> unknown_fields(const TypeInfo&, const json::Value&);  // sorted by path
void prune(const TypeInfo&, json::Value&);  // drops unknown fields, and nulls in optional ones
// Every problem, not only the first. `old_or_null`: for immutable rows on update.
std::vector<Problem> validate(const TypeInfo&, const json::Value& object, const json::Value* old_or_null);

// ---- between JSON and C++ ----
// Reads what it knows and ignores what it does not (a newer server may say more). kInvalidArgument with the path
// of the first value of a wrong type. An enum value that has no row is refused the same way.
Status decode(const TypeInfo&, const json::Value&, void* out);
// Leaves out empty optionals and null; where the row is not required, also "", empty lists, maps and objects (but
// not those in an optional, which were set on purpose).
json::Value encode(const TypeInfo&, const void* object);

template <class T>
Result<T> decode(const json::Value& v) {
  T out{};
  if (Status s = decode(type_of<T>(), v, &out); !s.ok()) return s.take_error();
  return out;
}
template <class T>
json::Value encode(const T& object) {
  return encode(type_of<T>(), &object);
}
template <class T>
bool same(const T& a, const T& b) {
  return encode(a) == encode(b);
}
// The wire name of an enum value: name_of(PowerState::kOn) == "On".
template <class E>
std::string_view name_of(E value) {
  for (const EnumRow& row : type_of<E>().values)
    if (row.value == static_cast<std::int64_t>(value)) return row.json;
  return {};
}

// ---- descriptions ----
json::Value openapi(const TypeInfo&);   // structural schema for a CRD, with CEL rules where a cluster enforces them
std::string markdown(const TypeInfo&);  // reference page

// Calls `visit` for every row below `type`, depth first, with its path ("spec.disks[].scsi.controller"; lists
// "[]", maps "{}"). A type that contains itself is entered once per path.
void for_each_row(const TypeInfo& type, const std::function<void(const std::string& path, const Field&)>& visit);
// The same over the leaves that are present in `object`, with their values and real indexes and keys
// ("spec.disks[0].name", "status.checks{libvirt}.valid"). A list or map of scalars is one leaf.
void for_each_leaf(const TypeInfo& type, const json::Value& object,
                   const std::function<void(const std::string& path, const Field&, const json::Value&)>& visit);
std::string row_path(std::string_view leaf_path);  // "spec.disks[0].name" -> "spec.disks[].name"

}  // namespace rig::schema
