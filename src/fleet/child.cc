// fleet/child.cc — spawning, waiting, ending.
#include "fleet/child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/spawn.h"

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

namespace rig::fleet {
namespace {

Error failure(const std::string& what, int error) {
  return Error(Code::kUnavailable, what + ": " + std::strerror(error));
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(const Program& program) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure("a pipe", errno);
  Fd theirs(ends[0]), lifeline(ends[1]);
  // dup2 onto itself would leave close-on-exec set.
  if (theirs.get() == kParentFd) theirs.reset(::fcntl(kParentFd, F_DUPFD_CLOEXEC, kParentFd + 1));

  std::vector<std::string> arguments = {program.path};
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  std::vector<std::string> environment;
  for (const auto& [name, value] : program.environment) environment.push_back(name + "=" + value);
  FileActions files;
  files.open(0, "/dev/null", O_RDONLY, 0);
  files.open(1, program.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  files.give(1, 2);
  files.give(theirs.get(), kParentFd);
  const SpawnAttributes attributes;
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program.path.c_str(), files.get(), attributes.get(), pointers(arguments).data(),
                                  pointers(environment).data());
  if (error != 0) return failure("start " + program.path, error);
  Fd pidfd(::pidfd_open(pid, 0));
  if (!pidfd) {
    const int why = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return failure("watch over " + program.path, why);
  }
  return std::unique_ptr<Child>(new Child(pid, std::move(pidfd), std::move(lifeline), program.stop_grace));
}

Child::~Child() { stop(); }

bool Child::ended(int timeout_ms, int also_fd) {
  if (reaped_) return true;
  pollfd fds[2] = {{.fd = pidfd_.get(), .events = POLLIN, .revents = 0},
                   {.fd = also_fd, .events = POLLIN, .revents = 0}};
  if (::poll(fds, also_fd < 0 ? 1 : 2, timeout_ms) < 0 || fds[0].revents == 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  reaped_ = true;
  outcome_ = WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                               : "signal " + std::to_string(WTERMSIG(status));
  return true;
}

std::string Child::wait(std::stop_token stop) {
  const Fd wake(::eventfd(0, EFD_CLOEXEC));
  const std::stop_callback on_stop(stop, [&] { (void)::eventfd_write(wake.get(), 1); });  // nothing to do if it fails
  while (!stop.stop_requested())
    if (ended(-1, wake.get())) return outcome_;
  return "";
}

void Child::stop() {
  if (reaped_) return;
  ::kill(pid_, SIGTERM);  // before the end of file, which alone would mean that we were killed
  lifeline_.reset();
  const Time until = std::chrono::steady_clock::now() + stop_grace_;
  while (!ended(100, -1) && std::chrono::steady_clock::now() < until) {}
  if (reaped_) return;
  ::kill(pid_, SIGKILL);
  while (!ended(1000, -1)) {}
}

}  // namespace rig::fleet
