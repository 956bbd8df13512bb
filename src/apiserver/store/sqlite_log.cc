// apiserver/store/sqlite_log.cc — the statements.
#include "apiserver/store/sqlite_log.h"

#include <algorithm>

#include "apiserver/limits.h"

namespace rig::apiserver {
namespace {

constexpr std::int64_t kApplicationId = 0x76726764;  // "vrgd"
constexpr std::int64_t kVersion = 1;

constexpr std::string_view kTables = R"(
BEGIN IMMEDIATE;
CREATE TABLE log(id INTEGER PRIMARY KEY, key TEXT NOT NULL, created INTEGER NOT NULL, previous INTEGER NOT NULL,
                 removed INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE(key, previous));
CREATE TABLE live(key TEXT PRIMARY KEY, id INTEGER NOT NULL, created INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('compacted', 0);
)";

// The state at revision ?3: of each key the newest row up to there, unless it is a removal.
#define RIG_STATE_THEN                                                                          \
  " FROM log WHERE key > ?1 AND key < ?2 AND id <= ?3 AND removed = 0 AND NOT EXISTS (SELECT 1" \
  " FROM log AS newer WHERE newer.key = log.key AND newer.previous = log.id AND newer.id <= ?3)"

constexpr std::string_view kGet =
    "SELECT live.key, value, live.created, live.id FROM live JOIN log ON log.id = live.id WHERE live.key = ?";

Record record_of(const Statement& row) { return {row.text(0), row.text(1), row.integer(2), row.integer(3)}; }

Result<std::optional<Record>> one_record(Statement& get, std::string_view key) {
  std::optional<Record> record;
  if (TRY(get.start().bind(key).step())) record = record_of(get);
  get.start();
  return record;
}

Error was_compacted(Revision at) {
  return {Code::kOutOfRange, "revision " + std::to_string(at) + " has been compacted"};
}

std::int64_t sql_limit(std::size_t limit) { return limit == 0 ? -1 : static_cast<std::int64_t>(limit); }

// The first text above all that begin with `prefix`. Keys are UTF-8, where 0xff does not occur.
std::string end_of(std::string_view prefix) { return std::string(prefix) + '\xff'; }

Status make_tables_if_new(Database& database) {
  const std::int64_t application = TRY(database.number("PRAGMA application_id"));
  const std::int64_t tables = TRY(database.number("SELECT count(*) FROM sqlite_schema"));
  if (tables != 0 || application != 0) return {};
  return database.run(std::string(kTables) + "PRAGMA application_id = " + std::to_string(kApplicationId) +
                      "; PRAGMA user_version = " + std::to_string(kVersion) + "; COMMIT;");
}

}  // namespace

Status check_log(Database& database, const std::string& path) {
  const std::int64_t application = TRY(database.number("PRAGMA application_id"));
  const std::int64_t version = TRY(database.number("PRAGMA user_version"));
  if (application != kApplicationId) {
    return Error(Code::kFailedPrecondition, path + " is a database, but not one of ours")
        .with_hint("choose another data directory");
  }
  if (version <= kVersion) return {};
  return Error(Code::kFailedPrecondition, path + " has version " + std::to_string(version) +
                                              ", this program reads up to " + std::to_string(kVersion))
      .with_hint("a newer virtrigaud wrote it: run that one, or restore a backup");
}

Status check_integrity(Database& database, const std::string& path) {
  const std::string found = TRY(database.text("PRAGMA quick_check(1)"));
  if (found == "ok") return {};
  return Error(Code::kDataLoss, path + " is damaged: " + found).with_hint("restore a backup");
}

Result<Database> open_log(const std::string& path) {
  Database database = TRY(Database::open(path, /*read_only=*/false));
  // Pages that many writes touch are copied from the WAL once, and stay in memory for the next write.
  TRY(database
          .run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;"
               "PRAGMA wal_autocheckpoint = " +
               std::to_string(limits::kWalPages) + "; PRAGMA cache_size = -" +
               std::to_string(limits::kWriterCacheBytes >> 10U))
          .context("open " + path));
  TRY(make_tables_if_new(database));
  TRY(check_log(database, path));
  TRY(check_integrity(database, path));
  return database;
}

