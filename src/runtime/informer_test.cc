// runtime/informer_test.cc — who is told of what, and how soon it matters.
#include "runtime/informer.h"

#include <gtest/gtest.h>

#include "kube/fake_object_test.h"

namespace rig::runtime {
namespace {

using kube::balloon;
using kube::Balloon;

TEST(Informer, TellsEveryHandlerWhatWasAndWhatIsAfterTheStoreKnows) {
  Informer<Balloon> informer;
  std::string told;
  for (int i = 0; i < 2; ++i) {
    informer.on_change([&](const ObjectKey& key, const auto& before, const auto& after) {
      EXPECT_EQ(informer.store().get(key), after);
      told += key.name + ":" + (before ? before->spec.color : "-") + ">" + (after ? after->spec.color : "-") + " ";
    });
  }
  informer.apply(kube::Init{});
  informer.apply(kube::InitApply{balloon("a", "1", "red")});
  EXPECT_EQ(told, "");
  EXPECT_FALSE(informer.is_synced());
  informer.apply(kube::InitDone{"1"});
  EXPECT_TRUE(informer.is_synced());
  informer.apply(kube::Apply{balloon("a", "2", "blue")});
  informer.apply(kube::Delete{balloon("a", "3", "blue")});
  EXPECT_EQ(told, "a:->red a:->red a:red>blue a:red>blue a:blue>- a:blue>- ");
}

TEST(Informer, RanksWhatAUserDidBeforeWhatControllersDid) {
  const auto changed = [](auto&& change) {
    api::ObjectMeta before, after;
    before.uid = after.uid = "u";
    change(after);
    return priority_of(&before, &after);
  };
  EXPECT_EQ(changed([](auto& m) { m.generation = 2; }), Priority::kUser);
  EXPECT_EQ(changed([](auto& m) { m.deletion_timestamp = WallTime{}; }), Priority::kUser);
  EXPECT_EQ(changed([](auto& m) { m.annotations["a"] = "b"; }), Priority::kUser);
  EXPECT_EQ(changed([](auto& m) { m.labels["a"] = "b"; }), Priority::kUser);
  EXPECT_EQ(changed([](auto& m) { m.uid = "another"; }), Priority::kUser);
  EXPECT_EQ(changed([](auto& m) { m.resource_version = "8"; }), Priority::kEvent);
  EXPECT_EQ(changed([](auto& m) { m.finalizers = {"x"}; }), Priority::kEvent);
  EXPECT_EQ(changed([](auto& m) {
              m.finalizers = {"x"};
              m.annotations["id"] = "y";
            }),
            Priority::kEvent);
  const api::ObjectMeta meta;
  EXPECT_EQ(priority_of(nullptr, &meta), Priority::kEvent);
  EXPECT_EQ(priority_of(&meta, nullptr), Priority::kUser);
}

}  // namespace
}  // namespace rig::runtime
