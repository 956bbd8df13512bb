// apiserver/failure.cc — the Status objects.
#include "apiserver/failure.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace rig::apiserver {
namespace {

// What travels with the Error.
struct StatusDetail final : ErrorDetail {
  StatusDetail(int code_of_http, json::Value status_object) : code(code_of_http), status(std::move(status_object)) {}
  int code;
  json::Value status;
};

struct CodeRow {
  Code code;
  int http;
  std::string_view reason;
};
// For errors that were not made here: what the store, a wait or a walker says.
constexpr std::array kCodes = {
    CodeRow{Code::kCancelled, 504, "Timeout"},          CodeRow{Code::kUnknown, 500, "InternalError"},
    CodeRow{Code::kInvalidArgument, 400, "BadRequest"}, CodeRow{Code::kDeadlineExceeded, 504, "Timeout"},
    CodeRow{Code::kNotFound, 404, "NotFound"},          CodeRow{Code::kAlreadyExists, 409, "AlreadyExists"},
    CodeRow{Code::kPermissionDenied, 403, "Forbidden"}, CodeRow{Code::kResourceExhausted, 507, "InsufficientStorage"},
    CodeRow{Code::kFailedPrecondition, 422, "Invalid"}, CodeRow{Code::kAborted, 409, "Conflict"},
    CodeRow{Code::kOutOfRange, 410, "Expired"},         CodeRow{Code::kUnimplemented, 501, "NotImplemented"},
    CodeRow{Code::kInternal, 500, "InternalError"},     CodeRow{Code::kUnavailable, 503, "ServiceUnavailable"},
    CodeRow{Code::kDataLoss, 500, "InternalError"},     CodeRow{Code::kUnauthenticated, 401, "Unauthorized"},
};

const CodeRow& row_of(Code code) {
  return *std::find_if(kCodes.begin(), kCodes.end(), [&](const CodeRow& row) { return row.code == code; });
}

// The code that callers in this process decide by; the HTTP side reads the Status.
Code code_of(int http) {
  switch (http) {
    case 400:
    case 405:
    case 406:
    case 413:
    case 415:
    case 422: return Code::kInvalidArgument;
    case 401: return Code::kUnauthenticated;
    case 403: return Code::kPermissionDenied;
    case 404: return Code::kNotFound;
    case 409: return Code::kAborted;
    case 410: return Code::kOutOfRange;
    case 429: return Code::kResourceExhausted;
    case 503: return Code::kUnavailable;
    case 504: return Code::kDeadlineExceeded;
    default: return Code::kInternal;
  }
}

json::Value failure(int http, std::string_view reason, std::string_view message, json::Value details) {
  json::Value status = json::Object{{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", json::Object{}},
                                    {"status", "Failure"}, {"message", message}, {"code", http}};
  if (!reason.empty()) status["reason"] = reason;
  if (!details.is_null()) status["details"] = std::move(details);
  return status;
}

Error make(int http, std::string_view reason, std::string message, json::Value details, Code code) {
  auto detail = std::make_shared<StatusDetail>(http, failure(http, reason, message, std::move(details)));
  return Error(code, std::move(message)).with_detail(std::move(detail));
}

json::Value details_of(std::string_view name, std::string_view group, std::string_view kind) {
  json::Object details;
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  if (!kind.empty()) details["kind"] = kind;
  return details;
}
json::Value details_of(const api::Resource& resource, std::string_view name) {
  return details_of(name, resource.group, resource.plural);
}

std::string kind_title(const api::Resource& resource) {
  std::string title(resource.kind);
  return resource.group.empty() ? title : title + "." + std::string(resource.group);
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\\a\b\f\n\r\t\v", kLetters = "\"\\abfnrtv";
  std::string out = "\"";
  for (const char c : text) {
    const std::size_t at = kEscaped.find(c);
    if (at != std::string_view::npos) {
      out += {'\\', kLetters[at]};
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) {
      out += "\\x" + hex(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

Error not_found(const api::Resource& resource, std::string_view name) {
  return make(404, "NotFound", resource.group_resource() + " " + quoted(name) + " not found",
              details_of(resource, name), Code::kNotFound);
}

Error already_exists(const api::Resource& resource, std::string_view name, std::string_view prefix) {
  return make(409, "AlreadyExists",
              std::string(prefix) + resource.group_resource() + " " + quoted(name) + " already exists",
              details_of(resource, name), Code::kAlreadyExists);
}

Error conflict(const api::Resource& resource, std::string_view name, std::string_view why) {
  if (why.empty()) {
    why = "the object has been modified; please apply your changes to the latest version and try again";
  }
  return make(
      409, "Conflict",
      "Operation cannot be fulfilled on " + resource.group_resource() + " " + quoted(name) + ": " + std::string(why),
      details_of(resource, name), Code::kAborted);
}

// Equal problems are all causes, but stand once in the message, as in k8s.io/apimachinery's aggregate.
Error invalid(const api::Resource& resource, std::string_view name, const std::vector<schema::Problem>& problems) {
  std::vector<std::string> texts;
  json::Array causes;
  for (const schema::Problem& problem : problems) {
    std::string text = problem.path + ": " + problem.what;
    if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    causes.push_back(json::Object{{"reason", problem.reason}, {"message", problem.what}, {"field", problem.path}});
  }
  std::string all = join(texts, ", ");
  if (texts.size() > 1) all = "[" + all + "]";
  json::Value details = details_of(name, resource.group, resource.kind);
  if (!causes.empty()) details["causes"] = std::move(causes);
  return make(422, "Invalid", kind_title(resource) + " " + quoted(name) + " is invalid: " + all, std::move(details),
              Code::kInvalidArgument);
}

Error bad_request(std::string message) { return status_error(400, "BadRequest", std::move(message)); }

Error forbidden(const api::Resource& resource, std::string_view name, std::string_view why, json::Array causes) {
  std::string message = resource.group_resource();
  if (!name.empty()) message += " " + quoted(name);
  json::Value details = details_of(resource, name);
  if (!causes.empty()) details["causes"] = std::move(causes);
  return make(403, "Forbidden", message + " is forbidden: " + std::string(why), std::move(details),
              Code::kPermissionDenied);
}

Error unauthorized() { return status_error(401, "Unauthorized", "Unauthorized"); }

Error expired(std::string message, std::string_view continue_token) {
  json::Value status = failure(410, "Expired", message, {});
  if (!continue_token.empty()) status["metadata"]["continue"] = continue_token;
  return Error(Code::kOutOfRange, std::move(message))
      .with_detail(std::make_shared<StatusDetail>(410, std::move(status)));
}

Error method_not_supported(const api::Resource& resource, std::string_view verb) {
  return status_error(405, "MethodNotAllowed",
                      std::string(verb) + " is not supported on resources of kind " + quoted(resource.group_resource()),
                      details_of(resource, {}));
}

Error unsupported_media_type(std::string message) {
  return status_error(415, "UnsupportedMediaType", std::move(message));
}

Error not_acceptable(std::string message) { return status_error(406, "NotAcceptable", std::move(message)); }

Error status_error(int code, std::string_view reason, std::string message, json::Value details) {
  return make(code, reason, std::move(message), std::move(details), code_of(code));
}

int http_code(const Error& error) {
  if (const auto* detail = dynamic_cast<const StatusDetail*>(error.detail())) return detail->code;
  return row_of(error.code()).http;
}

json::Value status_of(const Error& error) {
  if (const auto* detail = dynamic_cast<const StatusDetail*>(error.detail())) return detail->status;
  const CodeRow& row = row_of(error.code());
  std::string message = error.message();
  if (!error.hint().empty()) message += ". " + error.hint();
  return failure(row.http, row.reason, message, {});
}

json::Value success(const api::Resource& resource, std::string_view name, std::string_view uid) {
  json::Value details = details_of(resource, name);
  if (!uid.empty()) details["uid"] = uid;
  return json::Object{{"kind", "Status"},
                      {"apiVersion", "v1"},
                      {"metadata", json::Object{}},
                      {"status", "Success"},
                      {"details", std::move(details)}};
}

}  // namespace rig::apiserver
