// apiserver/routes/ask.cc — see ask.h.
#include "apiserver/routes/ask.h"

#include <algorithm>

#include "apiserver/failure.h"

namespace rig::apiserver {

ApiAnswer answer_json(const Media& media, json::Value body, int status) {
  ApiAnswer out;
  out.status = status;
  out.content_type = media.content_type();
  out.body = std::move(body);
  out.pretty = media.is_pretty;
  return out;
}

ApiAnswer answer_text(int status, std::string text) {
  ApiAnswer out;
  out.status = status;
  out.content_type = "text/plain; charset=utf-8";
  out.headers.emplace_back("X-Content-Type-Options", "nosniff");
  out.text = std::move(text);
  return out;
}

ApiAnswer answer_nothing(int status) {
  ApiAnswer out;
  out.status = status;
  return out;
}

ApiAnswer answer_page_not_found() { return answer_text(404, "404 page not found\n"); }

Error not_served() {
  return status_error(404, "NotFound", "the server could not find the requested resource", json::Object());
}
ApiAnswer answer_not_served() { return answer_error(not_served()); }

ApiAnswer answer_error(const Error& error) {
  ApiAnswer out;
  out.status = http_code(error);
  out.body = status_of(error);
  if (error.retry_after() || out.status == 503 || out.status == 504) {
    const auto wait = std::chrono::ceil<std::chrono::seconds>(error.retry_after().value_or(std::chrono::seconds(1)));
    out.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(wait.count(), 1)));
  }
  return out;
}

ApiAnswer answer_denied(const Error& error) {
  ApiAnswer out = answer_error(error);
  out.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return out;
}

ApiAnswer answer_document(const ApiRequest& request, std::string content_type, std::string text,
                          const std::string& hash) {
  const std::string tag = "\"" + hash + "\"";
  ApiAnswer out;
  out.content_type = std::move(content_type);
  out.headers.emplace_back("ETag", tag);
  if (request.if_none_match == tag)
    out.status = 304;
  else
    out.text = std::move(text);
  return out;
}

}  // namespace rig::apiserver
