// provider/conformance/internal/bench.h — what the cases are written with.
//
// A case is a function Status(Bench&): an error is what is wrong, and kUnimplemented says that it does not apply.
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "provider/conformance/conformance.h"

namespace rig::provider::conformance {

inline constexpr Duration kPatience =
    std::chrono::seconds(60);  // for one task, one event; real hosts boot in this time

// Passes or says what is wrong.
Status want(bool condition, const std::string& what);
Status want_code(Code wanted, const Status& found, const std::string& what);
template <class T>
Status want_code(Code wanted, const Result<T>& found, const std::string& what) {
  return want_code(wanted, found.ok() ? Status() : Status(found.error()), what);
}
template <class T>
Status want_same(const T& found, const T& wanted, const std::string& what) {
  return want(found == wanted, what + " differ");
}
Status want_same(const std::string& found, const std::string& wanted, const std::string& what);
Status want_same(std::vector<std::string> found, std::vector<std::string> wanted, const std::string& what);
template <class T>
Status want_same(const Result<T>& found, const T& wanted, const std::string& what) {
  return found.ok() ? want_same(*found, wanted, what) : Status(found.error());
}

// One case's use of a subject: machines of its own, under a cluster id of its own.
class Bench {
 public:
  explicit Bench(Subject& used);

  Provider& provider() { return subject.provider(); }
  Host& host() { return *subject.host; }
  Call call() const;
  WallTime now() const { return std::chrono::system_clock::now(); }

  // A spec with a name of its own and the prepared image.
  Result<MachineSpec> small_spec();
  Result<MachineSpec> named(MachineSpec spec);
  Owner owner(const std::string& name) const;
  Result<MachineRef> reserve(const MachineSpec& spec);

  // Until it can be asked again: over a wire the first call may still meet the end of the old connection.
  Status restart_provider();
  // As a controller does while a fault is planned: again, as long as that may help. The connection that died may be
  // noticed only by the next call.
  Status insist(Fault fault, const std::function<Status()>& verb);

  // Waits for the end of a task; a forgotten one is kUnavailable.
  Status finish(Result<TaskId> task);
  // Where the hypervisor chooses the id, the task tells it.
  Status make(MachineRef& ref, const MachineSpec& spec);
  Result<Machine> describe(const MachineRef& ref) { return provider().describe(ref, call()); }
  Status power_on(const MachineRef& ref) { return finish(provider().power_on(ref, call())); }
  Status power_off(const MachineRef& ref) { return finish(provider().power_off(ref, std::nullopt, call())); }
  Status release(const MachineRef& ref) { return finish(provider().release(ref, call())); }
  Status remove(const MachineRef& ref) { return finish(provider().remove(ref, call())); }
  Status want_existence(const MachineRef& ref, Existence wanted, const std::string& when);
  Status want_power(const MachineRef& ref, Power wanted, const std::string& when);
  Result<Machine> wait_until_booted(const MachineRef& ref);  // has an address

  // Looks again and again until it is true; kDeadlineExceeded with `what` when it never is.
  Status until(const std::string& what, const std::function<Result<bool>()>& is_true, Duration patience = kPatience);

  Subject& subject;
  const std::string cluster_id;
};

// A machine that was made, and the names and volumes that were there before it.
struct Made {
  MachineRef ref;
  MachineSpec spec;
};
Result<Made> make_small(Bench& bench);
Result<Made> make_running(Bench& bench);  // and up, where machines boot

// A watch on a thread of its own.
class Watcher {
 public:
  Watcher(Bench& bench, const std::string& resume);
  ~Watcher();

  struct Seen {
    Event event;
    WallTime at;
  };
  std::vector<Seen> seen() const;
  // The first event that fits, waited for. `from`: number of events to leave out.
  Result<Seen> wait_for(const std::string& what, const std::function<bool(const Event&)>& fits, std::size_t from = 0);
  Result<Seen> wait_for_sync();
  std::optional<Error> ended() const;

 private:
  Bench& bench_;
  mutable std::mutex mutex_;
  std::vector<Seen> seen_;      // guarded by mutex_
  std::optional<Error> ended_;  // guarded by mutex_
  std::jthread thread_;
};

bool is_machine(const Event& event, const std::string& machine_id);
bool is_machine(const Event& event, const std::string& machine_id, Power power);

// The rows of each file of cases.
std::span<const Case> create_cases();
std::span<const Case> power_cases();
std::span<const Case> change_cases();
std::span<const Case> remove_cases();
std::span<const Case> watch_cases();
std::span<const Case> old_manager_cases();
std::span<const Case> host_cases();

// A row's function, made of a case's.
std::string verdict(Subject& subject, Status (*body)(Bench&));
template <Status (*body)(Bench&)>
std::string run(Subject& subject) {
  return verdict(subject, body);
}

}  // namespace rig::provider::conformance
