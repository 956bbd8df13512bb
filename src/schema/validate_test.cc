// schema/validate_test.cc — one row, one rule, in kube-apiserver's words (recorded from 1.37).
#include <gtest/gtest.h>

#include "schema/sample_test.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

using sample::Machine;
using sample::Spec;

// "path reason: what", one a line, with the path in `what` as @ and without the reason's constant FieldValue.
std::string problems(const TypeInfo& type, std::string_view now, std::string_view before = "") {
  const json::Value value = json::parse(now, {.refuse_duplicate_keys = false}).take();
  const json::Value old = before.empty() ? json::Value() : json::parse(before).take();
  std::string text;
  for (const Problem& p : validate(type, value, before.empty() ? nullptr : &old)) {
    std::string what = p.what;
    const std::size_t at = what.find(p.path + " in body");
    if (at != std::string::npos) what.replace(at, p.path.size(), "@");
    EXPECT_TRUE(p.reason.starts_with("FieldValue"));
    text += (text.empty() ? "" : "\n") + p.path + " " + p.reason.substr(std::string_view("FieldValue").size()) + ": " +
            what;
  }
  return text;
}

struct Case {
  std::string_view member;  // of a spec that is fine otherwise; the last of two wins
  std::string_view problems;
};

std::string spec_with(std::string_view member) {
  return R"({"spec":{"className":"small",)" + std::string(member) + "}}";
}

void expect(std::initializer_list<Case> cases) {
  for (const Case& c : cases) EXPECT_EQ(problems(type_of<Machine>(), spec_with(c.member)), c.problems) << c.member;
}

TEST(Validate, FindsNothingWrongWithARichDocument) {
  EXPECT_EQ(problems(type_of<Machine>(), sample::kRichMachine), "");
}

TEST(Validate, Enums) {
  expect({
      {R"("power":"On")", ""},
      {R"("power":"Sideways")",
       R"(spec.power NotSupported: Unsupported value: "Sideways": supported values: "On", "Off", "OffGraceful")"},
      {R"("power":"")",
       R"(spec.power NotSupported: Unsupported value: "": supported values: "On", "Off", "OffGraceful")"},
      {R"("power":3)",
       R"(spec.power TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer"
spec.power NotSupported: Unsupported value: 3: supported values: "On", "Off", "OffGraceful")"},
  });
}

TEST(Validate, EnumsSayWhatWasProbablyMeant) {
  expect({
      {R"("affinity":{"mode":"hard"})",
       R"(spec.affinity.mode NotSupported: Unsupported value: "hard": supported values: "Hard", "Soft")"
       R"( (did you mean "Hard"?))"},
      {R"("power":true)",
       R"~(spec.power TypeInvalid: Invalid value: "boolean": @ in body must be of type string: "boolean"
spec.power NotSupported: Unsupported value: true: supported values: "On", "Off", "OffGraceful")~"
       R"~( (YAML makes a boolean of a bare On; write it in quotes: "On"))~"},
      {R"("power":false)",
       R"~(spec.power TypeInvalid: Invalid value: "boolean": @ in body must be of type string: "boolean"
spec.power NotSupported: Unsupported value: false: supported values: "On", "Off", "OffGraceful")~"
       R"~( (YAML makes a boolean of a bare Off; write it in quotes: "Off"))~"},
      {R"("affinity":{"mode":true})",
       R"(spec.affinity.mode TypeInvalid: Invalid value: "boolean": @ in body must be of type string: "boolean"
spec.affinity.mode NotSupported: Unsupported value: true: supported values: "Hard", "Soft")"},
  });
}

