// proxmox/rounds.h — looking, taking the next step, doing it, and looking again, until it is done.
//
// So what others do meanwhile is seen, and what was done before a crash, or by a call whose answer was lost, is not
// done again.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "hypervisor/proxmox/session.h"
#include "hypervisor/proxmox/steps.h"
#include "provider/task_runner.h"

namespace rig::proxmox {

using OnProgress = std::function<void(const provider::TaskProgress&)>;

struct Host {  // where things are done
  Session& session;
  const Clock& clock;
  CreateSettings settings;
  // A stop is somebody's who gave the work up: what the node does for it ends with it. Else, as when this process ends,
  // the node goes on, and who comes next joins it.
  std::function<bool()> is_given_up = {};
  std::string seen_on = {};  // the node that had the machine last; "" : not known
};

// The upload of a machine's seed on that node; "" : there is none.
Result<std::string> find_seed(const Host& host, const provider::MachineRef& ref, const std::string& node,
                              const Call& call);

struct Goal {
  std::string node = {};                 // for a machine that is not there
  const provider::Seed* seed = nullptr;  // uploads matter
  std::string cloned_from = {};          // a template: tasks that clone name it, and not what they make
  // When the machine was changed, or went away, between a look and its step: look again. Else that is the error.
  bool looks_again = true;
};
// What steps are decided by. `seen_on`: the node that had it last, which saves the cluster's list; "" : not known.
Result<There> see(const Host& host, const provider::MachineRef& ref, const Goal& goal, const Call& call,
                  const std::string& seen_on = {});

using Decide = std::function<Result<Step>(const There&)>;
// kUnavailable: not done after kRoundsMax steps, because somebody changes it all the time.
Status run_rounds(const Host& host, const provider::MachineRef& ref, const Goal& goal, const Decide& decide,
                  const OnProgress& progress, const Call& call);

// Sends the call; where its answer is the name of a task, waits for its end.
Status carry_out(const Host& host, const Step& step, const OnProgress& progress, const Call& call);

}  // namespace rig::proxmox
