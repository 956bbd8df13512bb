// fakes/pve/power_calls.cc — starting and ending machines. Whatever is wrong is mostly told by the task.
#include <algorithm>

#include "base/text.h"
#include "fakes/pve/power.h"
#include "fakes/pve/property_string.h"
#include "fakes/pve/settings.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kTimedOut = "VM quit/powerdown failed - got timeout";
constexpr std::int64_t kShutdownSeconds = 60 * 3;  // qemu-server vm_stop: unless a timeout is given

// qemu-server PVE::API2::Qemu: HA has the say over what it manages, and does it later.
Result<Answer> by_ha(Cluster& cluster, const Asked& asked, const std::string& verb) {
  Task task = asked.task("ha" + verb, asked.text("vmid"));
  const std::string sid = "vm:" + asked.text("vmid");
  task.steps.push_back({.takes = {}, .act = [&cluster, sid, verb](Task& t) -> Status {
                          t.log.push_back("Requesting HA " + verb + " for VM " + t.id);
                          if (const auto found = cluster.ha.find(sid); found != cluster.ha.end())
                            found->second.state = verb == "start" ? "started" : "stopped";
                          return {};
                        }});
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Result<Answer> begin(Cluster& cluster, const Asked& asked, std::string type, std::deque<Step> steps) {
  Task task = asked.task(std::move(type), asked.text("vmid"));
  task.lock = asked.vmid();
  task.steps = std::move(steps);
  return Answer(cluster.tasks.begin(std::move(task), cluster.now()));
}

Status check_skiplock(const Asked& asked) {
  if (!asked.has("skiplock") || asked.caller.is_root()) return {};
  return bad_parameters({{"skiplock", "Only root may use this option."}});
}

Result<Answer> post_start(Cluster& cluster, const Asked& asked) {
  TRY(check_skiplock(asked));
  if (cluster.is_ha_managed(asked.vmid())) return by_ha(cluster, asked, "start");
  const auto act = [&cluster, node = asked.node(), vmid = asked.vmid()](Task& task) {
    return start(cluster, node, vmid, task);
  };
  return begin(cluster, asked, "qmstart", {{.takes = cluster.timing.start, .act = act}});
}

Result<Answer> post_stop(Cluster& cluster, const Asked& asked) {
  TRY(check_skiplock(asked));
  TRY(cluster.machine(asked.node(), asked.vmid()));
  if (cluster.is_ha_managed(asked.vmid())) return by_ha(cluster, asked, "stop");
  if (asked.is_true("overrule-shutdown"))
    for (const std::string_view type : {"qmshutdown", "qmreboot"})
      if (Task* task = cluster.tasks.running_on(asked.vmid(), type)) cluster.tasks.cancel(*task, cluster.now());
  const auto act = [&cluster, asked](Task&) -> Status {
    Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
    if (!vm.is_running()) return {};  // the lock of a stopped one is not looked at (recorded: 05, stop-locked)
    TRY(check_unlocked(vm, asked.is_true("skiplock")));
    cluster.power_off(vm);
    return {};
  };
  return begin(cluster, asked, "qmstop", {{.takes = cluster.timing.stop, .act = act}});
}

Status end_shutdown(Cluster& cluster, const Asked& asked, Task& task, bool restarts) {
  Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  const Duration limit = std::chrono::seconds(asked.integer("timeout", kShutdownSeconds));
  if (!vm.guest.obeys_shutdown || vm.guest.shutdown_takes > limit) {
    if (!asked.is_true("forceStop")) return die(std::string(kTimedOut));
    task.log.emplace_back("VM still running - terminating now with SIGTERM");
  }
  cluster.power_off(vm);
  if (restarts) vm.starts_at = cluster.now() + cluster.timing.restart;
  return {};
}

Result<Answer> shut_down(Cluster& cluster, const Asked& asked, const std::string& type, bool restarts) {
  TRY(check_skiplock(asked));
  TRY(cluster.machine(asked.node(), asked.vmid()));
  const auto act = [&cluster, asked, restarts](Task& task) -> Status {
    const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
    if (!vm.is_running()) return restarts ? Status(die("VM " + task.id + " not running")) : Status();
    TRY(check_unlocked(vm, asked.is_true("skiplock")));
    const Texts agent = parse_properties(vm.value("agent"), "enabled");
    if (is_true(agent, "enabled") && vm.guest.agent == Guest::Agent::kSilent)
      task.log.push_back("QEMU Guest Agent is not running - VM " + task.id +
                         " qga command 'guest-ping' failed - got timeout");
    const Duration limit = std::chrono::seconds(asked.integer("timeout", kShutdownSeconds));
    const Duration takes = vm.guest.obeys_shutdown ? std::min(vm.guest.shutdown_takes, limit) : limit;
    task.steps.push_front({.takes = takes, .act = [&cluster, asked, restarts](Task& later) {
                             return end_shutdown(cluster, asked, later, restarts);
                           }});
    return {};
  };
  return begin(cluster, asked, type, {{.takes = {}, .act = act}});
}

Result<Answer> post_shutdown(Cluster& cluster, const Asked& asked) {
  if (cluster.is_ha_managed(asked.vmid())) return by_ha(cluster, asked, "stop");
  return shut_down(cluster, asked, "qmshutdown", false);
}
Result<Answer> post_reboot(Cluster& cluster, const Asked& asked) { return shut_down(cluster, asked, "qmreboot", true); }

Result<Answer> post_reset(Cluster& cluster, const Asked& asked) {
  TRY(check_skiplock(asked));
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  if (!vm.is_running()) return die("VM " + asked.text("vmid") + " not running");
  const auto act = [&cluster, asked](Task&) -> Status {
    const Vm& now = *TRY(cluster.machine(asked.node(), asked.vmid()));
    return check_unlocked(now, asked.is_true("skiplock"));
  };
  return begin(cluster, asked, "qmreset", {{.takes = {}, .act = act}});
}

Result<Answer> post_suspend(Cluster& cluster, const Asked& asked) {
  TRY(check_skiplock(asked));
  TRY(cluster.machine(asked.node(), asked.vmid()));
  const bool to_disk = asked.is_true("todisk");
  const auto act = [&cluster, asked, to_disk](Task& task) -> Status {
    Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
    if (!vm.is_running()) return die("VM " + task.id + " not running");
    TRY(check_unlocked(vm, asked.is_true("skiplock")));
    if (!to_disk) {
      vm.is_paused = true;
      return {};
    }
    cluster.power_off(vm);
    vm.config["lock"] = "suspended";
    return {};
  };
  return begin(cluster, asked, to_disk ? "qmsuspend" : "qmpause", {{.takes = {}, .act = act}});
}

Result<Answer> post_resume(Cluster& cluster, const Asked& asked) {
  TRY(check_skiplock(asked));
  TRY(cluster.machine(asked.node(), asked.vmid()));
  const auto act = [&cluster, asked](Task& task) -> Status {
    Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
    if (vm.value("lock") == "suspended") return start(cluster, asked.node(), asked.vmid(), task);
    if (!vm.is_running()) return die("VM " + task.id + " not running");
    vm.is_paused = false;
    return {};
  };
  return begin(cluster, asked, "qmresume", {{.takes = {}, .act = act}});
}

constexpr Row kRows[] = {
    {"POST /nodes/{node}/qemu/{vmid}/status/start", post_start},
    {"POST /nodes/{node}/qemu/{vmid}/status/stop", post_stop},
    {"POST /nodes/{node}/qemu/{vmid}/status/shutdown", post_shutdown},
    {"POST /nodes/{node}/qemu/{vmid}/status/reboot", post_reboot},
    {"POST /nodes/{node}/qemu/{vmid}/status/reset", post_reset},
    {"POST /nodes/{node}/qemu/{vmid}/status/suspend", post_suspend},
    {"POST /nodes/{node}/qemu/{vmid}/status/resume", post_resume},
};

}  // namespace

Status start(Cluster& cluster, const std::string& node, int vmid, Task& task) {
  Vm& vm = *TRY(cluster.machine(node, vmid));
  if (vm.is_template()) return die("you can't start a vm if it's a template");
  if (vm.value("lock") == "suspended") vm.config.erase("lock");
  TRY(check_unlocked(vm));
  if (vm.is_running()) return die("VM " + std::to_string(vmid) + " already running");
  vm.apply_pending();
  const std::vector<Drive> drives = drives_of(vm.config);
  for (const Drive& drive : drives) {
    const std::string& id = drive.volume();
    if (id.find(':') != std::string::npos && cluster.volume(node, id) == nullptr)
      return die("volume '" + id + "' does not exist");
  }
  for (const Drive& drive : drives)
    if (is_cloudinit(drive.properties)) task.log.emplace_back("generating cloud-init ISO");
  cluster.power_on(vm);
  return {};
}

std::span<const Row> power_calls() { return kRows; }

}  // namespace rig::fakes::pve