TEST(Validate, Numbers) {
  expect({
      {R"("cpus":128)", ""},
      {R"("cpus":2.0)", ""},
      {R"("cpus":129)", R"(spec.cpus Invalid: Invalid value: 129: @ in body should be less than or equal to 128)"},
      {R"("cpus":0)", R"(spec.cpus Invalid: Invalid value: 0: @ in body should be greater than or equal to 1)"},
      {R"("cpus":"2")",
       R"(spec.cpus TypeInvalid: Invalid value: "string": @ in body must be of type integer: "string")"},
      {R"("cpus":1.5)",
       R"(spec.cpus TypeInvalid: Invalid value: "float64": @ in body must be of type int32: "float64"
<nil> Invalid: Invalid value: "": Checked value must be of type integer with format int32 in spec.cpus)"},
      {R"("ports":[{"name":"a","port":1.5}])",
       R"(spec.ports[0].port TypeInvalid: Invalid value: "number": @ in body must be of type integer: "number"
<nil> Invalid: Invalid value: "": Checked value must be of type integer (default format) in spec.ports[0].port)"},
      {R"("disks":[{"name":"a","sizeGiB":4294967296}])",
       R"(<nil> Invalid: Invalid value: "": Checked value must be of type integer with format int32)"
       " in spec.disks[0].sizeGiB"},
      {R"("memoryMiB":18446744073709551616)",
       R"(spec.memoryMiB TypeInvalid: Invalid value: "float64": @ in body must be of type int64: "float64"
<nil> Invalid: Invalid value: "": Checked value must be of type integer with format int64 in spec.memoryMiB
spec.memoryMiB Invalid: Invalid value: 1.8446744073709552e+19: @ in body should be less than or equal to)"
       " 1.048576e+06"},
      {R"("ratio":-0.25)",
       R"(spec.ratio Invalid: Invalid value: -0.25: @ in body should be greater than or equal to 0)"},
      {R"("ratio":1)", ""},
      {R"("paused":"string")",
       R"(spec.paused TypeInvalid: Invalid value: "string": @ in body must be of type boolean: "string")"},
  });
}

TEST(Validate, Strings) {
  expect({
      {R"("className":"Not.A.Name")",
       R"(spec.className Invalid: Invalid value: "Not.A.Name": @ in body should match '^[a-z0-9-]+$')"},
      {R"("className":"")",
       R"(spec.className Invalid: Invalid value: "": @ in body should be at least 1 chars long
spec.className Invalid: Invalid value: "": @ in body should match '^[a-z0-9-]+$')"},
      {R"("disks":[{"name":"abcdefghi","sizeGiB":1}])",
       R"(spec.disks[0].name TooLong: Too long: may not be more than 8 bytes)"},
      {R"("uid":5)", R"(spec.uid TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer")"},
      {R"("className":"a\n\"\\\u0001")",
       R"(spec.className Invalid: Invalid value: "a\n\"\\\x01": @ in body should match '^[a-z0-9-]+$')"},
  });
  // Characters are counted, not bytes; eight umlauts fit where sixteen bytes would not.
  EXPECT_EQ(problems(type_of<sample::Disk>(), R"({"name":"üüüüüüüü","sizeGiB":1})"),
            R"(name Invalid: Invalid value: "üüüüüüüü": @ in body should match '^[a-z]+$')");
}

TEST(Validate, Times) {
  const TypeInfo& type = type_of<Machine>();
  EXPECT_EQ(
      problems(type, R"({"status":{"readyAt":"2026-01-01T00:00:00Z","renewedAt":"2026-01-01T00:00:00.000001Z"}})"), "");
  EXPECT_EQ(
      problems(type, R"({"status":{"readyAt":"yesterday"}})"),
      R"(status.readyAt TypeInvalid: Invalid value: "yesterday": @ in body must be of type date-time: "yesterday")");
  EXPECT_EQ(problems(type, R"({"status":{"readyAt":5}})"),
            R"(status.readyAt TypeInvalid: Invalid value: "int64": @ in body must be of type date-time: "int64")");
}

