// apiserver/document.cc — reading bodies as kube-apiserver reads them.
#include "apiserver/document.h"

#include <algorithm>

#include "apiserver/go_time.h"

namespace rig::apiserver {
namespace {

using schema::Kind;
using schema::TypeInfo;

const TypeInfo& unwrapped(const TypeInfo& type) { return type.kind == Kind::kOptional ? type.element() : type; }

std::string go_name(const TypeInfo& outer) {
  const TypeInfo& type = unwrapped(outer);
  switch (type.kind) {
    case Kind::kBool: return "bool";
    case Kind::kInt32: return "int32";
    case Kind::kInt64: return "int64";
    case Kind::kNumber: return "float64";
    case Kind::kList: return "[]" + go_name(type.element());
    case Kind::kMap: return "map[string]" + go_name(type.element());
    case Kind::kObject: return "v1." + std::string(type.name);
    default: return "string";
  }
}

// encoding/json's words for the types of JSON.
std::string_view go_json_type(const json::Value& value) {
  const std::string_view name = json::type_name(value);
  if (name == "boolean") return "bool";
  return name == "integer" ? "number" : name;
}

bool is_readable_as(const TypeInfo& type, const json::Value& value) {
  switch (type.kind) {
    case Kind::kBool: return value.as<bool>() != nullptr;
    case Kind::kInt32:
    case Kind::kInt64: return value.as<std::int64_t>() != nullptr;
    case Kind::kNumber: return value.as<std::int64_t>() != nullptr || value.as<double>() != nullptr;
    case Kind::kString:
    case Kind::kEnum:
    case Kind::kTime:
    case Kind::kMicroTime: return value.is_string();
    case Kind::kObject:
    case Kind::kMap: return value.is_object();
    case Kind::kList: return value.is_array();
    default: return true;  // raw, quantity, int-or-string: any
  }
}

// Go's words for a value of a wrong type. `field`: "ObjectMeta.labels"; "" for the whole value.
using Words = std::string (*)(const TypeInfo& type, const json::Value& value, const std::string& field);

std::string decoder_words(const TypeInfo& type, const json::Value& value, const std::string& field) {
  return "json: cannot unmarshal " + std::string(go_json_type(value)) + " into Go " +
         (field.empty() ? "value" : "struct field " + field) + " of type " + go_name(type);
}

std::string converter_words(const TypeInfo& type, const json::Value& value, const std::string&) {
  const std::string found = value.is_object() ? "map" : value.is_array() ? "slice" : std::string(go_json_type(value));
  switch (type.kind) {
    case Kind::kMap: return "cannot restore map from " + found;
    case Kind::kList: return "cannot restore slice from " + found;
    case Kind::kObject: return "cannot restore struct from: " + found;
    default: return "unrecognized type: " + go_name(type);
  }
}

std::optional<std::string> misread(const TypeInfo& outer, const json::Value& value, const std::string& field,
                                   Words words) {
  const TypeInfo& type = unwrapped(outer);
  if (value.is_null()) return std::nullopt;
  if (!is_readable_as(type, value)) return words(type, value, field);
  if (type.kind == Kind::kTime || type.kind == Kind::kMicroTime) {
    return go_time_error(value.text({}), type.kind == Kind::kMicroTime);
  }
  if (type.kind == Kind::kObject) {
    for (const auto& [name, member] : *value.as<json::Object>()) {
      const schema::Field* row = type.find(name);
      if (row == nullptr) continue;
      if (auto why = misread(row->type(), member, std::string(type.name) + "." + name, words)) return why;
    }
  } else if (type.kind == Kind::kMap) {
    for (const auto& [name, member] : *value.as<json::Object>()) {
      if (auto why = misread(type.element(), member, field, words)) return why;
    }
  } else if (type.kind == Kind::kList) {
    for (const json::Value& item : *value.as<json::Array>()) {
      if (auto why = misread(type.element(), item, field, words)) return why;
    }
  }
  return std::nullopt;
}

bool says_nothing(const TypeInfo& type, const json::Value& value) {
  if (value.is_null()) return true;
  if (type.kind == Kind::kRaw) return false;  // managedFields: [] means something
  if (const auto* text = value.as<std::string>()) return type.kind == Kind::kString && text->empty();
  if (const auto* array = value.as<json::Array>()) return array->empty();
  const auto* object = value.as<json::Object>();
  return object != nullptr && object->empty() && type.kind == Kind::kMap;
}

// As Go's omitempty does for the structs of the core kinds.
void drop_empty(const TypeInfo& outer, json::Value& value) {
  const TypeInfo& type = unwrapped(outer);
  if (auto* array = value.as<json::Array>(); array != nullptr && type.kind == Kind::kList) {
    for (json::Value& item : *array) drop_empty(type.element(), item);
  }
  auto* object = value.as<json::Object>();
  if (object == nullptr || type.kind != Kind::kObject) return;
  std::vector<json::Member> kept;
  for (auto& [name, member] : *object) {
    const schema::Field* row = type.find(name);
    if (row != nullptr && !row->is_required && says_nothing(row->type(), member)) continue;
    if (row != nullptr) drop_empty(row->type(), member);
    kept.emplace_back(name, std::move(member));
  }
  *object = json::Object(std::move(kept));
}

const TypeInfo* metadata_type(const TypeInfo& type) {
  const schema::Field* row = type.find("metadata");
  return row == nullptr ? nullptr : &row->type();
}

}  // namespace

Without::Without(json::Value& object, std::string_view name) : object_(object), name_(name) {
  auto* members = object.as<json::Object>();
  json::Value* found = members == nullptr ? nullptr : members->find(name);
  if (found == nullptr) return;
  value_ = std::move(*found);
  members->erase(name);
}

Without::~Without() {
  if (value_) object_[name_] = *std::move(value_);
}

int depth_of(const json::Value& value, int enough) {
  const auto* items = value.as<json::Array>();
  const auto* members = value.as<json::Object>();
  if (enough == 0 || (items == nullptr && members == nullptr)) return 0;
  int below = 0;
  if (items != nullptr) {
    for (const json::Value& item : *items) below = std::max(below, depth_of(item, enough - 1));
  } else {
    for (const auto& [name, member] : *members) below = std::max(below, depth_of(member, enough - 1));
  }
  return 1 + below;
}

std::optional<std::string> unreadable(const api::KindInfo& kind, const json::Value& object) {
  const TypeInfo& type = kind.type();
  if (!kind.is_custom) return misread(type, object, {}, decoder_words);
  const json::Value* metadata = object.find("metadata");
  const TypeInfo* described = metadata_type(type);
  return metadata == nullptr || described == nullptr ? std::nullopt : misread(*described, *metadata, {}, decoder_words);
}

std::optional<std::string> unconvertible(const api::KindInfo& kind, const json::Value& object) {
  return misread(kind.type(), object, {}, converter_words);
}

std::vector<std::string> unknown_members(const api::KindInfo& kind, json::Value& object) {
  const Without api_version(object, "apiVersion"), kind_name(object, "kind");
  std::vector<std::string> texts;
  for (const schema::Unknown& unknown : schema::unknown_fields(kind.type(), object)) {
    std::string text = "unknown field \"" + unknown.path + "\"";
    if (!unknown.near_miss.empty()) text += " (did you mean \"" + unknown.near_miss + "\"?)";
    texts.push_back(std::move(text));
  }
  return texts;
}

void normalise(const api::KindInfo& kind, json::Value& object) {
  const Without api_version(object, "apiVersion"), kind_name(object, "kind");
  const TypeInfo& type = kind.type();
  schema::prune(type, object);
  if (!kind.is_custom) {
    drop_empty(type, object);
  } else if (json::Value* metadata = object.find("metadata")) {
    if (const TypeInfo* described = metadata_type(type)) drop_empty(*described, *metadata);
  }
  schema::set_defaults(type, object);
}

std::vector<schema::Problem> check_schema(const api::KindInfo& kind, json::Value& object, const json::Value* old) {
  const Without api_version(object, "apiVersion"), kind_name(object, "kind"), metadata(object, "metadata");
  return schema::validate(kind.type(), object, old);
}

}  // namespace rig::apiserver
