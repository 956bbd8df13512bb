// apiserver/access/token.h — what a token of a ServiceAccount says, and its text: a JWT signed with ES256. Pure.
//
// Source of the claims: kubernetes pkg/serviceaccount/{claims,jwt}.go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/object_key.h"
#include "base/result.h"
#include "base/signing_key.h"

namespace rig::apiserver {

// Who issues the tokens, and for whom they are unless somebody asks for something else.
inline constexpr std::string_view kIssuer = "https://kubernetes.default.svc";

struct Token {
  ObjectKey account;
  std::string account_uid, id;
  std::vector<std::string> audiences;
  WallTime issued{}, expires{};  // whole seconds
};

std::string write_token(const SigningKey& key, const Token& token);
// kUnauthenticated: not signed by this key, of another issuer, not yet or no longer good. The error repeats nothing of
// the text.
Result<Token> read_token(const SigningKey& key, std::string_view text, WallTime now);

}  // namespace rig::apiserver
