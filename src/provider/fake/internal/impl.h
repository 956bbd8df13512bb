// provider/fake/internal/impl.h — the fake's state: the host, the tasks that work on it, the events it has to tell.
#pragma once

#include <condition_variable>
#include <deque>

#include "base/mutex.h"
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
  bool waits = false;  // its step looked, and looks again at `due`
  Time began{}, due{};
};

struct FakeProvider::Impl final : Images, Console {
  Impl(const Clock& c, Options options);

  // ---- calls ----
  Status enter(const Call& call) REQUIRES(mutex);                          // is there anybody to answer?
  Result<Record*> gate(const MachineRef& ref) REQUIRES(mutex);             // ours, or why not
  Result<Machine> describe(const MachineRef& ref) const REQUIRES(mutex);
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override;
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call& call) override;

  // ---- tasks (jobs.cc) ----
  // Runs what is due at once: TaskId{} when the whole task was, its error when it failed.
  Result<TaskId> submit(const std::string& lane, Job job) REQUIRES(mutex);
  std::optional<Time> advance() REQUIRES(mutex);
  TaskState state(const TaskId& id) const REQUIRES(mutex);
  void end(TaskId id, const Status& outcome) REQUIRES(mutex);  // by value: the job that holds it goes away
  void restart() REQUIRES(mutex);

  // ---- events (events.cc) ----
  void tell(const std::string& cluster_id, std::variant<Machine, TaskEvent, Synced> what) REQUIRES(mutex);
  void tell_task(const TaskId& id, const MachineRef& ref) REQUIRES(mutex);
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event, const Call& call);

  // When what is taking effect was due; the clock's time otherwise. So nothing depends on how often somebody calls.
  Time now() const REQUIRES(mutex) { return as_of ? *as_of : clock.now(); }
  WallTime wall() const REQUIRES(mutex) { return clock.wall() - (clock.now() - now()); }

  const Clock& clock;
  mutable Mutex mutex;
  std::optional<Time> as_of GUARDED_BY(mutex);
  std::condition_variable_any changed;  // an event was added
  mutable Host host GUARDED_BY(mutex);
  int process GUARDED_BY(mutex) = 1;  // counts restarts of the provider
  TaskRunnerCore core GUARDED_BY(mutex);
  std::map<TaskId, Job> jobs GUARDED_BY(mutex);
  bool is_available GUARDED_BY(mutex) = true, is_killed GUARDED_BY(mutex) = false;
  std::function<Status(std::string_view, const MachineRef&)> on_task GUARDED_BY(mutex);
  std::function<After(std::string_view, std::string_view)> on_effect GUARDED_BY(mutex);

  struct Told {
    std::string cluster_id;  // "": of interest to everybody
    std::variant<Machine, TaskEvent, Synced> what;
  };
  std::deque<Told> events GUARDED_BY(mutex);
  std::uint64_t first_event GUARDED_BY(mutex) = 0;  // number of events.front()

 private:
  void begin(const TaskId& id) REQUIRES(mutex);
  void step(const TaskId& id) REQUIRES(mutex);
  bool run_timers(Time now) REQUIRES(mutex);
  std::optional<Time> next_timer() const REQUIRES(mutex);
  Time at(WallTime wall) const { return clock.now() + (wall - clock.wall()); }
  Status on_event_after(const std::string& cluster_id, std::uint64_t next, const OnEvent& on_event, const Call& call);
  std::string resume_token(std::uint64_t next) const REQUIRES(mutex);
  Result<std::uint64_t> parse_resume(const std::string& resume) const REQUIRES(mutex);
};

// The price of each change on this host.
void price(std::vector<Change>& changes, Power power);

}  // namespace rig::provider::fake
