// fakes/pve/disk_work.h — making, copying and checking volumes: what create, config, clone and move have in common.
#pragma once

#include <memory>

#include "fakes/pve/call.h"

namespace rig::fakes::pve {

// What a task has made so far. Its undo removes the volumes.
struct Made {
  std::string node;
  int vmid = 0;
  Texts config;                      // drives, as they stand in the file
  std::vector<std::string> volumes;  // ids
};
using MadePtr = std::shared_ptr<Made>;
void remove_made(Cluster& cluster, const Made& made);

// What is refused of a drive before a task begins.
Status check_drive(Cluster& cluster, const Asked& asked, const std::string& key, const std::string& text);
// Makes what "local:4", "local:0,import-from=..." and "local:cloudinit" ask for; takes another volume as it is.
std::deque<Step> drive_steps(Cluster& cluster, const std::string& key, const std::string& text, const MadePtr& made);

// Creates an empty volume and logs it. `what`: see Storage::free_id.
Result<std::string> allocate(Cluster& cluster, Made& made, const std::string& storage, std::int64_t bytes,
                             const std::string& format, std::string_view what, Task& task);

struct Copy {
  std::string key;     // of the drive, in the log
  std::string source;  // volume id
  std::string source_node;
  std::string storage, format;  // of the target; format "": that of the source
  Texts options;                // of the drive besides file and size
};
// Log, target, bytes; then made->config[key] is the new drive.
std::deque<Step> copy_steps(Cluster& cluster, const Copy& copy, const MadePtr& made);

// The steps at once, as a call does that answers only when all is done. Where they take longer than pveproxy waits for
// pvedaemon (30 s) all is done, too, but the caller hears 596.
Status run_now(std::deque<Step> steps);

bool can_snapshot(const Cluster& cluster, const Vm& vm);  // every disk: a qcow2, or on lvmthin

std::string print_bytes(std::int64_t bytes);  // "64.0 MiB"

}  // namespace rig::fakes::pve