TEST(Validate, QuantitiesAndIntOrString) {
  expect({
      {R"("size":"1.5Gi","maxUnavailable":"50%")", ""},
      {R"("size":4096,"maxUnavailable":1)", ""},
      {R"("size":"4 GB")",
       R"(spec.size Invalid: Invalid value: "4 GB": @ in body should match '^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+)))"
       R"((([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$')"},
      {R"("size":true)",
       R"(spec.size TypeInvalid: Invalid value: "boolean": @ in body must be of type integer,string: "boolean"
<nil> Invalid: Invalid value: "": "spec.size" must validate at least one schema (anyOf)
spec.size TypeInvalid: Invalid value: "boolean": @ in body must be of type integer: "boolean")"},
      {R"("size":1.5)",
       R"(spec.size TypeInvalid: Invalid value: "number": @ in body must be of type integer,string: "number"
<nil> Invalid: Invalid value: "": "spec.size" must validate at least one schema (anyOf)
spec.size TypeInvalid: Invalid value: "number": @ in body must be of type integer: "number"
<nil> Invalid: Invalid value: "": Checked value must be of type integer (default format) in spec.size)"},
  });
}

TEST(Validate, Lists) {
  expect({
      {R"("disks":[{"name":"a","sizeGiB":1},{"name":"a","sizeGiB":1},{"name":"b","sizeGiB":1},
          {"name":"c","sizeGiB":1}])",
       "spec.disks TooMany: Too many: 4: must have at most 3 items"},
      {R"("tags":[])", "spec.tags Invalid: Invalid value: 0: @ in body should have at least 1 items"},
      {R"("disks":{})",
       R"(spec.disks TypeInvalid: Invalid value: "object": @ in body must be of type array: "object")"},
      {R"("groups":[1,null])",
       R"(spec.groups[0] TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer"
spec.groups[1] TypeInvalid: Invalid value: "null": @ in body must be of type string: "null")"},
      {R"("tags":["a","b","a"])", R"(spec.tags[2] Duplicate: Duplicate value: "a")"},
      {R"("groups":["a","a"])", ""},
      {R"("tags":["abcde","A",""])",
       R"(spec.tags[0] TooLong: Too long: may not be more than 4 bytes
spec.tags[1] Invalid: Invalid value: "A": @ in body should match '^[a-z]*$'
spec.tags[2] Invalid: Invalid value: "": @ in body should be at least 1 chars long)"},
      {R"("ports":[{"name":"a","port":1},{"name":"a","port":2},{"name":"a","port":1}])",
       R"(spec.ports[2] Duplicate: Duplicate value: {"name":"a","port":1})"},
      {R"("ports":[{"name":"a"}])", "spec.ports[0].port Required: Required value"},
  });
}

TEST(Validate, MapsAndObjects) {
  expect({
      {R"("labels":{"a":"a","b":"b","c":"c"})", "spec.labels TooMany: Too many: 3: must have at most 2 items"},
      {R"("labels":{"a":"B","b":1})",
       R"(spec.labels.a Invalid: Invalid value: "B": @ in body should match '^[a-z]+$'
spec.labels.b TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer")"},
      {R"("disks":[{"type":"x"}])",
       "spec.disks[0].name Required: Required value\nspec.disks[0].sizeGiB Required: Required "
       "value"},
      {R"("disks":[{"name":null,"sizeGiB":1}])", "spec.disks[0].name Required: Required value"},
      {R"("cpus":null)", ""},
      {R"("disks":["x"])",
       R"(spec.disks[0] TypeInvalid: Invalid value: "string": @ in body must be of type object: "string")"},
  });
  EXPECT_EQ(problems(type_of<Machine>(), R"({"spec":[]})"),
            R"(spec TypeInvalid: Invalid value: "array": @ in body must be of type object: "array")");
}

TEST(Validate, RawSchemasAsOwnRows) {
  expect({
      {R"("affinity":{"weight":0})",
       "spec.affinity.weight Invalid: Invalid value: 0: @ in body should be greater than "
       "or equal to 1"},
      {R"("affinity":{"ratio":0.25})",
       "spec.affinity.ratio Invalid: Invalid value: 0.25: @ in body should be greater than "
       "or equal to 0.5"},
      {R"("affinity":{"terms":[{"values":["a",1]}]})",
       R"(spec.affinity.terms[0].key Required: Required value
spec.affinity.terms[0].values[1] TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer")"},
      {R"("affinity":{"mixed":{}})",
       R"(spec.affinity.mixed TypeInvalid: Invalid value: "object": @ in body must be of type )"
       R"(integer,string: "object")"},
      {R"("affinity":{"match":{"a":1}})",
       R"(spec.affinity.match.a TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer")"},
      {R"("affinity":{"nothing":null,"port":"http","free":{"x":[1]}})", ""},
      {R"("extra":[1,{"a":null}])", ""},
  });
}

