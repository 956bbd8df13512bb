// kube/api_test.cc — typed access, over a transport that answers from a script.
#include "kube/api.h"

#include <gtest/gtest.h>

#include <deque>

#include "kube/fake_object_test.h"

namespace rig::kube {
namespace {

class ScriptedTransport final : public Transport {
 public:
  Result<json::Value> send(const Request& request, const Call&) override {
    asked.push_back(request.method + " " + request.target());
    body = request.body;
    Result<json::Value> answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  Status stream(const Request&, const Call&, const std::function<bool(json::Value)>&) override { return {}; }
  std::deque<Result<json::Value>> answers;
  std::vector<std::string> asked;
  std::string body;
};

class ApiTest : public ::testing::Test {
 protected:
  void answer(Result<json::Value> value) { transport_.answers.push_back(std::move(value)); }
  std::string asked() const { return transport_.asked.empty() ? "" : transport_.asked.back(); }
  static json::Value page(json::Array items, std::string_view token) {
    json::Value v = json::Object{{"items", std::move(items)}};
    v.set({"metadata", "resourceVersion"}, "9");
    v.set({"metadata", "continue"}, token);
    return v;
  }

  const std::string path_ = "/apis/toys.example/v1/namespaces/ns/balloons";
  ScriptedTransport transport_;
  Api<Balloon> api_{transport_, "me"};
};

TEST_F(ApiTest, FollowsAListToItsEnd) {
  answer(page({balloon("a", "1"), balloon("b", "2")}, "t1"));
  answer(page({balloon("c", "3")}, ""));
  const auto list = api_.list("ns", {}, {.resource_version = "9", .resource_version_match = "Exact"});
  ASSERT_TRUE(list.ok()) << list.error().to_string();
  EXPECT_EQ(list->items.size(), 3U);
  EXPECT_EQ(list->items[2].meta.name, "c");
  EXPECT_EQ(list->resource_version, "9");
  EXPECT_EQ(transport_.asked,
            (std::vector<std::string>{"GET " + path_ + "?resourceVersion=9&resourceVersionMatch=Exact&limit=500",
                                      "GET " + path_ + "?limit=500&continue=t1"}));
}

TEST_F(ApiTest, EndsAListWhoseTokenExpired) {
  answer(page({balloon("a", "1")}, "t1"));
  answer(Error(Code::kOutOfRange, "expired"));
  EXPECT_EQ(api_.list("ns", {}).error().code(), Code::kOutOfRange);
}

TEST_F(ApiTest, WritesWithItsNameAndReadsWhatTheServerMadeOfIt) {
  answer(balloon("a", "8", "blue"));
  const Balloon mine = from_json<Balloon>(balloon("a", "7")).take();
  const auto written = api_.replace(mine, {});
  ASSERT_TRUE(written.ok()) << written.error().to_string();
  EXPECT_EQ(written->spec.color, "blue");
  EXPECT_EQ(asked(), "PUT " + path_ + "/a?fieldManager=me");
  const json::Value body = json::parse(transport_.body).take();
  EXPECT_EQ(body.text({"apiVersion"}), "toys.example/v1");
  EXPECT_EQ(body.text({"kind"}), "Balloon");
  EXPECT_EQ(body.text({"metadata", "resourceVersion"}), "7") << "the precondition";
  answer(balloon("a", "1"));
  EXPECT_TRUE(api_.create(mine, {}).ok());
  EXPECT_EQ(asked(), "POST " + path_ + "?fieldManager=me");
}

TEST_F(ApiTest, WritesAStatusOnlyWhenItDiffers) {
  const Balloon before = from_json<Balloon>(balloon("a", "7")).take();
  Balloon after = before;
  after.spec.color = "blue";  // not status: no write
  EXPECT_EQ(api_.publish_status(before, after, {})->spec.color, "blue");
  EXPECT_EQ(asked(), "");
  after.status.floats = true;
  answer(balloon("a", "8"));
  EXPECT_EQ(api_.publish_status(before, after, {})->meta.resource_version, "8");
  EXPECT_EQ(asked(), "PUT " + path_ + "/a/status?fieldManager=me");
}

TEST_F(ApiTest, RemovesOnlyTheObjectThatItSaw) {
  answer(json::Value());
  EXPECT_TRUE(api_.remove(from_json<Balloon>(balloon("a", "7")).take(), {}).ok());
  EXPECT_EQ(json::parse(transport_.body)->text({"preconditions", "uid"}), "u-a");
}

TEST_F(ApiTest, NamesTheFieldThatItCannotRead) {
  json::Value odd = balloon("a", "7");
  odd.set({"spec", "size"}, "large");
  answer(odd);
  const auto got = api_.get({"ns", "a"}, {});
  ASSERT_FALSE(got.ok());
  EXPECT_NE(got.error().to_string().find("spec.size"), std::string::npos) << got.error().to_string();
}

}  // namespace
}  // namespace rig::kube
