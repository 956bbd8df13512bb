#include "fakes/vcenter/center.h"

#include <algorithm>

#include "base/uuid.h"
#include "base/wall_time.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {

Center::Center(const Clock& clock, Types of, const std::string& name, const std::string& word)
    : types(std::move(of)), user(name), password(word), clock_(clock) {}

// ---- objects ----

Object* Center::object(const Ref& ref) {
  Object* found = object(ref.id);
  return found != nullptr && types.is_a(found->self.type, ref.type) ? found : nullptr;
}
Object* Center::object(const std::string& id) {
  const auto found = objects_.find(id);
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<const Object*> Center::objects(std::string_view type) const {
  std::vector<const Object*> out;
  for (const auto& [of, members] : by_type_)
    if (types.is_a(of, type))
      for (const auto& [id, each] : members) out.push_back(each);
  return out;
}

Object& Center::add(const Ref& self, const Tree& properties) {
  Object& added = objects_[self.id];
  added = {self, typed(self.type, named(self.type, properties)), ++change_};
  by_type_[self.type][self.id] = &added;
  return added;
}

void Center::set(Object& object, std::string_view path, const Tree& value) {
  object.tree = with(object.tree, path, value);
  object.changed = ++change_;
}

void Center::remove(const Ref& ref) {
  const auto found = objects_.find(ref.id);
  if (found == objects_.end()) return;
  by_type_[found->second.self.type].erase(ref.id);
  objects_.erase(found);
  ++change_;
}

std::string Center::next_id(std::string_view prefix) { return std::string(prefix) + std::to_string(++last_id_); }

Ref Center::parent(const Ref& ref) const {
  const auto found = objects_.find(ref.id);
  return found == objects_.end() ? Ref() : ref_of(found->second.tree, "parent");
}

bool Center::is_within(const Ref& ref, const Ref& ancestor) const {
  for (Ref at = ref; !at.empty(); at = parent(at))
    if (at.id == ancestor.id) return true;
  return false;
}

std::vector<Ref> Center::children(const Ref& of) const {
  std::vector<Ref> out;
  for (const auto& [id, object] : objects_)
    if (text_of(object.tree, "parent") == of.id) out.push_back(object.self);
  return out;
}

const Object* Center::child(const Ref& of, std::string_view name) const {
  for (const auto& [id, object] : objects_)
    if (text_of(object.tree, "parent") == of.id && text_of(object.tree, "name") == name) return &object;
  return nullptr;
}

Ref Center::datacenter_of(const Ref& ref) const {
  Ref at = ref;
  while (!at.empty() && at.type != "Datacenter") at = parent(at);
  return at;
}

const Object* Center::called(std::string_view type, std::string_view name) const {
  for (const Object* each : objects(type))
    if (text_of(each->tree, "name") == name) return each;
  return nullptr;
}

namespace {

Tree reference(std::string name, const Ref& ref) { return leaf(std::move(name), ref); }

Trees references(const std::string& name, const std::vector<Ref>& refs) {
  Trees out;
  for (const Ref& ref : refs) out.push_back(reference(name, ref));
  return out;
}

// Machines that say so of themselves at `path`.
std::vector<Ref> machines_at(const Center& center, std::string_view path, const Ref& place) {
  std::vector<Ref> out;
  for (const Object* machine : center.objects("VirtualMachine"))
    if (text_of(machine->tree, path) == place.id) out.push_back(machine->self);
  return out;
}

}  // namespace

Result<Tree> Center::property(const Object& object, const std::string& path) const {
  const std::string first = path.substr(0, path.find_first_of(".["));
  Tree tree = object.tree;
  if (find(tree, first) == nullptr)
    if (const Tree from_others = derived(object, first)) {
      Node out = *tree;
      for (const Tree& child : from_others->children) out.children.push_back(named(first, child));
      tree = std::make_shared<Node>(std::move(out));
    }
  const Types::Found found = TRY(types.property(tree, path));
  return Types::value_of(found);
}

// What follows from the state of others, as children of one node; null: nothing does.
Tree Center::derived(const Object& object, std::string_view name) const {
  const Ref& self = object.self;
  const auto list = [&](const std::vector<Ref>& refs) { return node("", references(std::string(name), refs)); };
  if (self.type == "VirtualMachine") return derived_of_machine(*this, object, name);
  if (self.type == "Task" && name == "info") return node("", {task_info(tasks_.at(self.id))});
  if (self.type == "SessionManager") {
    Trees found;
    for (const auto& [key, session] : sessions_)
      if (name == "sessionList" || (name == "currentSession" && key == current_session))
        found.push_back(named(std::string(name), tree_of(session)));
    return node("", std::move(found));
  }
  if (name == "childEntity") return list(children(self));
  if (name == "view") {
    std::vector<Ref> refs;
    const Ref container = ref_of(object.tree, "container");
    const bool is_recursive = is_true(object.tree, "recursive");
    Trees of = all(object.tree, "type");
    if (of.empty()) of = {leaf("type", std::string("ManagedEntity"))};
    for (const Tree& type : of)
      for (const Object* each : objects(type->text))
        if (each->self != container &&
            (is_recursive ? is_within(each->self, container) : parent(each->self) == container))
          refs.push_back(each->self);
    return list(refs);
  }
  if (name == "vm" && types.is_a(self.type, "ResourcePool")) return list(machines_at(*this, "resourcePool", self));
  if (name == "vm" && self.type == "HostSystem") return list(machines_at(*this, "runtime.host", self));
  if (name == "portgroup") {
    std::vector<Ref> refs;
    for (const Object* each : objects("DistributedVirtualPortgroup"))
      if (text_of(each->tree, "config.distributedVirtualSwitch") == self.id) refs.push_back(each->self);
    return list(refs);
  }
  const std::string& own_name = text_of(object.tree, "name");
  if (self.type == "Datastore" && (name == "summary" || name == "info")) {
    const std::string address = "ds:///vmfs/volumes/" + self.id + "/";
    if (name == "info")
      return node("", {node(std::string(name),
                            {leaf("name", own_name), leaf("url", address), leaf("freeSpace", free_bytes(own_name)),
                             leaf("maxFileSize", std::int64_t{70368744177664}),
                             leaf("maxMemoryFileSize", std::int64_t{70368744177664}),
                             leaf("maxPhysicalRDMFileSize", std::int64_t{70368744177664}),
                             leaf("maxVirtualRDMFileSize", std::int64_t{70368744177664})},
                            "VmfsDatastoreInfo")});
    return node(
        "", {node("summary",
                  {reference("datastore", self), leaf("name", own_name), leaf("url", address),
                   leaf("capacity", number_of(object.tree, "info_capacity")), leaf("freeSpace", free_bytes(own_name)),
                   leaf("accessible", text_of(object.tree, "info_accessible") != "false"),
                   leaf("type", std::string("VMFS")), leaf("maintenanceMode", std::string("normal"))})});
  }
  if (self.type == "StoragePod" && name == "summary") {
    std::int64_t capacity = 0, free = 0;
    for (const Ref& store : children(self)) {
      const Tree& tree = objects_.at(store.id).tree;
      capacity += number_of(tree, "info_capacity");
      free += free_bytes(text_of(tree, "name"));
    }
    return node("", {node("summary", {leaf("name", own_name), leaf("capacity", capacity), leaf("freeSpace", free)})});
  }
  return nullptr;
}

std::int64_t Center::free_bytes(const std::string& datastore) const {
  const Object* store = called("Datastore", datastore);
  if (store == nullptr) return 0;
  std::int64_t left = number_of(store->tree, "info_capacity");
  const std::string prefix = "[" + datastore + "]";
  for (auto file = files.lower_bound(prefix); file != files.end() && file->first.starts_with(prefix); ++file)
    left -= file->second.bytes;
  return left;
}

// ---- machines ----

Object* Center::machine(const std::string& name_or_id) {
  Object* by_id = object(name_or_id);
  if (by_id != nullptr && by_id->self.type == "VirtualMachine") return by_id;
  const Object* by_name = called("VirtualMachine", name_or_id);
  return by_name == nullptr ? nullptr : object(by_name->self.id);
}

std::string Center::extra_config(const std::string& id, std::string_view key) const {
  const auto found = objects_.find(id);
  if (found == objects_.end()) return "";
  for (const Tree& option : all(find(found->second.tree, "config"), "extraConfig"))
    if (text_of(option, "key") == key) return text_of(option, "value");
  return "";
}

void Center::set_extra_config(Object& machine, std::string_view key, std::string_view value) {
  const Tree config = find(machine.tree, "config");
  set(machine, "config", with_option(config, key, value));
  touch_config(machine);
}

void Center::touch_config(Object& machine) {
  const std::string version = format_micro_time(now()) + "-" + std::to_string(change_ + 1);
  set(machine, "config.changeVersion", leaf("changeVersion", version));
  set(machine, "config.modified", leaf("modified", format_micro_time(now())));
}

void Center::erase_machine(const Ref& ref) {
  std::erase_if(files, [&](const auto& file) { return file.second.machine == ref; });
  remove(ref);
}

Guest Center::guest_of(const Object& machine) const {
  if (const auto set = guests.find(machine.self.id); set != guests.end()) return set->second;
  const std::string word = extra_config(machine.self.id, kGuestKey);
  Guest guest;
  if (word == "ignores") guest.kind = Guest::Kind::kIgnores;
  if (word == "no-tools") guest.kind = Guest::Kind::kNoTools;
  return guest;
}

// ---- time ----

void Center::settle() {
  while (!timers_.empty() && timers_.begin()->first <= now()) {
    const auto act = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    act(*this);
  }
}

// ---- tasks ----

Ref Center::begin(Task task, const std::string& of) {
  task.self = {"Task", next_id("task-")};
  task.user = of;
  task.queued = now();
  const Ref self = task.self;
  const auto busy = [&](const auto& other) {
    return !task.busy.empty() && other.second.state == Task::State::kRunning && other.second.busy == task.busy;
  };
  const bool is_taken = std::ranges::any_of(tasks_, busy);
  add(self, node("Task", {}));
  const WallTime end = now() + task.takes;
  Task& kept = tasks_[self.id] = std::move(task);
  auto& failing = failing_[kept.name];
  if (is_taken) {
    finish(kept, refuse("TaskInProgress", "Another task is already in progress.", {leaf("task", self)}));
  } else if (!failing.empty()) {
    finish(kept, failing.front());
    failing.erase(failing.begin());
  } else {
    at(end, [self](Center& center) {
      const auto found = center.tasks_.find(self.id);
      if (found == center.tasks_.end() || found->second.state != Task::State::kRunning) return;
      const auto act = found->second.act;
      found->second.busy = {};
      Result<Tree> result = act(center);
      center.finish(center.tasks_.at(self.id), std::move(result));
    });
  }
  return self;
}

void Center::finish(Task& task, Result<Tree> end) {
  task.ended = now();
  task.state = end.ok() ? Task::State::kDone : Task::State::kFailed;
  if (end.ok()) {
    task.result = *end;
  } else {
    task.message = end.error().message();
    task.fault = fault_of(end.error());
  }
  if (Object* known = object(task.self)) known->changed = ++change_;
  at(now() + timing.tasks_kept, [self = task.self](Center& center) {
    center.tasks_.erase(self.id);
    center.remove(self);
  });
}

Status Center::cancel(const Ref& ref) {
  const auto found = tasks_.find(ref.id);
  if (found == tasks_.end()) return gone(ref);
  Task& task = found->second;
  if (task.state != Task::State::kRunning) return wrong_state("The task is not running.");
  if (!task.is_cancelable) return refuse("NotSupported", "The operation is not supported on the object.");
  task.is_cancelled = true;
  if (task.undo) task.undo(*this);
  finish(task, refuse("RequestCanceled", "The task was canceled by a user."));
  return {};
}

void Center::forget_tasks() {
  std::erase_if(tasks_, [&](const auto& task) {
    if (task.second.state == Task::State::kRunning) return false;
    remove(task.second.self);
    return true;
  });
}

Tree Center::task_info(const Task& task) const {
  constexpr std::string_view kStates[] = {"running", "success", "error"};
  const bool is_running = task.state == Task::State::kRunning;
  Trees parts = {leaf("key", task.self.id),
                 reference("task", task.self),
                 leaf("name", task.name),
                 leaf("descriptionId", task.description_id),
                 reference("entity", task.entity),
                 leaf("entityName", task.entity.id),
                 leaf("state", std::string(kStates[static_cast<std::size_t>(task.state)])),
                 leaf("cancelled", task.is_cancelled),
                 leaf("cancelable", is_running && task.is_cancelable)};
  if (task.fault != nullptr) parts.push_back(node("error", {task.fault, leaf("localizedMessage", task.message)}));
  parts.push_back(task.result);
  if (is_running && task.takes > Duration::zero())
    parts.push_back(leaf("progress", std::int64_t{(now() - task.queued) * 100 / task.takes}));
  parts.push_back(node("reason", {leaf("userName", task.user)}, "TaskReasonUser"));
  parts.push_back(leaf("queueTime", format_micro_time(task.queued)));
  parts.push_back(leaf("startTime", format_micro_time(task.queued)));
  if (!is_running) parts.push_back(leaf("completeTime", format_micro_time(task.ended)));
  parts.push_back(leaf("eventChainId", std::int64_t{1}));
  return node("info", std::move(parts));
}

// ---- sessions ----

Session* Center::session(const std::string& cookie) {
  const auto found = sessions_.find(cookie);
  if (found == sessions_.end()) return nullptr;
  if (now() - found->second.last > timing.session_idle) {
    end_session(cookie);
    return nullptr;
  }
  found->second.last = now();
  return &found->second;
}

Session& Center::log_in(const std::string& name, const std::string& client) {
  ++logins;
  const std::string key = random_uuid();
  return sessions_[key] = {key, name, client, now(), now(), 0};
}

Tree tree_of(const Session& session) {
  return node("session", {leaf("key", session.key), leaf("userName", session.user), leaf("fullName", session.user),
                          leaf("loginTime", format_micro_time(session.began)),
                          leaf("lastActiveTime", format_micro_time(session.last)), leaf("locale", std::string("en")),
                          leaf("messageLocale", std::string("en")), leaf("extensionSession", false),
                          leaf("ipAddress", std::string("127.0.0.1")), leaf("userAgent", session.client),
                          leaf("callCount", session.calls)});
}

// With it go its collectors, filters and views.
void Center::end_session(std::string key) {
  sessions_.erase(key);
  const std::string prefix = "session[" + key + "]";
  std::erase_if(collectors, [&](const auto& each) { return each.second.session == key; });
  std::vector<Ref> ended;
  for (auto each = objects_.lower_bound(prefix); each != objects_.end() && each->first.starts_with(prefix); ++each)
    if (each->second.self.type != "HttpNfcLease") ended.push_back(each->second.self);
  for (const Ref& ref : ended) remove(ref);
}

void Center::end_sessions() {
  while (!sessions_.empty()) end_session(sessions_.begin()->first);
}

}  // namespace rig::fakes::vcenter
