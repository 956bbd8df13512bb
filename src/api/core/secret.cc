// api/core/secret.cc — reading a value, and the rows of secret.h.
#include "api/core/secret.h"

#include "base/text.h"

namespace rig::api::core {

Result<std::string> Secret::value(std::string_view key) const {
  const auto found = data.find(std::string(key));
  if (found != data.end()) {
    return parse_base64(found->second).context("Secret " + meta.key().to_string() + ", key " + std::string(key));
  }
  std::vector<std::string> keys;
  for (const auto& [name, unused] : data) keys.push_back(name);
  const std::string there = keys.empty() ? "it has no keys" : "it has " + join(keys, ", ");
  return Error(Code::kNotFound, "Secret " + meta.key().to_string() + " has no key " + std::string(key) + "; " + there);
}

}  // namespace rig::api::core

namespace rig::schema {

using namespace api::core;

const TypeInfo& Describe<Secret>::info() {
  // clang-format off
  static const TypeInfo t = object("Secret", "Passwords, keys and other bytes that are not for everyone's eyes.", {
      field<&Secret::meta>("metadata").doc("Name, namespace, labels, annotations."),
      field<&Secret::data>("data").secret().doc("The values, each in base64."),
      field<&Secret::string_data>("stringData").secret()
          .doc("Values as plain text. They are put into `data` and never shown."),
      field<&Secret::type>("type").doc("What the Secret is for; Opaque when empty. It cannot be changed."),
      field<&Secret::immutable>("immutable").doc("Whether the values can no longer be changed."),
  });
  // clang-format on
  return t;
}

}  // namespace rig::schema
