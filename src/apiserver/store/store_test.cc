// apiserver/store/store_test.cc — both stores keep the same promises, and answer alike over random operations.
#include "apiserver/store/store.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "apiserver/store/change_window.h"
#include "base/folder_test.h"

namespace rig::apiserver {
namespace {

std::unique_ptr<Store> open(const TestFolder& folder) {
  Result<std::unique_ptr<Store>> store = sqlite_store(folder / "store.db");
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().to_string());
  return store.ok() ? store.take() : nullptr;
}

class BothStores : public testing::TestWithParam<bool> {
 protected:
  TestFolder folder;
  std::unique_ptr<Store> store = GetParam() ? open(folder) : memory_store();
};
INSTANTIATE_TEST_SUITE_P(Store, BothStores, testing::Bool(),
                         [](const auto& row) { return row.param ? "Sqlite" : "Memory"; });

Time soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(10); }

TEST_P(BothStores, CountRevisionsFromOne) {
  EXPECT_EQ(store->revision(), 0);
  EXPECT_EQ(*store->create("/a", "1"), 1);
  EXPECT_EQ(*store->create("/b", "1"), 2);
  EXPECT_EQ(*store->update("/a", "2", 1), 3);
  EXPECT_EQ(*store->remove("/b", 2), 4);
  EXPECT_EQ(store->revision(), 4);
}

TEST_P(BothStores, RefuseWritesThatDoNotFit) {
  EXPECT_TRUE(store->update("/a", "1", 1).error().is(Code::kNotFound));
  ASSERT_TRUE(store->create("/a", "1").ok());
  EXPECT_TRUE(store->create("/a", "2").error().is(Code::kAlreadyExists));
  EXPECT_TRUE(store->update("/a", "2", 7).error().is(Code::kAborted));
  EXPECT_TRUE(store->remove("/a", 7).error().is(Code::kAborted));
  EXPECT_EQ(store->revision(), 1);
}

TEST_P(BothStores, ListInPagesOfOneState) {
  for (const char* key : {"/p/a/1", "/p/b/1", "/p/b/2", "/q/x"}) ASSERT_TRUE(store->create(key, key).ok());
  const Page first = *store->list("/p/", "", 2, 0);
  EXPECT_EQ(first.records.back().key, "/p/b/1");
  EXPECT_EQ(first.remaining, 1U);
  ASSERT_TRUE(store->create("/p/c", "late").ok());
  ASSERT_TRUE(store->update("/p/b/2", "changed", 3).ok());
  const Page second = *store->list("/p/", "/p/b/1", 2, first.at);
  ASSERT_EQ(second.records.size(), 1U);
  EXPECT_EQ(second.records[0].value, "/p/b/2");
  EXPECT_EQ(second.records[0].revision, 3);
  EXPECT_EQ(second.remaining, 0U);
  EXPECT_TRUE(store->list("/p/", "", 0, 99).error().is(Code::kOutOfRange));
}

TEST_P(BothStores, TellWhatAChangeReplaced) {
  ASSERT_TRUE(store->create("/a", "1").ok());
  ASSERT_TRUE(store->update("/a", "2", 1).ok());
  ASSERT_TRUE(store->remove("/a", 2).ok());
  ASSERT_TRUE(store->create("/a", "3").ok());
  const std::vector<Change> log = *store->changes("/", 0, 10);
  ASSERT_EQ(log.size(), 4U);
  EXPECT_EQ(log[0].before_revision, 0);
  EXPECT_EQ(log[1].before, "1");
  EXPECT_EQ(log[2].kind, Change::Kind::kRemove);
  EXPECT_EQ(log[2].now.value, "2");
  EXPECT_EQ(log[2].now.created, 1);
  EXPECT_EQ(log[3].before_revision, 0);
  EXPECT_EQ(log[3].now.created, 4);
}

TEST_P(BothStores, ForgetWhatIsCompacted) {
  ASSERT_TRUE(store->create("/a", "1").ok());
  ASSERT_TRUE(store->update("/a", "2", 1).ok());
  ASSERT_TRUE(store->create("/b", "1").ok());
  ASSERT_TRUE(store->remove("/b", 3).ok());
  ASSERT_TRUE(store->update("/a", "3", 2).ok());
  ASSERT_TRUE(store->compact(4).ok());
  EXPECT_EQ(store->compacted(), 4);
  EXPECT_TRUE(store->changes("/", 3, 10).error().is(Code::kOutOfRange));
  EXPECT_TRUE(store->list("/", "", 0, 3).error().is(Code::kOutOfRange));
  EXPECT_EQ(store->changes("/", 4, 10)->at(0).before, "2");
  EXPECT_EQ(store->list("/", "", 0, 4)->records.at(0).value, "2");
  EXPECT_EQ(store->get("/a")->value, "3");
}

