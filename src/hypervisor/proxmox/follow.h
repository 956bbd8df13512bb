// proxmox/follow.h — a task of Proxmox VE, asked about until it has ended.
#pragma once

#include <functional>

#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/session.h"
#include "hypervisor/proxmox/task.h"

namespace rig::proxmox {

// How far it is now. Phase kForgotten: its node no longer knows it. Errors are of the asking, not of the task.
Result<provider::TaskState> poll_task(Session& session, const Upid& task, const Call& call);

// Waits until it has ended well; its own error otherwise. kUnavailable also when nobody knows how it ended: look at
// what it was to do. Progress is told as it is found. `first_pause` doubles up to kTaskPauseMax.
Status follow_task(Session& session, const Upid& task,
                   const std::function<void(const provider::TaskProgress&)>& progress, const Call& call,
                   Duration first_pause = kTaskPauseFirst);

// True: that much time has passed. False: stop or deadline came first.
bool pause(Duration time, const Call& call);

// A stop is somebody's who gave the work up: what the node does for it ends with it. Else, as when this process ends,
// the node goes on, and who comes next joins it.
using IsGivenUp = std::function<bool()>;
// follow_task() that ends so.
Status follow_or_give_up(Session& session, const Upid& task, const IsGivenUp& is_given_up,
                         const std::function<void(const provider::TaskProgress&)>& progress, const Call& call);

// Asks the node to end it. Fine when it has ended, or is forgotten; it ends with an error of its own a little later.
Status cancel_task(Session& session, const Upid& task, const Call& call);

}  // namespace rig::proxmox
