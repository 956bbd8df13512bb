// base/file.cc — small files, read whole and replaced whole.
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "base/fd.h"
#include "base/uuid.h"

namespace rig {
namespace {

Error system_error(std::string_view doing, const std::string& path, int error) {
  Code code = Code::kUnavailable;
  if (error == ENOENT || error == ENOTDIR) code = Code::kNotFound;
  if (error == EACCES || error == EPERM || error == EROFS) code = Code::kPermissionDenied;
  if (error == ENOSPC || error == EDQUOT || error == EMFILE || error == ENFILE) code = Code::kResourceExhausted;
  return Error(code, std::string(doing) + " " + path + ": " + std::strerror(error));
}

Status write_all(int fd, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("write", path, errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status write_and_sync(const std::string& path, std::string_view bytes, unsigned mode) {
  const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) return system_error("create", path, errno);
  if (::fchmod(fd.get(), mode) != 0) return system_error("change the mode of", path, errno);
  TRY(write_all(fd.get(), path, bytes));
  if (::fsync(fd.get()) != 0) return system_error("sync", path, errno);
  return {};
}

// The rename is lasting only when its folder is on the disk.
Status sync_folder(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return system_error("open", path, errno);
  if (::fsync(fd.get()) != 0) return system_error("sync", path, errno);
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t limit_bytes) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return system_error("open", path, errno);
  std::string bytes;
  char buffer[16384];
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("read", path, errno);
    if (n == 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(n));
    if (bytes.size() > limit_bytes) {
      return Error(Code::kResourceExhausted, path + " is longer than " + std::to_string(limit_bytes) + " bytes");
    }
  }
}

Status write_file(const std::string& path, std::string_view bytes, unsigned mode) {
  const std::string temporary = path + "." + random_suffix(8) + ".tmp";
  Status status = write_and_sync(temporary, bytes, mode);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) status = system_error("rename to", path, errno);
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  const std::size_t slash = path.rfind('/');
  return sync_folder(slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
}

Status make_folder(const std::string& path, unsigned mode) {
  struct stat found {};
  if (::stat(path.c_str(), &found) == 0) {
    if (S_ISDIR(found.st_mode)) return {};
    return Error(Code::kFailedPrecondition, path + " is there but is not a folder");
  }
  const std::size_t slash =
      path.find_last_not_of('/') == std::string::npos ? std::string::npos : path.rfind('/', path.find_last_not_of('/'));
  if (slash != std::string::npos && slash > 0) TRY(make_folder(path.substr(0, slash), mode));
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return system_error("make folder", path, errno);
  return {};
}

}  // namespace rig
