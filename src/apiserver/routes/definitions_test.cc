// apiserver/routes/definitions_test.cc — our kinds as definitions: read, and applied when they are the same.
#include "apiserver/routes/definitions.h"

#include "apiserver/api_server_fixture_test.h"

namespace rig::apiserver {
namespace {

TEST_F(ApiServerTest, ShowsItsDefinitionsAndKeepsThem) {
  const std::string path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  EXPECT_EQ(get(path).body.find("items")->as<json::Array>()->size(), 10U);
  const json::Value one = get(path + "/vmclasses.infra.virtrigaud.io").body;
  EXPECT_EQ(one.text({"spec", "names", "kind"}), "VMClass");
  EXPECT_EQ(get(path + "/none").status, 404);
  EXPECT_EQ(ask("POST", path, json::to_text(one)).status, 409);
  const ApiAnswer other = ask("POST", path, R"({"kind":"CustomResourceDefinition","metadata":{"name":"x.y.z"}})");
  EXPECT_EQ(other.status, 403);
  EXPECT_NE(other.body.text({"message"}).find("serves the kinds that it was built with"), std::string_view::npos);
  // Charts bring definitions along: what is there already may be applied, any way.
  const std::string there = path + "/vmclasses.infra.virtrigaud.io";
  json::Value sent = json::Object{{"apiVersion", "apiextensions.k8s.io/v1"},
                                  {"kind", "CustomResourceDefinition"},
                                  {"metadata", json::Object{{"name", "vmclasses.infra.virtrigaud.io"}}},
                                  {"spec", *one.find("spec")}};
  const std::string apply = there + "?fieldManager=helm&force=true";
  for (const bool is_equal : {true, false}) {
    EXPECT_EQ(ask("PUT", there, json::to_text(sent)).status, is_equal ? 200 : 403);
    EXPECT_EQ(ask("PATCH", apply, json::to_text(sent), "application/apply-patch+yaml").status, is_equal ? 200 : 403);
    sent["spec"]["scope"] = "Cluster";
  }
  EXPECT_EQ(ask("PATCH", path + "/x.y.z?fieldManager=helm", "{}", "application/apply-patch+yaml").status, 403);
  EXPECT_EQ(ask("PATCH", path + "/x.y.z", "{}", "application/merge-patch+json").status, 404);
  const char* label = R"({"metadata":{"labels":{"a":"b"}}})";
  EXPECT_EQ(ask("PATCH", there, label, "application/merge-patch+json").body, one) << "nothing is kept of it";
  EXPECT_EQ(ask("DELETE", there).status, 403);
  const ApiAnswer watch = get(path +
                              "?watch=true&fieldSelector=metadata.name%3Dvmclasses.infra.virtrigaud.io&"
                              "sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
  const EventStream::Batch batch = watch.watch->next(clock_.now(), {});
  ASSERT_EQ(batch.events.size(), 2U);
  EXPECT_EQ(batch.events[1].text({"object", "metadata", "annotations", "k8s.io/initial-events-end"}), "true");
}

}  // namespace
}  // namespace rig::apiserver
