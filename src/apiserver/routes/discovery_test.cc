// apiserver/routes/discovery_test.cc — discovery in both forms and OpenAPI, held to recorded shapes.
#include "apiserver/routes/discovery.h"

#include <gtest/gtest.h>

#include "apiserver/routes/openapi.h"
#include "apiserver/routes/swagger_protobuf.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

const std::vector<ServedGroup>& groups() {
  static const std::vector<ServedGroup> all = served_groups(api::kinds(), /*with_console=*/true);
  return all;
}
const ServedGroup& group(std::string_view name) {
  for (const ServedGroup& g : groups())
    if (g.group == name) return g;
  ADD_FAILURE() << name;
  return groups().front();
}
// The element of a list whose `key` is `name`.
const json::Value& element(const json::Value& list, std::string_view key, std::string_view name) {
  for (const json::Value& item : *list.as<json::Array>())
    if (item.text({key}) == name) return item;
  ADD_FAILURE() << name;
  return list;
}

TEST(Discovery, ListsAResourceInTheOldForm) {
  const json::Value list = api_resource_list(group("infra.virtrigaud.io"));
  EXPECT_EQ(list.text({"groupVersion"}), "infra.virtrigaud.io/v1beta1");
  EXPECT_EQ(
      json::to_text(element(*list.find("resources"), "name", "vmclasses")),
      R"({"kind":"VMClass","name":"vmclasses","namespaced":true,"shortNames":["vmclass","vmc"],"singularName":"vmclass",)"
      R"("storageVersionHash":"t3pr1DDqfPM=","verbs":["delete","deletecollection","get","list","patch","create","update","watch"]})");
  EXPECT_EQ(
      json::to_text(element(*list.find("resources"), "name", "vmsets/scale")),
      R"({"group":"autoscaling","kind":"Scale","name":"vmsets/scale","namespaced":true,"singularName":"","verbs":["get","patch","update"],"version":"v1"})");
  EXPECT_EQ(
      json::to_text(element(*list.find("resources"), "name", "virtualmachines/console")),
      R"({"kind":"VirtualMachine","name":"virtualmachines/console","namespaced":true,"singularName":"","verbs":["get"]})");
  EXPECT_EQ(api_resource_list(group("")).find("apiVersion"), nullptr);  // as recorded
}

TEST(Discovery, ListsAResourceInTheNewForm) {
  const json::Value all = aggregated_discovery(groups(), /*core=*/false);
  for (const json::Value& item : *all.find("items")->as<json::Array>()) {
    if (item.text({"metadata", "name"}) != "infra.virtrigaud.io") continue;
    const json::Value& version = item.find("versions")->as<json::Array>()->front();
    EXPECT_EQ(
        json::to_text(element(*version.find("resources"), "resource", "providers")),
        R"({"resource":"providers","responseKind":{"group":"infra.virtrigaud.io","kind":"Provider","version":"v1beta1"},"scope":"Namespaced","shortNames":["prov"],)"
        R"("singularResource":"provider","subresources":[{"responseKind":{"group":"infra.virtrigaud.io","kind":"Provider","version":"v1beta1"},"subresource":"status",)"
        R"("verbs":["get","patch","update"]}],"verbs":["delete","deletecollection","get","list","patch","create","update","watch"]})");
    return;
  }
  FAIL();
}

TEST(Discovery, SplitsCoreAndOtherGroups) {
  const json::Value core = aggregated_discovery(groups(), /*core=*/true);
  ASSERT_EQ(core.find("items")->as<json::Array>()->size(), 1U);
  EXPECT_EQ(json::to_text(*core.find("items")->as<json::Array>()->front().find("metadata")), "{}");
  EXPECT_EQ(json::to_text(api_versions("")), R"({"kind":"APIVersions","versions":["v1"]})");
  EXPECT_EQ(
      api_versions("lab:6443").at({"serverAddressByClientCIDRs"})->as<json::Array>()->front().text({"serverAddress"}),
      "lab:6443");
  const json::Value list = api_group_list(groups());
  EXPECT_EQ(
      json::to_text(element(*list.find("groups"), "name", "coordination.k8s.io")),
      R"({"name":"coordination.k8s.io","preferredVersion":{"groupVersion":"coordination.k8s.io/v1","version":"v1"},"versions":[{"groupVersion":"coordination.k8s.io/v1","version":"v1"}]})");
}

json::Value document(std::string_view path) {
  static const OpenApi openapi(groups());
  const OpenApi::Document* found = openapi.find(path);
  EXPECT_NE(found, nullptr) << path;
  return found == nullptr ? json::Value() : json::parse(found->text).take();
}

