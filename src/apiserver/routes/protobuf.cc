// apiserver/routes/protobuf.cc — see protobuf.h.
#include "apiserver/routes/protobuf.h"

#include "apiserver/failure.h"
#include "base/text.h"
#include "base/wall_time.h"

namespace rig::apiserver::protobuf {
namespace {

constexpr std::string_view kMagic("k8s\0", 4);

Error truncated() { return {Code::kInvalidArgument, "unexpected EOF"}; }
Error malformed(std::string_view why) { return {Code::kInvalidArgument, "proto: " + std::string(why)}; }

// One field of a message: a number of either kind, or the bytes of one with a length.
struct Field {
  std::uint32_t number = 0;
  enum class Wire : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 } wire = Wire::kVarint;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  bool is_at_end() const { return rest_.empty(); }

  Result<Field> next() {
    const std::uint64_t tag = TRY(varint());
    Field out{.number = static_cast<std::uint32_t>(tag >> 3),
              .wire = static_cast<Field::Wire>(tag & 7),
              .value = 0,
              .bytes = {}};
    if (out.number == 0 || tag >> 32 != 0) return malformed("illegal tag");
    switch (out.wire) {
      case Field::Wire::kVarint: out.value = TRY(varint()); return out;
      case Field::Wire::kFixed64: out.bytes = TRY(take(8)); return out;
      case Field::Wire::kFixed32: out.bytes = TRY(take(4)); return out;
      case Field::Wire::kBytes: {
        const std::uint64_t size = TRY(varint());
        out.bytes = TRY(take(size));
        return out;
      }
    }
    return malformed("illegal wireType " + std::to_string(tag & 7));
  }

 private:
  Result<std::uint64_t> varint() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return truncated();
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return out;
    }
    return malformed("integer overflow");
  }
  Result<std::string_view> take(std::uint64_t size) {
    if (size > rest_.size()) return truncated();
    const std::string_view out = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return out;
  }
  std::string_view rest_;
};

Result<json::Value> read_message(const Message& message, std::string_view bytes);

Result<json::Value> read_text(std::string_view bytes) {
  if (!is_utf8(bytes)) return malformed("a string is not UTF-8");
  return json::Value(bytes);
}

// {seconds, nanos}; an empty one is Go's zero time, which is null in JSON.
Result<json::Value> read_time(std::string_view bytes, Type type) {
  constexpr std::int64_t kSecondsMax = 9'000'000'000;  // in the year 2255; a WallTime ends in 2262
  std::int64_t seconds = 0, nanos = 0;
  for (Reader reader(bytes); !reader.is_at_end();) {
    const Field field = TRY(reader.next());
    if (field.number == 1) seconds = static_cast<std::int64_t>(field.value);
    if (field.number == 2) nanos = static_cast<std::int64_t>(field.value);
  }
  if (bytes.empty()) return json::Value();
  if (seconds < 0 || seconds > kSecondsMax || nanos < 0 || nanos >= 1'000'000'000)
    return malformed("time out of range");
  const WallTime time(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos));
  return json::Value(type == Type::kTime ? format_time(time) : format_micro_time(time));
}

// FieldsV1{Raw bytes = 1}.
Result<json::Value> read_fields(std::string_view bytes) {
  std::string_view raw = "{}";
  for (Reader reader(bytes); !reader.is_at_end();) {
    const Field field = TRY(reader.next());
    if (field.number == 1) raw = field.bytes;
  }
  return json::parse(raw);
}

Status read_entry(std::string_view bytes, Type type, json::Value& map) {
  std::string_view key, value;
  for (Reader reader(bytes); !reader.is_at_end();) {
    const Field field = TRY(reader.next());
    if (field.number == 1) key = field.bytes;
    if (field.number == 2) value = field.bytes;
  }
  if (!is_utf8(key)) return malformed("a key is not UTF-8");
  map[key] = type == Type::kBytesMap ? json::Value(base64(value)) : TRY(read_text(value));
  return {};
}

