// schema/pattern_test.cc — what a pattern finds; first use by many threads.
#include "schema/pattern.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "schema/sample_test.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

TEST(Pattern, IsFoundAnywhereUnlessAnchored) {
  EXPECT_TRUE(Pattern::of("b+").is_found_in("abba"));
  EXPECT_FALSE(Pattern::of("^b+").is_found_in("abba"));
  EXPECT_TRUE(Pattern::of("^$").is_found_in(""));
  EXPECT_EQ(&Pattern::of("b+"), &Pattern::of("b+"));
}

TEST(Pattern, TakesNoExponentialTime) {
  EXPECT_FALSE(Pattern::of("^(a+)+$").is_found_in(std::string(5000, 'a') + "!"));
}

TEST(Pattern, ThatIsNoneIsABug) { EXPECT_DEATH(Pattern("(a"), "CHECK failed"); }

TEST(Walkers, MayMeetATypeFirstInManyThreads) {
  static const TypeInfo type =
      raw("Fresh", "", R"({"type":"object","properties":{"a":{"type":"string","pattern":"^f"}}})");
  const json::Value value = json::parse(R"({"a":"x"})").take();
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(validate(type, value, nullptr).size(), 1U); });
  }
}

}  // namespace
}  // namespace rig::schema
