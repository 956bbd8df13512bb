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
  // returns false. Returning normally is not an error: watches end.
  virtual Status stream(const Request& request, const Call& call,
                        const std::function<bool(json::Value)>& on_event) = 0;
};

// The Error that a metav1.Status stands for; `http_status` decides where the Status says nothing.
Error error_from_status(const json::Value& status, int http_status);

}  // namespace rig::kube
