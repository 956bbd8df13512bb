// apiserver/store/backup.cc — see backup.h.
#include "apiserver/store/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <system_error>

#include "apiserver/store/database_file.h"
#include "apiserver/store/sqlite_log.h"

namespace rig::apiserver {
namespace {

constexpr Revision kRestoreStep = 1'000'000'000;  // more writes than there were since the copy was made

Error failed(const std::string& what) {
  return {Code::kUnavailable, what + ": " + std::generic_category().message(errno)};
}

Status sync(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) return failed("sync " + path);
  return {};
}

// `finish` sees the copy before anybody else does; `to` is there whole or not at all.
Status copy_database(const std::string& from, const std::string& to,
                     const std::function<Status(const std::string&)>& finish) {
  for (const char* suffix : {"", "-wal", "-journal"}) {  // SQLite would write another database's log into ours
    if (std::filesystem::exists(to + suffix))
      return Error(Code::kAlreadyExists, to + suffix + " is there already")
          .with_hint("It is left as it is: move it away first.");
  }
  if (!std::filesystem::exists(from)) return Error(Code::kNotFound, "there is no file " + from);
  const std::string part = to + ".part";
  std::filesystem::remove(part);
  const auto write = [&]() -> Status {
    TRY(make_private_file(part));
    Database database = TRY(Database::open(from, /*read_only=*/true));
    TRY(check_log(database, from));
    Statement vacuum = TRY(database.prepare("VACUUM INTO ?"));
    TRY(vacuum.start().bind(part).run());
    TRY(finish(part));
    TRY(sync(part));
    if (::link(part.c_str(), to.c_str()) != 0) return failed("make " + to);  // refuses what has come meanwhile
    return sync(std::filesystem::absolute(to).parent_path().string());
  };
  Status written = write();
  std::filesystem::remove(part);
  return written;
}

}  // namespace

Status back_up(const std::string& path, const std::string& to) {
  return copy_database(path, to, [](const std::string&) { return Status(); });
}

Status restore(const std::string& from, const std::string& path) {
  const Fd lock = TRY(lock_database(path));
  return copy_database(from, path, [](const std::string& part) -> Status {
    Database database = TRY(Database::open(part, /*read_only=*/false));
    TRY(check_integrity(database, part));
    const LogHead head = TRY(head_of(database));
    return database.run("UPDATE meta SET value = " + std::to_string(head.revision + kRestoreStep) +
                        " WHERE name = 'compacted'");
  });
}

}  // namespace rig::apiserver