Result<LogHead> head_of(Database& database) {
  LogHead head;
  head.compacted = TRY(database.number("SELECT value FROM meta WHERE name = 'compacted'"));
  // The newest row may have been a removal, and compacted away; its number is not given again.
  head.revision = std::max(head.compacted, TRY(database.number("SELECT max(id) FROM log")));
  return head;
}

LogWriter::LogWriter(Statement newest, Statement last, Statement add, Statement set_live, Statement drop_live,
                     Statement drop_superseded, Statement drop_removed, Statement set_compacted)
    : newest_(std::move(newest)),
      last_(std::move(last)),
      add_(std::move(add)),
      set_live_(std::move(set_live)),
      drop_live_(std::move(drop_live)),
      drop_superseded_(std::move(drop_superseded)),
      drop_removed_(std::move(drop_removed)),
      set_compacted_(std::move(set_compacted)) {}

Result<LogWriter> LogWriter::prepare(Database& database) {
  return LogWriter(
      TRY(database.prepare(kGet)),
      TRY(database.prepare("SELECT id FROM log WHERE key = ? ORDER BY previous DESC LIMIT 1")),
      TRY(database.prepare("INSERT INTO log(id, key, created, previous, removed, value) VALUES(?, ?, ?, ?, ?, ?)")),
      TRY(database.prepare("INSERT INTO live(key, id, created) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET id = ?2")),
      TRY(database.prepare("DELETE FROM live WHERE key = ?")),
      TRY(database.prepare("DELETE FROM log WHERE id IN (SELECT previous FROM log WHERE id > ? AND id <= ?)")),
      TRY(database.prepare("DELETE FROM log WHERE id > ? AND id <= ? AND removed = 1")),
      TRY(database.prepare("UPDATE meta SET value = ? WHERE name = 'compacted'")));
}

Result<std::optional<Record>> LogWriter::newest(std::string_view key) { return one_record(newest_, key); }

Status LogWriter::add(std::string_view key, std::string_view value, Revision created, Revision previous, bool removed,
                      Revision revision) {
  return add_.start()
      .bind(revision)
      .bind(key)
      .bind(created)
      .bind(previous)
      .bind(std::int64_t{removed})
      .bind(value)
      .run();
}

Status LogWriter::put(const Record& now, const Record* before) {
  Revision previous = before != nullptr ? before->revision : 0;
  if (before == nullptr) {  // it follows the removal of its namesake, if that has not been compacted
    if (TRY(last_.start().bind(now.key).step())) previous = last_.integer(0);
    last_.start();
  }
  TRY(add(now.key, now.value, now.created, previous, /*removed=*/false, now.revision));
  return set_live_.start().bind(now.key).bind(now.revision).bind(now.created).run();
}

Status LogWriter::remove(const Record& before, Revision revision) {
  TRY(add(before.key, {}, before.created, before.revision, /*removed=*/true, revision));
  return drop_live_.start().bind(before.key).run();
}

Status LogWriter::compact(Revision from, Revision upto) {
  TRY(drop_superseded_.start().bind(from).bind(upto).run());
  TRY(drop_removed_.start().bind(from).bind(upto).run());
  return set_compacted_.start().bind(upto).run();
}

LogReader::LogReader(Database database, Statement get, Statement list_now, Statement count_now, Statement list_then,
                     Statement count_then, Statement changes)
    : database_(std::move(database)),
      get_(std::move(get)),
      list_now_(std::move(list_now)),
      count_now_(std::move(count_now)),
      list_then_(std::move(list_then)),
      count_then_(std::move(count_then)),
      changes_(std::move(changes)) {}

