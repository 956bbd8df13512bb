// schema/describe_test.cc — the schema of a definition, the reference page, the rows and leaves.
#include <gtest/gtest.h>

#include <algorithm>

#include "schema/sample_test.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

using sample::Machine;
using sample::Spec;

TEST(OpenApi, HasTheFormsOfControllerGen) {
  const json::Value spec = openapi(type_of<Spec>());
  struct Case {
    std::string_view field;
    std::string schema;
  };
  const Case cases[] = {
      {"power", R"({"default":"On","description":"Power state.","enum":["On","Off","OffGraceful"],"type":"string"})"},
      {"className", R"({"minLength":1,"pattern":"^[a-z0-9-]+$","type":"string"})"},
      {"uid",
       R"({"type":"string","x-kubernetes-validations":[{"message":"field is immutable","rule":"self == oldSelf"}]})"},
      {"cpus", R"({"default":2,"format":"int32","maximum":128,"minimum":1,"type":"integer"})"},
      {"memoryMiB", R"({"format":"int64","maximum":1048576,"minimum":128,"type":"integer"})"},
      {"ratio", R"({"minimum":0,"type":"number"})"},
      {"paused", R"({"default":false,"type":"boolean"})"},
      {"size", R"({"anyOf":[{"type":"integer"},{"type":"string"}],"x-kubernetes-int-or-string":true,
        "pattern":"^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|)"
               R"(([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$"})"},
      {"maxUnavailable", R"({"anyOf":[{"type":"integer"},{"type":"string"}],"x-kubernetes-int-or-string":true})"},
      {"disks", R"({"type":"array","maxItems":3,
        "items":{"description":"One disk.","type":"object","required":["name","sizeGiB"],"properties":{
          "name":{"description":"Its name.","maxLength":8,"pattern":"^[a-z]+$","type":"string"},
          "serial":{"type":"string"},
          "sizeGiB":{"format":"int32","minimum":1,"type":"integer"},
          "type":{"default":"thin","type":"string"}}}})"},
      {"ports", R"({"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name","port"],
        "items":{"type":"object","required":["name","port"],"properties":{
          "name":{"type":"string"},
          "port":{"maximum":65535,"minimum":1,"type":"integer"},
          "protocol":{"type":"string",
            "x-kubernetes-validations":[{"message":"field is immutable","rule":"self == oldSelf"}]}}}})"},
      {"tags", R"({"type":"array","minItems":1,"x-kubernetes-list-type":"set",
        "items":{"maxLength":4,"minLength":1,"pattern":"^[a-z]*$","type":"string"}})"},
      {"groups", R"({"items":{"type":"string"},"type":"array"})"},
      {"labels", R"({"type":"object","maxProperties":2,"x-kubernetes-map-type":"atomic",
        "additionalProperties":{"pattern":"^[a-z]+$","type":"string"}})"},
      {"extra", R"({"x-kubernetes-preserve-unknown-fields":true})"},
      {"root", R"({"description":"Holds folders.","type":"object","required":["name"],"properties":{
        "folders":{"type":"array","items":{"description":"Holds folders.","type":"object",
          "x-kubernetes-preserve-unknown-fields":true}},
        "name":{"type":"string"}}})"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(json::to_pretty(*spec.at({"properties", c.field})), json::to_pretty(json::parse(c.schema).take()));
  }
  EXPECT_EQ(json::to_text(*spec.at({"properties", "affinity", "properties", "weight"})),
            R"({"format":"int32","maximum":100,"minimum":1,"type":"integer"})");
  EXPECT_EQ(json::to_text(*spec.find("required")), R"(["className"])");
}

TEST(OpenApi, WritesRulesOverMembersInCel) {
  EXPECT_EQ(json::to_pretty(*openapi(type_of<sample::Source>()).find("x-kubernetes-validations")), R"([
  {
    "message": "exactly one of url, path, disk must be set",
    "rule": "(has(self.url) ? 1 : 0) + (has(self.path) ? 1 : 0) + (has(self.disk) ? 1 : 0) == 1"
  },
  {
    "message": "at most one of url, path must be set",
    "rule": "(has(self.url) ? 1 : 0) + (has(self.path) ? 1 : 0) <= 1"
  }
]
)");
}

TEST(OpenApi, WritesTimesAsDateTimes) {
  const json::Value status = openapi(type_of<sample::Status>());
  for (const char* time : {"readyAt", "renewedAt"}) {
    EXPECT_EQ(json::to_text(*status.at({"properties", time})), R"({"format":"date-time","type":"string"})");
  }
}

