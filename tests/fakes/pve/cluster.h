// fakes/pve/cluster.h — all that a cluster knows: nodes, storages, machines, tasks, HA, and what pvestatd last saw.
// Pure.
//
// Tests may change everything here between calls, as persons, HA and other clients do (server.h says how it is locked).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "fakes/pve/storage.h"
#include "fakes/pve/task.h"
#include "fakes/pve/vm.h"

namespace rig::fakes::pve {

struct Node {
  std::string name;
  int cpus = 8;
  std::int64_t memory_bytes = std::int64_t{32} << 30U;
  bool is_online = true;    // false: 595 for what it would have to answer
  bool daemon_runs = true;  // pvedaemon; false: 595 for what is protected, the rest is answered
};

// What is found behind an URL that a node is asked to download.
struct Origin {
  std::int64_t file_bytes = 0, size_bytes = 0;  // of the file, and of the disk in it
  std::string bytes;
  Texts sums;  // by algorithm
};
Origin origin_of(std::string bytes);

// How long things take. Zero: done by the next call.
struct Timing {
  Duration start{}, stop{}, allocate{}, copy_per_gib{};
  Duration restart{};                              // until qmeventd starts a machine that has shut down to be rebooted
  Duration statistics = std::chrono::seconds(10);  // how often pvestatd looks
};

struct HaResource {
  std::string state = "started";
  int max_restart = 1, max_relocate = 1;
};

// What /cluster/resources says of a machine: as old as pvestatd's last look.
struct Statistics {
  std::string name, status;
  bool is_template = false;
  std::int64_t cpus = 1, memory_bytes = 0, disk_bytes = 0, uptime_seconds = 0;
};

class Cluster {
 public:
  // Storages of a new cluster: "local" (dir) and "local-lvm" (lvmthin) of each node, "shared" (nfs) of all.
  Cluster(std::vector<std::string> node_names, const Clock& clock);

  std::vector<Node> nodes;
  std::map<std::string, Storage> storages;
  std::map<int, Vm> vms;
  std::map<std::string, HaResource> ha;   // by "vm:100"
  bool ha_acts = true;                    // its managers run: each of pvestatd's looks is a round of theirs, too
  std::map<std::string, Origin> origins;  // by URL
  bool has_every_url = false;             // others are small images, too, with whatever sum is wanted
  std::set<std::string> denied;           // the one 403 switch: rights that nobody has but root with a ticket
  Guest guest;                            // of machines that are made from now on
  std::map<std::string, Guest> guests;    // of machines with that tag, from their next start on
  Tasks tasks;
  Timing timing;
  std::map<int, Statistics> statistics;  // nothing of a machine that pvestatd has not yet seen

  WallTime now() const { return clock_.wall(); }
  void settle();  // tasks and statistics up to now

  const Node* node(const std::string& name) const;
  int free_vmid() const;
  void power_on(Vm& vm);                                   // what was pending is true from now on
  void power_off(Vm& vm);                                  // likewise
  Result<Vm*> machine(const std::string& node, int vmid);  // "Configuration file ... does not exist"
  Result<Storage*> storage(const std::string& name);       // "storage 'x' does not exist"
  Volume* volume(const std::string& node, const std::string& id);
  void remove_volume(const std::string& node, const std::string& id);
  bool is_in_use_as_base(const std::string& node, const std::string& volume_id);
  Statistics look_at(const Vm& vm) const;
  bool is_ha_managed(int vmid) const { return ha.contains("vm:" + std::to_string(vmid)); }

  // Randomness that repeats from run to run.
  std::string new_uuid();
  std::string new_mac();  // BC:24:11:...

  // By HA, or a person with qm migrate: file and machine are on the other node at once, with what is on shared storage.
  void move(int vmid, const std::string& to);
  // A power cut and the next boot: what ran there is off, what was worked on is dead where it was.
  void lose_power(const std::string& node);

 private:
  void collect_statistics();
  void obey_ha();
  void end_reboots(WallTime until);

  const Clock& clock_;
  WallTime next_look_;
  int made_ = 0, last_pid_ = 2000;
};

}  // namespace rig::fakes::pve
