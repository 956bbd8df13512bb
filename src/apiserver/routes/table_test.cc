// apiserver/routes/table_test.cc — cells of every column type and of the core kinds.
#include "apiserver/routes/table.h"

#include <gtest/gtest.h>

#include "apiserver/failure.h"
#include "base/clock.h"

namespace rig::apiserver {
namespace {

const WallTime kNow = StepClock().wall();  // 2026-01-01T00:00:00Z

json::Value J(std::string_view text) { return json::parse(text).take(); }

// The recorded kind of table-columns.json: every type of column and every oddity.
api::KindInfo widget() {
  api::KindInfo out{};
  out.resource = {"toys.example.com", "v1", "Widget", "widgets"};
  out.columns = {{"Text", "string", ".spec.text", "some text", 0, {}},
                 {"Number", "integer", ".spec.number", {}, 0, "int32"},
                 {"Float", "number", ".spec.float", {}, 0, {}},
                 {"Bool", "boolean", ".spec.bool", {}, 0, {}},
                 {"Date", "date", ".spec.date", {}, 0, {}},
                 {"List", "string", ".spec.list", {}, 0, {}},
                 {"Each", "string", ".spec.list[*]", {}, 0, {}},
                 {"Map", "string", ".spec.map", {}, 0, {}},
                 {"Wrong", "integer", ".spec.text", {}, 0, {}},
                 {"Wrong date", "date", ".spec.text", {}, 0, {}},
                 {"Wide", "string", ".spec.text", {}, 1, {}}};
  return out;
}

TEST(Table, ShowsEveryTypeOfCellAsKubernetesDoes) {
  struct {
    const char* object;
    const char* cells;
  } const cases[] = {
      {R"({"metadata":{"name":"one"},"spec":{"text":"hello","number":42,"float":1.5,"bool":true,"date":"2019-02-05T00:00:00Z","list":["x","y"],"map":{"a.b":"d"}}})",
       R"(["one","hello",42,1.5,true,"6y332d","[\"x\",\"y\"]","x","{\"a.b\":\"d\"}",null,"<invalid>","hello"])"},
      {R"({"metadata":{"name":"odd"},"spec":{"text":"","number":0,"float":3,"bool":false,"date":"soon","list":[],"map":{}}})",
       R"(["odd","",0,3,false,"<invalid>","[]",null,"{}",null,"<unknown>",""])"},
      {R"({"metadata":{"name":"empty"},"spec":{}})",
       R"(["empty",null,null,null,null,null,null,null,null,null,null,null])"},
  };
  for (const auto& c : cases) EXPECT_EQ(json::to_text(cells_of(widget(), J(c.object), kNow)), c.cells);
}

TEST(Table, NamesTheVersionsAndShortNamesOfADefinition) {
  const json::Value definition = J(
      R"({"metadata":{"name":"vms.x","creationTimestamp":"2025-12-31T00:00:00Z"},"spec":{"scope":"Namespaced","group":"x","names":{"kind":"VM","shortNames":["vm","v"]},"versions":[{"name":"v1","storage":true},{"name":"v2","storage":false}]},"status":{"conditions":[{"type":"Established","status":"True"}]}})");
  EXPECT_EQ(
      json::to_text(cells_of(*api::find_kind("apiextensions.k8s.io", "customresourcedefinitions"), definition, kNow)),
      R"(["vms.x","Namespaced","v1(storage),v2","2025-12-31T00:00:00Z","x","VM","vm,v",true])");
}

TEST(Table, DescribesItsColumns) {
  const json::Value definitions = column_definitions(widget());
  const auto& list = *definitions.as<json::Array>();
  ASSERT_EQ(list.size(), 12U);
  EXPECT_EQ(list[0].text({"name"}), "Name");
  EXPECT_EQ(list[0].text({"format"}), "name");
  EXPECT_EQ(list[1].text({"description"}), "some text");
  EXPECT_EQ(list[2].text({"description"}), "Custom resource definition column (in JSONPath format): .spec.number");
  EXPECT_EQ(list[2].text({"format"}), "int32");
  EXPECT_EQ(list[11].integer({"priority"}), 1);
}

std::string cells(std::string_view group, std::string_view plural, std::string_view object) {
  return json::to_text(cells_of(*api::find_kind(group, plural), J(object), kNow));
}

TEST(Table, KnowsTheCellsOfCoreKinds) {
  const std::string meta = R"("metadata":{"name":"m","creationTimestamp":"2025-12-31T23:59:00Z"})";
  EXPECT_EQ(cells("", "secrets", "{" + meta + R"(,"type":"Opaque","data":{"a":"","b":""}})"),
            R"(["m","Opaque",2,"60s"])");
  EXPECT_EQ(cells("", "configmaps", "{" + meta + R"(,"data":{"a":""},"binaryData":{"b":""}})"), R"(["m",2,"60s"])");
  EXPECT_EQ(cells("", "namespaces", "{" + meta + R"(,"status":{"phase":"Active"}})"), R"(["m","Active","60s"])");
  EXPECT_EQ(cells("coordination.k8s.io", "leases", "{" + meta + R"(,"spec":{"holderIdentity":"me"}})"),
            R"(["m","me","60s"])");
  EXPECT_EQ(cells("", "serviceaccounts", "{" + meta + "}"), R"(["m","60s"])");
  const std::string rbac = "rbac.authorization.k8s.io";
  EXPECT_EQ(cells(rbac, "roles", "{" + meta + "}"), R"(["m","2025-12-31T23:59:00Z"])");
  EXPECT_EQ(cells(rbac, "rolebindings", "{" + meta + R"(,"roleRef":{"kind":"Role","name":"r"},"subjects":[
                {"kind":"User","name":"a"},{"kind":"User","name":"b"},{"kind":"Group","name":"g"},
                {"kind":"ServiceAccount","name":"s","namespace":"n"}]})"),
            R"(["m","Role/r","60s","a, b","g","n/s"])");
}

