// schema/members_test.cc — defaults, unknown members, pruning; cases as recorded from kube-apiserver.
#include <gtest/gtest.h>

#include <algorithm>

#include "schema/limits.h"
#include "schema/sample_test.h"
#include "schema/walk.h"

namespace rig::schema {
namespace {

using sample::Machine;

struct Case {
  std::string_view before, after;
};

TEST(Defaults, AreSetWhereAMemberIsAbsentOrNullAndMakeNoParents) {
  const Case cases[] = {
      {R"({})", R"({})"},
      {R"({"spec":{}})", R"({"spec":{"cpus":2,"paused":false,"power":"On"}})"},
      {R"({"spec":{"cpus":null,"power":"Off","paused":true}})", R"({"spec":{"cpus":2,"paused":true,"power":"Off"}})"},
      {R"({"spec":[]})", R"({"spec":[]})"},
  };
  for (const Case& c : cases) {
    json::Value value = json::parse(c.before).take();
    set_defaults(type_of<Machine>(), value);
    EXPECT_EQ(json::to_text(value), c.after);
  }
}

TEST(Defaults, ReachIntoListsOptionalsAndRawSchemas) {
  const Case cases[] = {
      {R"({"disks":[{},{"type":"thick"},null,5]})", R"({"disks":[{"type":"thin"},{"type":"thick"},null,5]})"},
      {R"({"source":{"disk":{}}})", R"({"source":{"disk":{"type":"thin"}}})"},
      {R"({"affinity":{"nothing":null}})", R"({"affinity":{"mode":"Soft","nothing":null}})"},
      {R"({"affinity":{}})", R"({"affinity":{"mode":"Soft","nothing":"x"}})"},
  };
  for (const Case& c : cases) {
    json::Value value = json::parse(c.before).take();
    set_defaults(type_of<sample::Spec>(), value);
    for (const char* top : {"cpus", "paused", "power"}) value.as<json::Object>()->erase(top);
    EXPECT_EQ(json::to_text(value), c.after);
  }
}

TEST(UnknownFields, AreListedByPathWithWhatWasProbablyMeant) {
  const json::Value value = json::parse(R"({
    "top": 1,
    "spec": {"colour": 1, "disks": [{"sizeGB": 9}, {"speed": 1}], "labels": {"any": "x"}, "extra": {"any": 1},
             "affinity": {"wieght": 1, "match": {"a": "b"}, "free": {"x": 1, "known": {"b": 1}},
                          "terms": [{"keys": 1}]},
             "root": {"folders": [{"nam": 1, "folders": [{"anything": 1}]}]}},
    "status": {"checks": {"libvirt": {"messages": "x"}}}
  })")
                                .take();
  std::string found;
  for (const Unknown& u : unknown_fields(type_of<Machine>(), value)) found += u.path + " " + u.near_miss + "\n";
  // Below a folder in a folder nothing is known to be wrong: a schema cannot contain itself.
  EXPECT_EQ(found, R"(spec.affinity.free.known.b 
spec.affinity.terms[0].keys key
spec.affinity.wieght weight
spec.colour 
spec.disks[0].sizeGB sizeGiB
spec.disks[1].speed 
status.checks.libvirt.messages message
top 
)");
}

TEST(UnknownFields, AreAllListedButOnlySomeGetAHint) {
  json::Value spec;
  for (std::size_t i = 0; i <= kHintsMax; ++i) {
    spec[std::string("className") + static_cast<char>('A' + i / 26) + static_cast<char>('A' + i % 26)] = 1;
  }
  const std::vector<Unknown> unknown = unknown_fields(type_of<sample::Spec>(), spec);
  EXPECT_EQ(unknown.size(), kHintsMax + 1);
  EXPECT_EQ(std::count_if(unknown.begin(), unknown.end(), [](const Unknown& u) { return u.near_miss == "className"; }),
            static_cast<std::ptrdiff_t>(kHintsMax));
}

TEST(Prune, DropsUnknownMembersAndNulls) {
  const Case cases[] = {
      {R"({"colour":1,"disks":[{"name":"a","speed":1}],"cpus":null})", R"({"disks":[{"name":"a"}]})"},
      {R"({"extra":{"x":null},"labels":{"a":"b","c":null}})", R"({"extra":{"x":null},"labels":{"a":"b"}})"},
      {R"({"extra":null,"tags":[null]})", R"({"tags":[null]})"},
      {R"({"affinity":{"x":1,"nothing":null,"free":{"y":1,"known":{"a":"1","b":2}}}})",
       R"({"affinity":{"free":{"known":{"a":"1"},"y":1},"nothing":null}})"},
      {R"({"disks":"none"})", R"({"disks":"none"})"},
  };
  for (const Case& c : cases) {
    json::Value value = json::parse(c.before).take();
    prune(type_of<sample::Spec>(), value);
    EXPECT_EQ(json::to_text(value), c.after);
  }
}

TEST(Members, OfARichDocumentAreAllKnown) {
  json::Value value = json::parse(sample::kRichMachine).take();
  EXPECT_TRUE(unknown_fields(type_of<Machine>(), value).empty());
  const json::Value before = value;
  prune(type_of<Machine>(), value);
  EXPECT_EQ(value, before);
}

}  // namespace
}  // namespace rig::schema
