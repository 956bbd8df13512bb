// apiserver/api_server_test.cc — requests as values against a registry in memory: every route, every refusal.
#include <deque>
#include <thread>

#include "apiserver/api_server_fixture_test.h"
#include "apiserver/failure.h"
#include "apiserver/limits.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

TEST_F(ApiServerTest, MakesReadsChangesAndRemovesAnObject) {
  make_one();
  EXPECT_EQ(get(kVms, "/one").body.text({"spec", "classRef", "name"}), "small");
  EXPECT_EQ(ask("PATCH", std::string(kVms) + "/one", R"({"spec":{"classRef":{"name":"big"}}})",
                "application/merge-patch+json")
                .body.text({"spec", "classRef", "name"}),
            "big");
  json::Value object = get(kVms, "/one").body;
  object["spec"]["powerState"] = "Off";
  EXPECT_EQ(ask("PUT", std::string(kVms) + "/one", json::to_text(object)).status, 200);
  const ApiAnswer list = get(std::string(kVms));
  EXPECT_EQ(list.body.text({"kind"}), "VirtualMachineList");
  EXPECT_EQ(list.body.find("items")->as<json::Array>()->size(), 1U);
  EXPECT_EQ(list.body.text({"metadata", "continue"}), "");
  EXPECT_EQ(ask("DELETE", std::string(kVms) + "/one").body.text({"status"}), "Success");
  EXPECT_EQ(get(kVms, "/one").status, 404);
}

