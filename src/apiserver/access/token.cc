// apiserver/access/token.cc — see token.h.
#include "apiserver/access/token.h"

#include <algorithm>

#include "apiserver/access/user.h"
#include "base/json/json.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr std::string_view kOwnClaims = "kubernetes.io";

// base64 for URLs, without padding (RFC 7515 2).
std::string base64_url(std::string_view bytes) {
  std::string out = base64(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out.substr(0, out.find('='));
}

Result<std::string> parse_base64_url(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const bool is_known =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!is_known) return Error(Code::kInvalidArgument, "it is not base64 for URLs");
    if (c == '-') c = '+';
    if (c == '_') c = '/';
  }
  out.append((4 - out.size() % 4) % 4, '=');
  return parse_base64(out);
}

json::Value header_of(const SigningKey& key) { return json::Object{{"alg", "ES256"}, {"kid", base64_url(key.id())}}; }

std::int64_t to_seconds(WallTime time) { return floor<seconds>(time.time_since_epoch()).count(); }
WallTime from_seconds(std::int64_t count) { return WallTime(seconds(count)); }

Error refused(const std::string& why) { return {Code::kUnauthenticated, "the token " + why}; }

Result<json::Value> read_part(std::string_view text) {
  const Result<std::string> bytes = parse_base64_url(text);
  if (!bytes.ok()) return refused("is not a JSON Web Token");
  Result<json::Value> value = json::parse(*bytes);
  if (!value.ok()) return refused("is not a JSON Web Token");
  return value;
}

// A text, or a list of texts (RFC 7519 4.1.3).
std::vector<std::string> audiences_of(const json::Value& claims) {
  const json::Value* found = claims.find("aud");
  std::vector<std::string> out;
  if (found != nullptr && found->is_string()) out.emplace_back(found->text({}));
  const auto* list = found == nullptr ? nullptr : found->as<json::Array>();
  for (const json::Value& item : list == nullptr ? json::Array() : *list) out.emplace_back(item.text({}));
  return out;
}

}  // namespace

std::string write_token(const SigningKey& key, const Token& token) {
  const json::Value claims = json::Object{
      {"iss", kIssuer},
      {"sub", account_user_name(token.account.namespace_, token.account.name)},
      {"aud", json::Array(token.audiences.begin(), token.audiences.end())},
      {"iat", to_seconds(token.issued)},
      {"nbf", to_seconds(token.issued)},
      {"exp", to_seconds(token.expires)},
      {"jti", token.id},
      {std::string(kOwnClaims),
       json::Object{{"namespace", token.account.namespace_},
                    {"serviceaccount", json::Object{{"name", token.account.name}, {"uid", token.account_uid}}}}}};
  const std::string text = base64_url(json::to_text(header_of(key))) + "." + base64_url(json::to_text(claims));
  return text + "." + base64_url(key.sign(text));
}

Result<Token> read_token(const SigningKey& key, std::string_view text, WallTime now) {
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 3) return refused("is not a JSON Web Token");
  const Result<std::string> signature = parse_base64_url(parts[2]);
  const bool is_signed = TRY(read_part(parts[0])) == header_of(key) && signature.ok() &&
                         key.has_signed(parts[0] + "." + parts[1], *signature);
  if (!is_signed) return refused("is not signed by this server");
  const json::Value claims = TRY(read_part(parts[1]));
  Token out;
  out.account = {std::string(claims.text({kOwnClaims, "namespace"})),
                 std::string(claims.text({kOwnClaims, "serviceaccount", "name"}))};
  out.account_uid = claims.text({kOwnClaims, "serviceaccount", "uid"});
  out.id = claims.text({"jti"});
  out.audiences = audiences_of(claims);
  out.issued = from_seconds(claims.integer({"nbf"}));
  out.expires = from_seconds(claims.integer({"exp"}));
  const bool is_whole = claims.text({"iss"}) == kIssuer && !out.account_uid.empty() &&
                        claims.text({"sub"}) == account_user_name(out.account.namespace_, out.account.name);
  if (!is_whole) return refused("is not of a ServiceAccount of this server");
  if (now < out.issued) return refused("is not good yet");
  if (now >= out.expires) return refused("has expired");
  return out;
}

}  // namespace rig::apiserver
