// schema/rows.cc — every row of a type, and every value of a document with its row.
#include <algorithm>

#include "schema/walk.h"

namespace rig::schema {
namespace {

const TypeInfo& without_optional(const TypeInfo& type) {
  return type.kind == Kind::kOptional ? without_optional(type.element()) : type;
}

std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

using RowVisit = std::function<void(const std::string& path, const Field&)>;

void visit_rows(const TypeInfo& type, const std::string& path, std::vector<const TypeInfo*>& open,
                const RowVisit& visit) {
  const TypeInfo& t = without_optional(type);
  if (t.kind == Kind::kList) return visit_rows(t.element(), path + "[]", open, visit);
  if (t.kind == Kind::kMap) return visit_rows(t.element(), path + "{}", open, visit);
  if (t.kind != Kind::kObject || std::find(open.begin(), open.end(), &t) != open.end()) return;
  open.push_back(&t);
  for (const Field& f : t.fields) {
    const std::string field_path = joined(path, f.json);
    visit(field_path, f);
    visit_rows(f.type(), field_path, open, visit);
  }
  open.pop_back();
}

// Whether rows lie below; a list of strings is one leaf, a list of objects is none.
bool has_rows(const TypeInfo& type) {
  const TypeInfo& t = without_optional(type);
  if (t.kind == Kind::kList || t.kind == Kind::kMap) return has_rows(t.element());
  return t.kind == Kind::kObject && !t.fields.empty();
}

using LeafVisit = std::function<void(const std::string& path, const Field&, const json::Value&)>;

void visit_leaves(const TypeInfo& type, const Field* row, const json::Value& value, const std::string& path,
                  const LeafVisit& visit) {
  if (value.is_null()) return;
  const TypeInfo& t = without_optional(type);
  const auto* items = value.as<json::Array>();
  const auto* object = value.as<json::Object>();
  if (!has_rows(t) || (items == nullptr && object == nullptr)) {
    if (row != nullptr) visit(path, *row, value);
  } else if (t.kind == Kind::kList && items != nullptr) {
    for (std::size_t i = 0; i < items->size(); ++i) {
      visit_leaves(t.element(), row, (*items)[i], path + "[" + std::to_string(i) + "]", visit);
    }
  } else if (t.kind == Kind::kMap && object != nullptr) {
    for (const auto& [key, member] : *object) visit_leaves(t.element(), row, member, path + "{" + key + "}", visit);
  } else if (t.kind == Kind::kObject && object != nullptr) {
    for (const Field& f : t.fields) {
      if (const json::Value* member = object->find(f.json)) {
        visit_leaves(f.type(), &f, *member, joined(path, f.json), visit);
      }
    }
  }
}

}  // namespace

void for_each_row(const TypeInfo& type, const RowVisit& visit) {
  std::vector<const TypeInfo*> open;
  visit_rows(type, "", open, visit);
}

void for_each_leaf(const TypeInfo& type, const json::Value& object, const LeafVisit& visit) {
  visit_leaves(type, nullptr, object, "", visit);
}

std::string row_path(std::string_view leaf_path) {
  std::string path;
  char closing = 0;
  for (const char c : leaf_path) {
    if (closing == 0 || c == closing) path += c;
    if (c == closing) {
      closing = 0;
    } else if (closing == 0 && (c == '[' || c == '{')) {
      closing = c == '[' ? ']' : '}';
    }
  }
  return path;
}

}  // namespace rig::schema
