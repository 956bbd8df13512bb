// apiserver/apply/typed_test.cc — fitting, listing, comparing and merging, as recorded with the kind "Widget".
#include "apiserver/apply/typed.h"

#include "apiserver/apply/widget_test.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

std::string show(const FieldSet& set) { return json::to_text(fields_v1_of(set)); }

TEST(Typed, ListsTheFieldsThatAConfigurationSpeaksOf) {
  const json::Value document =
      J(R"({"atomic":["a"],"set":["a","b"],"map":[{"name":"a","v":"1"},{"name":"a","port":81,"v":"2"}],
      "one_key":[{"name":"x","v":"1"}],"granular":{"a":"1"},"whole":{"a":"1"},"free":{"x":{"y":1}},"deep":{"a":{"b":"1"}},"numbers":[1,2]})");
  EXPECT_EQ(
      show(fields_of(widget(), document)),
      R"({"f:atomic":{},"f:deep":{"f:a":{"f:b":{}}},"f:free":{"f:x":{".":{},"f:y":{}}},"f:granular":{"f:a":{}},)"
      R"("f:map":{"k:{\"name\":\"a\",\"port\":80}":{".":{},"f:name":{},"f:v":{}},"k:{\"name\":\"a\",\"port\":81}":{".":{},"f:name":{},"f:port":{},"f:v":{}}},)"
      R"("f:numbers":{"v:1":{},"v:2":{}},"f:one_key":{"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:v":{}}},"f:set":{"v:\"a\"":{},"v:\"b\"":{}},"f:whole":{}})");
  EXPECT_EQ(show(fields_of(widget(), J(R"({"set":[],"granular":{},"atomic":[]})"))),
            R"({"f:atomic":{},"f:granular":{}})");
}

TEST(Typed, MergesListsByTheirType) {
  struct Case {
    const char *live, *configuration, *wanted;
  };
  for (const Case& c : {
           Case{R"({"atomic":["a"]})", R"({"atomic":["b"]})", R"({"atomic":["b"]})"},
           Case{R"({"set":["a","b"]})", R"({"set":["c","a"]})", R"({"set":["c","a","b"]})"},
           Case{R"({"set":["c","a","b"]})", R"({"set":["b","a"]})", R"({"set":["c","b","a"]})"},
           Case{R"({"numbers":[1,2,3]})", R"({"numbers":[2,1]})", R"({"numbers":[2,3,1]})"},
           Case{R"({"map":[{"name":"a","port":80,"v":"1"}]})", R"({"map":[{"name":"b","v":"9"}]})",
                R"({"map":[{"name":"a","port":80,"v":"1"},{"name":"b","v":"9"}]})"},
           Case{R"({"map":[{"name":"a","port":80},{"name":"a","port":81},{"name":"b","port":80}]})",
                R"({"map":[{"name":"a","port":81},{"name":"a"}]})",
                R"({"map":[{"name":"a","port":81},{"name":"b","port":80},{"name":"a","port":80}]})"},
           Case{R"({"one_key":[{"name":"x","v":"1"}]})", R"({"one_key":[{"name":"x","w":"w"}]})",
                R"({"one_key":[{"name":"x","v":"1","w":"w"}]})"},
           Case{R"({"granular":{"a":"1"},"whole":{"a":"1"},"free":{"x":{"y":1}}})",
                R"({"granular":{"b":"2"},"whole":{"b":"2"},"free":{"x":{"z":2}}})",
                R"({"free":{"x":{"y":1,"z":2}},"granular":{"a":"1","b":"2"},"whole":{"b":"2"}})"},
           Case{R"({"deep":{"a":{"b":"1"}},"set":["a"],"free":{"x":{"y":1}},"granular":{"a":"1"}})",
                R"({"deep":{"a":null},"set":null,"free":{"x":null},"granular":null})",
                R"({"deep":{"a":{"b":"1"}},"free":{"x":{"y":1}},"granular":{"a":"1"},"set":["a"]})"},
           Case{R"({"deep":{"a":{}},"flag":true,"atomic":["a"],"whole":{"a":"1"},"free":{"x":[1]}})",
                R"({"deep":{"a":null},"flag":null,"atomic":null,"whole":null,"free":{"x":null}})",
                R"({"atomic":null,"deep":{"a":null},"flag":null,"free":{"x":null},"whole":null})"},
       }) {
    EXPECT_EQ(json::to_text(merged(widget(), J(c.live), J(c.configuration))), c.wanted) << c.configuration;
  }
}

TEST(Typed, SeesWhatAChangeAddedModifiedAndRemoved) {
  const Comparison c = compare(
      widget(), J(R"({"granular":{"a":"1","b":"2"},"set":["x","y"],"atomic":["a"],"one_key":[{"name":"k","v":"1"}]})"),
      J(R"({"granular":{"a":"9"},"set":["x","z"],"atomic":["b"],"one_key":[{"name":"k","v":"2"}],"deep":{"a":{"b":"1"}}})"));
  EXPECT_EQ(show(c.added), R"({"f:deep":{".":{},"f:a":{".":{},"f:b":{}}},"f:set":{"v:\"z\"":{}}})");
  EXPECT_EQ(show(c.modified),
            R"({"f:atomic":{},"f:granular":{"f:a":{}},"f:one_key":{"k:{\"name\":\"k\"}":{"f:v":{}}}})");
  EXPECT_EQ(show(c.removed), R"({"f:granular":{"f:b":{}},"f:set":{"v:\"y\"":{}}})");
}

