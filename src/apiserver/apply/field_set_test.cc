// apiserver/apply/field_set_test.cc — sets of fields as fieldsV1 writes them.
#include "apiserver/apply/field_set.h"

#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

FieldSet S(std::string_view text) { return parse_field_set(J(text)).value(); }
std::string show(const FieldSet& set) { return json::to_text(fields_v1_of(set)); }

TEST(FieldSet, IsReadAndWrittenAsItIs) {
  for (const char* text : {"{}", R"({"f:spec":{}})", R"({"f:a":{".":{},"f:b":{}},"f:c":{"f:d":{}}})",
                           R"({"f:list":{"k:{\"name\":\"a\"}":{".":{},"f:v":{}},"v:\"x\"":{}}})"}) {
    EXPECT_EQ(show(S(text)), text);
  }
}

TEST(FieldSet, IsReadInAnyForm) {
  EXPECT_EQ(show(S(R"({".":{},"f:a":null,"k:{\"b\":1, \"a\":2.0}":{},"v:1.0":{},"v:1":{"f:x":{}}})")),
            R"({"f:a":{},"k:{\"a\":2,\"b\":1}":{},"v:1":{".":{},"f:x":{}}})");
  EXPECT_EQ(show(S(R"({"x:of a newer server":{"f:a":{}},"f:b":{}})")), R"({"f:b":{}})");
}

TEST(FieldSet, IsNothingWhenItCannotBeRead) {
  for (const char* text : {"[]", R"("f:a")", R"({"":{}})", R"({"a":{}})", R"({"f:a":{"fa":{}}})", R"({"f:a":1})",
                           R"({"v:":{}})", R"({"v:1 2":{}})", R"({"k:[]":{}})", R"({"i:x":{}})"}) {
    EXPECT_FALSE(parse_field_set(J(text))) << text;
  }
}

TEST(FieldSet, HasAnAlgebra) {
  const FieldSet a = S(R"({"f:x":{},"f:y":{".":{},"f:z":{}},"f:only":{}})"),
                 b = S(R"({"f:x":{},"f:y":{"f:z":{},"f:w":{}}})");
  EXPECT_EQ(show(united(a, b)), R"({"f:only":{},"f:x":{},"f:y":{".":{},"f:w":{},"f:z":{}}})");
  EXPECT_EQ(show(common(a, b)), R"({"f:x":{},"f:y":{"f:z":{}}})");
  EXPECT_EQ(show(without(a, b)), R"({"f:only":{},"f:y":{}})");
  EXPECT_TRUE(without(a, a).is_empty());
  EXPECT_EQ(united(a, a), a);
}

TEST(FieldSet, NamesItsMembersLevelByLevel) {
  const FieldSet set = S(
      R"({"f:spec":{"f:classRef":{"f:name":{}},"f:disks":{},"f:map":{"k:{\"name\":\"a\",\"port\":80}":{"f:v":{}}},"f:set":{"v:\"q\"":{}}}})");
  std::string all;
  for_each_member(set, [&](const std::string& path) { all += path + " "; });
  EXPECT_EQ(all, R"(.spec.disks .spec.classRef.name .spec.map[name="a",port=80].v .spec.set[="q"] )");
}

}  // namespace
}  // namespace rig::apiserver
