// base/signing_key.h — an ECDSA P-256 key that signs texts as JSON Web Signatures want it (ES256, RFC 7518 3.4).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig {

// Immutable and thread-safe. The private half is only ever in to_pem().
class SigningKey {
 public:
  static SigningKey make();
  static Result<SigningKey> parse(std::string_view pem);  // kInvalidArgument: not PEM, or a key of another kind
  std::string to_pem() const;

  std::string sign(std::string_view text) const;  // 64 bytes: r and s
  bool has_signed(std::string_view text, std::string_view signature) const;
  std::string id() const;  // SHA-256 of the public half, 32 bytes

 private:
  struct State;
  explicit SigningKey(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace rig