struct Refused {
  const char* method;
  std::string target, body, content_type;
  int status;
  const char* text;  // somewhere in the message or the text
};
TEST_F(ApiServerTest, AnswersWhatItCannotDoWithA4xx) {
  make_one();
  const std::string vms(kVms);
  const std::vector<Refused> cases = {
      {"GET", "/nothing", "", "", 404, "404 page not found"},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/nothings", "", "", 404, "404 page not found"},
      {"GET", "/apis/infra.virtrigaud.io/v9/virtualmachines", "", "", 404, "404 page not found"},
      {"GET", "/apis/infra.virtrigaud.io/v1beta1/virtualmachines/one", "", "", 404, "404 page not found"},
      {"GET", "/api/v2", "", "", 404, "the server could not find the requested resource"},
      {"GET", "/api/v1/namespaces/default/namespaces", "", "", 404, "the server could not find the requested resource"},
      {"GET", "/api/v1/nothings", "", "", 404, "the server could not find the requested resource"},
      {"GET", "/apis//v1/secrets", "", "", 404, "404 page not found"},
      {"GET", "/apis/apiextensions.k8s.io/v1/namespaces/x/customresourcedefinitions", "", "", 404,
       "could not find the requested resource"},
      {"GET", vms + "/none", "", "", 404, "virtualmachines.infra.virtrigaud.io \"none\" not found"},
      {"GET", vms + "/one/nothing", "", "", 404, "virtualmachines.infra.virtrigaud.io \"one\" not found"},
      {"GET", vms + "/%zz", "", "", 400, "400 Bad Request"},
      {"GET", vms + "?limit=x", "", "", 400, "strconv.ParseInt"},
      {"GET", vms + "?watch=1&timeoutSeconds=x", "", "", 400, "strconv.ParseInt"},
      {"OPTIONS", vms + "/one", "", "", 405,
       " is not supported on resources of kind \"virtualmachines.infra.virtrigaud.io\""},
      {"get", vms + "/one", "", "", 405, "is not supported"},
      {"POST", vms + "/one/status", "{}", "", 405, "create is not supported"},
      {"DELETE", vms + "/one/status", "", "", 405, "delete is not supported"},
      {"DELETE", "/api", "", "", 405, "the server does not allow this method"},
      {"PUT", vms, "{}", "", 400, "name must be provided"},
      {"POST", vms, "", "", 400, "unexpected end of JSON input (<empty>)"},
      {"POST", vms, "{not json", "", 400, "json parse error"},
      {"POST", vms, "[]", "", 400, "cannot unmarshal array into Go value of type struct"},
      {"POST", vms, "null", "", 400, "Object 'Kind' is missing in 'null' (6e756c6c)"},
      {"POST", vms, R"({"a": {}})", "", 400, R"(Object 'Kind' is missing in '{"a": {}}' ({"a": {}}))"},
      {"POST", vms, R"({"spec": {"userData": {"cloudInit": "s3cret"}}})", "", 400,
       R"(is missing in '{"spec": {"userData": {"cloudI ...')"},
      {"POST", vms, "a: b: c", "application/yaml", 400, "yaml parse error"},
      {"POST", vms, "{}", "text/plain", 415, "application/json, application/yaml, application/vnd.kubernetes.protobuf"},
      {"POST", vms, "k8s", "application/vnd.kubernetes.protobuf", 415, "application/json, application/yaml"},
      {"POST", vms, "{\"a\":\"\xFF\"}", "", 400, "json parse error"},
      {"PATCH", vms + "/one", "{}", "application/json", 415, "application/apply-patch+yaml"},
      {"PATCH", vms + "/one", "{}", "application/strategic-merge-patch+json", 415, "accepted media types include"},
      {"PATCH", vms + "/one", "[{", "application/json-patch+json", 400, "invalid JSON patch: 1:3: "},
      {"PATCH", vms + "/one", "{}", "application/json-patch+json", 400,
       "cannot unmarshal object into Go value of type []handlers.jsonPatchOp"},
      {"PATCH", vms + "/one", "[]", "application/merge-patch+json", 400, "cannot unmarshal array"},
      {"PATCH", vms + "/one", "null", "application/merge-patch+json", 400, "Invalid JSON Patch"},
      {"PATCH", vms + "/one?fieldManager=x", "a: b: c", "application/apply-patch+yaml", 400,
       "error encoding patch: yaml"},
      {"DELETE", vms + "/one", "{", "", 400, "json parse error"},
      {"DELETE", vms + "/one", "[]", "", 400, "wanted an object"},
      {"DELETE", vms + "/one", "x", "text/plain", 415, "unknown format"},
      {"POST", "/api/v1/namespaces/default/serviceaccounts/x/token", "{}", "", 404, "serviceaccounts \"x\" not found"},
      {"GET", "/api/v1/namespaces/default/serviceaccounts/x/token", "", "", 405, "get is not supported"},
      {"POST", "/apis/authorization.k8s.io/v1/localsubjectaccessreviews", "{}", "", 404, "could not find"},
      {"GET", "/apis/authorization.k8s.io/v1/subjectaccessreviews", "", "", 405, "list is not supported"},
  };
  for (const Refused& c : cases) {
    const ApiAnswer answer = ask(c.method, c.target, c.body, c.content_type);
    EXPECT_EQ(answer.status, c.status) << c.method << " " << c.target << ": " << json::to_text(answer.body);
    const std::string found = answer.text + std::string(answer.body.text({"message"}));
    EXPECT_NE(found.find(c.text), std::string::npos) << c.method << " " << c.target << ": " << found;
  }
}

TEST_F(ApiServerTest, DressesObjectsAsTheClientWants) {
  make_one();
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  EXPECT_EQ(get(std::string(kVms)).body.text({"kind"}), "Table");
  EXPECT_EQ(get(kVms, "/one").body.find("rows")->as<json::Array>()->size(), 1U);
  EXPECT_EQ(get(kVms, "/none").body.text({"kind"}), "Status");
  EXPECT_EQ(get(kVms, "?includeObject=All").status, 400);
  accept_ = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
  const json::Value list = get(std::string(kVms)).body;
  EXPECT_EQ(list.text({"kind"}), "PartialObjectMetadataList");
  EXPECT_EQ(list.find("items")->as<json::Array>()->front().find("spec"), nullptr);
  EXPECT_EQ(list.at({"metadata", "continue"}), nullptr);
  EXPECT_EQ(get(kVms, "/one").body.text({"message"}), "content is not a list");
  accept_ = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
  EXPECT_EQ(get(kVms, "/one").body.text({"kind"}), "PartialObjectMetadata");
  EXPECT_EQ(get(std::string(kVms)).status, 406);
  accept_ = "application/yaml";
  EXPECT_EQ(get(kVms, "/one").content_type, "application/yaml");
  EXPECT_EQ(get(kVms, "/none").content_type, "application/yaml");
  accept_ = "text/plain";
  EXPECT_EQ(get(kVms, "/one").status, 406);
}

TEST_F(ApiServerTest, IndentsErrorsWhenNoFormWasAgreedOn) {
  make_one();
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io";
  EXPECT_FALSE(get(kVms, "/one").pretty);
  EXPECT_TRUE(get(kVms, "/none").pretty);
  EXPECT_FALSE(ask("DELETE", std::string(kVms) + "/one").pretty);  // a Status, but no error
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  EXPECT_FALSE(get(kVms, "/none").pretty);
}

TEST_F(ApiServerTest, ReadsOneObjectNoOlderThanAsked) {
  make_one();
  EXPECT_EQ(get(kVms, "/one?resourceVersion=1").status, 200);
  const ApiAnswer bad = get(kVms, "/one?resourceVersion=abc");
  EXPECT_EQ(bad.status, 500);
  EXPECT_NE(bad.body.text({"message"}).find("resourceVersion: Invalid value: \"abc\""), std::string::npos);
  stop_.request_stop();  // else it waits for that version, which does not come
  const ApiAnswer future = get(kVms, "/one?resourceVersion=99999");
  EXPECT_EQ(future.status, 504);
  EXPECT_EQ(header(future, "Retry-After"), "1");
  EXPECT_EQ(get(kVms, "?resourceVersion=99999").status, 504);
}

TEST_F(ApiServerTest, WaitsForAVersionThatIsOnItsWay) {
  const std::string next = std::to_string(store_->revision() + 1);
  ApiAnswer list;
  {
    const std::jthread reader([&] { list = get(kVms, "?resourceVersion=" + next); });
    make_one();
  }
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(list.body.find("items")->as<json::Array>()->size(), 1U);
}

TEST_F(ApiServerTest, TellsBrowsersNotToGuessAtWhatIsForbidden) {
  make_one();
  user_ = kAlice;
  const ApiAnswer answer = get(kVms, "/one");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(header(answer, "X-Content-Type-Options"), "nosniff");
}

TEST_F(ApiServerTest, WarnsOfKeysThatYamlHasTwice) {
  const std::string body =
      "apiVersion: infra.virtrigaud.io/v1beta1\nkind: VirtualMachine\nmetadata: {name: one}\n"
      "spec:\n  classRef: {name: small}\n  imageRef: {name: tiny}\n  providerRef: {name: lab}\n"
      "  tags: [a]\n  tags: [b]\n";
  const ApiAnswer answer = ask("POST", std::string(kVms), body, "application/yaml");
  EXPECT_EQ(answer.status, 201) << json::to_text(answer.body);
  EXPECT_EQ(header(answer, "Warning"), R"(299 - "line 9: key \"tags\" already set in map")");
  EXPECT_EQ(json::to_text(*answer.body.at({"spec", "tags"})), R"(["b"])");
  EXPECT_EQ(ask("POST", std::string(kVms) + "?fieldValidation=Strict", body + "  colour: red\n", "application/yaml")
                .body.text({"message"}),
            "VirtualMachine in version \"v1beta1\" cannot be handled as a VirtualMachine: strict decoding error: yaml: "
            "unmarshal errors:\n  line 9: key \"tags\" already set in map, unknown field \"spec.colour\"");
}

TEST_F(ApiServerTest, WarnsOfACoreKindInTheOrderOfTheBody) {
  const ApiAnswer answer = ask("POST", "/api/v1/namespaces/default/configmaps?fieldValidation=Strict",
                               R"({"metadata":{"name":"x","hue":2},"data":{"a":"1","a":"2"},"colour":1})");
  EXPECT_EQ(answer.body.text({"message"}),
            "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field "
            "\"metadata.hue\", duplicate field \"data.a\", unknown field \"colour\"");
}

TEST_F(ApiServerTest, EndsAWatchOfNegativeTimeAtOnce) {
  make_one();
  const ApiAnswer answer = get(kVms, "?watch=1&timeoutSeconds=-1");
  const EventStream::Batch batch = answer.watch->next(clock_.now(), {});
  EXPECT_TRUE(batch.ended);
  EXPECT_TRUE(batch.events.empty());
}

TEST_F(ApiServerTest, LeavesTypesOutOfTheItemsOfCoreLists) {
  const json::Value list = get("/api/v1/namespaces").body;
  EXPECT_EQ(list.text({"kind"}), "NamespaceList");
  EXPECT_EQ(list.find("items")->as<json::Array>()->front().find("kind"), nullptr);
  EXPECT_EQ(list.at({"metadata", "continue"}), nullptr);
}

TEST_F(ApiServerTest, WarnsOfUnknownFieldsAndDuplicates) {
  const ApiAnswer answer = ask(
      "POST", std::string(kVms),
      R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","metadata":{"name":"one"},"spec":{"classRef":{"name":"small"},"imageRef":{"name":"tiny"},
          "providerRef":{"name":"lab"},"powerStat":"On","tags":["a"],"tags":["b"]}})");
  EXPECT_EQ(answer.status, 201) << json::to_text(answer.body);
  std::string warnings;
  for (const auto& [name, value] : answer.headers)
    if (name == "Warning") warnings += value + "\n";
  EXPECT_NE(warnings.find(R"(299 - "unknown field \"spec.powerStat\")"), std::string::npos) << warnings;
  EXPECT_NE(warnings.find(R"(299 - "duplicate field \"spec.tags\")"), std::string::npos) << warnings;
}

