// apiserver/store/sqlite_store.cc — Store in one SQLite file: one thread writes, others read on connections of their
// own.
//
// Writes that wait together are committed together and share one fsync. A write is shown to watches when, and only
// when, it is on the disk.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <thread>
#include <utility>

#include "apiserver/limits.h"
#include "apiserver/store/change_window.h"
#include "apiserver/store/database_file.h"
#include "apiserver/store/record_cache.h"
#include "apiserver/store/sqlite_log.h"
#include "apiserver/store/store.h"

namespace rig::apiserver {
namespace {

constexpr Revision kCompactStep = 1'000;  // rows per transaction, so that writes need not wait long

struct Job {
  enum class Kind : std::uint8_t { kCreate, kUpdate, kRemove, kCompact } kind = Kind::kCreate;
  std::string key = {}, value = {};
  Revision expected = 0;  // kCompact: up to where
  std::promise<Result<Revision>> done = {};
};

using Changes = std::vector<std::shared_ptr<const Change>>;

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, Fd lock, Database database, LogWriter log, LogHead head)
      : path_(std::move(path)),
        lock_(std::move(lock)),
        database_(std::move(database)),
        log_(std::move(log)),
        compacted_(head.compacted),
        window_(head.revision, limits::kWindowChangesMax, limits::kWindowBytesMax),
        writer_([this](const std::stop_token& stop) { write(stop); }) {}

  ~SqliteStore() override {
    writer_.request_stop();
    writer_.join();
  }

  Result<Revision> create(std::string_view key, std::string value) override {
    return submit({Job::Kind::kCreate, std::string(key), std::move(value)});
  }
  Result<Revision> update(std::string_view key, std::string value, Revision expected) override {
    return submit({Job::Kind::kUpdate, std::string(key), std::move(value), expected});
  }
  Result<Revision> remove(std::string_view key, Revision expected) override {
    return submit({Job::Kind::kRemove, std::string(key), {}, expected});
  }

  Result<Record> get(std::string_view key) const override {
    std::optional<Record> found;
    if (const auto known = cache_.find(key)) {
      if (*known) found = **known;
    } else {
      const Revision state = revision();  // what is read is of then, or newer
      found = TRY(read([&](LogReader& reader) { return reader.get(key); }));
      if (found) cache_.add(*found, state);
    }
    if (!found) return Error(Code::kNotFound, std::string(key) + " does not exist");
    settle(found->revision);
    return *std::move(found);
  }

  Result<Page> list(std::string_view prefix, std::string_view after_key, std::size_t limit,
                    Revision at) const override {
    Page page = TRY(read([&](LogReader& reader) { return reader.list(prefix, after_key, limit, at); }));
    settle(page.at);
    return page;
  }

  Result<std::vector<Change>> changes(std::string_view prefix, Revision after, std::size_t limit) const override {
    if (after < compacted())
      return Error(Code::kOutOfRange, "revision " + std::to_string(after) + " has been compacted");
    if (auto recent = window_.changes(prefix, after, limit)) return *std::move(recent);
    return read([&](LogReader& reader) { return reader.changes(prefix, after, limit); });
  }

  Revision revision() const override { return window_.revision(); }
  Revision compacted() const override {
    const Lock lock(mutex_);
    return compacted_;
  }

  Status compact(Revision upto) override {
    upto = std::min(upto, revision());
    for (Revision at = compacted(); at < upto;) {
      at = std::min(upto, at + kCompactStep);
      TRY(submit({Job::Kind::kCompact, {}, {}, at}));
    }
    return {};
  }

  Revision wait(std::string_view prefix, Revision after, Time deadline, std::stop_token stop) const override {
    return window_.wait(prefix, after, deadline, std::move(stop));
  }

 private:
  // ---- reading: connections are taken from a pool and given back ----
  template <class Work>
  auto read(const Work& work) const -> decltype(work(std::declval<LogReader&>())) {
    std::unique_ptr<LogReader> reader = TRY(take_reader());
    auto result = work(*reader);
    const bool is_usable = result.ok() || result.error().is(Code::kOutOfRange);
    const Lock lock(mutex_);
    if (is_usable && readers_.size() < limits::kReadersMax) readers_.push_back(std::move(reader));
    return result;
  }

  Result<std::unique_ptr<LogReader>> take_reader() const {
    {
      const Lock lock(mutex_);
      if (!readers_.empty()) {
        std::unique_ptr<LogReader> reader = std::move(readers_.back());
        readers_.pop_back();
        return reader;
      }
    }
    return LogReader::open(path_);
  }

  // A reader may see a commit that has not been announced yet. What we show has been: waits the moment until then.
  void settle(Revision seen) const {
    (void)window_.wait("", seen - 1, std::chrono::steady_clock::now() + limits::kBusyTimeout, {});
  }

  // ---- writing: each caller waits for its one job, so there are no more jobs than callers ----
  Result<Revision> submit(Job job) {
    std::future<Result<Revision>> done = job.done.get_future();
    {
      const Lock lock(mutex_);
      jobs_.push_back(std::move(job));
    }
    job_added_.notify_one();
    return done.get();
  }

