// cmd/signals.cc — see signals.h.
#include "cmd/signals.h"

#include <malloc.h>
#include <sys/signalfd.h>

#include <csignal>

namespace rig::cmd {

Fd block_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return Fd(::signalfd(-1, &set, SFD_CLOEXEC));
}

void wait_for_end(std::span<pollfd> fds, std::chrono::milliseconds look_every, const std::function<void()>& look) {
  while (::poll(fds.data(), fds.size(), static_cast<int>(look_every.count())) <= 0) {
    look();
    ::malloc_trim(0);
  }
}

}  // namespace rig::cmd