TEST(Validate, RulesOverMembers) {
  expect({
      {R"("source":{"url":"x"})", ""},
      {R"("source":{"path":"x","url":null})", ""},
      {R"("source":{})", "spec.source Invalid: Invalid value: exactly one of url, path, disk must be set; found none"},
      {R"("source":{"path":"x","disk":{"name":"a","sizeGiB":1}})",
       "spec.source Invalid: Invalid value: exactly one of url, path, disk must be set; found path, disk"},
      {R"("source":{"path":"x","url":"y"})",
       "spec.source Invalid: Invalid value: exactly one of url, path, disk must be set; found url, path\n"
       "spec.source Invalid: Invalid value: at most one of url, path must be set; found url, path"},
  });
  EXPECT_EQ(problems(type_of<sample::Source>(), "{}"),
            "<nil> Invalid: Invalid value: exactly one of url, path, disk must be set; found none");
}

struct Update {
  std::string_view before, after, problems;
};

TEST(Validate, ImmutableRowsMayBeSetAndRemovedButNotChanged) {
  const Update cases[] = {
      {R"("uid":"a")", R"("uid":"a","cpus":3)", ""},
      {R"("cpus":3)", R"("uid":"a")", ""},
      {R"("uid":"a")", R"("cpus":3)", ""},
      {R"("uid":"a")", R"("uid":"b")", R"(spec.uid Invalid: Invalid value: "b": field is immutable)"},
      // Items of a map list are matched by their keys, wherever they stand.
      {R"("ports":[{"name":"a","port":1,"protocol":"TCP"}])",
       R"("ports":[{"name":"b","port":1,"protocol":"UDP"},{"name":"a","port":1,"protocol":"UDP"}])",
       R"(spec.ports[1].protocol Invalid: Invalid value: "UDP": field is immutable)"},
      // Nobody can tell which item of an atomic list became which.
      {R"("disks":[{"name":"a","sizeGiB":1,"serial":"1"}])", R"("disks":[{"name":"a","sizeGiB":1,"serial":"2"}])", ""},
  };
  for (const Update& c : cases) {
    EXPECT_EQ(problems(type_of<Machine>(), spec_with(c.after), spec_with(c.before)), c.problems) << c.after;
  }
}

TEST(Validate, WhatAnUpdateLeavesAsItWasIsNotJudgedAgain) {
  const Update cases[] = {
      {R"("power":"zebra","cpus":1)", R"("power":"zebra","cpus":2)", ""},
      {R"("power":"zebra")", R"("power":"yak")",
       R"(spec.power NotSupported: Unsupported value: "yak": supported values: "On", "Off", "OffGraceful")"},
      {R"("groups":[1])", R"("groups":[1,"good"])",
       R"(spec.groups[0] TypeInvalid: Invalid value: "integer": @ in body must be of type string: "integer")"},
  };
  for (const Update& c : cases) {
    EXPECT_EQ(problems(type_of<Machine>(), spec_with(c.after), spec_with(c.before)), c.problems) << c.after;
  }
}

TEST(Validate, ALongTextAgainstAPatternNeitherCrashesNorTakesForever) {
  const std::string digits(1 << 18, '1');
  EXPECT_EQ(problems(type_of<Machine>(), spec_with(R"("size":")" + digits + "\"")), "");
  EXPECT_NE(problems(type_of<Machine>(), spec_with(R"("size":")" + digits + "!\"")), "");
}

}  // namespace
}  // namespace rig::schema
