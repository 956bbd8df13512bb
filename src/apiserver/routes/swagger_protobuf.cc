// apiserver/routes/swagger_protobuf.cc — see swagger_protobuf.h.
#include "apiserver/routes/swagger_protobuf.h"

#include <array>
#include <bit>
#include <cstdint>

namespace rig::apiserver {
namespace {

// ---- the wire ----

class Writer {
 public:
  void number(std::uint32_t field, std::uint64_t value) {
    varint(field << 3U);
    varint(value);
  }
  void fixed(std::uint32_t field, double value) {
    varint(field << 3U | 1U);
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, bits >>= 8U) out_.push_back(static_cast<char>(bits & 0xFFU));
  }
  void bytes(std::uint32_t field, std::string_view value) {
    varint(field << 3U | 2U);
    varint(value.size());
    out_.append(value);
  }
  std::string take() { return std::move(out_); }

 private:
  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7U) out_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  std::string out_;
};

std::string message(std::uint32_t field, std::string_view bytes) {
  Writer out;
  out.bytes(field, bytes);
  return out.take();
}

// The messages NamedSchema, NamedAny and the like.
std::string named(std::string_view name, std::string_view value) { return message(1, name) + message(2, value); }

std::string any_of(const json::Value& value) { return message(2, json::to_text(value)); }  // Any.yaml

// ---- schemas ----

enum class Form : std::uint8_t {
  kText,
  kNumber,
  kDouble,
  kFlag,
  kAny,
  kTexts,
  kAnys,
  kType,
  kItems,
  kMore,
  kSchemas,
  kMembers
};
struct Row {
  std::string_view json;
  std::uint32_t number;
  Form form;
};
constexpr std::array kSchemaRows = {
    Row{"$ref", 1, Form::kText},
    Row{"format", 2, Form::kText},
    Row{"title", 3, Form::kText},
    Row{"description", 4, Form::kText},
    Row{"default", 5, Form::kAny},
    Row{"multipleOf", 6, Form::kDouble},
    Row{"maximum", 7, Form::kDouble},
    Row{"exclusiveMaximum", 8, Form::kFlag},
    Row{"minimum", 9, Form::kDouble},
    Row{"exclusiveMinimum", 10, Form::kFlag},
    Row{"maxLength", 11, Form::kNumber},
    Row{"minLength", 12, Form::kNumber},
    Row{"pattern", 13, Form::kText},
    Row{"maxItems", 14, Form::kNumber},
    Row{"minItems", 15, Form::kNumber},
    Row{"uniqueItems", 16, Form::kFlag},
    Row{"maxProperties", 17, Form::kNumber},
    Row{"minProperties", 18, Form::kNumber},
    Row{"required", 19, Form::kTexts},
    Row{"enum", 20, Form::kAnys},
    Row{"additionalProperties", 21, Form::kMore},
    Row{"type", 22, Form::kType},
    Row{"items", 23, Form::kItems},
    Row{"allOf", 24, Form::kSchemas},
    Row{"properties", 25, Form::kMembers},
};
constexpr std::uint32_t kExtension = 31;

double number_of(const json::Value& value) {
  if (const auto* whole = value.as<std::int64_t>()) return static_cast<double>(*whole);
  const auto* real = value.as<double>();
  return real == nullptr ? 0 : *real;
}

std::string schema_bytes(const json::Value& schema);

std::string members_bytes(const json::Value& schemas) {
  std::string out;
  for (const auto& [name, schema] : *schemas.as<json::Object>()) out += message(1, named(name, schema_bytes(schema)));
  return out;
}

void write(const Row& row, const json::Value& value, Writer& out) {
  switch (row.form) {
    case Form::kText: return out.bytes(row.number, value.text({}));
    case Form::kNumber: return out.number(row.number, static_cast<std::uint64_t>(value.integer({})));
    case Form::kDouble: return out.fixed(row.number, number_of(value));
    case Form::kFlag: return out.number(row.number, value == json::Value(true) ? 1 : 0);
    case Form::kAny: return out.bytes(row.number, any_of(value));
    case Form::kType: return out.bytes(row.number, message(1, value.text({})));
    case Form::kItems: return out.bytes(row.number, message(1, schema_bytes(value)));
    case Form::kMembers: return out.bytes(row.number, members_bytes(value));
    case Form::kMore: {
      Writer item;
      if (value.is_object())
        item.bytes(1, schema_bytes(value));
      else
        item.number(2, value == json::Value(true) ? 1 : 0);
      return out.bytes(row.number, item.take());
    }
    case Form::kTexts:
      for (const json::Value& text : *value.as<json::Array>()) out.bytes(row.number, text.text({}));
      return;
    case Form::kAnys:
      for (const json::Value& item : *value.as<json::Array>()) out.bytes(row.number, any_of(item));
      return;
    case Form::kSchemas:
      for (const json::Value& item : *value.as<json::Array>()) out.bytes(row.number, schema_bytes(item));
      return;
  }
}

std::string schema_bytes(const json::Value& schema) {
  Writer out;
  for (const Row& row : kSchemaRows) {
    if (const json::Value* value = schema.find(row.json)) write(row, *value, out);
  }
  for (const auto& [name, value] : *schema.as<json::Object>()) {
    if (name.starts_with("x-")) out.bytes(kExtension, named(name, any_of(value)));
  }
  return out.take();
}

}  // namespace

std::string swagger_protobuf(const json::Value& document) {
  Writer out;
  out.bytes(1, document.text({"swagger"}));
  out.bytes(2, message(1, document.text({"info", "title"})) + message(2, document.text({"info", "version"})));
  out.bytes(8, {});  // no paths
  out.bytes(9, members_bytes(*document.find("definitions")));
  return out.take();
}

}  // namespace rig::apiserver