TEST_F(ApiServerTest, StreamsAWatchAsLinesAndEndsItInTime) {
  make_one();
  accept_ = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const ApiAnswer answer = get(kVms, "?watch=true&resourceVersion=0&timeoutSeconds=60&allowWatchBookmarks=true");
  ASSERT_NE(answer.watch, nullptr);
  const EventStream::Batch first = answer.watch->next(clock_.now(), {});
  ASSERT_EQ(first.events.size(), 1U);
  EXPECT_EQ(first.events[0].text({"type"}), "ADDED");
  EXPECT_FALSE(first.events[0].at({"object", "columnDefinitions"})->is_null());
  ASSERT_EQ(
      ask("POST", std::string(kVms), std::string(kOne).replace(std::string(kOne).find("\"one\""), 5, "\"two\"")).status,
      201);
  const EventStream::Batch second = answer.watch->next(clock_.now(), {});
  ASSERT_EQ(second.events.size(), 1U);
  EXPECT_TRUE(second.events[0].at({"object", "columnDefinitions"})->is_null());  // once is enough
  EXPECT_FALSE(second.ended);
  clock_.advance(std::chrono::minutes(2));
  bool ended = false;
  for (int i = 0; i < 3 && !ended; ++i) ended = answer.watch->next(clock_.now(), {}).ended;
  EXPECT_TRUE(ended);
}