// kubectl explain finds a kind's schema through the GET of its path (kubectl pkg/explain/v2).
TEST(OpenApi, LeadsFromAPathToItsSchema) {
  const json::Value doc = document("apis/infra.virtrigaud.io/v1beta1");
  const json::Value* get =
      doc.at({"paths", "/apis/infra.virtrigaud.io/v1beta1/namespaces/{namespace}/virtualmachines/{name}", "get"});
  ASSERT_NE(get, nullptr);
  EXPECT_EQ(json::to_text(*get->find("x-kubernetes-group-version-kind")),
            R"({"group":"infra.virtrigaud.io","kind":"VirtualMachine","version":"v1beta1"})");
  const json::Value* schema = doc.at({"components", "schemas", "io.virtrigaud.infra.v1beta1.VirtualMachine"});
  ASSERT_NE(schema, nullptr);
  EXPECT_NE(schema->at({"properties", "spec", "properties", "disks", "items", "properties", "sizeGiB"}), nullptr);
  EXPECT_NE(document("api/v1").at({"components", "schemas", "io.k8s.api.core.v1.Secret", "properties", "stringData"}),
            nullptr);
}

// kubectl leaves validation to a server whose PATCH knows fieldValidation (cli-runtime
// pkg/resource/query_param_verifier_v3.go).
TEST(OpenApi, SaysThatTheServerValidatesFields) {
  const json::Value doc = document("apis/infra.virtrigaud.io/v1beta1");
  const json::Value* parameters = doc.at(
      {"paths", "/apis/infra.virtrigaud.io/v1beta1/namespaces/{namespace}/vmclasses/{name}", "patch", "parameters"});
  ASSERT_NE(parameters, nullptr);
  EXPECT_EQ(element(*parameters, "name", "fieldValidation").text({"in"}), "query");
}

TEST(OpenApi, NeverPointsToASchemaThatIsNotThere) {
  static const OpenApi openapi(groups());
  for (const ServedGroup& g : groups()) {
    const std::string path = (g.group.empty() ? "api/" : "apis/") + g.group_version();
    const std::string& text = openapi.find(path)->text;
    const json::Value doc = document(path);
    const std::string prefix = "\"$ref\":\"#/components/schemas/";
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
      const std::size_t begin = at + prefix.size();
      const std::string name = text.substr(begin, text.find('"', begin) - begin);
      EXPECT_NE(doc.at({"components", "schemas", name}), nullptr) << path << " " << name;
    }
  }
  EXPECT_NE(openapi.swagger().text.find("#/definitions/io.virtrigaud.infra.v1beta1.VMClass"), std::string::npos);
}

TEST(OpenApi, NamesEachDocumentByItsHash) {
  static const OpenApi openapi(groups());
  const json::Value index = json::parse(openapi.index().text).take();
  const OpenApi::Document* found = openapi.find("apis/coordination.k8s.io/v1");
  EXPECT_EQ(index.text({"paths", "apis/coordination.k8s.io/v1", "serverRelativeURL"}),
            "/openapi/v3/apis/coordination.k8s.io/v1?hash=" + found->hash);
  EXPECT_EQ(openapi.find("apis/none/v1"), nullptr);
}

// Bytes as protoc --encode=openapi.v2.Document makes them of the same document.
TEST(OpenApi, OfVersionTwoHasAProtobufForm) {
  const json::Value swagger =
      json::parse(R"({"swagger":"2.0","info":{"title":"T","version":"v"},"paths":{},"definitions":{
    "A":{"type":"object","required":["b"],"properties":{"b":{"type":"integer","minimum":1,"maxLength":300},
         "c":{"type":"array","items":{"$ref":"#/definitions/A"}},"d":{"type":"string","enum":["x"],"default":"x"},
         "e":{"type":"object","additionalProperties":{"type":"string"}},"f":{"allOf":[{"$ref":"#/definitions/A"}]}},
         "x-kubernetes-preserve-unknown-fields":true}}})")
          .take();
  EXPECT_EQ(hex(swagger_protobuf(swagger)),
            "0a03322e3012060a015412017642004af1010aee010a014112e8019a010162b201080a066f626a656374ca01a4010a1d0a01"
            "62121849000000000000f03f58ac02b201090a07696e74656765720a250a01631220b201070a056172726179ba01130a110a"
            "0f232f646566696e6974696f6e732f410a1f0a0164121a2a051203227822a201051203227822b201080a06737472696e670a"
            "200a0165121baa010d0a0bb201080a06737472696e67b201080a066f626a6563740a190a01661214c201110a0f232f646566"
            "696e6974696f6e732f41fa012e0a24782d6b756265726e657465732d70726573657276652d756e6b6e6f776e2d6669656c64"
            "731206120474727565");
}

}  // namespace
}  // namespace rig::apiserver
