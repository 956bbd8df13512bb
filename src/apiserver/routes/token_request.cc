// apiserver/routes/token_request.cc — see token_request.h.
#include "apiserver/routes/token_request.h"

#include "api/core/token_review.h"
#include "apiserver/apply/managed_fields.h"
#include "apiserver/limits.h"
#include "apiserver/registry_impl.h"
#include "base/wall_time.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kLifeField = "expirationSeconds";

Result<Duration> life_of(const json::Value& request) {
  const std::int64_t seconds = request.integer({"spec", kLifeField});
  std::vector<schema::Problem> problems;
  const std::string path = "spec." + std::string(kLifeField);
  if (std::chrono::seconds(seconds) < limits::kTokenLifeMin)
    add_invalid(problems, path, seconds, "may not specify a duration less than 10 minutes");
  if (seconds > limits::kTokenLifeMaxSeconds)
    add_invalid(problems, path, seconds, "may not specify a duration larger than 2^32 seconds");
  if (!problems.empty()) return invalid(api::token_request_kind().resource, {}, problems);
  return Duration(std::chrono::seconds(seconds));
}

}  // namespace

Result<json::Value> answer_token_request(const Tokens& tokens, const json::Value& account, json::Value request,
                                         const WriteContext& context) {
  const api::KindInfo& kind = api::token_request_kind();
  TRY(Registry::Impl::read_body(kind, request, context));
  if (request.text({"metadata", "name"}).empty()) request.set({"metadata", "name"}, account.text({"metadata", "name"}));
  TRY(Registry::Impl::check_address(kind, key_of(account), request));
  json::Value& spec = request["spec"];
  if (!spec.is_object()) spec = json::Object();
  if (spec.find(kLifeField) == nullptr) spec[kLifeField] = limits::kTokenLifeSeconds;
  const Duration life = TRY(life_of(request));
  if (const json::Value* bound = spec.find("boundObjectRef"); bound != nullptr && !bound->is_null()) {
    return bad_request("spec.boundObjectRef: cannot bind a token to a " + std::string(bound->text({"kind"})) +
                       ": tokens of this server end with their account, or when they expire");
  }
  auto wanted = TRY(schema::decode<api::core::TokenRequestSpec>(spec));
  if (wanted.audiences.empty()) wanted.audiences = {std::string(kIssuer)};
  const Tokens::Issued issued = tokens.issue(account, wanted.audiences, life);
  request["metadata"].as<json::Object>()->erase("managedFields");
  track_write(kind, {context.field_manager, Part::kToken, issued.token.issued}, json::Value(), request);
  for (const std::string_view name : {"name", "namespace", "uid"})
    request["metadata"][name] = account.text({"metadata", name});
  request["metadata"]["creationTimestamp"] = format_time(issued.token.issued);
  request["spec"]["audiences"] = json::Array(wanted.audiences.begin(), wanted.audiences.end());
  request["spec"]["boundObjectRef"] = json::Value();
  request["status"] = json::Object{{"token", issued.text}, {"expirationTimestamp", format_time(issued.token.expires)}};
  return request;
}

}  // namespace rig::apiserver
