// apiserver/storage_test.cc — objects as records.
#include "apiserver/storage.h"

#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

const api::KindInfo& vms() { return *api::find_kind("infra.virtrigaud.io", "virtualmachines"); }

TEST(Storage, HasAKeyPerObject) {
  EXPECT_EQ(storage_key(vms(), {"ns", "one"}), "/infra.virtrigaud.io/virtualmachines/ns/one");
  EXPECT_EQ(storage_key(*api::find_kind("", "namespaces"), {"", "one"}), "/core/namespaces//one");
  EXPECT_EQ(storage_key(*api::find_kind("events.k8s.io", "events"), {"ns", "one"}), "/core/events/ns/one");
  EXPECT_EQ(storage_prefix(vms(), "ns"), "/infra.virtrigaud.io/virtualmachines/ns/");
  EXPECT_EQ(storage_prefix(vms(), ""), "/infra.virtrigaud.io/virtualmachines/");
}

TEST(Storage, KeepsTheVersionOutsideOfTheValue) {
  const json::Value object = J(R"({"metadata":{"name":"one","resourceVersion":"7"},"spec":{"a":1}})");
  const std::string value = *value_of(vms(), object);
  EXPECT_EQ(value, R"({"metadata":{"name":"one"},"spec":{"a":1}})");
  EXPECT_EQ(*object_of(vms(), value, 7), object);
  EXPECT_TRUE(object_of(vms(), "{", 7).error().is(Code::kDataLoss));
}

TEST(Storage, WritesTheVersionIntoTheTextAsIntoTheObject) {
  for (
      const std::string value : {
          R"({"apiVersion":"v1","kind":"K","metadata":{"name":"one","uid":"u"},"spec":{"a":1}})",
          R"({"metadata":{"name":"one","selfLink":"/x","uid":"u"}})",
          R"({"data":{"metadata":{"uid":"not here"}},"metadata":{"uid":"u"},"spec":{}})",
          R"({"metadata":{"annotations":{"uid":"\",\"uid\":\"\\"},"name":"a\\","ownerReferences":[{"uid":"o"}],"uid":"u"}})",
          R"({"metadata":{"name":"of no uid"},"spec":{"uid":"nor here"}})",
          R"({"metadata":{},"spec":["metadata","uid",{"x":["uid"]}]})",
          R"({"spec":{"a":1}})",
      }) {
    EXPECT_EQ(*text_of(vms(), value, 42), json::to_text(*object_of(vms(), value, 42))) << value;
  }
  const api::KindInfo& events = *api::find_kind("", "events");
  const std::string event = R"({"metadata":{"name":"one","uid":"u"},"note":"hello"})";
  EXPECT_EQ(*text_of(events, event, 42), json::to_text(*object_of(events, event, 42)));
  for (const char* damaged : {"{", R"({"metadata":{"uid)"})
    EXPECT_TRUE(text_of(vms(), damaged, 7).error().is(Code::kDataLoss)) << damaged;
}

TEST(Storage, ShowsAnEventInBothGroups) {
  const api::KindInfo& core = *api::find_kind("", "events");
  const api::KindInfo& modern = *api::find_kind("events.k8s.io", "events");
  const json::Value made =
      J(R"({"apiVersion":"events.k8s.io/v1","metadata":{"name":"one"},"note":"hello","regarding":{"name":"vm"},
                                 "reportingController":"c","eventTime":"2026-01-01T00:00:00.000000Z"})");
  const std::string value = *value_of(modern, made);
  const json::Value seen = *object_of(core, value, 1);
  EXPECT_EQ(seen.text({"message"}), "hello");
  EXPECT_EQ(seen.text({"involvedObject", "name"}), "vm");
  EXPECT_EQ(seen.text({"apiVersion"}), "v1");
  EXPECT_EQ(object_of(modern, value, 1)->text({"note"}), "hello");
  EXPECT_EQ(object_of(modern, value, 1)->text({"regarding", "name"}), "vm");
}

TEST(Storage, RefusesWhatCouldNotBeReadAgain) {
  std::string deep = "1";
  for (int i = 1; i < limits::kDepthMax; ++i) deep = "[" + deep + "]";
  EXPECT_TRUE(value_of(vms(), json::Object{{"spec", J(deep)}}).ok());
  deep = "[" + deep + "]";
  EXPECT_EQ(http_code(value_of(vms(), json::Object{{"spec", J(deep)}}).error()), 400);
  std::string books = "{}";  // a JSON patch can make those, too
  for (int i = 2; i < limits::kStoredDepthMax; ++i) books = R"({"f:a":)" + books + "}";
  const auto with_books = [&] { return json::Object{{"metadata", *json::parse(books, {.depth_max = 1'000})}}; };
  const Result<std::string> stored = value_of(vms(), with_books());
  ASSERT_TRUE(stored.ok());
  EXPECT_TRUE(object_of(vms(), *stored, 1).ok());
  books = R"({"f:a":)" + books + "}";
  EXPECT_EQ(http_code(value_of(vms(), with_books()).error()), 400);
  const std::string large(limits::kObjectBytesMax, 'x');
  EXPECT_EQ(value_of(vms(), json::Object{{"spec", large}}).error().message(), "etcdserver: request is too large");
}

}  // namespace
}  // namespace rig::apiserver
