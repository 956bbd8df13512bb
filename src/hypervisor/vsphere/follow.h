// vsphere/follow.h — a task of vCenter's, asked about until it has ended.
//
// vCenter forgets tasks some minutes after their end; who comes too late looks at what the task was to do.
#pragma once

#include <functional>

#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/session.h"
#include "provider/task_runner.h"

namespace rig::vsphere {

// How far it is now. Phase kForgotten: vCenter no longer knows it. Errors are of the asking, not of the task.
Result<provider::TaskState> poll_task(Session& session, const MoRef& task, const Call& call);

// Waits until it has ended well; its own error otherwise. kUnavailable also when nobody knows how it ended. Progress is
// told as it is found. `first_pause` doubles up to kTaskPauseMax.
Status follow_task(Session& session, const MoRef& task,
                   const std::function<void(const provider::TaskProgress&)>& progress, const Call& call,
                   Duration first_pause = kTaskPauseFirst);

// Asks vCenter to end it. Fine when it has ended, or is forgotten; it ends with an error of its own a little later.
Status cancel_task(Session& session, const MoRef& task, const Call& call);

// True: that much time has passed. False: stop or deadline came first.
bool pause(Duration time, const Call& call);

}  // namespace rig::vsphere
