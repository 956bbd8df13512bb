// cmd/signals.h — SIGTERM and SIGINT as something to read.
#pragma once

#include "base/fd.h"

namespace rig::cmd {

// For the first line of main: threads inherit what is blocked. Readable once one of the two has come (signalfd(2)).
Fd block_signals();

}  // namespace rig::cmd
