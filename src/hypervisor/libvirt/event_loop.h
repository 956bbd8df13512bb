// libvirt/event_loop.h — libvirt's event loop, one thread for the process.
#pragma once

namespace rig::libvirt {

// Starts it the first time. Must be called before the first connection is opened; callbacks of all connections run on
// its thread and may not call a host. Also makes the process ignore SIGPIPE, and
// silences libvirt's own printing of errors.
void start_event_loop();

}  // namespace rig::libvirt
