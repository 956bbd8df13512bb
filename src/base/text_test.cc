// base/text_test.cc — tables of texts.
#include "base/text.h"

#include <gtest/gtest.h>

namespace rig {
namespace {

using Parts = std::vector<std::string>;

TEST(Split, KeepsEmptyPartsAndJoinPutsThemBack) {
  const std::pair<std::string_view, Parts> cases[] = {
      {"", {""}}, {"a", {"a"}}, {"a,,b", {"a", "", "b"}}, {",", {"", ""}}, {"a,", {"a", ""}}};
  for (const auto& [text, parts] : cases) {
    EXPECT_EQ(split(text, ','), parts) << text;
    EXPECT_EQ(join(parts, ","), text);
  }
  EXPECT_EQ(join(Parts{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(join(Parts{}, ", "), "");
}

TEST(Trim, TakesBlanksOffBothEndsOnly) {
  EXPECT_EQ(trim(" \t\r\n a b \n"), "a b");
  EXPECT_EQ(trim(" \n"), "");
  EXPECT_EQ(trim("x"), "x");
}

TEST(ToLower, LeavesWhatIsNotAscii) { EXPECT_EQ(to_lower("AbZ-9Ä"), "abz-9Ä"); }

TEST(NearMiss, FindsTypingErrorsButNotOtherWords) {
  struct Case {
    std::string_view typed;
    std::vector<std::string_view> candidates;
    std::string_view meant;
  };
  const Case cases[] = {
      {"sizeGB", {"name", "sizeGiB", "size"}, "sizeGiB"},
      {"powerstate", {"powerState"}, "powerState"},
      {"netwroks", {"networks"}, "networks"},
      {"disk", {"disks", "risk"}, "disks"},
      {"on", {"On", "Off"}, "On"},
      {"Of", {"On", "Off"}, "Off"},
      {"On", {"Off"}, ""},
      {"Sideways", {"On", "Off", "OffGraceful"}, ""},
      {"", {"a", "ab"}, ""},
      {"colour", {}, ""},
  };
  for (const Case& c : cases) EXPECT_EQ(near_miss(c.typed, c.candidates), c.meant) << c.typed;
}

TEST(Base64, IsTheStandardAlphabetWithPadding) {
  // RFC 4648 section 10, and bytes that need the last two letters.
  const std::pair<std::string, std::string> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"},
                                                       {std::string("\0\xfb\xff", 3), "APv/"}};
  for (const auto& [bytes, text] : cases) {
    EXPECT_EQ(base64(bytes), text);
    EXPECT_EQ(parse_base64(text).take(), bytes);
  }
  EXPECT_EQ(parse_base64("Zm9v\r\nYg==\n").take(), "foob");
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zm9v Yg==", "Zg==Zg==", "Zm-_", "===="}) {
    EXPECT_EQ(parse_base64(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

TEST(Hex, IsLowerCase) { EXPECT_EQ(hex(std::string("\0\x1f\xAB", 3)), "001fab"); }

TEST(Percent, EncodesAllButTheUnreservedAndReadsItBack) {
  EXPECT_EQ(percent_encode("Az09-._~ /?ü%"), "Az09-._~%20%2F%3F%C3%BC%25");
  EXPECT_EQ(percent_decode("Az09-._~%20%2f%3F%C3%BC%25+").take(), "Az09-._~ /?ü%+");
  for (const char* bad : {"%", "%4", "a%zz", "%4g"}) {
    EXPECT_EQ(percent_decode(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

TEST(Utf8, RefusesWhatRfc3629Does) {
  for (const char* good : {"", "a", "\x7f", "ü", "\u0800", "\uD7FF", "\uE000", "😀", "\U0010FFFF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3\x28", "\xE0\x9F\xBF", "\xED\xA0\x80",
                          "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << hex(bad);
  }
}

TEST(ParseInt, TakesOneWholeDecimalNumber) {
  EXPECT_EQ(parse_int("0").take(), 0);
  EXPECT_EQ(parse_int("-9223372036854775808").take(), INT64_MIN);
  EXPECT_EQ(parse_int("9223372036854775808").error().code(), Code::kOutOfRange);
  for (const char* bad : {"", " 1", "1 ", "+1", "1.0", "0x1", "x"}) {
    EXPECT_EQ(parse_int(bad).error().code(), Code::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace rig
