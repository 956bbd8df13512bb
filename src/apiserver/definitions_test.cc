// apiserver/definitions_test.cc — our kinds as definitions: read, applied when they are the same, labelled; no more.
#include "apiserver/definitions.h"

#include "apiserver/api_server_fixture_test.h"

namespace rig::apiserver {
namespace {

const std::string kPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const std::string kClasses = kPath + "/vmclasses.infra.virtrigaud.io";
constexpr const char* kMerge = "application/merge-patch+json";
constexpr const char* kApply = "application/apply-patch+yaml";

class DefinitionsTest : public ApiServerTest {
 protected:
  // As it stands in deploy/crds.
  json::Value file() {
    json::Value out = json::Object{{"apiVersion", "apiextensions.k8s.io/v1"}, {"kind", "CustomResourceDefinition"}};
    out["metadata"]["name"] = "vmclasses.infra.virtrigaud.io";
    out["spec"] = *get(kClasses).body.find("spec");
    out["spec"].as<json::Object>()->erase("conversion");
    return out;
  }
};

TEST_F(DefinitionsTest, AreThereAndSaySo) {
  EXPECT_EQ(get(kPath).body.find("items")->as<json::Array>()->size(), 10U);
  EXPECT_EQ(get(kPath + "/none").status, 404);
  const json::Value one = get(kClasses).body;
  EXPECT_EQ(one.text({"spec", "names", "kind"}), "VMClass");
  EXPECT_EQ(one.integer({"metadata", "generation"}), 1);
  const json::Array& conditions = *one.at({"status", "conditions"})->as<json::Array>();
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(conditions[1].text({"type"}), "Established");
  EXPECT_EQ(conditions[1].text({"lastTransitionTime"}), one.text({"metadata", "creationTimestamp"}));
  ASSERT_TRUE(registry_.bootstrap().ok());
  EXPECT_EQ(get(kClasses).body, one) << "laid twice";
}

// Charts bring definitions along: what is there already may be applied, any way.
TEST_F(DefinitionsTest, MayBeAppliedWhenTheyAreTheSame) {
  EXPECT_EQ(ask("POST", kPath, json::to_text(file())).status, 409);
  for (const bool is_equal : {true, false}) {
    json::Value sent = file();
    if (!is_equal) sent["spec"]["scope"] = "Cluster";
    EXPECT_EQ(ask("PATCH", kClasses + "?fieldManager=helm&force=true", json::to_text(sent), kApply).status,
              is_equal ? 200 : 403);
    EXPECT_EQ(ask("PATCH", kClasses, json::to_text(sent), kMerge).status, is_equal ? 200 : 403);
    EXPECT_EQ(ask("PUT", kClasses, json::to_text(sent)).status, 422) << "it does not say which version it replaces";
    sent["metadata"]["resourceVersion"] = get(kClasses).body.text({"metadata", "resourceVersion"});
    EXPECT_EQ(ask("PUT", kClasses, json::to_text(sent)).status, is_equal ? 200 : 403);
  }
}

TEST_F(DefinitionsTest, KeepTheirLabelsAndAnnotations) {
  const char* change = R"({"metadata":{"labels":{"a":"b"},"annotations":{"c":"d"}}})";
  EXPECT_EQ(ask("PATCH", kClasses, change, kMerge).status, 200);
  const ApiAnswer found = get(kPath + "?labelSelector=a%3Db");
  ASSERT_EQ(found.body.find("items")->as<json::Array>()->size(), 1U);
  const json::Value& one = found.body.find("items")->as<json::Array>()->front();
  EXPECT_EQ(one.text({"metadata", "annotations", "c"}), "d");
  EXPECT_EQ(one.text({"spec", "names", "kind"}), "VMClass");
  EXPECT_EQ(one.integer({"metadata", "generation"}), 1);
  ASSERT_TRUE(registry_.bootstrap().ok());
  EXPECT_EQ(get(kClasses).body.text({"metadata", "labels", "a"}), "b") << "after a restart";
}

TEST_F(DefinitionsTest, AreNotMadeChangedOrRemoved) {
  const json::Value before = get(kClasses).body;
  const std::string other = R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                                "metadata":{"name":"x.y.z"},"spec":{}})";
  const std::string status = R"({"status":{"storedVersions":["v1"]}})";
  struct Case {
    const char *name, *method;
    std::string path, body;
    const char* type;
  };
  const Case cases[] = {
      {"another", "POST", kPath, other, "application/json"},
      {"another, applied", "PATCH", kPath + "/x.y.z?fieldManager=helm", other, kApply},
      {"scope", "PATCH", kClasses, R"({"spec":{"scope":"Cluster"}})", kMerge},
      {"one name more", "PATCH", kClasses, R"({"spec":{"names":{"shortNames":["x"]}}})", kMerge},
      {"no spec", "PATCH", kClasses, R"([{"op":"remove","path":"/spec"}])", "application/json-patch+json"},
      {"status", "PATCH", kClasses + "/status", status, kMerge},
      {"remove", "DELETE", kClasses, "", ""},
      {"remove all", "DELETE", kPath, "", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const ApiAnswer answer = ask(c.method, c.path, c.body, c.type);
    EXPECT_EQ(answer.status, 403);
    EXPECT_NE(answer.body.text({"message"}).find("serves the kinds that it was built with"), std::string_view::npos);
  }
  EXPECT_EQ(get(kClasses).body, before);
  EXPECT_EQ(ask("PATCH", kPath + "/x.y.z", "{}", kMerge).status, 404);
}

TEST_F(DefinitionsTest, AreWatchedLikeAnyObject) {
  const ApiAnswer watch = get(kPath +
                              "?watch=true&fieldSelector=metadata.name%3Dvmclasses.infra.virtrigaud.io&"
                              "sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
  const EventStream::Batch first = watch.watch->next(clock_.now(), {});
  ASSERT_EQ(first.events.size(), 2U);
  EXPECT_EQ(first.events[1].text({"object", "metadata", "annotations", "k8s.io/initial-events-end"}), "true");
  ask("PATCH", kClasses, R"({"metadata":{"labels":{"a":"b"}}})", kMerge);
  const EventStream::Batch then = watch.watch->next(clock_.now(), {});
  ASSERT_EQ(then.events.size(), 1U);
  EXPECT_EQ(then.events[0].text({"type"}), "MODIFIED");
  EXPECT_EQ(then.events[0].text({"object", "spec", "names", "kind"}), "VMClass");
}

}  // namespace
}  // namespace rig::apiserver
