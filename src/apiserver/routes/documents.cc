// apiserver/routes/documents.cc — see documents.h. Headers and forms are the recorded server's: kubectl keeps the
// documents on disk and asks by If-Modified-Since whether there are newer ones.
#include "apiserver/routes/documents.h"

#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

constexpr std::chrono::hours kYear(24 * 365);
constexpr std::string_view kProtobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
constexpr std::string_view kProtobufAnswer = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

bool has_slash_at_end(std::string_view target) { return target.substr(0, target.find('?')).ends_with('/'); }

}  // namespace

Documents::Documents(std::span<const ServedGroup> groups, WallTime made)
    : openapi_(groups), last_modified_(format_http_time(made)), expires_(format_http_time(made + kYear)) {}

// What every answer has; 304 when the client has it already. `hash` "": the document has no ETag.
ApiAnswer Documents::file(const ApiRequest& request, std::string_view hash, std::string_view vary) const {
  ApiAnswer out;
  out.headers = {{"Accept-Ranges", "bytes"}, {"Last-Modified", last_modified_}};
  const std::string tag = "\"" + std::string(hash) + "\"";
  if (!hash.empty()) out.headers.emplace_back("ETag", tag);
  if (!vary.empty()) out.headers.emplace_back("Vary", vary);
  const bool is_known = request.if_none_match.empty() ? request.if_modified_since == last_modified_
                                                      : !hash.empty() && request.if_none_match == tag;
  if (is_known) out.status = 304;
  return out;
}

ApiAnswer Documents::swagger(const Ask& ask) const {
  const bool is_protobuf = ask.http.accept.starts_with(kProtobuf);
  const Result<Media> media = negotiate(ask.http.accept, Offer::kPlain);
  if (!is_protobuf && (!media.ok() || media->is_yaml)) {
    ApiAnswer out = answer_nothing(406);
    out.headers = {{"Vary", "Accept-Encoding"}, {"Vary", "Accept"}};
    return out;
  }
  const OpenApi::Document& document = openapi_.swagger();
  ApiAnswer out = file(ask.http, document.hash, "Accept-Encoding");
  out.headers.emplace_back("Vary", "Accept");
  out.content_type = is_protobuf ? kProtobufAnswer : "application/json";
  if (out.status == 200) out.text = is_protobuf ? openapi_.swagger_as_protobuf() : document.text;
  return out;
}

ApiAnswer Documents::index(const Ask& ask) const {
  if (has_slash_at_end(ask.http.target)) return answer_nothing(404);
  ApiAnswer out = file(ask.http, {}, {});
  out.content_type = "text/plain; charset=utf-8";
  if (out.status == 200) out.text = openapi_.index().text;
  return out;
}

ApiAnswer Documents::group(const Ask& ask) const {
  const std::string path = ask.target.path_text().substr(std::string_view("/openapi/v3/").size());
  const OpenApi::Document* document = openapi_.find(path);
  if (document == nullptr) return answer_nothing(404);
  const std::string_view hash = ask.target.get("hash");
  if (!hash.empty() && hash != document->hash) {
    ApiAnswer out = answer_nothing(301);
    out.headers = {{"Content-Type", "application/json"},
                   {"ETag", "\"" + document->hash + "\""},
                   {"Location", "/openapi/v3/" + path + "?hash=" + document->hash},
                   {"Vary", "Accept"}};
    return out;
  }
  ApiAnswer out = file(ask.http, document->hash, "Accept");
  if (out.status == 200) out.text = document->text;
  // A name with its hash never means anything else.
  if (!hash.empty()) {
    out.headers.emplace_back("Cache-Control", "public, immutable");
    out.headers.emplace_back("Expires", expires_);
  }
  return out;
}

}  // namespace rig::apiserver
