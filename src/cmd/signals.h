// cmd/signals.h — SIGTERM and SIGINT as something to read, and waiting for what ends a process.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <span>

#include "base/fd.h"

namespace rig::cmd {

// For the first line of main: threads inherit what is blocked. Readable once one of the two has come (signalfd(2)).
Fd block_signals();

// Until one of them is ready. At each look glibc gives back to the system what is free: a start lists everything, and
// what that took would be kept for ever.
void wait_for_end(std::span<pollfd> fds, std::chrono::milliseconds look_every, const std::function<void()>& look);

}  // namespace rig::cmd
