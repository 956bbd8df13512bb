// provider/wire/errors.cc — our errors as gRPC statuses and back.
#include "provider/wire/internal/errors.h"

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

#include "base/text.h"
#include "provider/wire/internal/words.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  text.resize(bytes_max - 3);
  while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0U) == 0x80U) text.pop_back();
  if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0U) text.pop_back();  // half a character
  return text + "...";
}

}  // namespace

std::string bare_text(const Error& error) {
  std::string text = error.to_string();  // "<bare text> (<code>). <hint>"
  std::size_t apart = std::string_view(" ()").size() + to_string(error.code()).size();
  if (!error.hint().empty()) apart += std::string_view(". ").size() + error.hint().size();
  text.resize(text.size() - apart);
  return text;
}

grpc::Status to_grpc(const Error& error, grpc::ServerContext& context) {
  if (!error.hint().empty()) context.AddTrailingMetadata(kHint, cut(error.hint(), kHintTextMax));
  if (error.retry_after()) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*error.retry_after());
    context.AddTrailingMetadata(kRetryAfterMs, std::to_string(wait.count()));
  }
  return {static_cast<grpc::StatusCode>(error.code()), cut(bare_text(error), kErrorTextMax)};
}

Error from_grpc(const grpc::Status& status, const grpc::ClientContext& context) {
  const int code = status.error_code();
  const bool is_known = code >= 1 && code <= 16;
  Error error(is_known ? static_cast<Code>(code) : Code::kUnknown, status.error_message());
  const auto& trailers = context.GetServerTrailingMetadata();
  if (const auto hint = trailers.find(kHint); hint != trailers.end())
    error = std::move(error).with_hint({hint->second.data(), hint->second.size()});
  if (const auto after = trailers.find(kRetryAfterMs); after != trailers.end()) {
    const auto wait = parse_int({after->second.data(), after->second.size()});
    if (wait.ok()) error = std::move(error).with_retry_after(std::chrono::milliseconds(*wait));
  }
  return error;
}

}  // namespace rig::provider::wire
