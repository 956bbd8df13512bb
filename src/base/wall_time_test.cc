// base/wall_time_test.cc — times as the API writes them, durations as Go does, ages as kubectl does.
#include "base/wall_time.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace rig {
namespace {

using namespace std::chrono_literals;

TEST(Time, IsWrittenInWholeSecondsOrWithSixDigits) {
  const WallTime time = StepClock().wall() + 1h + 2s + 3456789ns;
  EXPECT_EQ(format_time(time), "2026-01-01T01:00:02Z");
  EXPECT_EQ(format_micro_time(time), "2026-01-01T01:00:02.003456Z");
  EXPECT_EQ(format_http_time(time), "Thu, 01 Jan 2026 01:00:02 GMT");
  EXPECT_EQ(format_micro_time(WallTime(-1ns)), "1969-12-31T23:59:59.999999Z");
}

TEST(Time, IsReadInAnyOffset) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000000Z"},
      {"2026-01-01T02:30:00.5+02:30", "2026-01-01T00:00:00.500000Z"},
      {"2025-12-31T19:00:00-05:00", "2026-01-01T00:00:00.000000Z"},
      {"2024-02-29T12:00:00.123456789123Z", "2024-02-29T12:00:00.123456Z"},
      {"1678-01-01T00:00:00Z", "1678-01-01T00:00:00.000000Z"},
      {"2261-12-31T23:59:59Z", "2261-12-31T23:59:59.000000Z"},
  };
  for (const auto& [text, micro] : cases) {
    const Result<WallTime> time = parse_time(text);
    ASSERT_TRUE(time.ok()) << text;
    EXPECT_EQ(format_micro_time(*time), micro);
  }
  for (const char* bad :
       {"", "yesterday", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01 00:00:00Z", "2026-13-01T00:00:00Z",
        "2025-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00Z ", "+026-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_time(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

TEST(Duration, IsReadAsGoReadsIt) {
  const std::pair<std::string_view, Duration> cases[] = {{"0", 0s},
                                                         {"30s", 30s},
                                                         {"5m", 5min},
                                                         {"1h30m", 90min},
                                                         {"1.5s", 1500ms},
                                                         {"250ms", 250ms},
                                                         {"-1.5h", -90min},
                                                         {"+2m3s", 123s},
                                                         {"1s1h", 3601s},
                                                         {".5s", 500ms},
                                                         {"1us2ns", 1002ns},
                                                         {"3\u00B5s", 3us},
                                                         {"1.000000001h", 3600000003600ns},
                                                         {"2540400h10m10.000000000s", 2540400h + 610s}};
  for (const auto& [text, duration] : cases) {
    const Result<Duration> read = parse_duration(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(*read, duration) << text;
  }
  for (const char* bad : {"", "-", "5", "5x", "s", ".s", "1.s", "1..5s", "1h 5m", "1-s", "--1s", "1e3s", "2562048h",
                          "9223372036854775808ns"}) {
    EXPECT_EQ(parse_duration(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

TEST(Duration, IsWrittenShortAndReadsBackTheSame) {
  const std::pair<Duration, std::string_view> cases[] = {
      {0s, "0s"},       {90s, "1m30s"},      {5min, "5m"}, {1h, "1h"},       {3605s, "1h5s"},         {1500ms, "1.5s"},
      {250ms, "250ms"}, {1002ns, "1.002us"}, {7ns, "7ns"}, {-90s, "-1m30s"}, {25h + 1ms, "25h0.001s"}};
  for (const auto& [duration, text] : cases) {
    EXPECT_EQ(format_duration(duration), text);
    EXPECT_EQ(parse_duration(text).take(), duration) << text;
  }
}

TEST(Age, IsShownAsKubectlShowsIt) {
  const std::pair<Duration, std::string_view> cases[] = {{-3s, "<invalid>"},
                                                         {-1s, "0s"},
                                                         {0s, "0s"},
                                                         {45s, "45s"},
                                                         {119s, "119s"},
                                                         {120s, "2m"},
                                                         {125s, "2m5s"},
                                                         {599s, "9m59s"},
                                                         {600s, "10m"},
                                                         {12min + 30s, "12m"},
                                                         {179min, "179m"},
                                                         {3h + 5min, "3h5m"},
                                                         {4h, "4h"},
                                                         {8h + 5min, "8h"},
                                                         {47h, "47h"},
                                                         {48h, "2d"},
                                                         {52h, "2d4h"},
                                                         {8 * 24h, "8d"},
                                                         {729 * 24h, "729d"},
                                                         {730 * 24h, "2y"},
                                                         {(6 * 365 + 327) * 24h, "6y327d"},
                                                         {8 * 365 * 24h, "8y"},
                                                         {(9 * 365 + 5) * 24h, "9y"}};
  for (const auto& [age, text] : cases) EXPECT_EQ(format_age(age), text);
}

TEST(StepClock, MovesOnlyWhenItIsMoved) {
  StepClock clock;
  const Time now = clock.now();
  const WallTime wall = clock.wall();
  EXPECT_NE(now, Time{});
  EXPECT_EQ(clock.now(), now);
  clock.advance(90s);
  EXPECT_EQ(clock.now() - now, 90s);
  EXPECT_EQ(clock.wall() - wall, 90s);
}

}  // namespace
}  // namespace rig
