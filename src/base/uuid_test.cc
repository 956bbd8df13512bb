// base/uuid_test.cc — versions, forms, alphabets.
#include "base/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace rig {
namespace {

TEST(Uuid, RandomOnesAreVersionFourAndDiffer) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string uuid = random_uuid();
    EXPECT_TRUE(is_uuid(uuid)) << uuid;
    EXPECT_EQ(uuid[14], '4');
    EXPECT_NE(std::string_view("89ab").find(uuid[19]), std::string_view::npos);
    EXPECT_TRUE(seen.insert(uuid).second);
  }
}

TEST(Uuid, OfANameIsVersionFiveAndAlwaysTheSame) {
  // Python's uuid.uuid5(uuid.NAMESPACE_DNS, "python.org"), from its documentation.
  EXPECT_EQ(name_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
  EXPECT_EQ(name_uuid("6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d");
  EXPECT_DEATH(name_uuid("dns", "python.org"), "CHECK failed");
}

TEST(Uuid, IsThirtySixCharactersOfTheRightKind) {
  EXPECT_TRUE(is_uuid("886313e1-3b8a-5372-9b90-0c9aee199e5d"));
  EXPECT_TRUE(is_uuid("886313E1-3B8A-5372-9B90-0C9AEE199E5D"));
  for (const char* bad : {"", "886313e13b8a53729b900c9aee199e5d", "886313e1-3b8a-5372-9b90-0c9aee199e5",
                          "886313e1-3b8a-5372-9b90-0c9aee199e5dd", "886313e1-3b8a-5372-9b90-0c9aee199e5g",
                          "886313e13-b8a-5372-9b90-0c9aee199e5d", "{86313e1-3b8a-5372-9b90-0c9aee199e5}"}) {
    EXPECT_FALSE(is_uuid(bad)) << bad;
  }
}

TEST(Suffix, HasTheLengthAndTheLettersOfTheApiServers) {
  EXPECT_EQ(random_suffix(0), "");
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const std::string suffix = random_suffix(5);
    EXPECT_EQ(suffix.size(), 5U);
    letters.insert(suffix.begin(), suffix.end());
  }
  EXPECT_EQ(std::string(letters.begin(), letters.end()), "2456789bcdfghjklmnpqrstvwxz");
}

}  // namespace
}  // namespace rig