TEST_F(ApiServerTest, EndsAWatchFromTheForgottenPastWithAnErrorEvent) {
  make_one();
  for (int i = 0; i < 3; ++i)
    ask("PATCH", std::string(kVms) + "/one", R"({"metadata":{"labels":{"a":")" + std::to_string(i) + R"("}}})",
        "application/merge-patch+json");
  ASSERT_TRUE(store_->compact(store_->revision()).ok());
  const ApiAnswer answer = get(kVms, "?watch=true&resourceVersion=1");
  ASSERT_NE(answer.watch, nullptr) << json::to_text(answer.body);
  const EventStream::Batch batch = answer.watch->next(clock_.now(), {});
  EXPECT_TRUE(batch.ended);
  ASSERT_EQ(batch.events.size(), 1U);
  EXPECT_EQ(batch.events[0].text({"type"}), "ERROR");
  EXPECT_EQ(batch.events[0].integer({"object", "code"}), 410);
}

// Rights are asked for what a write does, not only for its method.
TEST_F(ApiServerTest, NeedsTheRightToCreateForAPutOrApplyThatCreates) {
  const auto post = [&](std::string_view plural, std::string body) {
    user_ = kMaster;
    const bool is_local = !plural.starts_with("cluster");
    EXPECT_EQ(ask("POST",
                  std::string("/apis/rbac.authorization.k8s.io/v1/") + (is_local ? "namespaces/default/" : "") +
                      std::string(plural),
                  std::move(body))
                  .status,
              201);
    user_ = kAlice;
  };
  const auto apply = [&] {
    return ask("PATCH", std::string(kVms) + "/one?fieldManager=a", std::string(kOne), "application/apply-patch+yaml");
  };
  const auto put_lease = [&] {
    return ask("PUT", "/apis/coordination.k8s.io/v1/namespaces/default/leases/l", R"({"metadata":{"name":"l"}})");
  };
  post("roles", R"({"metadata":{"name":"r"},"rules":[{"verbs":["get","patch","update"],
      "apiGroups":["infra.virtrigaud.io","coordination.k8s.io"],"resources":["*"]}]})");
  post("rolebindings", R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},
      "subjects":[{"kind":"User","name":"alice"}]})");
  EXPECT_EQ(apply().body.text({"message"}),
            R"(virtualmachines.infra.virtrigaud.io "one" is forbidden: User "alice" cannot create resource )"
            R"("virtualmachines" in API group "infra.virtrigaud.io" in the namespace "default")");
  EXPECT_EQ(put_lease().status, 403);
  EXPECT_EQ(get(kVms, "/one").status, 404);
  post("roles", R"({"metadata":{"name":"c"},"rules":[{"verbs":["create"],"apiGroups":["*"],"resources":["*"]}]})");
  post("rolebindings", R"({"metadata":{"name":"c"},"roleRef":{"kind":"Role","name":"c"},
      "subjects":[{"kind":"User","name":"alice"}]})");
  EXPECT_EQ(apply().status, 201);
  EXPECT_EQ(put_lease().status, 201);
  // The right to create roles is not the right to give away more than one has.
  EXPECT_EQ(ask("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
                R"({"metadata":{"name":"all"},"rules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"]}]})")
                .status,
            403);
}