TEST_P(BothStores, WaitUntilThereIsMoreOrNoTime) {
  EXPECT_EQ(store->wait("/b/", 0, std::chrono::steady_clock::now(), {}), 0);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(store->wait("/b/", 0, soon(), stop.get_token()), 0);
  const std::jthread writer([this] {
    for (const char* key : {"/a/1", "/b/1", "/b/2"}) EXPECT_TRUE(store->create(key, "1").ok());
  });
  EXPECT_EQ(store->wait("/b/", 0, soon(), {}), 1);  // up to where there is none
  EXPECT_EQ(store->wait("/b/", 2, soon(), {}), 2);
  EXPECT_EQ(store->wait("/a/", 1, std::chrono::steady_clock::now() + std::chrono::milliseconds(1), {}),
            store->revision());
}

// ---- both answer alike ----

std::string show(const Record& r) {
  return r.key + "=" + r.value + "@" + std::to_string(r.revision) + "/" + std::to_string(r.created);
}
std::string show(const Change& c) {
  return (c.kind == Change::Kind::kRemove ? "-" : "+") + show(c.now) + "<" + c.before + "@" +
         std::to_string(c.before_revision);
}
std::string show(const Page& p) {
  std::string text = std::to_string(p.at) + "+" + std::to_string(p.remaining) + ":";
  for (const Record& record : p.records) text += " " + show(record);
  return text;
}
std::string show(const std::vector<Change>& changes) {
  std::string text;
  for (const Change& change : changes) text += " " + show(change);
  return text;
}
std::string show(Revision revision) { return std::to_string(revision); }
template <class T>
std::string answer(const Result<T>& result) {
  return result.ok() ? show(*result) : std::string(to_string(result.error().code()));
}

// One random operation on a store. The same generator state gives the same operation.
class Step {
 public:
  Step(std::mt19937& random, Revision revision) {
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    what_ = below(12);
    key_ = std::string(below(2) == 0 ? "/p/" : "/q/") + static_cast<char>('a' + below(5));
    value_ = std::to_string(random() % 1000);
    limit_ = static_cast<std::size_t>(below(4));
    at_ = below(static_cast<int>(revision) + 2);
    expected_ = below(3) == 0 ? at_ : -1;
  }

  std::string run(Store& store) const {
    const Result<Record> there = store.get(key_);
    const Revision expected = expected_ >= 0 || !there.ok() ? at_ : there->revision;
    switch (what_) {
      case 0:
      case 1:
      case 2: return "create " + answer(store.create(key_, value_));
      case 3:
      case 4:
      case 5: return "update " + answer(store.update(key_, value_, expected));
      case 6:
      case 7: return "remove " + answer(store.remove(key_, expected));
      case 8: return "list " + answer(store.list("/p/", limit_ == 1 ? key_ : "", limit_, limit_ == 2 ? 0 : at_));
      case 9:
      case 10: return "changes " + answer(store.changes(key_.substr(0, 3), at_, 1 + limit_));
      default: return limit_ != 0 ? "get " + answer(there) : "compact " + std::to_string(store.compact(at_).ok());
    }
  }
  bool is_odd() const { return value_.ends_with('7'); }

 private:
  int what_ = 0;
  std::string key_, value_;
  std::size_t limit_ = 0;
  Revision at_ = 0, expected_ = 0;
};

TEST(Stores, AnswerAlikeOverRandomOperationsAndRestarts) {
  const unsigned first = std::random_device()();
  std::printf("seeds from %u\n", first);
  for (unsigned seed = first; seed < first + 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const TestFolder folder;
    const std::unique_ptr<Store> memory = memory_store();
    std::unique_ptr<Store> sqlite = open(folder);
    for (int i = 0; i < 300; ++i) {
      const Step step(random, memory->revision());
      const std::string wanted = step.run(*memory);
      ASSERT_EQ(step.run(*sqlite), wanted) << "operation " << i;
      ASSERT_EQ(sqlite->revision(), memory->revision());
      if (i % 60 == 59 && step.is_odd()) {
        sqlite.reset();
        sqlite = open(folder);
        ASSERT_EQ(sqlite->revision(), memory->revision());
        ASSERT_EQ(sqlite->compacted(), memory->compacted());
      }
    }
  }
}

