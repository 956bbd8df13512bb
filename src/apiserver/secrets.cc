// apiserver/secrets.cc — Secret and ConfigMap.
#include <algorithm>

#include "apiserver/limits.h"
#include "apiserver/manners.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

using Problems = std::vector<schema::Problem>;

constexpr std::string_view kFrozen = "Forbidden: field is immutable when `immutable` is set";
constexpr std::string_view kKeyWords =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

struct TypedSecret {
  std::string_view type;
  std::vector<std::string_view> keys;  // that have to be there
};
const std::vector<TypedSecret>& typed_secrets() {
  static const std::vector<TypedSecret> kTypes = {
      {"kubernetes.io/tls", {"tls.crt", "tls.key"}},
      {"kubernetes.io/ssh-auth", {"ssh-privatekey"}},
      {"kubernetes.io/dockercfg", {".dockercfg"}},
      {"kubernetes.io/dockerconfigjson", {".dockerconfigjson"}},
  };
  return kTypes;
}

const json::Object& members(const json::Value& object, std::string_view name) {
  static const json::Object kNone;
  const json::Value* found = object.find(name);
  return found == nullptr || !found->is_object() ? kNone : *found->as<json::Object>();
}

// To its plain form: no line ends, no null.
std::optional<std::string> read_base64(json::Value& object, std::string_view name) {
  json::Value* found = object.find(name);
  auto* values = found == nullptr ? nullptr : found->as<json::Object>();
  if (values == nullptr) return std::nullopt;
  for (auto& [key, value] : *values) {
    const Result<std::string> bytes = parse_base64(value.text({}));
    if (!bytes.ok()) return "illegal base64 data at input byte 0";
    value = base64(*bytes);
  }
  return std::nullopt;
}

std::size_t decoded_size(std::string_view encoded) {
  const std::size_t padding = encoded.ends_with("==") ? 2 : encoded.ends_with('=') ? 1 : 0;
  return encoded.size() / 4 * 3 - padding;
}

void check_key(std::string_view map, const std::string& key, Problems& problems) {
  const std::string path = std::string(map) + "[" + key + "]";
  if (key.size() > limits::kNameLengthMax) {
    add_invalid(problems, path, key, "must be no more than " + std::to_string(limits::kNameLengthMax) + " bytes");
  }
  const bool is_plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  });
  if (!is_plain) add_invalid(problems, path, key, kKeyWords);
  if (key == "." || key == "..") {
    add_invalid(problems, path, key, "must not be '" + key + "'");
  } else if (key.starts_with("..")) {
    add_invalid(problems, path, key, "must not start with '..'");
  }
}

bool is_frozen(const json::Value* old) {
  const json::Value* immutable = old == nullptr ? nullptr : old->find("immutable");
  return immutable != nullptr && *immutable == json::Value(true);
}

// Whether two maps say the same; absent and empty do.
bool is_same_map(const json::Value& a, const json::Value& b, std::string_view name) {
  return members(a, name) == members(b, name);
}

void check_frozen(const json::Value& object, const json::Value* old, Problems& problems) {
  if (!is_frozen(old)) return;
  if (!is_frozen(&object)) add_problem(problems, "immutable", "FieldValueForbidden", std::string(kFrozen));
  for (const std::string_view name : {"data", "binaryData"}) {
    if (!is_same_map(object, *old, name)) add_problem(problems, name, "FieldValueForbidden", std::string(kFrozen));
  }
}

std::string too_long() {
  return "Too long: may not be more than " + std::to_string(limits::kSecretBytesMax) + " bytes";
}

void require_key(const json::Object& data, std::string_view key, Problems& problems) {
  if (data.contains(key)) return;
  add_problem(problems, "data[" + std::string(key) + "]", "FieldValueRequired", "Required value");
}

void check_secret_type(const json::Value& object, Problems& problems) {
  const std::string_view type = object.text({"type"});
  const json::Object& data = members(object, "data");
  for (const TypedSecret& typed : typed_secrets()) {
    if (typed.type != type) continue;
    for (const std::string_view key : typed.keys) require_key(data, key, problems);
  }
  if (type == "kubernetes.io/basic-auth" && !data.contains("username") && !data.contains("password")) {
    require_key(data, "username", problems);
    require_key(data, "password", problems);
  }
  if (type == "kubernetes.io/service-account-token" &&
      object.text({"metadata", "annotations", "kubernetes.io/service-account.name"}).empty()) {
    add_problem(problems, "metadata.annotations[kubernetes.io/service-account.name]", "FieldValueRequired",
                "Required value");
  }
  if (!type.starts_with("kubernetes.io/dockerc")) return;
  const std::string_view key = type == "kubernetes.io/dockercfg" ? ".dockercfg" : ".dockerconfigjson";
  const json::Value* config = data.find(key);
  if (config == nullptr || json::parse(*parse_base64(config->text({}))).ok()) return;
  add_problem(problems, "data[" + std::string(key) + "]", "FieldValueInvalid",
              "Invalid value: \"<secret contents redacted>\": unexpected end of JSON input");
}

}  // namespace

std::optional<std::string> read_secret(json::Value& object) { return read_base64(object, "data"); }

std::optional<std::string> read_config_map(json::Value& object) { return read_base64(object, "binaryData"); }

void prepare_secret(json::Value& object, const json::Value* old) {
  const json::Object plain = members(object, "stringData");  // a copy, for adding "data" moves its neighbours
  for (const auto& [key, value] : plain) object["data"][key] = base64(value.text({}));
  object.as<json::Object>()->erase("stringData");
  if (object.text({"type"}).empty()) object["type"] = old == nullptr ? "Opaque" : old->text({"type"});
}

void check_secret(const json::Value& object, const json::Value* old, Problems& problems) {
  if (old != nullptr && object.text({"type"}) != old->text({"type"})) {
    add_invalid(problems, "type", object.text({"type"}), kImmutable);
  }
  check_frozen(object, old, problems);
  std::size_t bytes = 0;
  for (const auto& [key, value] : members(object, "data")) {
    check_key("data", key, problems);
    bytes += decoded_size(value.text({}));
  }
  if (bytes > limits::kSecretBytesMax) add_problem(problems, "data", "FieldValueTooLong", too_long());
  check_secret_type(object, problems);
}

void check_config_map(const json::Value& object, const json::Value* old, Problems& problems) {
  check_frozen(object, old, problems);
  std::size_t bytes = 0;
  for (const auto& [key, value] : members(object, "data")) {
    check_key("data", key, problems);
    if (members(object, "binaryData").contains(key)) {
      add_invalid(problems, "data[" + key + "]", key, "duplicate of key present in binaryData");
    }
    bytes += value.text({}).size();
  }
  for (const auto& [key, value] : members(object, "binaryData")) {
    check_key("binaryData", key, problems);
    bytes += decoded_size(value.text({}));
  }
  if (bytes > limits::kSecretBytesMax) add_problem(problems, "[]", "FieldValueTooLong", too_long());
}

}  // namespace rig::apiserver
