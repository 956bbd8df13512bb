// controllers/backoff_test.cc — waiting after failed tasks.
#include "controllers/backoff.h"

#include <gtest/gtest.h>

namespace rig::controllers {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesToAMinuteAndANewGenerationEndsIt) {
  Backoff backoff;
  const ObjectKey key{"default", "web"};
  const Time now(1h);
  EXPECT_FALSE(backoff.remaining(key, 1, now));
  backoff.failed(key, 1, now);
  EXPECT_EQ(backoff.remaining(key, 1, now), Duration(1s));
  backoff.failed(key, 1, now);
  EXPECT_EQ(backoff.remaining(key, 1, now), Duration(2s));
  for (int i = 0; i < 20; ++i) backoff.failed(key, 1, now);
  EXPECT_EQ(backoff.remaining(key, 1, now), Duration(60s));
  EXPECT_FALSE(backoff.remaining(key, 1, now + 60s));
  EXPECT_FALSE(backoff.remaining(key, 2, now));
  backoff.succeeded(key);
  EXPECT_FALSE(backoff.remaining(key, 1, now));
}

}  // namespace
}  // namespace rig::controllers
