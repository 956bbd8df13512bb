// base/yaml/yaml_test.cc — YAML 1.1 as Kubernetes reads it, and back.
#include "base/yaml/yaml.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace rig::yaml {
namespace {

TEST(YamlParse, ResolvesBareScalarsAsKubernetesDoes) {
  struct Case {
    std::string text, json;
  };
  const Case cases[] = {
      {"On", "true"},
      {"off", "false"},
      {"YES", "true"},
      {"n", "false"},
      {"y", "true"},
      {"True", "true"},
      {"yEs", R"("yEs")"},
      {"'On'", R"("On")"},
      {"\"yes\"", R"("yes")"},
      {"!!str no", R"("no")"},
      {"~", "null"},
      {"Null", "null"},
      {"''", R"("")"},
      {"12", "12"},
      {"+12", "12"},
      {"-1_000", "-1000"},
      {"0755", "493"},
      {"0o17", "15"},
      {"0x1F", "31"},
      {"0b101", "5"},
      {"08", "8"},
      {"2.0", "2"},
      {".5", "0.5"},
      {"1e3", "1000"},
      {"1.5e-3", "0.0015"},
      {"9223372036854775808", "9.223372036854776e+18"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.2.3", R"("1.2.3")"},
      {"10.0.0.1", R"("10.0.0.1")"},
      {"4Gi", R"("4Gi")"},
      {"12:30:45", R"("12:30:45")"},
      {"2026-01-01", R"("2026-01-01")"},
      {"2026-01-01T00:00:00Z", R"("2026-01-01T00:00:00Z")"},
      {".inf", R"(".inf")"},
      {"1e400", R"("1e400")"},
  };
  for (const Case& c : cases) {
    const Result<json::Value> value = parse("a: " + c.text + "\n");
    ASSERT_TRUE(value.ok()) << c.text << ": " << value.error().to_string();
    EXPECT_EQ(json::to_text(*value->find("a")), c.json) << c.text;
  }
}

TEST(YamlParse, TakesTheShapesOfManifests) {
  struct Case {
    std::string text, json;
  };
  const Case cases[] = {
      {"", "null"},
      {"# only a comment\n", "null"},
      {"{\"a\": [1, \"x\"]}", R"({"a":[1,"x"]})"},
      {"a:\n- b: 1\n  c: 2\n- d\n", R"({"a":[{"b":1,"c":2},"d"]})"},
      {"a: |\n  two\n  lines\nb: >-\n  one\n  line\n", R"({"a":"two\nlines\n","b":"one line"})"},
      {"a: |-\n  no end", R"({"a":"no end"})"},
      {"'on': 1\n\"2\": x\n", R"({"2":"x","on":1})"},
      {"a: &x {k: 1}\nb: *x\n", R"({"a":{"k":1},"b":{"k":1}})"},
      {"base: &b {k: 1, l: 2}\nd:\n  <<: *b\n  k: 3\n", R"({"base":{"k":1,"l":2},"d":{"k":3,"l":2}})"},
      {"p: &p {k: 1}\nq: &q {k: 2, l: 2}\nd:\n  <<: [*p, *q]\n",
       R"({"d":{"k":1,"l":2},"p":{"k":1},"q":{"k":2,"l":2}})"},
      {"'<<': 1\n", R"({"<<":1})"},
      {"a:\nb: ü\n", R"({"a":null,"b":"ü"})"},
  };
  for (const Case& c : cases) {
    const Result<json::Value> value = parse(c.text);
    ASSERT_TRUE(value.ok()) << c.text << ": " << value.error().to_string();
    EXPECT_EQ(json::to_text(*value), c.json) << c.text;
  }
}

TEST(YamlParse, TakesAllDocumentsOrTheFirst) {
  const std::string text = "---\n---\na: 1\n---\n# nothing\n---\nb: 2\n...\n";
  const std::vector<json::Value> documents = parse_all(text).take();
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(json::to_text(documents[0]), R"({"a":1})");
  EXPECT_EQ(json::to_text(documents[1]), R"({"b":2})");
  EXPECT_EQ(json::to_text(parse(text).take()), R"({"a":1})");
  // What follows the first document is not even looked at, as in the API server.
  EXPECT_TRUE(parse("a: 1\n---\nb: [\n").ok());
  EXPECT_FALSE(parse_all("a: 1\n---\nb: [\n").ok());
}

TEST(YamlParse, TakesTheLastOfEqualKeysWhenToldTo) {
  std::vector<std::string> duplicates;
  const auto value = parse("a: 1\nb: {c: 1, c: 2}\na: 3\n", &duplicates);
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(json::to_text(*value), R"({"a":3,"b":{"c":2}})");
  EXPECT_EQ(duplicates,
            (std::vector<std::string>{"line 2: key \"c\" already set in map", "line 3: key \"a\" already set in map"}));
}

TEST(YamlParse, SaysWhereAndWhatIsWrong) {
  struct Case {
    std::string text, message;
  };
  const Case cases[] = {
      {"a: 1\nb: 2\na: 3\n", "3:1: key \"a\" already set in map"},
      {", ,", "1:1: no value begins here"},
      {"on: 1\n", "1:1: key on is not a string; write it in quotes"},
      {"a:\n  8080: x\n", "2:3: key 8080 is not a string; write it in quotes"},
      {"? [1]\n: 2\n", "1:3: a key must be a string"},
      {"a: [1, 2\nb: 3\n", "2:2: end of sequence flow not found"},
      {"a: b: c\n", "1:5: illegal map value"},
      {"\ta: 1\n", "1:3: illegal map value"},
      {"a: 'x\n", "2:1: illegal document indicator in scalar"},
      {"a: !!binary x\n", "1:4: tag tag:yaml.org,2002:binary is not taken"},
      {"a: !foo 5\n", "1:4: tag !foo is not taken"},
      {"a: &x [*x]\n", "1:8: an alias inside of what it names"},
      {"a: *nobody\n", "1:4: the referenced anchor is not defined"},
      {"a:\n  <<: 5\n", "2:7: << wants a map or a list of maps"},
      {"a: \"\xff\"\n", "1:4: not UTF-8"},
  };
  for (const Case& c : cases) {
    const Result<json::Value> value = parse(c.text);
    ASSERT_FALSE(value.ok()) << c.text << json::to_text(*value);
    EXPECT_EQ(value.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(value.error().message(), c.message) << c.text;
  }
}

TEST(YamlParse, StopsAtItsLimits) {
  const std::string deep(kYamlDepthMax, '['), close(kYamlDepthMax, ']');
  EXPECT_TRUE(parse(deep + close).ok());
  EXPECT_EQ(parse("[" + deep + close + "]").error().message(), "1:65: nested deeper than 64");

  // Nine lines that would be a thousand million values.
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char name = 'b'; name < 'j'; ++name) {
    const std::string before(1, static_cast<char>(name - 1));
    laughs += std::string(1, name) + "0: &" + name + " [*" + before;
    for (int i = 1; i < 10; ++i) laughs += ",*" + before;
    laughs += "]\n";
  }
  EXPECT_NE(parse(laughs).error().message().find("more than 1000000 values, aliases counted"), std::string::npos);

  std::string many;
  for (std::size_t i = 0; i < kYamlDocumentsMax; ++i) many += "---\na: 1\n";
  EXPECT_EQ(parse_all(many).take().size(), kYamlDocumentsMax);
  EXPECT_NE(parse_all(many + "---\na: 1\n").error().message().find("more than 10000 documents"), std::string::npos);
}

TEST(YamlWrite, IsBlockStyleAndQuotesOnlyWhatItMust) {
  const json::Value value = json::parse(R"({
    "list": [1, {"x": 1, "z": [2, 3]}, [4, [5]], {}], "empty": [], "none": null, "number": 1.5,
    "plain": "two words", "url": "http://a/b?c=d", "on": "On", "quantity": "4Gi", "version": "1.2.3",
    "colon": "a: b", "hash": "a #b", "digits": "12", "time": "2026-01-01T00:00:00Z", "base60": "12:30",
    "dash": "-x", "blank": " x", "nothing": "", "accent": "ü",
    "script": "#cloud-config\nusers:\n  - a\n", "tail": "a\nb", "odd": "a\n\n"
  })")
                                .take();
  EXPECT_EQ(yaml::to_text(value), R"(accent: "ü"
base60: "12:30"
blank: " x"
colon: "a: b"
dash: "-x"
digits: "12"
empty: []
hash: "a #b"
list:
- 1
- x: 1
  z:
  - 2
  - 3
- - 4
  - - 5
- {}
none: null
nothing: ""
number: 1.5
odd: "a\n\n"
"on": "On"
plain: two words
quantity: 4Gi
script: |
  #cloud-config
  users:
    - a
tail: |-
  a
  b
time: "2026-01-01T00:00:00Z"
url: http://a/b?c=d
version: 1.2.3
)");
  EXPECT_EQ(parse(yaml::to_text(value)).take(), value);
  for (const char* text : {"{}", "[]", "5", "\"x\"", "null"})
    EXPECT_EQ(yaml::to_text(json::parse(text).take()), std::string(text) + "\n");
}

TEST(YamlWrite, EveryStringComesBackAsItWas) {
  const char* const strings[] = {
      "",   " ",     "y",    "No",    "null",   "~",       "0x1F",   "1_0",  "1e3",      ".5",         "+",
      "-",  "--- a", "...",  "?",     "? a",    ": a",     "a:",     "a #",  "#a",       "&a",         "*a",
      "!a", "|",     ">",    "'",     "\"",     "%",       "@",      "`",    "[",        "{a}",        "a, b",
      "<<", "=",     "a\tb", "a\r\n", "\n",     "\na",     "a\n",    "a\n ", " a\nb",    "a\nb: c",    "a\n---\nb",
      "\\", "a\\nb", "\x01", "\x7f",  "\u0085", "\u2028x", "\uFEFF", "😀",   "a\n\nb\n", "- a\n- b\n", "a\n...\nb\n"};
  for (const char* text : strings) {
    const json::Value in_map(json::Object{{"k", text}, {text, 1}}), in_list(json::Array{text});
    EXPECT_EQ(parse(yaml::to_text(in_map)).take(), in_map) << yaml::to_text(in_map);
    EXPECT_EQ(parse(yaml::to_text(in_list)).take(), in_list) << yaml::to_text(in_list);
  }
}

TEST(YamlWrite, ALongKeyStandsBehindAQuestionMark) {
  const std::string plain(128, 'k'), long_key(129, 'k'), escaped(250, '\x1a');
  EXPECT_EQ(yaml::to_text(json::Object{{plain, 1}}), plain + ": 1\n");
  EXPECT_EQ(yaml::to_text(json::Object{{long_key, 1}}), "? " + long_key + "\n: 1\n");
  for (const json::Value& inner : {json::Value("a\nb\n"), json::Value(json::Array{1, json::Object{{escaped, 2}}}),
                                   json::Value(json::Object{{long_key, json::Array{}}, {"l", json::Array{1, 2}}})}) {
    const json::Value value(json::Object{{escaped, inner}, {long_key, json::Array{json::Object{{escaped, inner}}}}});
    EXPECT_EQ(parse(yaml::to_text(value)).take(), value) << yaml::to_text(value);
  }
}

}  // namespace
}  // namespace rig::yaml
