// apiserver/patch/json_patch_test.cc — every JSON patch that was tried on a real server, and RFC 7386's examples.
#include <gtest/gtest.h>

#include "apiserver/limits.h"
#include "apiserver/patch/patch.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

// The document after the patch, or "refused".
std::string patched(const json::Value& document, const json::Value& patch) {
  std::vector<std::string> strange;
  const Result<json::Value> out = apply_json_patch(document, patch, strange);
  if (out.ok()) return json::to_text(*out);
  EXPECT_EQ(out.error().message(), "the server rejected our request due to an error in our request");
  EXPECT_EQ(http_code(out.error()), 422);
  return "refused";
}

TEST(JsonPatch, DoesWhatTheRealServerDoes) {
  struct Case {
    const char *document, *patch, *wanted;
  };
  for (const Case& c : {
           Case{R"({"t":["x","y"]})",
                R"([{"op":"test","path":"/t/0","value":"x"},{"op":"replace","path":"/t/0","value":"z"}])",
                R"({"t":["z","y"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"test","path":"/t/0","value":"nope"},{"op":"remove","path":"/t/0"}])",
                "refused"},
           Case{R"({})", R"([{"op":"test","path":"/none","value":"x"}])", "refused"},
           Case{R"({})", R"([{"op":"test","path":"/none","value":null}])", "{}"},
           Case{R"({"n":1})", R"([{"op":"test","path":"/n","value":"1"}])", "refused"},
           Case{R"({"n":1})", R"([{"op":"test","path":"/n","value":1.0}])", "refused"},
           Case{R"({})", R"([{"op":"remove","path":"/none"}])", "refused"},
           Case{R"({})", R"([{"op":"replace","path":"/none","value":1}])", R"({"none":1})"},
           Case{R"({"t":[]})", R"([{"op":"replace","path":"/t/0","value":1}])", "refused"},
           Case{R"({})", R"([{"op":"add","path":"/none/deeper","value":1}])", "refused"},
           Case{R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})"},
           Case{R"({"t":["x"]})", R"([{"op":"add","path":"/t/-","value":"end"}])", R"({"t":["x","end"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"add","path":"/t/0","value":"first"}])", R"({"t":["first","x"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"add","path":"/t/99","value":"x"}])", "refused"},
           Case{R"({"t":["x"]})", R"([{"op":"add","path":"/t/-1","value":"y"}])", R"({"t":["x","y"]})"},
           Case{R"({"t":["x","y"]})", R"([{"op":"remove","path":"/t/-1"}])", R"({"t":["x"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"replace","path":"/t/00","value":"y"}])", R"({"t":["y"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"replace","path":"/t/x","value":"y"}])", "refused"},
           Case{R"({"t":["x","y"]})", R"([{"op":"move","from":"/t/0","path":"/t/1"}])", R"({"t":["y","x"]})"},
           Case{R"({"t":["x"]})", R"([{"op":"copy","from":"/t/0","path":"/t/-"}])", R"({"t":["x","x"]})"},
           Case{R"({})", R"([{"op":"move","from":"/none","path":"/x"}])", "refused"},
           Case{R"({"m":{"a/b":"1","c~d":"2"}})",
                R"([{"op":"replace","path":"/m/a~1b","value":"3"},{"op":"remove","path":"/m/c~0d"}])",
                R"({"m":{"a/b":"3"}})"},
           Case{R"({})", R"([{"op":"frobnicate","path":"/x"}])", "refused"},
           Case{R"({})", R"([{"path":"/x"}])", "refused"},
           Case{R"({"a":1})", R"([{"op":"remove"}])", "refused"},
           Case{R"({})", R"([{"op":"add","path":"/a"}])", R"({"a":null})"},
           Case{R"({})", R"([{"op":"add","path":"spec/powerState","value":"On"}])", R"({"powerState":"On"})"},
           Case{R"({"a":1})", R"([{"op":"replace","path":"","value":{}}])", "{}"},
           Case{R"({"a":1})", R"([{"op":"remove","path":""}])", "refused"},
           Case{R"({"a":"On"})",
                R"([{"op":"replace","path":"/a","value":"Off"},{"op":"test","path":"/a","value":"On"}])", "refused"},
           Case{R"({"a":1})", "[]", R"({"a":1})"},
           Case{R"({"a":1})", R"([1])", "refused"},
           Case{R"({"a":1})", R"([{"op":"add","path":"/a/b","value":1}])", "refused"},
       }) {
    EXPECT_EQ(patched(J(c.document), J(c.patch)), c.wanted) << c.patch;
  }
}

TEST(JsonPatch, NamesStrangeMembers) {
  std::vector<std::string> strange;
  ASSERT_TRUE(apply_json_patch(J("{}"), J(R"([{"op":"add","path":"/a","value":1,"x":1}])"), strange).ok());
  EXPECT_EQ(strange, std::vector<std::string>{"json patch unknown field \"[0].x\""});
}

TEST(JsonPatch, HasLimits) {
  std::vector<std::string> strange;
  const json::Array many(limits::kPatchOperationsMax + 1, J(R"({"op":"test","path":"/none","value":null})"));
  const auto refused = apply_json_patch(J("{}"), many, strange);
  EXPECT_EQ(http_code(refused.error()), 413);
  EXPECT_EQ(refused.error().message(),
            "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001");
  json::Array doubling;
  for (int i = 0; i < 40; ++i) doubling.push_back(J(R"({"op":"copy","from":"/l","path":"/l/-"})"));
  EXPECT_EQ(patched(J(R"({"l":["x"]})"), doubling), "refused") << "a document that doubles";
  json::Array deepening;
  std::string path = "/0";
  for (int i = 0; i < 16; ++i, path += path) {
    deepening.push_back(json::Object{{"op", "copy"}, {"from", ""}, {"path", path}});
  }
  EXPECT_EQ(patched(J("[0]"), deepening), "refused") << "a document that grows into itself";
}

TEST(JsonPatch, IsAList) {
  std::vector<std::string> strange;
  EXPECT_EQ(apply_json_patch(J("{}"), J(R"({"op":"add"})"), strange).error().message(),
            "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp");
}

TEST(MergePatch, DoesWhatItsRfcSays) {
  struct Case {
    const char *document, *patch, *wanted;
  };
  for (const Case& c : {
           Case{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
           Case{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
           Case{R"({"a":"b"})", R"({"a":null})", "{}"},
           Case{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
           Case{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
           Case{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
           Case{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
           Case{R"({"e":null})", R"({"a":1})", R"({"a":1,"e":null})"},
           Case{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
       }) {
    const Result<json::Value> out = apply_merge_patch(J(c.document), J(c.patch));
    EXPECT_EQ(out.ok() ? json::to_text(*out) : out.error().message(), c.wanted) << c.patch;
  }
  EXPECT_EQ(apply_merge_patch(J("{}"), J("null")).error().message(), "Invalid JSON Patch");
  EXPECT_EQ(apply_merge_patch(J("{}"), J("[]")).error().message(),
            "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}");
}

}  // namespace
}  // namespace rig::apiserver
