// base/run.cc — see run.h.
#include "base/run.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "base/fd.h"
#include "base/limits.h"
#include "base/spawn.h"

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

namespace rig {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

struct Pipe {
  Fd ours, theirs;
};
Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return Error(Code::kUnavailable, "make a pipe: " + reason(errno));
  return Pipe{.ours = Fd(ends[0]), .theirs = Fd(ends[1])};
}

// Of two of the same name the last one counts.
std::vector<std::string> environment_with(const Program& program) {
  std::vector<std::string> out;
  for (const auto& [name, value] : program.environment) out.push_back(name + "=" + value);
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto is_same = [&](const auto& set) { return text.substr(0, text.find('=')) == set.first; };
    if (std::ranges::none_of(program.environment, is_same)) out.emplace_back(text);
  }
  return out;
}

// False: the other side has closed it.
bool take(int fd, std::string& text) {
  char buffer[4096];
  const ssize_t count = ::read(fd, buffer, sizeof buffer);
  if (count < 0) return errno == EINTR;
  const std::size_t room = kRanBytesMax - text.size();
  text.append(buffer, std::min(room, static_cast<std::size_t>(count)));
  return count > 0;
}

// Until both outputs are closed and the program has ended; false: the deadline came first.
bool take_all(int out, int err, int pidfd, Ran& ran, Time deadline) {
  pollfd files[3] = {{.fd = out, .events = POLLIN, .revents = 0},
                     {.fd = err, .events = POLLIN, .revents = 0},
                     {.fd = pidfd, .events = POLLIN, .revents = 0}};
  while (files[0].fd >= 0 || files[1].fd >= 0 || files[2].fd >= 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    if (::poll(files, 3, static_cast<int>(std::min<std::int64_t>(left.count(), 60'000))) < 0) continue;
    if (files[0].revents != 0 && !take(out, ran.output)) files[0].fd = -1;  // poll() skips it then
    if (files[1].revents != 0 && !take(err, ran.errors)) files[1].fd = -1;
    if (files[2].revents != 0) files[2].fd = -1;
  }
  return true;
}

}  // namespace

Result<Ran> run(const Program& program, Time deadline) {
  std::vector<std::string> arguments = program.arguments, environment = environment_with(program);
  Pipe out = TRY(make_pipe()), err = TRY(make_pipe());
  FileActions files;
  files.open(STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  files.give(out.theirs.get(), STDOUT_FILENO);
  files.give(err.theirs.get(), STDERR_FILENO);
  const SpawnAttributes attributes;
  pid_t pid = 0;
  const int error = ::posix_spawnp(&pid, arguments.at(0).c_str(), files.get(), attributes.get(),
                                   pointers(arguments).data(), pointers(environment).data());
  if (error != 0)
    return Error(error == ENOENT ? Code::kNotFound : Code::kUnavailable, "run " + arguments[0] + ": " + reason(error));
  out.theirs.reset();  // so that the end of the program is the end of the pipe
  err.theirs.reset();

  Ran ran;
  const Fd pidfd(::pidfd_open(pid, 0));
  const bool ended = pidfd && take_all(out.ours.get(), err.ours.get(), pidfd.get(), ran, deadline);
  if (!ended) ::kill(-pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (!ended) return Error(Code::kDeadlineExceeded, arguments[0] + " ran longer than it may, and was ended");
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

}  // namespace rig
