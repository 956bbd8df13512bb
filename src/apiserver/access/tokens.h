// apiserver/access/tokens.h — tokens for the ServiceAccounts that are in the store, and whose a token is.
//
// Thread-safe. A token ends with its account: each time it is shown, the account has to be there, and be the same.
#pragma once

#include "apiserver/access/token.h"
#include "apiserver/access/user.h"
#include "apiserver/registry.h"

namespace rig::apiserver {

class Tokens {
 public:
  Tokens(const Registry& registry, const Clock& clock, SigningKey key)
      : registry_(registry), clock_(clock), key_(std::move(key)) {}

  struct Issued {
    std::string text;
    Token token;
  };
  // `account` is the object.
  Issued issue(const json::Value& account, std::vector<std::string> audiences, Duration life) const;

  struct Known {
    User user;
    std::vector<std::string> audiences;  // of those that were asked about, those for whom it is
  };
  // For one of `audiences` at least; those of this server when there are none. kUnauthenticated.
  Result<Known> look_up(std::string_view text, std::vector<std::string> audiences = {}) const;

 private:
  const Registry& registry_;
  const Clock& clock_;
  const SigningKey key_;
};

}  // namespace rig::apiserver
