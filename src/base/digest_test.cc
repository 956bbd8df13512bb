// base/digest_test.cc — known digests, in one piece and in many.
#include "base/digest.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

TEST(Digest, IsTheSameHoweverTheBytesArrive) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"md5", "900150983cd24fb0d6963f7d28e17f72"},
      {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"sha512",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80"
       "e2"
       "a9ac94fa54ca49f"},
  };
  for (const auto& [algorithm, hex_of_abc] : cases) {
    Digest digest = Digest::start(algorithm).take();
    digest.add("a");
    digest.add("");
    digest.add("bc");
    EXPECT_EQ(digest.finish_hex(), hex_of_abc);
  }
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, RefusesNamesItDoesNotKnow) {
  const Error error = Digest::start("SHA256").take_error();
  EXPECT_EQ(error.to_string(), "unknown digest \"SHA256\" (INVALID_ARGUMENT). Use md5, sha1, sha256 or sha512.");
}

TEST(Digest, MayNotBeUsedAfterItsEnd) {
  Digest digest = Digest::start("sha1").take();
  (void)digest.finish_hex();  // only the state afterwards matters here
  EXPECT_DEATH(digest.add("x"), "CHECK failed");
}

}  // namespace
}  // namespace rig
