// proxmox/task.h — Proxmox VE's tasks: their names, how far they are, how they ended. Pure.
//
// Name: UPID:{node}:{pid}:{pstart}:{starttime}:{type}:{id}:{user}: with hexadecimal numbers. The id may be empty
// ("imgcopy::"), or a volume's owner and storage ("150@local"). It names the machine that was asked, of a clone the
// source. A task lives on its node and is forgotten when that node's list is full.
//
// Sources: recorded exchanges (tests/golden/proxmox/tasks.json, cluster.json); pve-common src/PVE/Tools.pm,
// upid_decode; "WARNINGS: n" is a success: pve-common src/PVE/RESTEnvironment.pm.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "provider/provider.h"
#include "provider/task_runner.h"

namespace rig::proxmox {

struct Upid {
  std::string text;  // all of it
  std::string node, type, id;
  std::string user;  // "root@pam", of a token "root@pam!name"
  WallTime started;
  bool operator==(const Upid&) const = default;
};
Result<Upid> parse_upid(std::string_view text);  // kDataLoss: it is none

// Whether its log says how far it is: nothing that switches machines on or off does.
bool tells_progress(const Upid& upid);

// What .../status and .../log say together. Phase kFailed carries the task's own words as task_error() does; a task
// that Proxmox VE no longer knows is the caller's kForgotten. kDataLoss: it is no answer about a task.
Result<provider::TaskState> read_task(const Upid& upid, const json::Value& status, std::span<const std::string> log);

// Lines of .../log; what it says when there is none ("no content") is left out.
std::vector<std::string> read_log(const json::Value& data);

// How far the lines say that it is; the last that says so counts. Of a download the bytes are reckoned from its share.
provider::TaskProgress progress_of(std::span<const std::string> log);

// The machine that a clone makes, from its log: the name of the task has the source only.
std::optional<std::string> clone_target(std::span<const std::string> log);

// Of the lists of tasks: /cluster/tasks has the exit text in `status`, and none while the task runs; the list of one
// node says RUNNING then.
struct ListedTask {
  Upid upid;
  bool running = false;
  std::string exit_text;  // once it has ended
  std::optional<WallTime> ended;
  bool operator==(const ListedTask&) const = default;
};
Result<std::vector<ListedTask>> read_tasks(const json::Value& data);  // what has no name is left out

}  // namespace rig::proxmox
