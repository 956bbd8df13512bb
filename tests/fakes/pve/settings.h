// fakes/pve/settings.h — what a call may write into a machine's file, and how it gets there: at once, or at the next
// start.
#pragma once

#include "fakes/pve/disk_work.h"

namespace rig::fakes::pve {

// The parameters that are keys of the file; without those that only steer the call.
Texts settings_in(const Asked& asked);
bool is_setting(const Asked& asked, const std::string& key);  // of the call's schema, and a key of the file
// What is refused before anything is done: what only root may do, keys without use, storages that are not there.
Status check_settings(Cluster& cluster, const Asked& asked, const Texts& settings);
// With a MAC where none is given; passwords hashed.
std::string completed(Cluster& cluster, const std::string& key, const std::string& value);

Status check_unlocked(const Vm& vm, bool skips_lock = false);  // "VM is locked (backup)"

// A change of a machine: PUT config does it at once, POST config as a task.
struct Change {
  std::string node;
  int vmid = 0;
  Texts settings;
  std::vector<std::string> deletes, reverts;
  std::string digest;
  bool skips_lock = false, force = false;
};
Change change_in(const Asked& asked);
Status check_change(Cluster& cluster, const Asked& asked, const Change& change);  // before anything is done
std::deque<Step> change_steps(Cluster& cluster, const Change& change, const MadePtr& made);

// unusedN of the volume, when it is the machine's own.
void keep_as_unused(Vm& vm, const std::string& volume_id);

}  // namespace rig::fakes::pve
