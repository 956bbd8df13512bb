// fakes/vcenter/center.h — the state of a vCenter: objects, files on datastores, tasks and timers, sessions. Told what
// time it is; no thread, no socket.
//
// An object is a tree of its properties (tree.h) in the schema's spelling. What follows from others (what a folder has,
// a machine's summary, a datastore's free space) is made when it is read: property().
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "fakes/vcenter/collector.h"
#include "fakes/vcenter/types.h"

namespace rig::fakes::vcenter {

struct Object {
  Ref self;
  Tree tree;
  std::uint64_t changed = 0;  // Center::change() at its last change
};

struct File {  // on a datastore, "[store] folder/name.vmdk"
  Ref machine;
  std::int64_t bytes = 0;  // what it takes, in full
  std::string data;        // of what was uploaded
};

struct Guest {  // what runs in a machine
  enum class Kind : std::uint8_t { kObeys, kIgnores, kNoTools } kind = Kind::kObeys;
  std::vector<std::string> addresses = {"192.0.2.10"};
};
// A machine with this key in its extraConfig has such a guest: "ignores", "no-tools".
inline constexpr std::string_view kGuestKey = "fake.guest";

struct Timing {                                                              // how long things take
  Duration clone{}, reconfigure{}, power{}, destroy{}, shutdown{}, lease{};  // lease: until it is ready
  Duration lease_idle = std::chrono::seconds(300);
  Duration tasks_kept = std::chrono::minutes(10);  // after their end
  Duration session_idle = std::chrono::minutes(30);
};

class Center;

inline Tree result_of(const Ref& ref) { return typed("ManagedObjectReference", leaf("result", ref)); }

struct Task {
  std::string name, description_id;  // "CloneVM_Task", "VirtualMachine.clone"
  Ref entity;
  Ref busy;  // what no other task works on meanwhile; empty: nothing
  Duration takes{};
  bool is_cancelable = false;
  std::function<Result<Tree>(Center&)> act;  // its effect, at the end, and what it answers; null: nothing
  std::function<void(Center&)> undo = {};    // when it is cancelled
  // What became of it.
  Ref self = {};
  std::string user = {};
  WallTime queued = {}, ended = {};
  enum class State : std::uint8_t { kRunning, kDone, kFailed } state = State::kRunning;
  bool is_cancelled = false;
  Tree result = {};
  std::string message = {};
  Tree fault = {};
};

struct Session {
  std::string key, user, client;  // client: User-Agent
  WallTime began, last;
  std::int64_t calls = 0;
};

struct Pages {           // what is left of an answer
  std::size_t size = 0;  // of each
  Trees objects;
};

Tree tree_of(const Session& session);

struct MachineSeed {
  std::string name, folder = "group-v3", instance_uuid = {};  // "" : any
  std::string datastore = "LocalDS_0";
  int cpus = 1;
  std::int64_t memory_mib = 32, disk_bytes = 1 << 30;
  std::string network = "VM Network";
  bool is_template = false, is_on = false;
  std::vector<std::pair<std::string, std::string>> extra_config = {};
};

class Center {
 public:
  Center(const Clock& clock, Types types, const std::string& user, const std::string& password);

  // ---- objects ----
  Object* object(const Ref& ref);  // null: not there
  Object* object(const std::string& id);
  std::vector<const Object*> objects(std::string_view type) const;  // and of types derived from it
  Object& add(const Ref& self, const Tree& properties);             // whose names are properties'
  void set(Object& object, std::string_view path, const Tree& value);
  void remove(const Ref& ref);
  std::string next_id(std::string_view prefix);  // "vm-42"
  Ref parent(const Ref& ref) const;
  bool is_within(const Ref& ref, const Ref& ancestor) const;  // or the same
  std::vector<Ref> children(const Ref& of) const;
  const Object* child(const Ref& of, std::string_view name) const;
  Ref datacenter_of(const Ref& ref) const;
  const Object* called(std::string_view type, std::string_view name) const;  // anywhere; the first
  std::uint64_t change() const { return change_; }
  // Of a path, as it stands in <val>; null: not set. InvalidProperty.
  Result<Tree> property(const Object& object, const std::string& path) const;

  // ---- machines ----
  Ref add_machine(const MachineSeed& seed);
  Object* machine(const std::string& name_or_id);  // null: none. Of several of one name, the first
  std::string extra_config(const std::string& id, std::string_view key) const;
  void set_extra_config(Object& machine, std::string_view key, std::string_view value);  // "" : goes
  void set_power(Object& machine, std::string_view state);                               // "poweredOn", ...
  void touch_config(Object& machine);  // gives it another changeVersion, as every edit does
  void erase_machine(const Ref& ref);  // with its files
  Guest guest_of(const Object& machine) const;
  std::int64_t free_bytes(const std::string& datastore) const;

  // ---- time ----
  WallTime now() const { return clock_.wall(); }
  void settle();  // everything that is due
  void at(WallTime when, std::function<void(Center&)> act) { timers_.emplace(when, std::move(act)); }

  // ---- tasks ----
  Ref begin(Task task, const std::string& user);
  Status cancel(const Ref& task);
  void forget_tasks();  // those that have ended, as vCenter does after a while
  const std::map<std::string, Task>& tasks() const { return tasks_; }
  // The next task of that name ends in this.
  void fail_next(std::string name, Error why) { failing_[std::move(name)].push_back(std::move(why)); }

  // ---- sessions ----
  Session* session(const std::string& cookie);  // null: none, or idle for too long
  Session& log_in(const std::string& user, const std::string& client);
  void end_session(std::string key);  // a copy: the one within the session goes with it
  void end_sessions();
  const std::map<std::string, Session>& sessions() const { return sessions_; }

  const Types types;
  Timing timing;
  std::string user, password;
  std::map<std::string, File> files;  // by path
  std::map<std::string, Collector> collectors;
  std::map<std::string, Pages> pages;        // by token
  std::map<std::string, Guest> guests;       // by machine, instead of what its extraConfig says
  std::set<std::string> denied;              // privileges that nobody has
  std::set<std::string> hidden;              // objects that nobody may read
  int logins = 0;                            // that succeeded
  std::string current_session;               // of the call that is under way
  std::string upload_url;                    // before /nfc
  std::map<std::string, int> leases;         // of imports, and how often each was heard of
  std::map<std::string, Tree> recommended;   // calls that Storage DRS would make, by key
  std::map<std::string, Tree> unregistered;  // machines, by the path of their .vmx

 private:
  Tree derived(const Object& object, std::string_view name) const;
  Tree task_info(const Task& task) const;
  void finish(Task& task, Result<Tree> end);

  const Clock& clock_;
  std::map<std::string, Object> objects_;  // by id
  std::map<std::string, std::map<std::string, const Object*>> by_type_;
  std::map<std::string, Task> tasks_;
  std::multimap<WallTime, std::function<void(Center&)>> timers_;
  std::map<std::string, std::vector<Error>> failing_;
  std::map<std::string, Session> sessions_;
  std::uint64_t change_ = 1;
  int last_id_ = 100;
};

}  // namespace rig::fakes::vcenter
