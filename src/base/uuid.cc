// base/uuid.cc — UUIDs and random suffixes from OpenSSL's generator and digests.
#include "base/uuid.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/text.h"

namespace rig {
namespace {

using Bytes = std::array<unsigned char, 16>;

std::string to_text(Bytes bytes, unsigned version) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string text = hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) text.insert(dash, 1, '-');
  return text;
}

unsigned nibble(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

std::string to_bytes(std::string_view uuid) {
  std::string bytes;
  const std::string lower = to_lower(uuid);
  for (std::size_t i = 0; i < lower.size(); i += 2) {
    if (lower[i] == '-') ++i;
    bytes += static_cast<char>(nibble(lower[i]) << 4U | nibble(lower[i + 1]));
  }
  return bytes;
}

}  // namespace

std::string random_uuid() {
  Bytes bytes;
  CHECK(RAND_bytes(bytes.data(), bytes.size()) == 1);
  return to_text(bytes, 4);
}

std::string name_uuid(std::string_view namespace_uuid, std::string_view name) {
  CHECK(is_uuid(namespace_uuid));
  const std::string input = to_bytes(namespace_uuid) + std::string(name);
  unsigned char sha1[EVP_MAX_MD_SIZE];
  CHECK(EVP_Digest(input.data(), input.size(), sha1, nullptr, EVP_sha1(), nullptr) == 1);
  Bytes bytes;
  std::copy_n(sha1, bytes.size(), bytes.begin());
  return to_text(bytes, 5);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : std::string_view("0123456789abcdefABCDEF").find(text[i]) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::string random_suffix(int length) {
  static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
  constexpr unsigned kFair = 256 - 256 % kAlphabet.size();  // bytes above would favour the first letters
  std::string suffix;
  while (suffix.size() < static_cast<std::size_t>(length)) {
    unsigned char byte = 0;
    CHECK(RAND_bytes(&byte, 1) == 1);
    if (byte < kFair) suffix += kAlphabet[byte % kAlphabet.size()];
  }
  return suffix;
}

}  // namespace rig
