// apiserver/store/sqlite_log.h — the log as tables: what is written and read in one transaction.
//
//   log   one row per write: id is the revision, `previous` the revision of the key's row before (0: none). Rows are
//         added and compacted away, never changed. (key, previous) is unique: two writes cannot follow the same one.
//   live  the newest row of each key that lives; always as the log says, so that reading now needs no search.
//   meta  "compacted".
#pragma once

#include <optional>

#include "apiserver/store/sqlite.h"
#include "apiserver/store/store.h"

namespace rig::apiserver {

// Opens the file, makes or checks the tables, checks its integrity.
Result<Database> open_log(const std::string& path);
// kFailedPrecondition: it is of a newer version, or none of ours.
Status check_log(Database& database, const std::string& path);
Status check_integrity(Database& database, const std::string& path);  // kDataLoss

struct LogHead {
  Revision revision = 0, compacted = 0;
};
Result<LogHead> head_of(Database& database);

// The writing half. The caller has a transaction open.
class LogWriter {
 public:
  static Result<LogWriter> prepare(Database& database);

  Result<std::optional<Record>> newest(std::string_view key);  // nothing: it does not live
  Status put(const Record& now, const Record* before);         // null: it did not live
  Status remove(const Record& before, Revision revision);
  // Drops what the rows in (from, upto] made history.
  Status compact(Revision from, Revision upto);

 private:
  LogWriter(Statement newest, Statement last, Statement add, Statement set_live, Statement drop_live,
            Statement drop_superseded, Statement drop_removed, Statement set_compacted);
  Status add(std::string_view key, std::string_view value, Revision created, Revision previous, bool removed,
             Revision revision);

  Statement newest_, last_, add_, set_live_, drop_live_, drop_superseded_, drop_removed_, set_compacted_;
};

// The reading half: a connection of its own.
class LogReader {
 public:
  static Result<std::unique_ptr<LogReader>> open(const std::string& path);

  Result<std::optional<Record>> get(std::string_view key);
  Result<Page> list(std::string_view prefix, std::string_view after_key, std::size_t limit, Revision at);
  Result<std::vector<Change>> changes(std::string_view prefix, Revision after, std::size_t limit);

 private:
  LogReader(Database database, Statement get, Statement list_now, Statement count_now, Statement list_then,
            Statement count_then, Statement changes);
  Result<Page> page(std::string_view prefix, std::string_view after_key, std::size_t limit, Revision at);
  Result<std::vector<Change>> rows(std::string_view prefix, Revision after, std::size_t limit);

  Database database_;
  Statement get_, list_now_, count_now_, list_then_, count_then_, changes_;
};

}  // namespace rig::apiserver
