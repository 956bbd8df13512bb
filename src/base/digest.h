// base/digest.h — message digests of bytes that arrive in pieces.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace rig {

class Digest {
 public:
  // "md5", "sha1", "sha256" or "sha512" (the checksum types of VMImage). kInvalidArgument: another name.
  static Result<Digest> start(std::string_view algorithm);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;
  ~Digest();

  void add(std::string_view bytes);
  std::string finish_hex();  // lower case; the object may not be used afterwards

 private:
  struct State;
  explicit Digest(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

std::string sha256_hex(std::string_view bytes);

}  // namespace rig
