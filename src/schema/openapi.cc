// schema/openapi.cc — rows as the structural schema of a CustomResourceDefinition.
//
// The forms (quantities, int-or-string, formats, which list types are written) are those of controller-gen, so that
// our definitions and the reference's compare equal.
#include <algorithm>

#include "base/check.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

constexpr std::string_view kQuantityPattern =
    R"(^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+)))"
    R"((([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$)";

json::Value parsed(std::string_view text) {
  Result<json::Value> value = json::parse(text);
  CHECK(value.ok());  // a default or a raw schema in a row
  return value.take();
}

json::Value typed(std::string_view type, std::string_view format = {}) {
  json::Value schema;
  schema["type"] = type;
  if (!format.empty()) schema["format"] = format;
  return schema;
}

json::Value int_or_string() {
  json::Value schema;
  schema["anyOf"] = json::Array{typed("integer"), typed("string")};
  schema["x-kubernetes-int-or-string"] = true;
  return schema;
}

json::Value anything() {
  json::Value schema;
  schema["x-kubernetes-preserve-unknown-fields"] = true;
  return schema;
}

void add_validation(json::Value& schema, std::string rule, std::string message) {
  json::Value& rules = schema["x-kubernetes-validations"];
  if (rules.is_null()) rules = json::Array();
  json::Value validation;
  validation["rule"] = std::move(rule);
  validation["message"] = std::move(message);
  rules.as<json::Array>()->push_back(std::move(validation));
}

void set_bounds(json::Value& schema, std::string_view low_name, const std::optional<std::int64_t>& low,
                std::string_view high_name, const std::optional<std::int64_t>& high) {
  if (low) schema[low_name] = *low;
  if (high) schema[high_name] = *high;
}

class Writer {
 public:
  json::Value type(const TypeInfo& t) {
    switch (t.kind) {
      case Kind::kBool: return typed("boolean");
      case Kind::kInt32: return typed("integer", "int32");
      case Kind::kInt64: return typed("integer", "int64");
      case Kind::kNumber: return typed("number");
      case Kind::kString: return typed("string");
      case Kind::kTime:
      case Kind::kMicroTime: return typed("string", "date-time");
      case Kind::kIntOrString: return int_or_string();
      case Kind::kRaw: return t.raw_schema.empty() ? anything() : parsed(t.raw_schema);
      case Kind::kOptional: return type(t.element());
      case Kind::kObject: return object(t);
      case Kind::kEnum: return enumeration(t);
      case Kind::kQuantity: {
        json::Value schema = int_or_string();
        schema["pattern"] = kQuantityPattern;
        return schema;
      }
      case Kind::kList: {
        json::Value schema = typed("array");
        schema["items"] = type(t.element());
        return schema;
      }
      case Kind::kMap: {
        json::Value schema = typed("object");
        schema["additionalProperties"] = type(t.element());
        return schema;
      }
    }
    return {};
  }

 private:
  static json::Value enumeration(const TypeInfo& t) {
    json::Value schema = typed("string");
    json::Array values;
    for (const EnumRow& row : t.values) {
      if (!row.json.empty()) values.emplace_back(row.json);
    }
    schema["enum"] = std::move(values);
    return schema;
  }

  json::Value object(const TypeInfo& t) {
    json::Value schema = typed("object");
    if (!t.doc.empty()) schema["description"] = t.doc;
    // A structural schema cannot name itself; a cluster checks nothing below this point either.
    if (std::find(open_.begin(), open_.end(), &t) != open_.end()) {
      schema["x-kubernetes-preserve-unknown-fields"] = true;
      return schema;
    }
    open_.push_back(&t);
    json::Array required;
    for (const Field& f : t.fields) {
      schema["properties"][f.json] = field(f);
      if (f.is_required) required.emplace_back(f.json);
    }
    open_.pop_back();
    std::sort(required.begin(), required.end(),
              [](const json::Value& a, const json::Value& b) { return a.text({}) < b.text({}); });
    if (!required.empty()) schema["required"] = std::move(required);
    for (const Rule& rule : t.rules) add_rule(schema, rule);
    return schema;
  }

  json::Value field(const Field& f) {
    const TypeInfo* t = &f.type();
    while (t->kind == Kind::kOptional) t = &t->element();
    // Only map lists and maps tell which old item a new one was; rules over old values are refused elsewhere.
    const bool hides_old = t->kind == Kind::kList && f.list != ListType::kMap;
    uncorrelated_ += hides_old ? 1 : 0;
    json::Value schema = type(*t);
    uncorrelated_ -= hides_old ? 1 : 0;
    if (f.is_sizeless) schema.as<json::Object>()->erase("format");
    if (!f.doc_text.empty()) schema["description"] = f.doc_text;
    if (!f.default_json.empty()) schema["default"] = parsed(f.default_json);
    set_bounds(schema, "minimum", f.min_value, "maximum", f.max_value);
    set_bounds(schema, "minLength", f.min_length_value, "maxLength", f.max_length_value);
    if (!f.pattern_text.empty()) schema["pattern"] = f.pattern_text;
    const bool is_map = t->kind == Kind::kMap || t->kind == Kind::kObject;
    set_bounds(schema, is_map ? "minProperties" : "minItems", f.min_items_value, is_map ? "maxProperties" : "maxItems",
               f.max_items_value);
    if (json::Value* item = schema.find(is_map ? "additionalProperties" : "items")) {
      set_bounds(*item, "minLength", f.item_min_length_value, "maxLength", f.item_max_length_value);
      if (!f.item_pattern_text.empty()) (*item)["pattern"] = f.item_pattern_text;
    }
    if (f.is_atomic_map) schema["x-kubernetes-map-type"] = "atomic";
    if (f.list == ListType::kSet) schema["x-kubernetes-list-type"] = "set";
    if (f.list == ListType::kMap) {
      schema["x-kubernetes-list-type"] = "map";
      schema["x-kubernetes-list-map-keys"] = json::Array(f.map_keys.begin(), f.map_keys.end());
    }
    if (f.is_immutable && uncorrelated_ == 0) add_validation(schema, "self == oldSelf", "field is immutable");
    return schema;
  }

  // structure.cc reads these forms back.
  void add_rule(json::Value& schema, const Rule& rule) const {
    if (rule.kind == Rule::Kind::kNeverRemoved) {
      const std::string member(rule.members.front());
      if (uncorrelated_ == 0)
        add_validation(schema, "!has(oldSelf." + member + ") || has(self." + member + ")",
                       member + " cannot be removed once it is set");
      return;
    }
    std::string count, names;
    for (const std::string_view member : rule.members) {
      count += (count.empty() ? "(has(self." : " + (has(self.") + std::string(member) + ") ? 1 : 0)";
      names += (names.empty() ? "" : ", ") + std::string(member);
    }
    const bool is_exact = rule.kind == Rule::Kind::kExactlyOneOf;
    add_validation(schema, count + (is_exact ? " == 1" : " <= 1"),
                   (is_exact ? "exactly one of " : "at most one of ") + names + " must be set");
  }

  std::vector<const TypeInfo*> open_;  // the objects around the one being written
  int uncorrelated_ = 0;
};

}  // namespace

json::Value openapi(const TypeInfo& type) { return Writer().type(type); }

}  // namespace rig::schema
