// base/json/json_test.cc — what is read, what is refused and where, what is written.
#include "base/json/json.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

namespace rig::json {
namespace {

TEST(JsonParse, TakesWhatJsonIsAndKeepsIntegersWhole) {
  struct Case {
    std::string text, written;
    std::string_view type;
  };
  const Case cases[] = {
      {"null", "null", "null"},
      {" \t\r\n true ", "true", "boolean"},
      {"\"\\u00fc\\n\\/\"", "\"ü\\n/\"", "string"},
      {R"("\ud83d\ude00")", "\"😀\"", "string"},
      {"\"\\u0000\"", "\"\\u0000\"", "string"},
      {"0", "0", "integer"},
      {"-0", "0", "integer"},
      {"9223372036854775807", "9223372036854775807", "integer"},
      {"-9223372036854775808", "-9223372036854775808", "integer"},
      {"9223372036854775808", "9.223372036854776e+18", "number"},
      {"-9223372036854775809", "-9.223372036854776e+18", "number"},
      {"18446744073709551616", "1.8446744073709552e+19", "number"},
      {"1e-400", "0", "number"},
      {"0.1", "0.1", "number"},
      {"1.7976931348623157e308", "1.7976931348623157e+308", "number"},
      {"5e-324", "5e-324", "number"},
      {"[1, [2, {}], []]", "[1,[2,{}],[]]", "array"},
      {R"({"b":1,"a":{"d":2,"c":3}})", R"({"a":{"c":3,"d":2},"b":1})", "object"},
  };
  for (const Case& c : cases) {
    const Result<Value> value = parse(c.text);
    ASSERT_TRUE(value.ok()) << c.text << ": " << value.error().to_string();
    EXPECT_EQ(to_text(*value), c.written) << c.text;
    EXPECT_EQ(type_name(*value), c.type) << c.text;
  }
}

TEST(JsonParse, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string text, message;
  };
  const Case cases[] = {
      {"", "1:1: the text ends in the middle of a value"},
      {"[1,\n 2", "2:3: the text ends in the middle of a value"},
      {"nul", "1:4: the text ends in the middle of a value"},
      {"25.", "1:4: the text ends in the middle of a value"},
      {"[1 2]", "1:4: unexpected '2'"},
      {"[1,]", "1:4: unexpected ']'"},
      {"{a: 1}", "1:2: unexpected 'a'"},
      {"{\n  \"a\" 1}", "2:7: unexpected '1'"},
      {"01", "1:2: more text after the value"},
      {"{} {}", "1:4: more text after the value"},
      {"/*x*/1", "1:1: unexpected '/'"},
      {"\"a\nb\"", "1:3: unexpected control character or line end"},
      {"\"\xff\"", "1:2: a character outside of a string, or not UTF-8"},
      {"\"\xed\xa0\x80\"", "1:2: a character outside of a string, or not UTF-8"},
      {"\xef\xbb\xbf{}", "1:1: a character outside of a string, or not UTF-8"},
      {"\"\\ud800\"", "1:8: unexpected '\"'"},
      {"1e400", "1:6: number 1e400 is out of range"},
  };
  for (const Case& c : cases) {
    const Result<Value> value = parse(c.text);
    ASSERT_FALSE(value.ok()) << c.text;
    EXPECT_EQ(value.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(value.error().message(), c.message) << c.text;
  }
}

TEST(JsonParse, RefusesASecondKeyAndNamesItWithItsPath) {
  struct Case {
    std::string text, message;
  };
  const Case cases[] = {
      {"{\"a\":1,\n \"a\":2}", "2:4: duplicate key \"a\" (a)"},
      {R"({"z":1,"a":2,"z":3})", "1:16: duplicate key \"z\" (z)"},
      {R"({"\u0061":1,"a":2})", "1:15: duplicate key \"a\" (a)"},
      {R"({"spec":{"disks":[{},{"name":"x","x":{},"name":"y"}]}})",
       "1:46: duplicate key \"name\" (spec.disks[1].name)"},
  };
  for (const Case& c : cases) {
    const Result<Value> value = parse(c.text);
    ASSERT_FALSE(value.ok()) << c.text;
    EXPECT_EQ(value.error().message(), c.message) << c.text;
  }
  EXPECT_TRUE(parse(R"([{"a":1},{"a":1}])").ok());
}

TEST(JsonParse, TakesTheLastOfDuplicatesAndListsThemWhenAskedTo) {
  std::vector<std::string> duplicates;
  const ParseOptions options{.refuse_duplicate_keys = false, .duplicates = &duplicates};
  const Value value = parse(R"({"b":1,"a":[{"x":1,"x":2}],"b":3,"b":4})", options).take();
  EXPECT_EQ(to_text(value), R"({"a":[{"x":2}],"b":4})");
  EXPECT_EQ(duplicates, (std::vector<std::string>{"a[0].x", "b", "b"}));
}

TEST(JsonParse, TellsTheOrderOfMembersWhenAskedTo) {
  std::vector<std::string> members;
  EXPECT_TRUE(
      parse(R"({"b":1,"a":[{"x":1},{"c":{}}],"b":3})", {.refuse_duplicate_keys = false, .members = &members}).ok());
  EXPECT_EQ(members, (std::vector<std::string>{"b", "a", "a[0].x", "a[1].c", "b"}));
}

TEST(JsonParse, KeepsOnlyTheMembersItWasAskedFor) {
  Members only;
  only.below["a"].below["x"];
  only.below["c"];
  const std::string text = R"({"a":[{"v":[[{}],"s",1.5],"x":{"y":[1]}},{"u":1e400,"w":null,"x":2},3],)"
                           R"("b":{"x":1,"x":"\n"},"c":{"a":[{"v":-1}]},"d":true})";
  EXPECT_EQ(to_text(parse(text, {.only = &only}).take()), R"({"a":[{"x":{"y":[1]}},{"x":2},3],"c":{"a":[{"v":-1}]}})");
  EXPECT_FALSE(parse(R"({"b":[1,})", {.only = &only}).ok()) << "what is left out is read";
  EXPECT_FALSE(parse(R"({"c":1,"c":2})", {.only = &only}).ok());
  EXPECT_EQ(parse("[7]", {.only = &only}).take(), Value(Array{7}));
}

TEST(JsonParse, StopsAtTheDepthItWasGiven) {
  const std::string open(64, '['), close(64, ']');
  EXPECT_TRUE(parse(open + close).ok());
  EXPECT_EQ(parse("[" + open + close + "]").error().message(), "1:65: nested deeper than 64");
  EXPECT_EQ(parse("[[1]]", {.depth_max = 1}).error().message(), "1:2: nested deeper than 1");
  EXPECT_FALSE(parse(std::string(1'000'000, '[')).ok());
}

TEST(JsonParse, TakesManyKeysInAnyOrderInTimeThatGrowsWithThem) {
  std::string text = "{";
  for (int i = 200'000; i > 0; --i) text += "\"k" + std::to_string(i) + "\":1,";
  text.back() = '}';
  EXPECT_EQ(parse(text).take().as<Object>()->size(), 200'000U);
}

TEST(JsonWrite, PrintsDoublesAsGoDoesAndSoThatTheyReadBackTheSame) {
  struct Case {
    double value;
    std::string_view text;
  };
  const Case cases[] = {
      {2.0, "2"},         {-0.0, "0"},     {0.25, "0.25"},       {1e6, "1000000"},
      {1e-6, "0.000001"}, {1e-7, "1e-7"},  {1.5e-10, "1.5e-10"}, {1e18, "1000000000000000000"},
      {1e21, "1e+21"},    {1e19, "1e+19"}, {INFINITY, "null"},   {NAN, "null"},
  };
  for (const Case& c : cases) EXPECT_EQ(to_text(c.value), c.text);

  const unsigned seed = std::random_device()();
  std::mt19937_64 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    double d = 0;
    const std::uint64_t bits = random();
    static_assert(sizeof d == sizeof bits);
    std::memcpy(&d, &bits, sizeof d);
    if (!std::isfinite(d)) continue;
    const Value again = parse(to_text(d)).take();
    const auto* whole = again.as<std::int64_t>();
    ASSERT_EQ(whole != nullptr ? static_cast<double>(*whole) : *again.as<double>(), d) << "seed " << seed;
  }
}

TEST(JsonWrite, EscapesWhatMustBeAndReplacesWhatIsNotUtf8) {
  EXPECT_EQ(to_text("a\"\\\n\r\t\x01/<&é"), R"("a\"\\\n\r\t\u0001/<&é")");
  EXPECT_EQ(to_text("a\xff\xc3z\xe2\x82"), "\"a\uFFFD\uFFFDz\uFFFD\uFFFD\"");
}

TEST(JsonWrite, PrettyIsWhatKubectlPrints) {
  const Value value = parse(R"({"a":[],"b":{},"c":[1,{"d":null}]})").take();
  EXPECT_EQ(to_pretty(value, 4), R"({
    "a": [],
    "b": {},
    "c": [
        1,
        {
            "d": null
        }
    ]
}
)");
}

TEST(JsonObject, KeepsKeysSortedAndTheLastOfDuplicates) {
  const Object object{{"b", 1}, {"a", 2}, {"b", 3}, {"c", 4}, {"a", 5}};
  EXPECT_EQ(to_text(object), R"({"a":5,"b":3,"c":4})");
  EXPECT_EQ(object, (Object{{"a", 5}, {"c", 4}, {"b", 3}}));
}

TEST(JsonObject, FindsAddsAndErases) {
  Object object;
  EXPECT_TRUE(object.empty());
  object["m"] = 1;
  object["a"] = "x";
  object["z"] = true;
  EXPECT_EQ(*object.find("m"), Value(1));
  EXPECT_EQ(object.find("n"), nullptr);
  EXPECT_TRUE(object.erase("m"));
  EXPECT_FALSE(object.erase("m"));
  EXPECT_EQ(to_text(object), R"({"a":"x","z":true})");
}

TEST(JsonValue, IsReadAlongAPath) {
  const Value value = parse(R"({"spec":{"cpus":4,"name":"web"},"n":1})").take();
  EXPECT_EQ(value.text({"spec", "name"}), "web");
  EXPECT_EQ(value.integer({"spec", "cpus"}), 4);
  EXPECT_EQ(value.text({"spec", "cpus"}), "");
  EXPECT_EQ(value.integer({"spec", "name"}, 7), 7);
  EXPECT_EQ(value.at({"n", "x"}), nullptr);
  EXPECT_EQ(value.at({}), &value);
}

TEST(JsonValue, SetMakesTheObjectsOnTheWay) {
  Value value;
  value.set({"a", "b", "c"}, 1);
  value.set({"a", "d"}, Array{1, "x"});
  EXPECT_EQ(to_text(value), R"({"a":{"b":{"c":1},"d":[1,"x"]}})");
  EXPECT_DEATH(value.set({"a", "d", "e"}, 1), "CHECK failed");
}

TEST(JsonValue, AnIntegerIsNotTheNumberThatLooksLikeIt) { EXPECT_NE(Value(2), Value(2.0)); }

}  // namespace
}  // namespace rig::json