TEST_F(ApiServerTest, ListsOneNameForThoseWhoMayListThatName) {
  const std::string secrets = "/api/v1/namespaces/default/secrets";
  ask("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles",
      R"({"metadata":{"name":"r"},"rules":[{"verbs":["list","watch"],"apiGroups":[""],"resources":["secrets"],
          "resourceNames":["mine"]}]})");
  ask("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
      R"({"metadata":{"name":"r"},"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"alice"}]})");
  for (const char* name : {"mine", "theirs"})
    ask("POST", secrets, R"({"metadata":{"name":")" + std::string(name) + "\"}}");
  user_ = kAlice;
  EXPECT_EQ(get(secrets).status, 403);
  EXPECT_EQ(get(secrets, "?fieldSelector=metadata.name=theirs").status, 403);
  EXPECT_EQ(get(secrets, "?fieldSelector=metadata.name!=theirs").status, 403);
  EXPECT_EQ(get(secrets, "?fieldSelector=metadata.name=mine").body.find("items")->as<json::Array>()->size(), 1U);
  EXPECT_EQ(get(secrets, "?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=mine").status, 200);
  // Whatever else is said, no more than that name is shown.
  EXPECT_TRUE(get(secrets, "?fieldSelector=metadata.name=mine,metadata.name=theirs")
                  .body.find("items")
                  ->as<json::Array>()
                  ->empty());
}

TEST_F(ApiServerTest, MakesTokensAndSaysWhoseTheyAre) {
  const std::string tokens = "/api/v1/namespaces/default/serviceaccounts/robot/token";
  const std::string reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
  ask("POST", "/api/v1/namespaces/default/serviceaccounts", R"({"metadata":{"name":"robot"}})");
  const json::Value made = ask("POST", tokens, R"({"spec":{"expirationSeconds":600}})").body;
  ASSERT_NE(made.find("status"), nullptr) << json::to_text(made);
  EXPECT_EQ(made.text({"metadata", "name"}), "robot");
  EXPECT_EQ(made.text({"status", "expirationTimestamp"}), "2026-01-01T00:10:00Z");
  EXPECT_EQ(json::to_text(*made.find("spec")),
            R"({"audiences":["https://kubernetes.default.svc"],"boundObjectRef":null,"expirationSeconds":600})");
  struct {
    const char* body;
    int status;
    const char* text;
  } const cases[] = {
      {R"({"spec":{"expirationSeconds":599}})", 422, "may not specify a duration less than 10 minutes"},
      {R"({"spec":{"expirationSeconds":4294967297}})", 422, "may not specify a duration larger than 2^32 seconds"},
      {R"({"spec":{"expirationSeconds":-9223372036854775807}})", 422, "less than 10 minutes"},
      {R"({"spec":{"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"s"}}})", 400, "cannot bind a token"},
      {R"({"metadata":{"name":"other"}})", 400, "does not match"},
      {R"({"spec":{"audiences":"x"}})", 400, "cannot unmarshal"},
      {R"({"kind":"Secret"})", 400, "Secret"},
      {R"({"spec":{"expirationSeconds":4294967296}})", 201, ""},
      {"{}", 201, ""},
  };
  for (const auto& c : cases) {
    const ApiAnswer answer = ask("POST", tokens, c.body);
    EXPECT_EQ(answer.status, c.status) << c.body << json::to_text(answer.body);
    EXPECT_NE(answer.body.text({"message"}).find(c.text), std::string::npos) << json::to_text(answer.body);
  }
  const auto review = [&](std::string_view token, std::string_view audience) {
    json::Value body = json::Object{{"spec", json::Object{{"token", token}}}};
    if (!audience.empty()) body["spec"]["audiences"] = json::Array{audience};
    const ApiAnswer answer = ask("POST", reviews, json::to_text(body));
    EXPECT_EQ(answer.status, 201);
    return json::to_text(*answer.body.find("status"));
  };
  const std::string token(made.text({"status", "token"}));
  EXPECT_NE(review(token, "").find(R"("authenticated":true)"), std::string::npos);
  EXPECT_NE(review(token, "").find(R"("username":"system:serviceaccount:default:robot")"), std::string::npos);
  EXPECT_EQ(review(token, "elsewhere"), R"({"error":"invalid bearer token","user":{}})");
  EXPECT_EQ(review("nonsense", ""), R"({"error":"invalid bearer token","user":{}})");
  EXPECT_EQ(ask("POST", reviews, "{}").status, 400);
  user_ = kAlice;
  EXPECT_EQ(ask("POST", reviews, "{}").status, 403);
  EXPECT_EQ(ask("POST", tokens, "{}").status, 403);
}

