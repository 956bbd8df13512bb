#include "fakes/pve/message.h"

#include <algorithm>

#include "base/text.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kBase = "/api2/json";

std::string with_blanks(std::string text) {
  for (char& c : text)
    if (c == '+') c = ' ';
  return text;
}

Status read_form(std::string_view form, Texts& out) {
  for (const std::string& pair : split(form, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string name = TRY(percent_decode(with_blanks(pair.substr(0, equals))));
    out[name] = TRY(percent_decode(with_blanks(pair.substr(std::min(equals + 1, pair.size())))));
  }
  return {};
}

Status read_json(const std::string& body, Texts& out) {
  const json::Value value = TRY(json::parse(body));
  if (!value.is_object()) return Error(Code::kInvalidArgument, "malformed JSON: no object");
  for (const auto& [name, member] : *value.as<json::Object>()) {
    if (const auto* text = member.as<std::string>())
      out[name] = *text;
    else if (const auto* flag = member.as<bool>())
      out[name] = *flag ? "1" : "0";
    else
      out[name] = json::to_text(member);
  }
  return {};
}

// RFC 7578, with the line ends of a CRLF file only.
Status read_parts(const Message& message, Texts& out, std::string& upload) {
  const std::size_t at = message.content_type.find("boundary=");
  if (at == std::string::npos) return Error(Code::kInvalidArgument, "no boundary");
  const std::string mark = "--" + message.content_type.substr(at + 9);
  std::string_view rest = message.body;
  while (rest.starts_with(mark + "\r\n")) {
    rest.remove_prefix(mark.size() + 2);
    const std::size_t head = rest.find("\r\n\r\n");
    const std::size_t end = rest.find("\r\n" + mark);
    if (head == std::string_view::npos || end == std::string_view::npos || head + 4 > end + 2)
      return Error(Code::kInvalidArgument, "a part without an end");
    const std::string_view headers = rest.substr(0, head);
    const std::string_view bytes = rest.substr(head + 4, end - std::min(end, head + 4));
    const auto quoted = [&](std::string_view name) {
      const std::string key = " " + std::string(name) + "=\"";
      const std::size_t begin = headers.find(key);
      if (begin == std::string_view::npos) return std::string();
      const std::size_t first = begin + key.size();
      return std::string(headers.substr(first, headers.find('"', first) - first));
    };
    const std::string file = quoted("filename");
    out[quoted("name")] = file.empty() ? std::string(bytes) : file;
    if (!file.empty()) upload = bytes;
    rest.remove_prefix(end + 2);
  }
  if (!rest.starts_with(mark + "--")) return Error(Code::kInvalidArgument, "parts without an end");
  return {};
}

}  // namespace

std::optional<std::string> path_of(std::string_view target) {
  const Result<std::string> path = percent_decode(target.substr(0, target.find('?')));
  if (!path.ok() || !path->starts_with(kBase)) return std::nullopt;
  return path->substr(kBase.size());
}

Status read_parameters(const Message& message, Texts& parameters, std::string& upload) {
  const std::size_t query = message.target.find('?');
  if (query != std::string::npos) TRY(read_form(std::string_view(message.target).substr(query + 1), parameters));
  if (message.body.empty()) return {};
  if (message.content_type.starts_with("application/json")) return read_json(message.body, parameters);
  if (message.content_type.starts_with("multipart/form-data")) return read_parts(message, parameters, upload);
  return read_form(message.body, parameters);
}

std::string success(const Answer& answer) {
  json::Object out{{"data", answer.data}};
  if (answer.total > 0) out["total"] = answer.total;
  return json::to_text(std::move(out));
}

Outcome failure(const Error& error) {
  const auto* refusal = dynamic_cast<const Refusal*>(error.detail());
  Outcome out;
  out.status = refusal == nullptr ? 500 : refusal->status;
  if (refusal != nullptr) out.takes = refusal->takes;
  out.reason = error.message().substr(0, error.message().find('\n'));
  if (out.status >= 595) return out;  // the proxy's own: no body
  json::Object body{{"data", json::Value()}, {"message", error.message() + "\n"}};
  if (refusal != nullptr && !refusal->errors.empty()) {
    json::Object errors;
    for (const auto& [name, text] : refusal->errors) errors[name] = text;
    body["errors"] = std::move(errors);
  }
  out.body = json::to_text(std::move(body));
  return out;
}

Outcome bare(int status, std::string reason, Duration takes) {
  Outcome out;
  out.status = status;
  out.reason = std::move(reason);
  out.takes = takes;
  return out;
}

}  // namespace rig::fakes::pve