TEST(Typed, SeesWhatIsGoneAndNewOfStrangeValues) {
  struct Case {
    const char *before, *after, *added, *modified, *removed;
  };
  for (const Case& c : {
           Case{R"({"free":{"x":{"y":1}}})", R"({"free":{"x":[1]}})", "{}", R"({"f:free":{"f:x":{}}})",
                R"({"f:free":{"f:x":{"f:y":{}}}})"},
           Case{R"({"free":{"x":1}})", R"({"free":{"x":{"y":1}}})", R"({"f:free":{"f:x":{"f:y":{}}}})",
                R"({"f:free":{"f:x":{}}})", "{}"},
           Case{R"({"deep":{"a":{"b":"1"}}})", R"({"deep":{"a":null}})", "{}", "{}",
                R"({"f:deep":{"f:a":{"f:b":{}}}})"},
           Case{"{}", R"({"one_key":[{"v":"1"},{"name":"x"}]})",
                R"({"f:one_key":{".":{},"k:{\"name\":\"x\"}":{".":{},"f:name":{}}}})", "{}", "{}"},
           Case{R"({"free":{"x":null}})", R"({"free":{"x":{"y":1}}})", R"({"f:free":{"f:x":{"f:y":{}}}})", "{}", "{}"},
       }) {
    const Comparison found = compare(widget(), J(c.before), J(c.after));
    EXPECT_EQ(show(found.added), c.added) << c.after;
    EXPECT_EQ(show(found.modified), c.modified) << c.after;
    EXPECT_EQ(show(found.removed), c.removed) << c.after;
  }
}

TEST(Typed, DropsWhatNobodyOwnsAnyMore) {
  struct Case {
    const char *document, *last, *owned, *wanted;
  };
  for (const Case& c : {
           Case{R"({"granular":{"a":"1","b":"2"}})", R"({"f:granular":{"f:a":{}}})", R"({"f:granular":{"f:b":{}}})",
                R"({"granular":{"b":"2"}})"},
           Case{R"({"granular":{"a":"1","b":"a default"}})", R"({"f:granular":{"f:a":{}}})", "{}", "{}"},
           Case{R"({"granular":{"a":"1"}})", R"({"f:granular":{"f:a":{}}})", "{}", "{}"},
           Case{R"({"granular":{"a":"1"}})", R"({"f:granular":{"f:a":{}}})", R"({"f:granular":{"f:a":{}}})",
                R"({"granular":{"a":"1"}})"},
           Case{R"({"set":["a","b","c"]})", R"({"f:set":{"v:\"a\"":{},"v:\"b\"":{}}})", R"({"f:set":{"v:\"b\"":{}}})",
                R"({"set":["b","c"]})"},
           Case{R"({"one_key":[{"name":"x","v":"1","w":"w"}]})",
                R"({"f:one_key":{"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:v":{}}}})",
                R"({"f:one_key":{"k:{\"name\":\"x\"}":{".":{},"f:name":{},"f:w":{}}}})",
                R"({"one_key":[{"name":"x","w":"w"}]})"},
           Case{R"({"deep":{"a":{"b":"1","c":"2"}}})", R"({"f:deep":{"f:a":{"f:b":{}}}})",
                R"({"f:deep":{"f:a":{"f:c":{}}}})", R"({"deep":{"a":{"c":"2"}}})"},
           Case{R"({"whole":{"a":"1"}})", R"({"f:whole":{}})", "{}", "{}"},
           Case{R"({"deep":{"a":{}}})", R"({"f:deep":{"f:a":{}}})", R"({"f:deep":{}})", R"({"deep":{}})"},
           Case{R"({"set":[]})", R"({"f:set":{"v:\"a\"":{}}})", "{}", R"({"set":[]})"},
       }) {
    json::Value document = J(c.document);
    drop_unowned(widget(), document, *parse_field_set(J(c.last)), *parse_field_set(J(c.owned)));
    EXPECT_EQ(json::to_text(document), c.wanted) << c.document;
  }
}

TEST(Typed, SaysWhyAConfigurationDoesNotFit) {
  const auto why = [](std::string_view text) { return misfit(widget(), J(text)).value_or("fits"); };
  EXPECT_EQ(why(R"({"free":{"any":[1,{}]},"either":"5","flag":null})"), "fits");
  EXPECT_EQ(why(R"({"colour":"red"})"), ".colour: field not declared in schema");
  EXPECT_EQ(why(R"({"atomic":"none"})"), ".atomic: expected list, got &{none}");
  EXPECT_EQ(why(R"({"granular":{"a":1}})"), ".granular.a: expected string, got &value.valueUnstructured{Value:1}");
  EXPECT_EQ(why(R"({"granular":"a"})"), ".granular: expected map, got &{a}");
  EXPECT_EQ(why(R"({"flag":"yes"})"), ".flag: expected boolean, got &{yes}");
  EXPECT_EQ(why(R"({"numbers":["1"]})"), ".numbers[0]: expected numeric (int or float), got &{1}");
  EXPECT_EQ(why(R"({"set":["q","q"]})"), R"(.set: duplicate entries for key [="q"])");
  EXPECT_EQ(why(R"({"map":[{"name":"q"},{"name":"q","port":80}]})"),
            R"(.map: duplicate entries for key [name="q",port=80])");
  EXPECT_EQ(
      why(R"({"one_key":[{"v":"1"}]})"),
      R"(.one_key: element 0: associative list with keys has an element that omits all key fields ["name"] (and doesn't have default values for any key fields))");
}

}  // namespace
}  // namespace rig::apiserver
