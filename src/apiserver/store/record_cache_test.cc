// apiserver/store/record_cache_test.cc — what is remembered, what makes room, and what a late reader may not bring
// back.
#include "apiserver/store/record_cache.h"

#include <gtest/gtest.h>

namespace rig::apiserver {
namespace {

constexpr std::size_t kPlenty = 1U << 20;

Change written(const std::string& key, Revision revision, const std::string& value = "v") {
  return {Change::Kind::kPut, {key, value, 1, revision}, {}, 0};
}
Change removed(const std::string& key, Revision revision) {
  return {Change::Kind::kRemove, {key, "v", 1, revision}, "v", revision - 1};
}

// "unknown", "gone", or the revision.
std::string seen(RecordCache& cache, std::string_view key) {
  const auto found = cache.find(key);
  if (!found) return "unknown";
  return *found ? std::to_string((*found)->revision) : "gone";
}

TEST(RecordCache, HasTheNewestOfEachKey) {
  RecordCache cache(kPlenty);
  EXPECT_EQ(seen(cache, "a"), "unknown");
  cache.write(written("a", 1));
  cache.write(written("b", 2));
  cache.write(written("a", 3));
  EXPECT_EQ(seen(cache, "a"), "3");
  EXPECT_EQ(seen(cache, "b"), "2");
  cache.write(removed("a", 4));
  EXPECT_EQ(seen(cache, "a"), "gone");
}

TEST(RecordCache, TakesWhatAReaderFound) {
  RecordCache cache(kPlenty);
  cache.add({"a", "v", 1, 1}, 7);
  EXPECT_EQ(seen(cache, "a"), "1");
}

TEST(RecordCache, KeepsAWriteFromAReaderThatCameBeforeIt) {
  RecordCache cache(kPlenty);
  cache.write(written("a", 8));
  cache.write(removed("b", 9));
  cache.add({"a", "v", 1, 1}, 7);
  cache.add({"b", "v", 1, 1}, 7);
  EXPECT_EQ(seen(cache, "a"), "8");
  EXPECT_EQ(seen(cache, "b"), "gone");
}

TEST(RecordCache, MakesRoomByWhatWasNotUsedLongest) {
  RecordCache cache(1'500);
  const std::string large(300, 'x');
  cache.write(written("a", 1, large));
  cache.write(written("b", 2, large));
  EXPECT_EQ(seen(cache, "a"), "1");  // used
  cache.write(written("c", 3, large));
  EXPECT_EQ(seen(cache, "b"), "unknown");
  EXPECT_EQ(seen(cache, "a"), "1");
  EXPECT_EQ(seen(cache, "c"), "3");
}

TEST(RecordCache, DoesNotTakeWhatMayBeOlderThanAWriteItForgot) {
  RecordCache cache(700);
  const std::string large(300, 'x');
  cache.write(written("a", 8, large));
  cache.write(written("b", 9, large));
  ASSERT_EQ(seen(cache, "a"), "unknown") << "there was no room";
  cache.add({"a", "v", 1, 1}, 7);  // read before revision 8
  EXPECT_EQ(seen(cache, "a"), "unknown");
  cache.add({"a", "v", 1, 8}, 8);
  EXPECT_EQ(seen(cache, "a"), "8");
}

}  // namespace
}  // namespace rig::apiserver
