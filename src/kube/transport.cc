// kube/transport.cc — metav1.Status as an Error.
//
// Reasons: k8s.io/apimachinery pkg/apis/meta/v1/types.go; what a server really sends: recordings under tests/kube.
#include "kube/transport.h"

namespace rig::kube {
namespace {

struct ReasonRow {
  std::string_view reason;
  Code code;
};
constexpr ReasonRow kReasons[] = {
    {"NotFound", Code::kNotFound},
    {"AlreadyExists", Code::kAlreadyExists},
    {"Conflict", Code::kAborted},
    {"Expired", Code::kOutOfRange},
    {"Gone", Code::kOutOfRange},
    {"Invalid", Code::kInvalidArgument},
    {"BadRequest", Code::kInvalidArgument},
    {"NotAcceptable", Code::kInvalidArgument},
    {"UnsupportedMediaType", Code::kInvalidArgument},
    {"RequestEntityTooLarge", Code::kInvalidArgument},
    {"MethodNotAllowed", Code::kUnimplemented},
    {"Unauthorized", Code::kUnauthenticated},
    {"Forbidden", Code::kPermissionDenied},
    {"TooManyRequests", Code::kResourceExhausted},
    {"Timeout", Code::kUnavailable},
    {"ServerTimeout", Code::kUnavailable},
    {"InternalError", Code::kUnavailable},
    {"ServiceUnavailable", Code::kUnavailable},
    {"StoreReadError", Code::kUnavailable},
};

struct HttpRow {
  int status;
  Code code;
};
constexpr HttpRow kHttp[] = {
    {401, Code::kUnauthenticated},   {403, Code::kPermissionDenied}, {404, Code::kNotFound},
    {405, Code::kUnimplemented},     {409, Code::kAborted},          {410, Code::kOutOfRange},
    {429, Code::kResourceExhausted},
};

Code code_of(std::string_view reason, std::int64_t http_status) {
  for (const ReasonRow& row : kReasons) {
    if (row.reason == reason) return row.code;
  }
  for (const HttpRow& row : kHttp) {
    if (row.status == http_status) return row.code;
  }
  if (http_status >= 400 && http_status < 500) return Code::kInvalidArgument;
  return http_status >= 500 ? Code::kUnavailable : Code::kUnknown;
}

}  // namespace

Error error_from_status(const json::Value& status, int http_status) {
  const std::int64_t http_code = http_status != 0 ? http_status : status.integer({"code"});
  std::string message(status.text({"message"}));
  if (message.empty()) message = "the API server answered HTTP " + std::to_string(http_code);
  Error error(code_of(status.text({"reason"}), http_code), std::move(message));
  const std::int64_t seconds = status.integer({"details", "retryAfterSeconds"});
  if (seconds > 0) error = std::move(error).with_retry_after(std::chrono::seconds(seconds));
  if (!status.is_object()) return error;
  return std::move(error).with_detail(std::make_shared<StatusDetail>(status));
}

std::optional<Error> watch_error(const json::Value& event) {
  if (event.text({"type"}) != "ERROR") return std::nullopt;
  const json::Value* status = event.find("object");
  return error_from_status(status != nullptr ? *status : json::Value(), 0);
}

const json::Value* status_in(const Error& error) {
  const auto* detail = dynamic_cast<const StatusDetail*>(error.detail());
  return detail != nullptr ? &detail->status : nullptr;
}

}  // namespace rig::kube
