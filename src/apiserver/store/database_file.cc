// apiserver/store/database_file.cc — see database_file.h.
#include "apiserver/store/database_file.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <system_error>

namespace rig::apiserver {

// The lock is on a file of its own: closing a second descriptor of the database would drop SQLite's own locks.
Result<Fd> lock_database(const std::string& database) {
  const std::string path = database + ".lock";
  Fd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return Error(Code::kUnavailable, "open " + path + ": " + std::generic_category().message(errno));
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return Error(Code::kAlreadyExists, path + " is locked: another process uses this database")
      .with_hint("stop it, or choose another data directory");
}

Status make_private_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (file) return {};
  return Error(Code::kUnavailable, "open " + path + ": " + std::generic_category().message(errno));
}

}  // namespace rig::apiserver
