// kube/transport.h — the way to an API server: over HTTP, in the same process, or simulated.
#pragma once

#include <functional>
#include <memory>

#include "base/call.h"
#include "kube/request.h"

namespace rig::kube {

// Thread-safe.
class Transport {
 public:
  virtual ~Transport() = default;
  // kNotFound 404, kAborted 409 conflict, kAlreadyExists 409 exists, kOutOfRange 410, kInvalidArgument 400/422,
  // kUnauthenticated 401, kPermissionDenied 403, kResourceExhausted 429 (with retry_after), kUnavailable 5xx or no
  // answer. The message is the server's own.
  virtual Result<json::Value> send(const Request& request, const Call& call) = 0;
  // Delivers one JSON value per event until the stream ends, the deadline passes, stop is requested or on_event
  // returns false. Returning normally is not an error: watches end. An ERROR event is not delivered: it ends the
  // stream with its Error (watch_error).
  virtual Status stream(const Request& request, const Call& call, const std::function<bool(json::Value)>& on_event) = 0;
};

// The metav1.Status that an Error of a Transport was made from. Its causes name each wrong field.
struct StatusDetail final : ErrorDetail {
  explicit StatusDetail(json::Value s) : status(std::move(s)) {}
  json::Value status;
};
const json::Value* status_in(const Error& error);  // null: the error did not come from an API server

// The Error that a metav1.Status stands for; `http_status` decides where the Status says nothing.
Error error_from_status(const json::Value& status, int http_status);
// The Error of a watch event of type ERROR; nullopt for every other type.
std::optional<Error> watch_error(const json::Value& event);

}  // namespace rig::kube
