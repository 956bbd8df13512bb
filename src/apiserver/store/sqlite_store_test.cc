// apiserver/store/sqlite_store_test.cc — what only a file can do: be locked, foreign, damaged, full; outlive us.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "apiserver/limits.h"
#include "apiserver/store/backup.h"
#include "apiserver/store/store.h"
#include "base/fd.h"
#include "base/folder_test.h"

namespace rig::apiserver {
namespace {

class SqliteStoreTest : public testing::Test {
 protected:
  std::unique_ptr<Store> open() {
    Result<std::unique_ptr<Store>> store = sqlite_store(path);
    EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().to_string());
    return store.ok() ? store.take() : nullptr;
  }
  void sql(const char* text) const {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, text, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }

  const TestFolder own;
  const std::string& folder = own.path();
  const std::string path = folder + "/store.db";
};

TEST_F(SqliteStoreTest, IsThereAgainAfterAClose) {
  ASSERT_TRUE(open()->create("/a", "1").ok());
  const auto store = open();
  EXPECT_EQ(store->revision(), 1);
  EXPECT_EQ(store->get("/a")->value, "1");
  EXPECT_EQ(store->changes("/", 0, 10)->size(), 1U);  // from the disk, the window is empty
}

TEST_F(SqliteStoreTest, IsReadableByNobodyElse) {
  const auto store = open();
  for (const char* suffix : {"", "-wal", ".lock"}) {
    struct stat info {};
    ASSERT_EQ(::stat((path + suffix).c_str(), &info), 0) << suffix;
    EXPECT_EQ(info.st_mode & 0077U, 0U) << suffix;
  }
}

TEST_F(SqliteStoreTest, DoesNotGiveARevisionAgainWhenTheLastRowIsCompactedAway) {
  {
    const auto store = open();
    ASSERT_TRUE(store->create("/a", "1").ok());
    ASSERT_TRUE(store->remove("/a", 1).ok());
    ASSERT_TRUE(store->compact(2).ok());
  }
  EXPECT_EQ(*open()->create("/a", "2"), 3);
}

TEST_F(SqliteStoreTest, IsForOneProcess) {
  const auto store = open();
  const auto second = sqlite_store(path);
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(second.error().is(Code::kAlreadyExists));
}

TEST_F(SqliteStoreTest, RefusesANewerVersion) {
  open();
  sql("PRAGMA user_version = 2");
  const auto store = sqlite_store(path);
  ASSERT_FALSE(store.ok());
  EXPECT_TRUE(store.error().is(Code::kFailedPrecondition));
  EXPECT_NE(store.error().hint().find("newer virtrigaud"), std::string::npos);
}

TEST_F(SqliteStoreTest, RefusesADatabaseOfSomebodyElse) {
  sql("CREATE TABLE t(a); PRAGMA user_version = 1");
  EXPECT_TRUE(sqlite_store(path).error().is(Code::kFailedPrecondition));
}

TEST_F(SqliteStoreTest, RefusesAFileThatIsNoDatabase) {
  std::ofstream(path) << std::string(8192, 'x');
  EXPECT_TRUE(sqlite_store(path).error().is(Code::kDataLoss));
}

TEST_F(SqliteStoreTest, NoticesDamage) {
  {
    const auto store = open();
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(store->create("/" + std::to_string(i), std::string(500, 'x')).ok());
  }
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 8);
    file << std::string(4096, '\xee');
  }
  EXPECT_TRUE(sqlite_store(path).error().is(Code::kDataLoss));
}

TEST_F(SqliteStoreTest, LosesNothingWhenTheDiskIsFull) {
  const auto store = open();
  ASSERT_TRUE(store->create("/a", "before").ok());
  struct rlimit old {};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{256 * 1024, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  int stored = 0;
  Result<Revision> last = Revision{0};
  while (last.ok() && stored < 1000) {
    last = store->create("/full/" + std::to_string(stored), std::string(10'000, 'x'));
    if (last.ok()) ++stored;
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, ignored);
  ASSERT_FALSE(last.ok());
  EXPECT_TRUE(last.error().is(Code::kUnavailable) || last.error().is(Code::kResourceExhausted))
      << last.error().to_string();
  EXPECT_EQ(store->revision(), stored + 1);
  EXPECT_EQ(*store->create("/after", "1"), stored + 2);
  EXPECT_EQ(store->list("/full/", "", 0, 0)->records.size(), static_cast<std::size_t>(stored));
}

TEST_F(SqliteStoreTest, WritesOfManyThreadsAreAllThere) {
  constexpr int kThreads = limits::kGroupWritesMax + 40, kEach = 2;  // more than one group holds
  const auto store = open();
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const std::string key = "/" + std::to_string(t * kEach + i);
          EXPECT_TRUE(store->create(key, "x").ok());
          EXPECT_TRUE(store->get(key).ok());  // from more connections than are kept
        }
      });
    }
  }
  EXPECT_EQ(store->revision(), kThreads * kEach);
  EXPECT_EQ(store->list("/", "", 0, 0)->records.size(), static_cast<std::size_t>(kThreads * kEach));
}

