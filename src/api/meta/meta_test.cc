// api/meta/meta_test.cc — conditions and references.
#include "api/meta/meta.h"

#include <gtest/gtest.h>

#include "schema/walk.h"

namespace rig::api {
namespace {

using namespace std::chrono_literals;

Condition condition(std::string type, ConditionStatus status, std::string reason) {
  Condition c;
  c.type = std::move(type);
  c.status = status;
  c.reason = std::move(reason);
  return c;
}

TEST(Conditions, KeepTheirTimeUntilTheStatusChanges) {
  std::vector<Condition> conditions;
  const WallTime start{1000s};
  set_condition(conditions, condition("Ready", ConditionStatus::kFalse, "Creating"), start);
  set_condition(conditions, condition("Deleting", ConditionStatus::kFalse, "InUse"), start);
  set_condition(conditions, condition("Ready", ConditionStatus::kFalse, "Updating"), start + 5s);
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(find_condition(conditions, "Ready")->reason, "Updating");
  EXPECT_EQ(find_condition(conditions, "Ready")->last_transition_time, start);
  set_condition(conditions, condition("Ready", ConditionStatus::kTrue, "ReconcileSuccess"), start + 9s);
  EXPECT_EQ(find_condition(conditions, "Ready")->last_transition_time, start + 9s);
  remove_condition(conditions, "Ready");
  EXPECT_EQ(find_condition(conditions, "Ready"), nullptr);
  EXPECT_NE(find_condition(conditions, "Deleting"), nullptr);
}

TEST(ObjectRef, MeansTheNamespaceOfTheReferrerWhenItNamesNone) {
  ObjectMeta referrer;
  referrer.namespace_ = "team-a";
  EXPECT_EQ(resolve({"kvm", ""}, referrer), (ObjectKey{"team-a", "kvm"}));
  EXPECT_EQ(resolve({"kvm", "infra"}, referrer), (ObjectKey{"infra", "kvm"}));
}

TEST(ObjectMeta, AnswersSmallQuestions) {
  ObjectMeta meta;
  meta.name = "web";
  meta.namespace_ = "team-a";
  meta.finalizers = {"a/finalizer"};
  meta.annotations = {{"x", "1"}};
  EXPECT_EQ(meta.key(), (ObjectKey{"team-a", "web"}));
  EXPECT_TRUE(meta.has_finalizer("a/finalizer"));
  EXPECT_FALSE(meta.has_finalizer("a/final"));
  EXPECT_EQ(meta.annotation("x"), "1");
  EXPECT_EQ(meta.annotation("y"), "");
  EXPECT_FALSE(meta.is_deleting());
}

}  // namespace
}  // namespace rig::api