Result<json::Value> read_value(const Row& row, const Field& field) {
  switch (row.type) {
    case Type::kText: return read_text(field.bytes);
    case Type::kBytes: return json::Value(base64(field.bytes));
    case Type::kInt: return json::Value(static_cast<std::int64_t>(field.value));
    case Type::kBool: return json::Value(field.value != 0);
    case Type::kMessage: return read_message(*row.message, field.bytes);
    case Type::kTime:
    case Type::kMicroTime: return read_time(field.bytes, row.type);
    case Type::kFields: return read_fields(field.bytes);
    case Type::kTextMap:
    case Type::kBytesMap: break;  // read by read_entry()
  }
  return json::Value();
}

bool is_zero(const json::Value& value) {
  return value.is_null() || value == json::Value("") || value == json::Value(0) || value == json::Value(false);
}

bool fits(Type type, Field::Wire wire) {
  const bool is_number = type == Type::kInt || type == Type::kBool;
  return wire == (is_number ? Field::Wire::kVarint : Field::Wire::kBytes);
}

Status read_field(const Row& row, const Field& field, json::Value& out) {
  if (!fits(row.type, field.wire)) return malformed("wrong wireType for field " + std::string(row.json));
  if (row.type == Type::kTextMap || row.type == Type::kBytesMap)
    return read_entry(field.bytes, row.type, out[row.json]);
  json::Value value = TRY(read_value(row, field));
  if (row.is_list) {
    json::Value& list = out[row.json];
    if (list.is_null()) list = json::Array();
    list.as<json::Array>()->push_back(std::move(value));
  } else if (row.is_pointer || !is_zero(value)) {
    out[row.json] = std::move(value);
  }
  return {};
}

Result<json::Value> read_message(const Message& message, std::string_view bytes) {
  json::Value out = json::Object();
  for (Reader reader(bytes); !reader.is_at_end();) {
    const Field field = TRY(reader.next());
    for (const Row& row : message.rows) {
      if (row.number == field.number) TRY(read_field(row, field, out));
    }
  }
  return out;
}

// runtime.Unknown: what is inside, and the bytes of it.
struct Envelope {
  std::string api_version, kind;
  std::string_view raw;
};

Result<Envelope> open(std::string_view body) {
  Envelope out;
  for (Reader reader(body.substr(kMagic.size())); !reader.is_at_end();) {
    const Field field = TRY(reader.next());
    if (field.number == 2) out.raw = field.bytes;
    if (field.number != 1) continue;
    for (Reader type(field.bytes); !type.is_at_end();) {
      const Field part = TRY(type.next());
      if (part.number == 1) out.api_version = part.bytes;
      if (part.number == 2) out.kind = part.bytes;
    }
  }
  return out;
}

Error unrecognized(std::string_view kind, const std::string& why, std::string_view body) {
  constexpr std::size_t kShown = 30;
  const std::string shown =
      body.empty() ? "<empty>" : hex(body.substr(0, kShown)) + (body.size() > kShown ? " ..." : "");
  return bad_request("the object provided is unrecognized (must be of type " + std::string(kind) + "): " + why + " (" +
                     shown + ")");
}

}  // namespace

Result<json::Value> decode(std::string_view body, std::string_view api_version, std::string_view kind) {
  if (body.empty()) return unrecognized(kind, "empty data", body);
  if (!body.starts_with(kMagic)) {
    return unrecognized(kind, "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]",
                        body);
  }
  const Result<Envelope> envelope = open(body);
  if (!envelope.ok()) return unrecognized(kind, envelope.error().message(), body);
  const std::string_view found_version =
      envelope->api_version.empty() ? api_version : std::string_view(envelope->api_version);
  const std::string_view found_kind = envelope->kind.empty() ? kind : std::string_view(envelope->kind);
  const Message* message = message_of(found_version, found_kind);
  if (message == nullptr) {
    const std::string title = std::string(found_kind) + " in version \"" + std::string(found_version) +
                              "\" cannot be handled as a " + std::string(kind) + ": ";
    if (found_kind != kind) return bad_request(title + "it is not read as protobuf here, send it as application/json");
    return bad_request(title + "no kind \"" + std::string(found_kind) + "\" is registered for version \"" +
                       std::string(found_version) + "\" in scheme \"pkg/runtime/scheme.go:111\"");
  }
  Result<json::Value> object = read_message(*message, envelope->raw);
  if (!object.ok()) return unrecognized(kind, object.error().message(), body);
  (*object)["apiVersion"] = found_version;
  (*object)["kind"] = found_kind;
  return object;
}

}  // namespace rig::apiserver::protobuf
