// kube/store_test.cc — what a store shows after events in every order.
#include "kube/store.h"

#include <gtest/gtest.h>

#include "kube/fake_object_test.h"

namespace rig::kube {
namespace {

class BalloonStore : public ::testing::Test {
 protected:
  void list(std::vector<json::Value> objects) {
    (void)texts(Init{});  // nothing changes before the end of the list
    for (json::Value& object : objects) EXPECT_EQ(texts(InitApply{std::move(object)}), "");
    last_ = texts(InitDone{"9"});
  }
  // "+ns/a" came, "-ns/a" went, "~ns/a" changed.
  std::string texts(const Event& event) {
    std::string out;
    for (const auto& c : writer_.apply(event)) {
      out += (out.empty() ? "" : " ") + std::string(!c.before ? "+" : !c.after ? "-" : "~") + c.key.to_string();
    }
    return out;
  }
  std::string by_color(const std::string& color) const {
    std::string out;
    for (const auto& object : store_.by_index("color", color)) out += object->meta.name;
    return out;
  }

  Store<Balloon> store_;
  StoreWriter<Balloon> writer_{store_};
  std::string last_;
};

TEST_F(BalloonStore, IsSyncedOnlyWhenTheFirstListIsComplete) {
  (void)texts(Init{});
  (void)texts(InitApply{balloon("a", "1")});
  EXPECT_FALSE(store_.is_synced());
  EXPECT_EQ(store_.get({"ns", "a"}), nullptr);
  EXPECT_EQ(texts(InitDone{"1"}), "+ns/a");
  EXPECT_TRUE(store_.is_synced());
  EXPECT_EQ(store_.get({"ns", "a"})->spec.color, "red");
}

TEST_F(BalloonStore, FollowsAWatch) {
  list({});
  EXPECT_EQ(texts(Apply{balloon("a", "1")}), "+ns/a");
  EXPECT_EQ(texts(Apply{balloon("a", "2", "blue")}), "~ns/a");
  EXPECT_EQ(store_.get({"ns", "a"})->spec.color, "blue");
  EXPECT_EQ(texts(Delete{balloon("a", "3")}), "-ns/a");
  EXPECT_TRUE(store_.all().empty());
}

TEST_F(BalloonStore, DoesNotKeepWhoWroteWhat) {
  json::Value managed = balloon("a", "1");
  managed.set({"metadata", "managedFields"}, json::Array{json::Object{{"manager", "kubectl"}}});
  list({managed});
  EXPECT_TRUE(store_.get({"ns", "a"})->meta.managed_fields.is_null());
}

TEST_F(BalloonStore, SaysNothingOfRepeatedEvents) {
  list({balloon("a", "1")});
  EXPECT_EQ(texts(Apply{balloon("a", "1")}), "");
  EXPECT_EQ(texts(Delete{balloon("b", "2")}), "");
}

TEST_F(BalloonStore, LearnsFromARelistWhatVanishedWhileNobodyLooked) {
  list({balloon("a", "1"), balloon("b", "2"), balloon("c", "3")});
  EXPECT_EQ(last_, "+ns/a +ns/b +ns/c");
  list({balloon("b", "2"), balloon("c", "7"), balloon("d", "8")});
  EXPECT_EQ(last_, "-ns/a ~ns/c +ns/d");
}

TEST_F(BalloonStore, TakesANewUidUnderAnOldNameForAChange) {
  list({balloon("a", "1")});
  json::Value again = balloon("a", "1");
  again.set({"metadata", "uid"}, "another");
  EXPECT_EQ(texts(Apply{again}), "~ns/a");
}

TEST_F(BalloonStore, ForgetsAListThatWasCutOff) {
  list({balloon("a", "1")});
  (void)texts(Init{});
  (void)texts(InitApply{balloon("z", "2")});
  list({balloon("a", "1")});
  EXPECT_EQ(last_, "");
  EXPECT_EQ(store_.get({"ns", "z"}), nullptr);
}

TEST_F(BalloonStore, KeepsWhatItKnewOfAnObjectThatItCannotRead) {
  list({balloon("a", "1")});
  json::Value strange = balloon("a", "2");
  strange.set({"spec", "size"}, "large");
  EXPECT_EQ(texts(Apply{strange}), "");
  EXPECT_EQ(store_.get({"ns", "a"})->meta.resource_version, "1");
  list({strange});
  EXPECT_EQ(last_, "");
  json::Value stranger = balloon("b", "2");
  stranger.set({"spec", "size"}, "large");
  EXPECT_EQ(texts(Apply{stranger}), "");
  EXPECT_EQ(store_.get({"ns", "b"}), nullptr);
}

TEST_F(BalloonStore, FindsObjectsByASecondKey) {
  store_.add_index("color", [](const Balloon& b) { return std::vector{b.spec.color, b.spec.color}; });
  list({balloon("b", "1", "red"), balloon("a", "2", "red"), balloon("c", "3", "blue")});
  EXPECT_EQ(by_color("red"), "ab");
  (void)texts(Apply{balloon("a", "4", "blue")});
  EXPECT_EQ(by_color("red"), "b");
  EXPECT_EQ(by_color("blue"), "ac");
  (void)texts(Delete{balloon("c", "5", "blue")});
  EXPECT_EQ(by_color("blue"), "a");
  EXPECT_EQ(by_color("green"), "");
}

}  // namespace
}  // namespace rig::kube