  std::vector<Job> take_group(const std::stop_token& stop) {
    Lock lock(mutex_);
    job_added_.wait(lock, stop, [&]() REQUIRES(mutex_) { return !jobs_.empty(); });
    std::vector<Job> group;
    while (!jobs_.empty() && group.size() < limits::kGroupWritesMax) {
      group.push_back(std::move(jobs_.front()));
      jobs_.pop_front();
    }
    return group;
  }

  // Ends when stop is requested and nothing waits any more.
  void write(const std::stop_token& stop) {
    for (std::vector<Job> group = take_group(stop); !group.empty(); group = take_group(stop)) {
      std::vector<Result<Revision>> results;
      Changes changes;
      const Status committed = commit(group, results, changes);
      if (!committed.ok()) {
        if (database_.is_in_transaction())
          (void)database_.run("ROLLBACK");  // there is no better answer than the first error
        changes.clear();
      } else {
        announce(group);
        for (const auto& change : changes) cache_.write(*change);
      }
      window_.push(std::move(changes));
      for (std::size_t i = 0; i < group.size(); ++i) {
        group[i].done.set_value(committed.ok() ? std::move(results[i]) : Result<Revision>(committed.error()));
      }
    }
  }

  // A result per job: what was refused does not keep the others from being written.
  Status commit(const std::vector<Job>& group, std::vector<Result<Revision>>& results, Changes& changes) {
    TRY(database_.run("BEGIN IMMEDIATE"));
    Revision revision = window_.revision();
    for (const Job& job : group) {
      if (job.kind == Job::Kind::kCompact) {
        TRY(log_.compact(compacted(), job.expected));
        results.emplace_back(job.expected);
        continue;
      }
      const std::shared_ptr<const Record> live = TRY(newest(job.key, changes));
      if (std::optional<Error> refusal = refuse(job, live.get())) {
        results.emplace_back(*std::move(refusal));
        continue;
      }
      changes.push_back(std::make_shared<const Change>(TRY(apply(job, live.get(), ++revision))));
      results.emplace_back(revision);
    }
    return database_.run("COMMIT");
  }

  // Of this transaction, whose changes so far are given. Null: the key does not live.
  Result<std::shared_ptr<const Record>> newest(const std::string& key, const Changes& changes) {
    const auto same = [&](const auto& change) { return change->now.key == key; };
    if (const auto it = std::find_if(changes.rbegin(), changes.rend(), same); it != changes.rend())
      return (*it)->kind == Change::Kind::kPut ? std::make_shared<const Record>((*it)->now) : nullptr;
    if (auto known = cache_.find(key)) return *std::move(known);
    std::optional<Record> found = TRY(log_.newest(key));
    return found ? std::make_shared<const Record>(*std::move(found)) : nullptr;
  }

  static std::optional<Error> refuse(const Job& job, const Record* live) {
    if (job.kind == Job::Kind::kCreate) {
      return live != nullptr ? std::optional(Error(Code::kAlreadyExists, job.key + " already exists")) : std::nullopt;
    }
    if (live == nullptr) return Error(Code::kNotFound, job.key + " does not exist");
    if (live->revision != job.expected) return Error(Code::kAborted, job.key + " was changed by somebody else");
    return std::nullopt;
  }

  Result<Change> apply(const Job& job, const Record* live, Revision revision) {
    Change change{
        Change::Kind::kPut, {job.key, job.value, live != nullptr ? live->created : revision, revision}, {}, 0};
    if (live != nullptr) {
      change.before = live->value;
      change.before_revision = live->revision;
    }
    if (job.kind == Job::Kind::kRemove) {
      change.kind = Change::Kind::kRemove;
      change.now.value = change.before;
      TRY(log_.remove(*live, revision));
    } else {
      TRY(log_.put(change.now, live));
    }
    return change;
  }

  void announce(const std::vector<Job>& group) {
    const Lock lock(mutex_);
    for (const Job& job : group) {
      if (job.kind == Job::Kind::kCompact) compacted_ = std::max(compacted_, job.expected);
    }
  }

  const std::string path_;
  const Fd lock_;      // released last
  Database database_;  // the writer's
  LogWriter log_;
  mutable Mutex mutex_;
  std::condition_variable_any job_added_;
  std::deque<Job> jobs_ GUARDED_BY(mutex_);
  Revision compacted_ GUARDED_BY(mutex_);
  mutable std::vector<std::unique_ptr<LogReader>> readers_ GUARDED_BY(mutex_);  // idle
  mutable RecordCache cache_{limits::kCachedRecordBytesMax};
  ChangeWindow window_;
  std::jthread writer_;
};

}  // namespace

Result<std::unique_ptr<Store>> sqlite_store(const std::string& path) {
  Fd lock = TRY(lock_database(path));
  TRY(make_private_file(path));
  Database database = TRY(open_log(path));
  const LogHead head = TRY(head_of(database));
  LogWriter log = TRY(LogWriter::prepare(database));
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(path, std::move(lock), std::move(database), std::move(log), head));
}

}  // namespace rig::apiserver
