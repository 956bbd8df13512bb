// fleet/child.h — one child process.
#pragma once

#include <sys/types.h>

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "fleet/limits.h"

namespace rig::fleet {

struct Program {
  std::string path;
  std::vector<std::string> arguments;              // without argv[0]; never a secret
  std::map<std::string, std::string> environment;  // all of it; never a secret
  std::string log_file;                            // its stdout and stderr, appended; 0600
  Duration stop_grace = kStopGrace;                // between SIGTERM and SIGKILL
};

// The child has file descriptor 3: the reading end of a pipe that is never written. Its end of file means that the
// parent is gone, however it went.
inline constexpr int kParentFd = 3;

class Child {
 public:
  static Result<std::unique_ptr<Child>> start(const Program& program);
  ~Child();  // stop()

  // Waits until it ends or `stop` is requested. "exit code 1", "signal 9"; "" : still running.
  std::string wait(std::stop_token stop);
  void stop();  // SIGTERM and end of file; after the grace SIGKILL
  pid_t pid() const { return pid_; }

 private:
  Child(pid_t pid, Fd pidfd, Fd lifeline, Duration stop_grace)
      : pid_(pid), pidfd_(std::move(pidfd)), lifeline_(std::move(lifeline)), stop_grace_(stop_grace) {}
  bool ended(int timeout_ms, int also_fd);  // true once it is reaped
  pid_t pid_;
  Fd pidfd_, lifeline_;
  const Duration stop_grace_;
  bool reaped_ = false;
  std::string outcome_;
};

}  // namespace rig::fleet
