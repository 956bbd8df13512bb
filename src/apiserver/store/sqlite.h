// apiserver/store/sqlite.h — SQLite's handles as values that close themselves.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace rig::apiserver {

class Statement;

// One connection. Not thread-safe.
class Database {
 public:
  static Result<Database> open(const std::string& path, bool read_only);

  Status run(const std::string& sql);  // one or more statements, rows are not looked at
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> number(std::string_view sql);  // the first column of the first row
  Result<std::string> text(std::string_view sql);
  bool is_in_transaction() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> db_;
};

// Prepared once, run many times: bind in order, then step through the rows. The database outlives it.
class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement) {}

  Statement& start();  // forgets rows and values of the last time
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view value);  // has to live until the statement is done
  Result<bool> step();                      // false: no more rows
  Status run();                             // for what gives no rows

  std::int64_t integer(int column) const;
  std::string text(int column) const;
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

}  // namespace rig::apiserver
