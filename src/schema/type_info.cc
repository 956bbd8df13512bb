// schema/type_info.cc — the rows of scalars, and how the other types are made.
#include "schema/type_info.h"

#include "base/check.h"

namespace rig::schema {

const TypeInfo& detail::scalar(Kind kind) {
  const auto make = [](Kind k, std::string_view name) {
    TypeInfo t;
    t.kind = k;
    t.name = name;
    return t;
  };
  static const TypeInfo kScalars[] = {
      make(Kind::kBool, "boolean"),   make(Kind::kInt32, "integer"),     make(Kind::kInt64, "integer"),
      make(Kind::kNumber, "number"),  make(Kind::kString, "string"),     make(Kind::kTime, "time"),
      make(Kind::kMicroTime, "time"), make(Kind::kQuantity, "quantity"), make(Kind::kIntOrString, "integer or string"),
      make(Kind::kRaw, "anything"),
  };
  for (const TypeInfo& scalar : kScalars) {
    if (scalar.kind == kind) return scalar;
  }
  CHECK(!"a kind that is no scalar");
}

TypeInfo object(std::string_view name, std::string_view doc, std::vector<Field> fields, std::vector<Rule> rules) {
  TypeInfo t;
  t.kind = Kind::kObject;
  t.name = name;
  t.doc = doc;
  t.fields = std::move(fields);
  t.rules = std::move(rules);
  return t;
}

TypeInfo raw(std::string_view name, std::string_view doc, std::string_view openapi_json) {
  TypeInfo t;
  t.kind = Kind::kRaw;
  t.name = name;
  t.doc = doc;
  t.raw_schema = openapi_json;
  return t;
}

}  // namespace rig::schema
