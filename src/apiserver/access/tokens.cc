// apiserver/access/tokens.cc — see tokens.h.
#include "apiserver/access/tokens.h"

#include "apiserver/metadata.h"
#include "base/uuid.h"

namespace rig::apiserver {

Tokens::Issued Tokens::issue(const json::Value& account, std::vector<std::string> audiences, Duration life) const {
  Token token;
  token.account = {std::string(account.text({"metadata", "namespace"})),
                   std::string(account.text({"metadata", "name"}))};
  token.account_uid = account.text({"metadata", "uid"});
  token.id = random_uuid();
  token.audiences = std::move(audiences);
  token.issued = std::chrono::floor<std::chrono::seconds>(clock_.wall());
  token.expires = token.issued + life;
  std::string text = write_token(key_, token);
  return {std::move(text), std::move(token)};
}

Result<Tokens::Known> Tokens::look_up(std::string_view text, std::vector<std::string> audiences) const {
  const Token token = TRY(read_token(key_, text, clock_.wall()));
  if (audiences.empty()) audiences = {std::string(kIssuer)};
  Known out;
  for (const std::string& audience : audiences) {
    if (std::find(token.audiences.begin(), token.audiences.end(), audience) != token.audiences.end())
      out.audiences.push_back(audience);
  }
  if (out.audiences.empty()) return Error(Code::kUnauthenticated, "the token is for another audience");
  const Result<json::Value> account = registry_.get(*api::find_kind("", "serviceaccounts"), token.account);
  if (!account.ok() && !account.error().is(Code::kNotFound)) return account.error();
  const bool is_same =
      account.ok() && account->text({"metadata", "uid"}) == token.account_uid && !is_deleting(*account);
  if (!is_same) return Error(Code::kUnauthenticated, "the token's ServiceAccount is gone");
  out.user.name = account_user_name(token.account.namespace_, token.account.name);
  out.user.uid = token.account_uid;
  add_account_groups(out.user);
  out.user.groups.emplace_back(kAuthenticated);
  out.user.extra["authentication.kubernetes.io/credential-id"] = {"JTI=" + token.id};
  return out;
}

}  // namespace rig::apiserver
