// apiserver/patch/strategic_patch_test.cc — strategic merges as a real server made them.
#include <gtest/gtest.h>

#include "apiserver/patch/patch.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

struct Case {
  const char *plural, *document, *patch, *wanted;
};

TEST(StrategicPatch, DoesWhatTheRealServerDoes) {
  for (const Case& c : {
           Case{"configmaps", R"({"data":{"a":"1","b":"2"}})", R"({"data":{"c":"3"},"metadata":{"labels":{"x":"y"}}})",
                R"({"data":{"a":"1","b":"2","c":"3"},"metadata":{"labels":{"x":"y"}}})"},
           Case{"configmaps", R"({"data":{"a":"1","b":"2"}})", R"({"data":{"a":null}})", R"({"data":{"b":"2"}})"},
           Case{"configmaps", R"({"data":{"a":"1"}})", R"({"data":{"$patch":"replace","z":"26"}})",
                R"({"data":{"z":"26"}})"},
           Case{"configmaps", R"({"data":{"a":"1"}})", R"({"data":{"$patch":"delete"}})", "{}"},
           Case{"configmaps", R"({"data":{"a":"1"}})", R"({"data":{"$patch":"explode"}})", R"({"data":{"a":"1"}})"},
           Case{"configmaps", R"({"metadata":{"finalizers":["a"]}})", R"({"metadata":{"finalizers":["b"]}})",
                R"({"metadata":{"finalizers":["b","a"]}})"},
           Case{"configmaps", R"({"metadata":{"finalizers":["b","a"]}})",
                R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}})",
                R"({"metadata":{"finalizers":["b"]}})"},
           Case{"configmaps", R"({"metadata":{"finalizers":["b"]}})",
                R"({"metadata":{"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}})",
                R"({"metadata":{"finalizers":["c","b"]}})"},
           Case{"configmaps", R"({"metadata":{"finalizers":["a","b","c"]}})",
                R"({"metadata":{"$setElementOrder/finalizers":["c","a"]}})",
                R"({"metadata":{"finalizers":["b","c","a"]}})"},
           Case{"configmaps", R"({"metadata":{"ownerReferences":[{"uid":"1","name":"one"}]}})",
                R"({"metadata":{"ownerReferences":[{"uid":"2","name":"two"}]}})",
                R"({"metadata":{"ownerReferences":[{"name":"two","uid":"2"},{"name":"one","uid":"1"}]}})"},
           Case{"configmaps", R"({"metadata":{"ownerReferences":[{"uid":"1"},{"uid":"2"}]}})",
                R"({"metadata":{"ownerReferences":[{"$patch":"delete","uid":"1"}]}})",
                R"({"metadata":{"ownerReferences":[{"uid":"2"}]}})"},
           Case{"serviceaccounts", R"({"secrets":[{"name":"s1"}]})", R"({"secrets":[{"name":"s2"}]})",
                R"({"secrets":[{"name":"s2"},{"name":"s1"}]})"},
           Case{"serviceaccounts", "{}", R"({"secrets":[{"name":"s2","namespace":null}]})",
                R"({"secrets":[{"name":"s2"}]})"},
           Case{"serviceaccounts", R"({"secrets":[{"name":"s2"},{"name":"s1"}]})",
                R"({"secrets":[{"$patch":"delete","name":"s1"}]})", R"({"secrets":[{"name":"s2"}]})"},
           Case{"serviceaccounts", R"({"secrets":[{"name":"s2"}]})",
                R"({"secrets":[{"$patch":"replace"},{"name":"s3"}]})", R"({"secrets":[{"name":"s3"}]})"},
           Case{"serviceaccounts", R"({"imagePullSecrets":[{"name":"p1"}]})", R"({"imagePullSecrets":[{"name":"p2"}]})",
                R"({"imagePullSecrets":[{"name":"p2"}]})"},
           Case{"events", R"({"source":{"component":"a","host":"h"},"count":1})",
                R"({"source":{"$retainKeys":["host"]},"count":2})", R"({"count":2,"source":{"host":"h"}})"},
       }) {
    const Result<json::Value> out =
        apply_strategic_patch(api::find_kind("", c.plural)->type(), J(c.document), J(c.patch));
    EXPECT_EQ(out.ok() ? json::to_text(*out) : out.error().message(), c.wanted) << c.patch;
  }
}

class StrategicPatching : public RegistryTest {
 protected:
  std::string refusal(std::string_view patch) {
    const auto out =
        registry.patch(core("configmaps"), {"default", "one"}, PatchType::kStrategic, J(patch), Part::kWhole, writer());
    return out.ok() ? json::to_text(out->object) : out.error().message();
  }
};

TEST_F(StrategicPatching, QuotesThePatchWhenTheResultCannotBeRead) {
  create(core("configmaps"), config_map("one"));
  EXPECT_TRUE(refusal(R"({"data":{"$retainKeys":["q"],"q":"1"}})")
                  .starts_with(R"( "" is invalid: patch: Invalid value: "map[data:map[$retainKeys:[q] q:1]]": )"));
  EXPECT_TRUE(refusal(R"({"data":"x"})").starts_with(R"( "" is invalid: patch: Invalid value: "map[data:x]": )"));
  EXPECT_EQ(refusal("[1]"), "json: cannot unmarshal array into Go value of type map[string]interface {}");
}

TEST_F(StrategicPatching, IsNotForCustomKinds) {
  create(vms(), vm("one"));
  const auto out = registry.patch(vms(), {"default", "one"}, PatchType::kStrategic, J("{}"), Part::kWhole, writer());
  EXPECT_EQ(http_code(out.error()), 415);
}

}  // namespace
}  // namespace rig::apiserver
