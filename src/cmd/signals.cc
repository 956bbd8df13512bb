// cmd/signals.cc — see signals.h.
#include "cmd/signals.h"

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

}  // namespace rig::cmd