// ---- etcd's watch guarantees, while many write ----

struct Seen {
  Revision from = 0;  // where the watch began
  std::vector<Change> changes;
};

// Reads the log as a watch does, in small steps, and now and then begins again where it was (resumable).
Seen watch(const Store& store, const std::string& prefix, Revision until, unsigned seed) {
  std::mt19937 random(seed);
  Seen seen;
  Revision after = 0;
  while (after < until) {
    (void)store.wait("", after, soon(), {});
    const Revision now = store.revision();
    const Result<std::vector<Change>> changes = store.changes(prefix, after, 1 + random() % 7);
    if (!changes.ok()) break;
    for (const Change& change : *changes) seen.changes.push_back(change);
    if (!changes->empty()) {
      after = changes->back().now.revision;
    } else {
      after = std::max(after, now);
    }
  }
  return seen;
}

TEST_P(BothStores, ShowEveryWatchTheWholeLogInOrder) {
  constexpr int kWriters = 4, kWritesEach = 60;
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  constexpr Revision kEnd = kWriters * kWritesEach;
  std::vector<Seen> seen(3);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      threads.emplace_back(
          [&, i] { seen[i] = watch(*store, i == 0 ? "/p/" : "/", kEnd, seed + static_cast<unsigned>(i)); });
    }
    for (int w = 0; w < kWriters; ++w) {
      threads.emplace_back([&, w] {
        std::mt19937 random(seed + 100 + static_cast<unsigned>(w));
        for (int done = 0; done < kWritesEach;) {
          const std::string key = (random() % 2 == 0 ? "/p/" : "/q/") + std::to_string(random() % 4);
          const Result<Record> there = store->get(key);
          const Result<Revision> written = !there.ok() ? store->create(key, std::to_string(random()))
                                           : random() % 3 == 0
                                               ? store->remove(key, there->revision)
                                               : store->update(key, std::to_string(random()), there->revision);
          if (written.ok()) ++done;  // else somebody else was faster
        }
      });
    }
  }
  const std::vector<Change> all = *store->changes("/", 0, 10'000);
  ASSERT_EQ(all.size(), static_cast<std::size_t>(kEnd));  // reliable: no write is missing
  std::map<std::string, Change> last;
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].now.revision, static_cast<Revision>(i) + 1);  // ordered, unique
    const auto before = last.find(all[i].now.key);
    const bool was_there = before != last.end() && before->second.kind == Change::Kind::kPut;
    EXPECT_EQ(all[i].before_revision, was_there ? before->second.now.revision : 0);
    if (was_there) {
      EXPECT_EQ(all[i].before, before->second.now.value);
    }
    last[all[i].now.key] = all[i];
  }
  EXPECT_EQ(show(seen[1].changes), show(all));
  EXPECT_EQ(show(seen[2].changes), show(all));
  std::vector<Change> filtered;
  for (const Change& change : all) {
    if (change.now.key.starts_with("/p/")) filtered.push_back(change);
  }
  EXPECT_EQ(show(seen[0].changes), show(filtered));
}

TEST(ChangeWindow, HoldsNoMoreThanItsLimits) {
  ChangeWindow window(0, 3, 1000);
  const auto push = [&](Revision revision, std::size_t bytes) {
    window.push({std::make_shared<const Change>(
        Change{Change::Kind::kPut, {"/a", std::string(bytes, 'x'), 1, revision}, {}, 0})});
  };
  for (Revision r = 1; r <= 4; ++r) push(r, 1);
  EXPECT_FALSE(window.changes("/", 0, 10).has_value());
  EXPECT_EQ(window.changes("/", 1, 10)->size(), 3U);
  push(5, 900);
  push(6, 900);
  EXPECT_FALSE(window.changes("/", 4, 10).has_value());
  EXPECT_EQ(window.changes("/", 5, 10)->size(), 1U);
  EXPECT_EQ(window.revision(), 6);
}

}  // namespace
}  // namespace rig::apiserver
