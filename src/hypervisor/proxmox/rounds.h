// proxmox/rounds.h — looking, taking the next step, doing it, and looking again, until it is done.
//
// So what others do meanwhile is seen, and what was done before a crash, or by a call whose answer was lost, is not
// done again.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "hypervisor/proxmox/follow.h"
#include "hypervisor/proxmox/session.h"
#include "hypervisor/proxmox/steps.h"
#include "provider/task_runner.h"

namespace rig::proxmox {

using OnProgress = std::function<void(const provider::TaskProgress&)>;

struct Host {  // where things are done
  Session& session;
  const Clock& clock;
  CreateSettings settings;
  IsGivenUp is_given_up = {};
  std::string seen_on = {};  // the node to ask for the machine; "" : not known
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
  std::optional<There> first = {};  // what has just been seen
};
// What steps are decided by, but for uploads. `seen_on`: the node to ask, which saves the cluster's list; "" : not
// known. kSelf: it is not asked who else is at work on it. After a step of ours that is right: whoever has come since
// holds a lock or has changed the digest, which the next step meets.
enum class Who : std::uint8_t { kAnybody, kSelf };
Result<There> see(const Host& host, const provider::MachineRef& ref, const Goal& goal, const Call& call,
                  const std::string& seen_on = {}, Who who = Who::kAnybody);

using Decide = std::function<Result<Step>(const There&)>;
// kUnavailable: not done after kRoundsMax steps, because somebody changes it all the time.
Status run_rounds(const Host& host, const provider::MachineRef& ref, const Goal& goal, const Decide& decide,
                  const OnProgress& progress, const Call& call);

// Sends the call; where its answer is the name of a task, waits for its end.
Status carry_out(const Host& host, const Step& step, const OnProgress& progress, const Call& call);

}  // namespace rig::proxmox
