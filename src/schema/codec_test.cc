// schema/codec_test.cc — JSON to structs and back.
#include <gtest/gtest.h>

#include "schema/sample_test.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

using namespace sample;

json::Value parsed(std::string_view text) { return json::parse(text).take(); }

TEST(Codec, WhatWasDecodedEncodesToTheSame) {
  const json::Value rich = parsed(kRichMachine);
  const Machine machine = decode<Machine>(rich).take();
  EXPECT_EQ(json::to_pretty(encode(machine)), json::to_pretty(rich));
  EXPECT_TRUE(same(machine, decode<Machine>(encode(machine)).take()));
}

TEST(Codec, ReadsEachKindIntoItsMember) {
  const Machine m = decode<Machine>(parsed(kRichMachine)).take();
  EXPECT_EQ(m.spec.power, Power::kOffGraceful);
  EXPECT_EQ(m.spec.cpus, 4);
  EXPECT_EQ(m.spec.memory_mib, 2048);
  EXPECT_EQ(m.spec.ratio, 0.5);
  EXPECT_EQ(m.spec.paused, false);
  EXPECT_EQ(m.spec.size, Quantity{"4Gi"});
  EXPECT_EQ(m.spec.max_unavailable, (IntOrString{"1", true}));
  EXPECT_EQ(m.spec.disks[1].type, "thick");
  EXPECT_EQ(m.spec.disks[0].serial, "");
  EXPECT_EQ(m.spec.labels.at("tier"), "front");
  EXPECT_EQ(m.spec.source.disk->name, "d");
  EXPECT_EQ(m.spec.affinity.integer({"weight"}), 5);
  EXPECT_EQ(m.spec.root->folders[0].folders[0].name, "b");
  EXPECT_EQ(m.status.renewed_at->time - *m.status.ready_at, std::chrono::microseconds(123));
  EXPECT_TRUE(m.status.checks.at("libvirt").valid);
}

TEST(Codec, TakesNullForAbsentAndIgnoresWhatItDoesNotKnow) {
  const Machine m = decode<Machine>(parsed(R"({"apiVersion":"v1","spec":{"power":null,"cpus":null,"disks":null,
    "memoryMiB":2.0,"size":5,"maxUnavailable":"50%","ratio":1,"newer":{"x":1}},"status":{"readyAt":null}})"))
                        .take();
  EXPECT_EQ(m.spec.power, Power::kUnset);
  EXPECT_FALSE(m.spec.cpus.has_value());
  EXPECT_EQ(m.spec.memory_mib, 2);
  EXPECT_EQ(m.spec.size.text, "5");
  EXPECT_EQ(m.spec.max_unavailable, (IntOrString{"50%", false}));
  EXPECT_EQ(m.spec.ratio, 1.0);
}

TEST(Codec, NamesTheFirstValueOfAWrongType) {
  struct Case {
    std::string_view text, message;
  };
  const Case cases[] = {
      {R"([])", "the value must be an object, found array"},
      {R"({"spec":{"cpus":"2"}})", "spec.cpus must be an integer, found string"},
      {R"({"spec":{"cpus":1.5}})", "spec.cpus must be an integer, found number"},
      {R"({"spec":{"cpus":2147483648}})", "spec.cpus must fit into 32 bits, found 2147483648"},
      {R"({"spec":{"memoryMiB":1e300}})", "spec.memoryMiB must be an integer, found number"},
      {R"({"spec":{"paused":"no"}})", "spec.paused must be true or false, found string"},
      {R"({"spec":{"ratio":"x"}})", "spec.ratio must be a number, found string"},
      {R"({"spec":{"className":5}})", "spec.className must be a string, found integer"},
      {R"({"spec":{"power":true}})", "spec.power must be a string, found boolean"},
      {R"({"spec":{"power":"Sideways"}})", "spec.power: \"Sideways\" is not a Power"},
      {R"({"spec":{"size":true}})", "spec.size must be an integer or a string, found boolean"},
      {R"({"spec":{"disks":[{"name":"a"},{"name":1}]}})", "spec.disks[1].name must be a string, found integer"},
      {R"({"spec":{"disks":{}}})", "spec.disks must be a list, found object"},
      {R"({"spec":{"labels":[]}})", "spec.labels must be an object, found array"},
      {R"({"spec":{"labels":{"a":1}}})", "spec.labels.a must be a string, found integer"},
      {R"({"status":{"readyAt":1}})", "status.readyAt must be a time, found integer"},
  };
  for (const Case& c : cases) {
    const Result<Machine> machine = decode<Machine>(parsed(c.text));
    ASSERT_FALSE(machine.ok()) << c.text;
    EXPECT_EQ(machine.error().code(), Code::kInvalidArgument);
    EXPECT_EQ(machine.error().message(), c.message);
  }
  EXPECT_EQ(decode<Machine>(parsed(R"({"status":{"readyAt":"soon"}})")).error().to_string(),
            "status.readyAt: \"soon\" is not a time (INVALID_ARGUMENT). Write it as 2026-01-01T00:00:00Z.");
}

TEST(Codec, LeavesOutWhatSaysNothingButKeepsWhatIsRequired) {
  EXPECT_EQ(json::to_text(encode(Machine{})), R"({"spec":{"className":"","memoryMiB":0}})");
  EXPECT_EQ(json::to_text(encode(Disk{})), R"({"name":"","sizeGiB":0})");
  Disk disk{.name = "a", .type = "", .size_gib = 1, .serial = ""};
  EXPECT_EQ(json::to_text(encode(disk)), R"({"name":"a","serial":"","sizeGiB":1})");
}

TEST(Codec, KnowsTheWireNameOfAnEnum) {
  EXPECT_EQ(name_of(Power::kOffGraceful), "OffGraceful");
  EXPECT_EQ(name_of(Power::kUnset), "");
}

}  // namespace
}  // namespace rig::schema
