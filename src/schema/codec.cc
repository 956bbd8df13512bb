// schema/codec.cc — between JSON and the plain structs of the API.
#include <cmath>

#include "base/text.h"
#include "base/wall_time.h"
#include "schema/structure.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

Error wrong(const Place& place, std::string_view wanted, const json::Value& found) {
  const std::string path = place.text();
  return Error(Code::kInvalidArgument, (path.empty() ? "the value" : path) + " must be " + std::string(wanted) +
                                           ", found " + std::string(json::type_name(found)));
}

std::optional<std::int64_t> integer_of(const json::Value& value) {
  if (const auto* i = value.as<std::int64_t>()) return *i;
  const auto* d = value.as<double>();
  const bool is_whole =
      d != nullptr && *d == std::floor(*d) && std::abs(*d) < 0x1p53;  // "2.0" is an integer to Kubernetes
  return is_whole ? std::optional(static_cast<std::int64_t>(*d)) : std::nullopt;
}

Status decode_integer(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const std::optional<std::int64_t> i = integer_of(value);
  if (!i) return wrong(place, "an integer", value);
  if (t.kind == Kind::kInt64) {
    *static_cast<std::int64_t*>(out) = *i;
    return {};
  }
  if (*i != static_cast<std::int32_t>(*i)) {
    return Error(Code::kInvalidArgument, place.text() + " must fit into 32 bits, found " + std::to_string(*i));
  }
  *static_cast<std::int32_t*>(out) = static_cast<std::int32_t>(*i);
  return {};
}

Status decode_time(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return wrong(place, "a time", value);
  const WallTime time = TRY(parse_time(*text).context(place.text()));
  if (t.kind == Kind::kMicroTime) {
    static_cast<MicroTime*>(out)->time = time;
  } else {
    *static_cast<WallTime*>(out) = time;
  }
  return {};
}

// Integers or strings: quantities and the like.
Status decode_either(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const auto* text = value.as<std::string>();
  const std::optional<std::int64_t> i = integer_of(value);
  if (text == nullptr && !i) return wrong(place, "an integer or a string", value);
  std::string written = text != nullptr ? *text : std::to_string(*i);
  if (t.kind == Kind::kQuantity) {
    static_cast<Quantity*>(out)->text = std::move(written);
  } else {
    *static_cast<IntOrString*>(out) = {std::move(written), text == nullptr};
  }
  return {};
}

Status decode_enum(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const auto* text = value.as<std::string>();
  if (text == nullptr) return wrong(place, "a string", value);
  for (const EnumRow& row : t.values) {
    if (row.json != *text) continue;
    t.set_enum(out, row.value);
    return {};
  }
  return Error(Code::kInvalidArgument, place.text() + ": \"" + *text + "\" is not a " + std::string(t.name));
}

Status decode_at(const TypeInfo& t, const json::Value& value, void* out, const Place& place);

Status decode_object(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  if (!value.is_object()) return wrong(place, "an object", value);
  for (const Field& f : t.fields) {
    if (const json::Value* member = value.find(f.json)) {
      TRY(decode_at(f.type(), *member, f.at(out), place.member(f.json)));
    }
  }
  return {};
}

Status decode_map(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const auto* object = value.as<json::Object>();
  if (object == nullptr) return wrong(place, "an object", value);
  for (const auto& [name, member] : *object) {
    TRY(decode_at(t.element(), member, t.add(out, name), place.member(name)));
  }
  return {};
}

Status decode_list(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  const auto* items = value.as<json::Array>();
  if (items == nullptr) return wrong(place, "a list", value);
  for (std::size_t i = 0; i < items->size(); ++i) {
    TRY(decode_at(t.element(), (*items)[i], t.add(out, {}), place.item(i)));
  }
  return {};
}

