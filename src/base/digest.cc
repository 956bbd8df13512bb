// base/digest.cc — message digests by OpenSSL's EVP interface.
#include "base/digest.h"

#include <openssl/evp.h>

#include "base/check.h"
#include "base/text.h"

namespace rig {

struct Digest::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

Result<Digest> Digest::start(std::string_view algorithm) {
  const EVP_MD* type = algorithm == "md5"      ? EVP_md5()
                       : algorithm == "sha1"   ? EVP_sha1()
                       : algorithm == "sha256" ? EVP_sha256()
                       : algorithm == "sha512" ? EVP_sha512()
                                               : nullptr;
  if (type == nullptr) {
    return Error(Code::kInvalidArgument, "unknown digest \"" + std::string(algorithm) + "\"")
        .with_hint("Use md5, sha1, sha256 or sha512.");
  }
  auto state = std::make_unique<State>();
  // A build of OpenSSL in FIPS mode refuses md5.
  if (EVP_DigestInit_ex(state->context, type, nullptr) != 1) {
    return Error(Code::kUnimplemented, "OpenSSL on this machine refuses digest \"" + std::string(algorithm) + "\"");
  }
  return Digest(std::move(state));
}

void Digest::add(std::string_view bytes) {
  CHECK(state_ != nullptr && EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

std::string Digest::finish_hex() {
  CHECK(state_ != nullptr);
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  CHECK(EVP_DigestFinal_ex(state_->context, out, &size) == 1);
  state_.reset();
  return hex({reinterpret_cast<const char*>(out), size});
}

std::string sha256_hex(std::string_view bytes) {
  Digest digest = Digest::start("sha256").take();
  digest.add(bytes);
  return digest.finish_hex();
}

}  // namespace rig
