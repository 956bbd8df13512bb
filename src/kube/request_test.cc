// kube/request_test.cc — every request as the text that goes over the wire.
#include "kube/request.h"

#include <gtest/gtest.h>

namespace rig::kube {
namespace {

using namespace std::chrono_literals;

constexpr api::Resource kVm{"infra.virtrigaud.io", "v1beta1", "VirtualMachine", "virtualmachines", true};
constexpr api::Resource kSecret{"", "v1", "Secret", "secrets", true};
constexpr api::Resource kNamespace{"", "v1", "Namespace", "namespaces", false};
const ObjectKey kWeb{"prod", "web"};

std::string line(const Request& r) { return r.method + " " + r.target(); }

TEST(Request, WritesItsTargetAsTheApiServerReadsIt) {
  const json::Value body = json::Object{{"a", 1}};
  struct Case {
    const char* name;
    Request request;
    std::string want;
  };
  const std::string vms = "/apis/infra.virtrigaud.io/v1beta1/namespaces/prod/virtualmachines";
  const Case cases[] = {
      {"get", get_request(kVm, kWeb), "GET " + vms + "/web"},
      {"get a subresource", get_request(kVm, kWeb, "status"), "GET " + vms + "/web/status"},
      {"get of the core group", get_request(kSecret, kWeb), "GET /api/v1/namespaces/prod/secrets/web"},
      {"get of a cluster-scoped kind", get_request(kNamespace, {"", "prod"}), "GET /api/v1/namespaces/prod"},
      {"list", list_request(kVm, "prod", {}), "GET " + vms},
      {"list of all namespaces", list_request(kVm, "", {.limit = 500}),
       "GET /apis/infra.virtrigaud.io/v1beta1/virtualmachines?limit=500"},
      {"list with selectors",
       list_request(kVm, "prod", {.label_selector = "app in (a,b)", .field_selector = "metadata.name=x"}),
       "GET " + vms + "?labelSelector=app%20in%20%28a%2Cb%29&fieldSelector=metadata.name%3Dx"},
      {"list goes on", list_request(kVm, "prod", {.continue_token = "a+b=", .limit = 2}),
       "GET " + vms + "?limit=2&continue=a%2Bb%3D"},
      {"list at a version", list_request(kVm, "prod", {.resource_version = "7", .resource_version_match = "Exact"}),
       "GET " + vms + "?resourceVersion=7&resourceVersionMatch=Exact"},
      {"watch", watch_request(kVm, "prod", {.resource_version = "7"}, 90s),
       "GET " + vms + "?resourceVersion=7&watch=true&allowWatchBookmarks=true&timeoutSeconds=90"},
      {"create", create_request(kVm, "prod", body, {.field_manager = "me", .field_validation = "Strict"}),
       "POST " + vms + "?fieldManager=me&fieldValidation=Strict"},
      {"dry run", create_request(kVm, "prod", body, {.dry_run = true}), "POST " + vms + "?dryRun=All"},
      {"replace", replace_request(kVm, kWeb, body, "status"), "PUT " + vms + "/web/status"},
      {"apply", apply_request(kVm, kWeb, body, "me", true), "PATCH " + vms + "/web?fieldManager=me&force=true"},
      {"apply without force", apply_request(kVm, kWeb, body, "me", false), "PATCH " + vms + "/web?fieldManager=me"},
      {"delete", delete_request(kVm, kWeb), "DELETE " + vms + "/web"},
      {"a name from a person", get_request(kVm, {"prod", "a b?#%"}), "GET " + vms + "/a%20b%3F%23%25"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(line(c.request), c.want);
  }
}

TEST(Request, NamesTheTypeOfItsBody) {
  const json::Value body = json::Object{{"a", 1}};
  struct Case {
    const char* want;
    Request request;
  };
  const Case cases[] = {
      {"application/json", create_request(kVm, "prod", body)},
      {"application/json", replace_request(kVm, kWeb, body)},
      {"application/json-patch+json", json_patch_request(kVm, kWeb, body)},
      {"application/merge-patch+json", merge_patch_request(kVm, kWeb, body)},
      {"application/apply-patch+yaml", apply_request(kVm, kWeb, body, "me", true)},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(c.request.content_type, c.want);
    EXPECT_EQ(c.request.body, R"({"a":1})");
  }
}

TEST(Request, DeletesWithABodyOnlyWhenThereIsSomethingToSay) {
  EXPECT_EQ(delete_request(kVm, kWeb).body, "");
  EXPECT_EQ(delete_request(kVm, kWeb).content_type, "");
  const Request guarded = delete_request(kVm, kWeb, {.uid = "u1", .propagation_policy = "Foreground"});
  EXPECT_EQ(guarded.content_type, "application/json");
  EXPECT_EQ(guarded.body, R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1"},)"
                          R"("propagationPolicy":"Foreground"})");
}

}  // namespace
}  // namespace rig::kube
