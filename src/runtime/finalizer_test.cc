// runtime/finalizer_test.cc — the patches as text, and what an answer means.
#include "runtime/finalizer.h"

#include <gtest/gtest.h>

namespace rig::runtime {
namespace {

constexpr std::string_view kFinalizer = "virtrigaud.io/vm";
constexpr api::Resource kResource{"toys.example", "v1", "Balloon", "balloons", true};

api::ObjectMeta seen(std::vector<std::string> finalizers, Annotations annotations = {}) {
  api::ObjectMeta meta;
  meta.namespace_ = "ns";
  meta.name = "a";
  meta.resource_version = "7";
  meta.finalizers = std::move(finalizers);
  meta.annotations = std::move(annotations);
  return meta;
}
std::string text(const json::Value& patch) { return patch.is_null() ? "-" : json::to_text(patch); }

const std::string kGuard = R"([{"op":"replace","path":"/metadata/resourceVersion","value":"7"},)";

TEST(Finalizer, IsAddedTogetherWithAnnotationsAndOnlyToTheObjectAsSeen) {
  struct Case {
    const char* name;
    api::ObjectMeta object;
    Annotations annotations;
    std::string want;
  };
  const Case cases[] = {
      {"the first one",
       seen({}),
       {},
       kGuard + R"({"op":"add","path":"/metadata/finalizers","value":["virtrigaud.io/vm"]}])"},
      {"beside another",
       seen({"x/y"}),
       {},
       kGuard + R"({"op":"add","path":"/metadata/finalizers/-","value":"virtrigaud.io/vm"}])"},
      {"there already", seen({"virtrigaud.io/vm"}), {}, "-"},
      {"with the first annotation",
       seen({}),
       {{"a/b~c", "1"}},
       kGuard + R"({"op":"add","path":"/metadata/finalizers","value":["virtrigaud.io/vm"]},)"
                R"({"op":"add","path":"/metadata/annotations","value":{}},)"
                R"({"op":"add","path":"/metadata/annotations/a~1b~0c","value":"1"}])"},
      {"with one more annotation",
       seen({"virtrigaud.io/vm"}, {{"k", "v"}}),
       {{"id", "1"}},
       kGuard + R"({"op":"add","path":"/metadata/annotations/id","value":"1"}])"},
      {"all there already", seen({"virtrigaud.io/vm"}, {{"id", "1"}}), {{"id", "1"}}, "-"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(text(add_finalizer_patch(c.object, kFinalizer, c.annotations)), c.want);
  }
}

TEST(Finalizer, IsRemovedByItsPlace) {
  EXPECT_EQ(text(remove_finalizer_patch(seen({"x/y", "virtrigaud.io/vm"}), kFinalizer)),
            kGuard + R"({"op":"remove","path":"/metadata/finalizers/1"}])");
  EXPECT_EQ(text(remove_finalizer_patch(seen({"x/y"}), kFinalizer)), "-");
}

// Answers every request alike and remembers the last.
class OneAnswer final : public kube::Transport {
 public:
  explicit OneAnswer(Result<json::Value> answer) : answer_(std::move(answer)) {}
  Result<json::Value> send(const kube::Request& request, const Call&) override {
    sent = request.method + " " + request.target();
    return answer_;
  }
  Status stream(const kube::Request&, const Call&, const std::function<bool(json::Value)>&) override { return {}; }
  std::string sent;

 private:
  Result<json::Value> answer_;
};

TEST(Finalizer, SendsNothingWhenThereIsNothingToChange) {
  OneAnswer api{json::Value()};
  EXPECT_TRUE(add_finalizer(api, kResource, seen({std::string(kFinalizer)}), kFinalizer, {}, {}).ok());
  EXPECT_TRUE(remove_finalizer(api, kResource, seen({}), kFinalizer, {}).ok());
  EXPECT_EQ(api.sent, "");
  EXPECT_TRUE(add_finalizer(api, kResource, seen({}), kFinalizer, {}, {}).ok());
  EXPECT_EQ(api.sent, "PATCH /apis/toys.example/v1/namespaces/ns/balloons/a");
}

TEST(Finalizer, IsGoneWithAnObjectThatIsGoneButNeverAddedToOne) {
  OneAnswer api{Error(Code::kNotFound, "gone")};
  EXPECT_TRUE(remove_finalizer(api, kResource, seen({std::string(kFinalizer)}), kFinalizer, {}).ok());
  const Status added = add_finalizer(api, kResource, seen({}), kFinalizer, {}, {});
  ASSERT_FALSE(added.ok());
  EXPECT_EQ(added.error().code(), Code::kNotFound);
}

TEST(Finalizer, PassesAConflictOn) {
  OneAnswer api{Error(Code::kAborted, "moved on")};
  const Status removed = remove_finalizer(api, kResource, seen({std::string(kFinalizer)}), kFinalizer, {});
  ASSERT_FALSE(removed.ok());
  EXPECT_EQ(removed.error().code(), Code::kAborted);
}

}  // namespace
}  // namespace rig::runtime