Result<std::unique_ptr<LogReader>> LogReader::open(const std::string& path) {
  Database database = TRY(Database::open(path, /*read_only=*/true));
  Statement get = TRY(database.prepare(kGet));
  Statement list_now =
      TRY(database.prepare("SELECT live.key, value, live.created, live.id FROM live JOIN log ON log.id = live.id"
                           " WHERE live.key > ?1 AND live.key < ?2 ORDER BY live.key LIMIT ?3"));
  Statement count_now = TRY(database.prepare("SELECT count(*) FROM live WHERE key > ?1 AND key < ?2"));
  Statement list_then = TRY(database.prepare("SELECT key, value, created, id" RIG_STATE_THEN " ORDER BY key LIMIT ?4"));
  Statement count_then = TRY(database.prepare("SELECT count(*)" RIG_STATE_THEN));
  // The plus keeps SQLite from searching by key: changes are few, and wanted in the order of revisions.
  Statement changes = TRY(
      database.prepare("SELECT log.key, log.value, log.created, log.id, log.removed, before.id, before.value FROM log"
                       " LEFT JOIN log AS before ON before.id = log.previous AND before.removed = 0"
                       " WHERE log.id > ?1 AND +log.key >= ?2 AND +log.key < ?3 ORDER BY log.id LIMIT ?4"));
  return std::unique_ptr<LogReader>(new LogReader(std::move(database), std::move(get), std::move(list_now),
                                                  std::move(count_now), std::move(list_then), std::move(count_then),
                                                  std::move(changes)));
}

Result<std::optional<Record>> LogReader::get(std::string_view key) { return one_record(get_, key); }

Result<Page> LogReader::list(std::string_view prefix, std::string_view after_key, std::size_t limit, Revision at) {
  TRY(database_.run("BEGIN"));  // one snapshot for all that follows
  Result<Page> found = page(prefix, after_key, limit, at);
  TRY(database_.run("COMMIT"));
  return found;
}

Result<Page> LogReader::page(std::string_view prefix, std::string_view after_key, std::size_t limit, Revision at) {
  const LogHead head = TRY(head_of(database_));
  if (at < 0 || at > head.revision)
    return Error(Code::kOutOfRange, "revision " + std::to_string(at) + " has not been reached");
  if (at != 0 && at < head.compacted) return was_compacted(at);
  const bool is_now = at == 0 || at == head.revision;
  Page page{.at = is_now ? head.revision : at, .records = {}};
  std::string_view from = std::max(prefix, after_key);
  const std::string end = end_of(prefix);
  Statement& list = is_now ? list_now_.start().bind(from).bind(end) : list_then_.start().bind(from).bind(end).bind(at);
  list.bind(sql_limit(limit));
  while (TRY(list.step())) page.records.push_back(record_of(list));
  list.start();
  if (limit == 0 || page.records.size() < limit) return page;
  from = page.records.back().key;
  Statement& count =
      is_now ? count_now_.start().bind(from).bind(end) : count_then_.start().bind(from).bind(end).bind(at);
  if (TRY(count.step())) page.remaining = static_cast<std::size_t>(count.integer(0));
  count.start();
  return page;
}

Result<std::vector<Change>> LogReader::changes(std::string_view prefix, Revision after, std::size_t limit) {
  TRY(database_.run("BEGIN"));
  const LogHead head = TRY(head_of(database_));
  Result<std::vector<Change>> found = after < head.compacted ? was_compacted(after) : rows(prefix, after, limit);
  TRY(database_.run("COMMIT"));
  return found;
}

Result<std::vector<Change>> LogReader::rows(std::string_view prefix, Revision after, std::size_t limit) {
  std::vector<Change> found;
  const std::string end = end_of(prefix);
  changes_.start().bind(after).bind(prefix).bind(end).bind(static_cast<std::int64_t>(limit));
  while (TRY(changes_.step())) {
    Change change{Change::Kind::kPut, record_of(changes_), changes_.text(6), changes_.integer(5)};
    if (changes_.integer(4) != 0) {
      change.kind = Change::Kind::kRemove;
      change.now.value = change.before;
    }
    found.push_back(std::move(change));
  }
  changes_.start();
  return found;
}

}  // namespace rig::apiserver
