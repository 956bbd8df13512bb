// apiserver/apply/field_set.h — a set of fields of an object, as metadata.managedFields writes it (fieldsV1).
//
// Elements are written as there: f:name (a member), k:{"name":"a"} (a list's item by its keys), v:"a" (by its value).
// Pure values. Source of the algebra: sigs.k8s.io/structured-merge-diff.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"

namespace rig::apiserver {

struct FieldSet {
  std::string element;          // "" at the root
  bool is_member = false;       // the field itself, apart from what is below it
  std::vector<FieldSet> below;  // sorted by element

  bool is_empty() const { return !is_member && below.empty(); }
  const FieldSet* find(std::string_view name) const;
  FieldSet& at(std::string_view name);  // adds it
  bool operator==(const FieldSet&) const = default;
};

// Nothing when it cannot be read. Elements of a kind that is not known are left out: a newer server may write them.
std::optional<FieldSet> parse_field_set(const json::Value& fields_v1);
json::Value fields_v1_of(const FieldSet& set);

void drop_empty(FieldSet& set);  // what is no member and has none below

FieldSet united(const FieldSet& a, const FieldSet& b);
FieldSet without(const FieldSet& a, const FieldSet& b);  // members of b; what is below them stays
FieldSet common(const FieldSet& a, const FieldSet& b);

// Calls `visit` with the path of every member: those of one level first, then what is below each
// (".spec.disks", ".spec.classRef.name", ".spec.map[name=\"a\",port=80].v").
void for_each_member(const FieldSet& set, const std::function<void(const std::string& path)>& visit);

}  // namespace rig::apiserver