TEST_F(ApiServerTest, SaysWhatOthersMayDo) {
  ask("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings",
      R"({"metadata":{"name":"r"},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},
          "subjects":[{"kind":"Group","name":"team"}]})");
  const std::string all = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
  const std::string local = "/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews";
  struct {
    const std::string& target;
    const char* spec;
    int status;
    const char* found;  // status, or a part of the refusal
  } const cases[] = {
      {all, R"({"groups":["team"],"resourceAttributes":{"namespace":"default","verb":"get","resource":"secrets"}})",
       201,
       R"({"allowed":true,"reason":"RBAC: allowed by RoleBinding \"r/default\" of ClusterRole \"cluster-admin\" to Group \"team\""})"},
      {all, R"({"user":"bob","resourceAttributes":{"namespace":"default","verb":"get","resource":"secrets"}})", 201,
       R"({"allowed":false})"},
      {all, R"({"groups":["team"],"resourceAttributes":{"verb":"get","resource":"secrets"}})", 201,
       R"({"allowed":false})"},
      {all, R"({"groups":["system:masters"],"nonResourceAttributes":{"path":"/x","verb":"get"}})", 201,
       R"({"allowed":true})"},
      {all, R"({"resourceAttributes":{"verb":"get"}})", 422, "at least one of user or group must be specified"},
      {all, R"({"user":"bob"})", 422, "exactly one of"},
      {local, R"({"groups":["team"],"resourceAttributes":{"namespace":"default","verb":"get","resource":"secrets"}})",
       201, R"({"allowed":true,"reason")"},
      {local, R"({"groups":["team"],"resourceAttributes":{"namespace":"kube-system","verb":"get"}})", 422,
       "must match metadata.namespace"},
      {local, R"({"user":"bob","nonResourceAttributes":{"path":"/x"}})", 422, "disallowed on this kind of request"},
  };
  for (const auto& c : cases) {
    const ApiAnswer answer = ask("POST", c.target, R"({"spec":)" + std::string(c.spec) + "}");
    EXPECT_EQ(answer.status, c.status) << c.spec;
    const std::string found = json::to_text(answer.status == 201 ? *answer.body.find("status") : answer.body);
    EXPECT_NE(found.find(c.found), std::string::npos) << found;
  }
}

TEST_F(ApiServerTest, AnswersReviewsOfOneself) {
  const std::string access = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
  const std::string secrets = R"({"spec":{"resourceAttributes":{"verb":"get","resource":"secrets"}}})";
  const auto is_allowed = [&](const std::string& body) {
    return *ask("POST", access, body).body.at({"status", "allowed"}) == json::Value(true);
  };
  EXPECT_TRUE(is_allowed(secrets));
  user_ = kAlice;
  EXPECT_FALSE(is_allowed(secrets));
  EXPECT_TRUE(is_allowed(R"({"spec":{"nonResourceAttributes":{"verb":"get","path":"/version"}}})"));
  EXPECT_EQ(ask("POST", access, R"({"spec":{}})").status, 422);
  EXPECT_EQ(ask("GET", access).status, 403);
  EXPECT_EQ(ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}")
                .body.text({"status", "userInfo", "username"}),
            "alice");
  EXPECT_EQ(ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", R"({"spec":{}})").status, 400);
  user_ = kNobody;
  EXPECT_EQ(ask("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}").status, 403);
}