TEST(Markdown, HasATableForEachTypeOnce) {
  EXPECT_EQ(markdown(type_of<sample::Source>()), R"(## Source

| Field | Type | Default | Rules | Meaning |
|---|---|---|---|---|
| `url` | string |  |  |  |
| `path` | string |  |  |  |
| `disk` | [Disk](#Disk) |  |  |  |

Exactly one of `url`, `path`, `disk` is set.

At most one of `url`, `path` is set.

## Disk

One disk.

| Field | Type | Default | Rules | Meaning |
|---|---|---|---|---|
| `name` | string |  | required, at most 8 characters, `^[a-z]+$` | Its name. |
| `sizeGiB` | integer |  | required, at least 1 |  |
| `type` | string | `"thin"` |  |  |
| `serial` | string |  | immutable |  |
)");
  const std::string page = markdown(type_of<Machine>());
  for (const char* line : {
           "| `Off` | Stopped \\| cut off. |\n",
           "| `memoryMiB` | integer |  | cluster only, 128–1048576 |  |\n",
           "| `disks` | list of [Disk](#Disk) |  | at most 3 items |  |\n",
           "| `tags` | list of string |  | at least 1 items, 1–4 characters each, `^[a-z]*$`, no item twice |  |\n",
           "| `labels` | map to string |  | not in the Go version, at most 2 items, `^[a-z]+$` |  |\n",
           "| `checks` | map to [Check](#Check) |  |  |  |\n",
           "\n## Folder\n\nHolds folders.\n",
       }) {
    EXPECT_NE(page.find(line), std::string::npos) << line << page;
  }
  EXPECT_EQ(page.find("## Disk\n"), page.rfind("## Disk\n"));
}

TEST(Rows, AreVisitedDepthFirstWithListsAndMapsInTheirPaths) {
  std::string rows;
  for_each_row(type_of<Machine>(), [&](const std::string& path, const Field& f) {
    EXPECT_TRUE(path.ends_with(f.json));
    rows += path + "\n";
  });
  EXPECT_EQ(rows.substr(0, rows.find("spec.ports")), R"(spec
spec.power
spec.className
spec.uid
spec.cpus
spec.memoryMiB
spec.ratio
spec.paused
spec.size
spec.maxUnavailable
spec.disks
spec.disks[].name
spec.disks[].sizeGiB
spec.disks[].type
spec.disks[].serial
)");
  EXPECT_EQ(rows.substr(rows.find("spec.root")), R"(spec.root
spec.root.name
spec.root.folders
status
status.readyAt
status.renewedAt
status.checks
status.checks{}.valid
status.checks{}.message
)");
}

TEST(Leaves, AreWhatIsPresentWithRealIndexesAndLeadBackToTheirRows) {
  std::vector<std::string> rows;
  for_each_row(type_of<Machine>(), [&](const std::string& path, const Field&) { rows.push_back(path); });

  std::string leaves;
  const json::Value rich = json::parse(sample::kRichMachine).take();
  for_each_leaf(type_of<Machine>(), rich, [&](const std::string& path, const Field& f, const json::Value& value) {
    leaves += path + " " + (f.is_secret ? "***" : json::to_text(value)) + "\n";
    const bool is_recursive = path.starts_with("spec.root.folders[");  // entered once by for_each_row
    EXPECT_TRUE(is_recursive || std::find(rows.begin(), rows.end(), row_path(path)) != rows.end()) << path;
  });
  EXPECT_EQ(leaves, R"(spec.power "OffGraceful"
spec.className "small"
spec.uid ***
spec.cpus 4
spec.memoryMiB 2048
spec.ratio 0.5
spec.paused false
spec.size "4Gi"
spec.maxUnavailable 1
spec.disks[0].name "data"
spec.disks[0].sizeGiB 20
spec.disks[0].type "thin"
spec.disks[0].serial ""
spec.disks[1].name "log"
spec.disks[1].sizeGiB 5
spec.disks[1].type "thick"
spec.ports[0].name "http"
spec.ports[0].port 80
spec.ports[0].protocol "TCP"
spec.tags ["a","b"]
spec.groups ["x"]
spec.labels {"app":"web","tier":"front"}
spec.source.disk.name "d"
spec.source.disk.sizeGiB 1
spec.source.disk.type "thin"
spec.affinity {"terms":[{"key":"zone","values":["a"]}],"weight":5}
spec.extra {"any":[1,null,{"x":1.5}]}
spec.root.name "/"
spec.root.folders[0].name "a"
spec.root.folders[0].folders[0].name "b"
status.readyAt "2026-01-01T00:00:00Z"
status.renewedAt "2026-01-01T00:00:00.000123Z"
status.checks{libvirt}.valid true
status.checks{libvirt}.message "fine"
status.checks{proxmox}.valid false
)");
}

TEST(RowPath, EmptiesTheBrackets) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"spec.cpus", "spec.cpus"},
      {"spec.disks[0].name", "spec.disks[].name"},
      {"a[1].b[22].c", "a[].b[].c"},
      {"status.checks{a.b/c[0]}.valid", "status.checks{}.valid"}};
  for (const auto& [leaf, row] : cases) EXPECT_EQ(row_path(leaf), row);
}

}  // namespace
}  // namespace rig::schema
