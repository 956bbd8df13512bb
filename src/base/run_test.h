// base/run_test.h — a program that a test runs to its end; no shell sees its arguments.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/fd.h"

namespace rig {

struct Ran {
  int status = 0;      // the exit status, or 128 and the signal that ended it
  std::string output;  // its stdout; stderr is the test's
};

// arguments[0] is looked for in PATH. CHECKs that it can be started.
inline Ran run(std::vector<std::string> arguments) {
  int ends[2];
  CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  const Fd reading(ends[0]);
  Fd writing(ends[1]);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_adddup2(&files, writing.get(), STDOUT_FILENO);
  pid_t pid = -1;
  CHECK(::posix_spawnp(&pid, argv[0], &files, nullptr, argv.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&files);
  writing.reset();  // so that the end of the child is the end of the file

  Ran ran;
  char buffer[4096];
  ssize_t count = 0;
  while ((count = ::read(reading.get(), buffer, sizeof buffer)) > 0 || (count < 0 && errno == EINTR)) {
    if (count > 0) ran.output.append(buffer, static_cast<std::size_t>(count));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ran;
}

}  // namespace rig
