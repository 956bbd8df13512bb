// controllers/last_writes_test.cc — an older copy is told from a newer one.
#include "controllers/last_writes.h"

#include <gtest/gtest.h>

#include "api/v1beta1/vm_class.h"

namespace rig::controllers {
namespace {

api::ObjectMeta meta(const std::string& version) {
  api::ObjectMeta m;
  m.namespace_ = "default";
  m.name = "web";
  m.resource_version = version;
  return m;
}

TEST(LastWrites, RefusesACopyOlderThanOurLastWrite) {
  LastWrites writes;
  EXPECT_TRUE(writes.check(meta("7")).ok());
  writes.note(meta("10"));
  const Status older = writes.check(meta("9"));
  ASSERT_FALSE(older.ok());
  EXPECT_EQ(older.error().code(), Code::kAborted);
  EXPECT_TRUE(writes.check(meta("10")).ok());
  EXPECT_TRUE(writes.check(meta("11")).ok());
  EXPECT_TRUE(writes.check(meta("opaque")).ok());
  writes.forget({"default", "web"});
  EXPECT_TRUE(writes.check(meta("9")).ok());
}

TEST(LastWrites, AWriteWhoseReplyWasLostIsInDoubtUntilItsObjectWasRead) {
  LastWrites writes;
  const ObjectKey key{"default", "web"};
  writes.doubt(key);
  EXPECT_TRUE(writes.is_in_doubt(key));
  writes.note(meta("12"));
  EXPECT_FALSE(writes.is_in_doubt(key));
  EXPECT_FALSE(writes.check(meta("11")).ok());
}

TEST(LastWrites, OfAnObjectThatIsGoneAreForgotten) {
  LastWrites writes;
  const ObjectKey key{"default", "web"};
  kube::Store<api::v1beta1::VmClass> store;
  kube::StoreWriter writer(store);
  writes.note(meta("10"));
  api::v1beta1::VmClass object;
  object.meta = meta("9");
  writer.apply(kube::Apply{kube::to_json(object)});
  ASSERT_NE(find_cached(store, writes, key), nullptr);
  EXPECT_FALSE(writes.check(meta("9")).ok());
  writer.apply(kube::Delete{kube::to_json(object)});
  ASSERT_EQ(find_cached(store, writes, key), nullptr);
  EXPECT_TRUE(writes.check(meta("9")).ok());
}

}  // namespace
}  // namespace rig::controllers
