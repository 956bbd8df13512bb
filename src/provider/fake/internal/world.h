// provider/fake/internal/world.h — the host, the tasks that work on it, the events it has to tell, and every verb.
//
// Without a lock: FakeProvider brings one.
#pragma once

#include <deque>

#include "provider/fake/internal/host.h"
#include "provider/fake/limits.h"
#include "provider/task_runner_core.h"

namespace rig::provider::fake {

// One step of a task, due `after` the task began.
struct Step {
  std::string name;
  Duration after{};
  std::function<Result<std::optional<WallTime>>()> run;  // nullopt: done; a time: look again then
};

struct Job {
  std::string verb;
  MachineRef ref;
  std::vector<Step> steps;
  std::function<void()> undo;  // after a definite failure
  std::int64_t bytes_total = 0;
  std::size_t next = 0;
  bool waits = false;   // its step looked, and looks again at `due`
  Time began{}, due{};  // began == Time{}: it waits for its turn
};

class World {
 public:
  World(const Clock& clock, Options options);
  World(const World&) = delete;  // its host's callback points to it
  World& operator=(const World&) = delete;

  // ---- verbs.cc, images.cc: as provider.h says ----
  Result<Health> check(const Call& call);
  Result<Capabilities> capabilities(const Call& call);
  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call);
  Result<TaskId> create(const MachineRef& ref, const MachineSpec& spec, const Call& call);
  Result<Machine> describe(const MachineRef& ref, const Call& call);
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> refs, const Call& call);
  Result<Plan> plan(const MachineRef& ref, const MachineSpec& spec, const Call& call);
  Result<TaskId> apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call);
  Result<TaskId> power_on(const MachineRef& ref, const Call& call);
  Result<TaskId> power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call);
  Result<TaskId> reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call);
  Result<TaskId> remove(const MachineRef& ref, const Call& call);
  Result<TaskId> release(const MachineRef& ref, const Call& call);
  Result<TaskState> poll(const TaskId& task, const Call& call);
  Status cancel(const TaskId& task, const Call& call);
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call);

  Status enter(const Call& call);               // is there anybody to answer?
  Result<Record*> gate(const MachineRef& ref);  // ours, or why not

  // ---- tasks.cc ----
  std::optional<Time> advance();
  void restart();
  // When what is taking effect was due; the clock's time otherwise. So nothing depends on how often somebody calls.
  Time now() const { return as_of_ ? *as_of_ : clock_.now(); }
  WallTime wall() const { return clock_.wall() - (clock_.now() - now()); }

  // ---- events.cc: each has a number ----
  struct Told {
    std::string cluster_id;  // "": of interest to everybody
    std::variant<Machine, TaskEvent, Synced> what;
  };
  std::vector<Event> snapshot(const std::string& cluster_id) const;
  Result<std::uint64_t> parse_resume(const std::string& resume) const;  // the number of the next event
  std::string resume_token(std::uint64_t next) const;
  std::uint64_t next_event() const { return first_event_ + events_.size(); }
  const Told* event(std::uint64_t number) const;  // null: it was thrown away

  Host host;
  bool is_available = true, is_killed = false;
  int process = 1;                 // counts restarts of the provider
  std::function<void()> on_event;  // one was added
  std::function<Status(std::string_view, const MachineRef&)> on_task;
  std::function<After(std::string_view, std::string_view)> on_effect;

 private:
  Result<Machine> look_at(const MachineRef& ref);
  Result<TaskId> take_over(const MachineRef& ref);  // a machine that its owner released
  void tell(const std::string& cluster_id, std::variant<Machine, TaskEvent, Synced> what);
  void tell_task(const TaskId& id, const MachineRef& ref);
  // Runs what is due at once: TaskId{} when the whole task was, its error when it failed.
  Result<TaskId> submit(const std::string& lane, Job job);
  void begin(const TaskId& id);
  void step(const TaskId& id);
  void end(TaskId id, const Status& outcome);  // by value: the job that holds it goes away
  TaskState state(const TaskId& id) const;
  void set_due(const TaskId& id, Job& job, Time due);
  void drop(const TaskId& id);
  Time at(WallTime wall) const { return clock_.now() + (wall - clock_.wall()); }

  const Clock& clock_;
  std::optional<Time> as_of_;
  TaskRunnerCore core_;
  std::map<TaskId, Job> jobs_;
  std::set<std::pair<Time, TaskId>> due_;  // those that began
  std::map<std::string, TaskId> waiting_;  // by machine id: it looks again when the machine changes
  std::deque<Told> events_;
  std::uint64_t first_event_ = 0;  // number of events_.front()
};

// The price of each change on this host.
void price(std::vector<Change>& changes, Power power);

}  // namespace rig::provider::fake
