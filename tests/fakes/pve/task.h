// fakes/pve/task.h — what a node works on: UPIDs, logs, ends, the lock on a machine's file, and deaths half-way. Pure:
// told what time it is.
//
// A task is a row of steps; each takes its time and then has its effect at once. A task that dies has had the effects
// of its first steps and no other, and nobody cleans up.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace rig::fakes::pve {

struct Task;
struct Step {
  Duration takes{};
  std::function<Status(Task&)> act;  // may log, and put further steps in front
};

struct Task {
  // What is asked for.
  std::string node, type, id;  // id: a VMID, a file, or nothing
  std::string user, token;     // root@pam, t1 ("" : a ticket)
  int lock = 0;                // the VMID whose file is locked from begin to end; 0: none
  std::deque<Step> steps;
  std::function<Error(Error)> undo = {};  // cleans up and words the end

  // What became of it.
  std::string upid;
  int pid = 0;
  std::int64_t pstart = 0;
  WallTime begun, ended, next;  // next: when the first of `steps` acts, or when it gives up waiting for the lock
  bool has_lock = false;
  bool is_running = true;
  int steps_done = 0, steps_until_death = -1;
  std::string exit;  // "OK" or what went wrong
  std::vector<std::string> log = {};

  std::string who() const { return token.empty() ? user : user + "!" + token; }
};

class Tasks {
 public:
  static constexpr Duration kLockWait = std::chrono::seconds(10);  // qemu-server: lock_config's timeout

  // Has no effect before run(). Returns the UPID.
  std::string begin(Task task, WallTime now);
  // Everything that is due, in the order of its times.
  void run(WallTime now);

  Task* find(std::string_view upid);
  const std::list<Task>& all() const { return tasks_; }  // oldest first
  bool is_locked(int vmid) const;                        // by a running task
  Task* running_on(int vmid, std::string_view type);

  void cancel(Task& task, WallTime now);  // as a person or the API does: it cleans up
  void die(Task& task, WallTime now);     // as the out-of-memory killer does: it does not
  void forget_ended();                    // as a node does that was installed again

  // The next task of the type: dies after so many steps; ends at once with `text`.
  void kill_next(std::string type, int after_steps) { killed_[std::move(type)] = after_steps; }
  void fail_next(std::string type, std::string text) { failed_[std::move(type)].push_back(std::move(text)); }

 private:
  Task* next_due(WallTime now, WallTime& when);
  void advance(Task& task, WallTime when);
  void end(Task& task, std::string exit, WallTime when);
  void fail(Task& task, Error error, WallTime when);

  std::list<Task> tasks_;
  std::map<std::string, int> killed_;
  std::map<std::string, std::deque<std::string>> failed_;
  int last_pid_ = 1000;
};

}  // namespace rig::fakes::pve
