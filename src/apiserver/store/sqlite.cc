// apiserver/store/sqlite.cc — SQLite's handles.
#include "apiserver/store/sqlite.h"

#include <sqlite3.h>

#include "apiserver/limits.h"
#include "base/check.h"

namespace rig::apiserver {
namespace {

Error error_of(sqlite3* db, int code) {
  const std::string message = db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Error(Code::kResourceExhausted, "the disk is full").with_hint("free space, then try again");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {Code::kDataLoss, message};
    default: return {Code::kUnavailable, "database: " + message};  // I/O error, read-only, busy
  }
}

}  // namespace

void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }
void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Database> Database::open(const std::string& path, bool read_only) {
  sqlite3* db = nullptr;
  const int flags =
      (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &db, flags, nullptr);
  Database database;
  database.db_.reset(db);
  if (code != SQLITE_OK) return error_of(db, code).with_context("open " + path);
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(
      db, static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(limits::kBusyTimeout).count()));
  return database;
}

Status Database::run(const std::string& sql) {
  const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(db_.get(), code);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return error_of(db_.get(), code);
  return Statement(db_.get(), statement);
}

Result<std::int64_t> Database::number(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  const bool has_row = TRY(statement.step());
  return has_row ? statement.integer(0) : 0;
}

Result<std::string> Database::text(std::string_view sql) {
  Statement statement = TRY(prepare(sql));
  const bool has_row = TRY(statement.step());
  return has_row ? statement.text(0) : std::string();
}

bool Database::is_in_transaction() const { return sqlite3_get_autocommit(db_.get()) == 0; }

Statement& Statement::start() {
  sqlite3_reset(statement_.get());
  bound_ = 0;
  return *this;
}

Statement& Statement::bind(std::int64_t value) {
  CHECK(sqlite3_bind_int64(statement_.get(), ++bound_, value) == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(std::string_view value) {
  CHECK(sqlite3_bind_text64(statement_.get(), ++bound_, value.data() == nullptr ? "" : value.data(), value.size(),
                            SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
  return *this;
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(db_, code);
}

Status Statement::run() {
  while (TRY(step())) {}
  sqlite3_reset(statement_.get());
  return {};
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const { return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL; }

}  // namespace rig::apiserver
