// base/signing_key_test.cc — signatures are good for one text and one key.
#include "base/signing_key.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

TEST(SigningKey, SignsSoThatOnlyItsOwnTextsAreGood) {
  const SigningKey key = SigningKey::make(), other = SigningKey::make();
  const std::string signature = key.sign("a.b");
  EXPECT_EQ(signature.size(), 64U);
  EXPECT_TRUE(key.has_signed("a.b", signature));
  EXPECT_FALSE(key.has_signed("a.c", signature));
  EXPECT_FALSE(other.has_signed("a.b", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(key.has_signed("a.b", changed)) << i;
  }
  for (const std::string& bad :
       {std::string(), signature + "x", signature.substr(1), std::string(64, '\0'), std::string(64, '\xFF')})
    EXPECT_FALSE(key.has_signed("a.b", bad));
}

TEST(SigningKey, ComesBackFromItsPem) {
  const SigningKey key = SigningKey::make();
  const Result<SigningKey> again = SigningKey::parse(key.to_pem());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->id(), key.id());
  EXPECT_EQ(key.id().size(), 32U);
  EXPECT_TRUE(again->has_signed("x", key.sign("x")));
  EXPECT_NE(SigningKey::make().id(), key.id());
}

TEST(SigningKey, RefusesWhatIsNoSuchKey) {
  // openssl genpkey -algorithm ed25519
  constexpr const char* kEd25519 =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE "
      "KEY-----\n";
  for (const char* pem : {"", "no key", kEd25519}) {
    const Result<SigningKey> key = SigningKey::parse(pem);
    ASSERT_FALSE(key.ok()) << pem;
    EXPECT_TRUE(key.error().is(Code::kInvalidArgument));
  }
}

}  // namespace
}  // namespace rig