TEST(Table, ShowsAnEventAlikeInBothGroups) {
  const std::string core =
      R"({"metadata":{"name":"e"},"involvedObject":{"kind":"VirtualMachine","name":"one","fieldPath":"spec"},"type":"Normal",
      "reason":"Started","message":"hello\n","source":{"component":"us","host":"h"},"firstTimestamp":"2025-12-31T23:50:00Z","lastTimestamp":"2025-12-31T23:59:30Z","count":3})";
  const std::string modern =
      R"({"metadata":{"name":"e"},"regarding":{"kind":"VirtualMachine","name":"one","fieldPath":"spec"},"type":"Normal",
      "reason":"Started","note":"hello\n","deprecatedSource":{"component":"us","host":"h"},"deprecatedFirstTimestamp":"2025-12-31T23:50:00Z","deprecatedLastTimestamp":"2025-12-31T23:59:30Z","deprecatedCount":3})";
  const std::string wanted = R"(["30s","Normal","Started","virtualmachine/one","spec","us, h","hello","10m",3,"e"])";
  EXPECT_EQ(cells("", "events", core), wanted);
  EXPECT_EQ(cells("events.k8s.io", "events", modern), wanted);
}

TEST(Table, CountsAnEventOfASeriesByItsSeries) {
  EXPECT_EQ(cells("", "events",
                  R"({"metadata":{"name":"e"},"eventTime":"2025-12-31T23:58:00.000000Z","reportingComponent":"us",
                                    "series":{"count":7,"lastObservedTime":"2025-12-31T23:59:50.000000Z"}})"),
            R"(["10s",null,null,"/","","us","","2m",7,"e"])");
}

TEST(Table, IsTheSameWrittenRowByRow) {
  const json::Array objects = {J(R"({"kind":"Widget","metadata":{"name":"one"}})"),
                               J(R"({"kind":"Widget","metadata":{"name":"two"}})")};
  const json::Value metadata = J(R"({"resourceVersion":"7"})");
  std::vector<std::string> rows;
  for (const json::Value& object : objects) rows.push_back(row_text(widget(), object, {}, kNow));
  EXPECT_EQ(table_text(widget(), rows, metadata, {}), json::to_text(table_of(widget(), objects, metadata, {}, kNow)));
}

TEST(Table, CarriesAsMuchOfEachObjectAsIsAskedFor) {
  const std::vector<json::Value> objects = {J(R"({"kind":"Widget","metadata":{"name":"one"},"spec":{}})")};
  const auto row = [&](Include include) {
    const json::Value table =
        table_of(widget(), objects, J(R"({"resourceVersion":"7"})"), {.version = "v1beta1", .include = include}, kNow);
    EXPECT_EQ(table.text({"apiVersion"}), "meta.k8s.io/v1beta1");
    EXPECT_EQ(table.text({"metadata", "resourceVersion"}), "7");
    const json::Value* object = table.find("rows")->as<json::Array>()->front().find("object");
    return object == nullptr ? "" : json::to_text(*object);
  };
  EXPECT_EQ(row(Include::kNone), "null");
  EXPECT_EQ(row(Include::kMetadata),
            R"({"apiVersion":"meta.k8s.io/v1beta1","kind":"PartialObjectMetadata","metadata":{"name":"one"}})");
  EXPECT_EQ(row(Include::kObject), R"({"kind":"Widget","metadata":{"name":"one"},"spec":{}})");
  EXPECT_EQ(*parse_include(""), Include::kMetadata);
  EXPECT_EQ(http_code(parse_include("All").error()), 400);
}

}  // namespace
}  // namespace rig::apiserver