// ---- kill -9 ----

struct Acknowledged {
  Revision revision = 0;
  int key = 0;
};

// Never returns: writes from several threads, and says over the pipe what was acknowledged.
[[noreturn]] void write_until_killed(const std::string& path, int pipe, int first_key) {
  Result<std::unique_ptr<Store>> store = sqlite_store(path);
  if (!store.ok()) ::_exit(2);
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int key = first_key + t;; key += 4) {
        const Result<Revision> written = (*store)->create("/" + std::to_string(key), std::to_string(key));
        if (!written.ok()) ::_exit(3);
        const Acknowledged word{*written, key};
        if (::write(pipe, &word, sizeof word) != static_cast<ssize_t>(sizeof word)) ::_exit(4);
      }
    });
  }
  threads.clear();
  ::_exit(5);
}

TEST_F(SqliteStoreTest, KeepsEveryAcknowledgedWriteOverKillNine) {
  std::vector<Acknowledged> all;
  Revision newest = 0;
  for (int round = 0; round < 20; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_until_killed(path, ends[1], round * 1'000'000);
    const Fd reader(ends[0]);
    Fd(ends[1]).reset();
    Acknowledged word;
    for (int n = 0; n < 10 + round * 3 && ::read(reader.get(), &word, sizeof word) == static_cast<ssize_t>(sizeof word);
         ++n) {
      all.push_back(word);
    }
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    while (::read(reader.get(), &word, sizeof word) == static_cast<ssize_t>(sizeof word)) all.push_back(word);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself, " << WEXITSTATUS(status);
    const auto store = open();
    ASSERT_NE(store, nullptr);
    EXPECT_GT(store->revision(), newest);
    newest = store->revision();
    for (const Acknowledged& write : all) {
      const Result<Record> found = store->get("/" + std::to_string(write.key));
      ASSERT_TRUE(found.ok()) << "round " << round << ": " << write.key << " is lost";
      ASSERT_EQ(found->revision, write.revision);
    }
  }
  EXPECT_GT(all.size(), 200U);
}

class BackupTest : public SqliteStoreTest {
 protected:
  std::string copy = folder + "/copy.db", other = folder + "/other.db";
  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
    return names;
  }
};

TEST_F(BackupTest, OfAStoreAtWorkIsAllOfOneRevisionAndGoesOnAboveIt) {
  const auto store = open();
  ASSERT_TRUE(store->create("/a", "1").ok());
  ASSERT_TRUE(store->update("/a", "2", 1).ok());
  ASSERT_TRUE(back_up(path, copy).ok());
  ASSERT_TRUE(store->update("/a", "3", 2).ok());
  struct stat info {};
  ASSERT_EQ(::stat(copy.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0077U, 0U);

  ASSERT_TRUE(restore(copy, other).ok());
  const auto restored = *sqlite_store(other);
  EXPECT_EQ(restored->get("/a")->value, "2");
  EXPECT_EQ(restored->get("/a")->revision, 2);
  EXPECT_GT(restored->revision(), 1'000'000) << "the third revision was another write";
  EXPECT_EQ(restored->changes("/", 3, 10).error().code(), Code::kOutOfRange);
  EXPECT_GT(*restored->update("/a", "4", 2), 1'000'000);
  EXPECT_EQ(store->get("/a")->value, "3");
}

TEST_F(BackupTest, TakesAndGivesNothingWhereSomethingIs) {
  const auto store = open();
  ASSERT_TRUE(store->create("/a", "1").ok());
  ASSERT_TRUE(back_up(path, copy).ok());
  const auto before = files();
  EXPECT_EQ(back_up(path, copy).error().code(), Code::kAlreadyExists);
  EXPECT_EQ(restore(copy, path).error().code(), Code::kAlreadyExists) << "a process works with it";
  std::ofstream(other + "-wal") << "of a database that was moved away";
  EXPECT_EQ(restore(copy, other).error().code(), Code::kAlreadyExists);
  std::filesystem::remove(other + "-wal");
  std::filesystem::remove(other + ".lock");
  EXPECT_EQ(back_up(folder + "/none.db", other).error().code(), Code::kNotFound);
  EXPECT_EQ(files(), before);
}

TEST_F(BackupTest, OfWhatIsNotOursOrDamagedIsRefusedAndLeavesNothing) {
  std::ofstream(copy) << "no database at all";
  EXPECT_EQ(restore(copy, other).error().code(), Code::kDataLoss);
  std::filesystem::remove(copy);
  std::ofstream{copy};
  EXPECT_EQ(restore(copy, other).error().code(), Code::kFailedPrecondition);
  EXPECT_FALSE(std::filesystem::exists(other));
  EXPECT_FALSE(std::filesystem::exists(other + ".part"));
}

}  // namespace
}  // namespace rig::apiserver