TEST_F(ApiServerTest, LetsEverybodySeeVersionAndHealthOnly) {
  user_ = kNobody;
  EXPECT_EQ(get("/version").body.text({"major"}), "1");
  for (const char* open : {"/healthz", "/livez", "/readyz"}) EXPECT_EQ(get(open).text, "ok") << open;
  for (const char* closed : {"/", "/api", "/apis", "/openapi/v3", "/metrics", "/api/v1/namespaces"})
    EXPECT_EQ(get(closed).status, 403) << closed;
}

TEST_F(ApiServerTest, SaysWhyItIsNotReady) {
  ready_ = Error(Code::kUnavailable, "the store is closed");
  EXPECT_EQ(get("/readyz").status, 500);
  EXPECT_EQ(get("/readyz").text, "[+]ping ok\n[+]etcd ok\n[-]ready failed: the store is closed\nreadyz check failed\n");
  EXPECT_EQ(get("/readyz/ready").text, "not ready: the store is closed\n");
  EXPECT_EQ(get("/readyz?exclude=ready").text, "ok");
  EXPECT_EQ(get("/readyz?verbose&exclude=etcd&exclude=ready").text,
            "[+]ping ok\n[+]etcd excluded: ok\n[+]ready excluded: ok\nreadyz check passed\n");
  EXPECT_EQ(get("/livez").status, 200);
  EXPECT_EQ(get("/livez/ready").status, 404);
  ready_ = {};
  EXPECT_EQ(get("/readyz?verbose").text, "[+]ping ok\n[+]etcd ok\n[+]ready ok\nreadyz check passed\n");
  EXPECT_EQ(get("/readyz/none").status, 404);
  EXPECT_EQ(get("/metrics").text, "up 1\n");
}

// The near end of an upgraded connection, in memory.
class Terminal final : public ByteStream {
 public:
  explicit Terminal(std::deque<std::string> typed) : typed_(std::move(typed)) {}
  Result<std::size_t> read(std::span<char> buffer, const Call&) override {
    std::unique_lock lock(mutex_);
    if (typed_.empty()) {
      changed_.wait(lock, [this] { return closed_ || shown_.size() >= 5; });
      return std::size_t{0};
    }
    const std::size_t n = typed_.front().copy(buffer.data(), buffer.size());
    typed_.pop_front();
    return n;
  }
  Status write(std::string_view bytes, const Call&) override {
    const std::lock_guard lock(mutex_);
    shown_ += bytes;
    changed_.notify_all();
    return {};
  }
  void close() override {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  std::string shown() {
    const std::lock_guard lock(mutex_);
    return shown_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> typed_;
  std::string shown_;
  bool closed_ = false;
};

TEST_F(ApiServerTest, JoinsAConsoleToTheUpgradedConnection) {
  make_one();
  EXPECT_EQ(get(kVms, "/one/console").status, 400);  // no upgrade
  upgrade_ = kConsoleProtocol;
  EXPECT_EQ(get(kVms, "/none/console").status, 404);
  EXPECT_EQ(ask("POST", std::string(kVms) + "/one/console").status, 405);
  const ApiAnswer answer = get(kVms, "/one/console");
  ASSERT_TRUE(answer.upgraded) << json::to_text(answer.body);
  EXPECT_EQ(answer.upgrade_protocol, kConsoleProtocol);
  Terminal terminal({"he", "llo"});
  answer.upgraded(terminal);
  EXPECT_EQ(terminal.shown(), "hello");
  user_ = kAlice;
  EXPECT_EQ(get(kVms, "/one/console").status, 403);
}

TEST_F(ApiServerTest, IndentsForPeople) {
  EXPECT_FALSE(get("/api").pretty);
  EXPECT_TRUE(get("/api?pretty=true").pretty);
}

}  // namespace
}  // namespace rig::apiserver
