// base/signing_key.cc — see signing_key.h.
#include "base/signing_key.h"

#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include <array>

#include "base/check.h"
#include "base/freed.h"

namespace rig {
namespace {

constexpr int kHalf = 32;  // bytes of r and of s

using BioPtr = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using ContextPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using SignaturePtr = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// OpenSSL's own form of a signature is DER.
std::string to_halves(const std::string& der) {
  const unsigned char* at = bytes_of(der);
  const SignaturePtr signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  CHECK(signature != nullptr);
  std::array<unsigned char, 2 * kHalf> out{};
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out.data(), kHalf) == kHalf);
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out.data() + kHalf, kHalf) == kHalf);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string to_der(std::string_view halves) {
  const SignaturePtr signature(ECDSA_SIG_new());
  CHECK(ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes_of(halves), kHalf, nullptr),
                       BN_bin2bn(bytes_of(halves) + kHalf, kHalf, nullptr)) == 1);
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  CHECK(size > 0);
  std::string out(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

// Never asks a terminal for a passphrase.
int no_passphrase(char*, int, int, void*) { return -1; }

bool is_p256(EVP_PKEY* key) {
  std::array<char, 32> name{};
  std::size_t size = 0;
  return EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
         std::string_view(name.data(), size) == "prime256v1";
}

}  // namespace

struct SigningKey::State {
  KeyPtr key;
};

SigningKey SigningKey::make() {
  KeyPtr key(EVP_EC_gen("P-256"));
  CHECK(key != nullptr);
  return SigningKey(std::make_shared<const State>(State{std::move(key)}));
}

Result<SigningKey> SigningKey::parse(std::string_view pem) {
  const BioPtr bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key) return Error(Code::kInvalidArgument, "the private key is not PEM, or has a passphrase");
  if (!is_p256(key.get())) return Error(Code::kInvalidArgument, "the key is of another kind, wanted ECDSA P-256");
  return SigningKey(std::make_shared<const State>(State{std::move(key)}));
}

std::string SigningKey::to_pem() const {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PrivateKey(bio.get(), state_->key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(std::string_view text) const {
  const ContextPtr context(EVP_MD_CTX_new());
  CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) == 1);
  std::size_t size = 0;
  CHECK(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1);
  std::string der(size, '\0');
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(der.data()), &size, bytes_of(text),
                       text.size()) == 1);
  der.resize(size);
  return to_halves(der);
}

bool SigningKey::has_signed(std::string_view text, std::string_view signature) const {
  if (signature.size() != 2 * kHalf) return false;
  const std::string der = to_der(signature);
  const ContextPtr context(EVP_MD_CTX_new());
  CHECK(EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, state_->key.get()) == 1);
  const bool is_good = EVP_DigestVerify(context.get(), bytes_of(der), der.size(), bytes_of(text), text.size()) == 1;
  ERR_clear_error();
  return is_good;
}

std::string SigningKey::id() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(state_->key.get(), &der);
  CHECK(size > 0);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(der, static_cast<std::size_t>(size), digest.data());
  OPENSSL_free(der);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace rig
