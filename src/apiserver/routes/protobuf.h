// apiserver/routes/protobuf.h — the protobuf bodies that kubectl and helm send, as JSON.
//
// kubectl create secret|namespace|configmap, auth whoami and can-i, and helm's release Secrets come as
// application/vnd.kubernetes.protobuf and are not tried again in JSON. Messages are rows with field numbers, read
// from the generated.proto files of k8s.io/api and k8s.io/apimachinery; what has no row is passed over.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/json/json.h"
#include "base/result.h"

namespace rig::apiserver::protobuf {

struct Message;

enum class Type : std::uint8_t {
  kText,
  kBytes,  // bytes become base64
  kInt,
  kBool,
  kMessage,
  kTime,
  kMicroTime,
  kFields,  // FieldsV1: bytes that are JSON
  kTextMap,
  kBytesMap,
};
struct Row {
  std::uint32_t number;
  std::string_view json;
  Type type;
  const Message* message = nullptr;
  bool is_list = false;
  bool is_pointer = false;  // a zero value is a value; else "", 0 and false are left out, as omitempty does
};
struct Message {
  std::span<const Row> rows;
};

// The message of a kind whose bodies we read; null: none.
const Message* message_of(std::string_view api_version, std::string_view kind);

// An envelope ("k8s\0" and runtime.Unknown). The type inside may be empty: then it is the one given. The result has
// apiVersion and kind. kInvalidArgument, in kube-apiserver's words, for anything else.
Result<json::Value> decode(std::string_view body, std::string_view api_version, std::string_view kind);

}  // namespace rig::apiserver::protobuf