// Null is the same as absent, as it is to the API server; Go's zero times are written so.
Status decode_at(const TypeInfo& t, const json::Value& value, void* out, const Place& place) {
  if (value.is_null()) return {};
  switch (t.kind) {
    case Kind::kBool:
      if (const auto* b = value.as<bool>()) return *static_cast<bool*>(out) = *b, Status();
      return wrong(place, "true or false", value);
    case Kind::kNumber:
      if (const auto* d = value.as<double>()) return *static_cast<double*>(out) = *d, Status();
      if (const auto* i = value.as<std::int64_t>())
        return *static_cast<double*>(out) = static_cast<double>(*i), Status();
      return wrong(place, "a number", value);
    case Kind::kString:
      if (const auto* s = value.as<std::string>()) return *static_cast<std::string*>(out) = *s, Status();
      return wrong(place, "a string", value);
    case Kind::kRaw: return *static_cast<json::Value*>(out) = value, Status();
    case Kind::kInt32:
    case Kind::kInt64: return decode_integer(t, value, out, place);
    case Kind::kTime:
    case Kind::kMicroTime: return decode_time(t, value, out, place);
    case Kind::kQuantity:
    case Kind::kIntOrString: return decode_either(t, value, out, place);
    case Kind::kEnum: return decode_enum(t, value, out, place);
    case Kind::kOptional: return decode_at(t.element(), value, t.add(out, {}), place);
    case Kind::kObject: return decode_object(t, value, out, place);
    case Kind::kMap: return decode_map(t, value, out, place);
    case Kind::kList: return decode_list(t, value, out, place);
  }
  return {};
}

json::Value encode_at(const TypeInfo& t, void* p);

// Null and what says no more than absence does.
bool is_empty(const json::Value& value) {
  const auto* text = value.as<std::string>();
  const auto* items = value.as<json::Array>();
  const auto* object = value.as<json::Object>();
  return value.is_null() || (text != nullptr && text->empty()) || (items != nullptr && items->empty()) ||
         (object != nullptr && object->empty());
}

json::Value encode_object(const TypeInfo& t, void* p) {
  std::vector<json::Member> members;
  for (const Field& f : t.fields) {
    json::Value value = encode_at(f.type(), f.at(p));
    // An optional that is set to "" or {} was set so on purpose.
    const bool is_left_out = f.type().kind == Kind::kOptional || f.is_required ? value.is_null() : is_empty(value);
    if (!is_left_out) members.emplace_back(f.json, std::move(value));
  }
  return json::Object(std::move(members));
}

json::Value encode_enum(const TypeInfo& t, void* p) {
  const std::int64_t value = t.get_enum(p);
  for (const EnumRow& row : t.values) {
    if (row.value == value) return row.json;
  }
  return {};
}

json::Value encode_at(const TypeInfo& t, void* p) {
  switch (t.kind) {
    case Kind::kBool: return *static_cast<bool*>(p);
    case Kind::kInt32: return std::int64_t{*static_cast<std::int32_t*>(p)};
    case Kind::kInt64: return *static_cast<std::int64_t*>(p);
    case Kind::kNumber: return *static_cast<double*>(p);
    case Kind::kString: return *static_cast<std::string*>(p);
    case Kind::kRaw: return *static_cast<json::Value*>(p);
    case Kind::kTime: return format_time(*static_cast<WallTime*>(p));
    case Kind::kMicroTime: return format_micro_time(static_cast<MicroTime*>(p)->time);
    case Kind::kQuantity: return static_cast<Quantity*>(p)->text;
    case Kind::kEnum: return encode_enum(t, p);
    case Kind::kObject: return encode_object(t, p);
    case Kind::kIntOrString: {
      const auto& either = *static_cast<IntOrString*>(p);
      const Result<std::int64_t> integer = parse_int(either.text);
      return either.is_int && integer.ok() ? json::Value(*integer) : json::Value(either.text);
    }
    case Kind::kOptional: {
      json::Value value;
      t.each(p, [&](std::string_view, void* item) { value = encode_at(t.element(), item); });
      return value;
    }
    case Kind::kList: {
      json::Array items;
      t.each(p, [&](std::string_view, void* item) { items.push_back(encode_at(t.element(), item)); });
      return items;
    }
    case Kind::kMap: {
      std::vector<json::Member> members;
      t.each(p, [&](std::string_view key, void* item) { members.emplace_back(key, encode_at(t.element(), item)); });
      return json::Object(std::move(members));
    }
  }
  return {};
}

}  // namespace

Status decode(const TypeInfo& type, const json::Value& value, void* out) {
  return decode_at(type, value, out, Place());
}

// The rows' accessors are not const; nothing is changed.
json::Value encode(const TypeInfo& type, const void* object) { return encode_at(type, const_cast<void*>(object)); }

}  // namespace rig::schema
