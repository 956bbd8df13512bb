// provider/feed.cc — one lock for what is known and for the changes, so that a snapshot and what follows it fit.
#include "provider/feed.h"

#include <set>

#include "base/text.h"
#include "base/uuid.h"

namespace rig::provider {

bool equal(const Machine& a, const Machine& b) {
  return a.ref == b.ref && a.existence == b.existence && a.detail == b.detail && a.host == b.host &&
         a.version == b.version && a.power == b.power && a.booted_at == b.booted_at && a.addresses == b.addresses &&
         a.guest_hostname == b.guest_hostname && a.console_url == b.console_url && a.running == b.running &&
         a.configured == b.configured && a.facts == b.facts;
}

Feed::Feed(std::size_t kept_max) : kept_max_(kept_max), epoch_(random_suffix(8)) {}

// Before all is known nobody has a place to go on from: whoever comes begins with a snapshot.
void Feed::append(const std::string& cluster_id, What what) {
  if (!known_all_) return;
  entries_.push_back({cluster_id, first_ + entries_.size() + 1, std::move(what)});
  if (entries_.size() > kept_max_) {
    entries_.pop_front();
    ++first_;
  }
  changed_.notify_all();
}

void Feed::put(Known machine) {
  Known& known = machines_[machine->ref.machine_id];
  if (known != nullptr && equal(*known, *machine)) return;
  known = machine;
  append(machine->ref.owner.cluster_id, machine);
}

void Feed::put(Machine machine) {
  const auto known = std::make_shared<const Machine>(std::move(machine));
  const Lock lock(mutex_);
  put(known);
}

void Feed::amend(const std::string& machine_id, const std::function<void(Machine&)>& change) {
  const Lock lock(mutex_);
  const auto known = machines_.find(machine_id);
  if (known == machines_.end()) return;
  Machine machine = *known->second;
  change(machine);
  put(std::make_shared<const Machine>(std::move(machine)));
}

void Feed::gone(const std::string& machine_id) {
  const Lock lock(mutex_);
  const auto known = machines_.find(machine_id);
  if (known == machines_.end()) return;
  Machine machine;
  machine.ref = known->second->ref;
  machine.existence = Existence::kGone;
  machines_.erase(known);
  append(machine.ref.owner.cluster_id, std::make_shared<const Machine>(machine));
}

void Feed::replace_all(std::vector<Machine> machines) {
  std::set<std::string> missing;
  {
    const Lock lock(mutex_);
    for (const auto& [id, machine] : machines_) missing.insert(id);
  }
  for (Machine& machine : machines) {
    missing.erase(machine.ref.machine_id);
    put(std::move(machine));
  }
  for (const std::string& id : missing) gone(id);
  knows_all();
}

void Feed::knows_all() {
  const Lock lock(mutex_);
  known_all_ = true;
  changed_.notify_all();
}

void Feed::task(TaskEvent event) {
  const Lock lock(mutex_);
  const std::string cluster_id = event.ref.owner.cluster_id;
  append(cluster_id, std::move(event));
}

std::optional<Power> Feed::power_of(const std::string& machine_id) const {
  const Lock lock(mutex_);
  const auto known = machines_.find(machine_id);
  return known == machines_.end() ? std::nullopt : std::optional(known->second->power);
}

// Every event's token is the position after it.
std::string Feed::token(std::uint64_t position) const { return epoch_ + "-" + std::to_string(position); }

Result<std::uint64_t> Feed::position_of(const std::string& resume) const {
  const auto too_old = [] {
    return Error(Code::kOutOfRange, "watch: the place to go on from is not known here any more");
  };
  if (!resume.starts_with(epoch_ + "-")) return too_old();
  const auto position = parse_int(resume.substr(epoch_.size() + 1));
  if (!position.ok() || *position < 1) return too_old();
  return static_cast<std::uint64_t>(*position);
}

Event Feed::event_of(Entry entry) const {
  Event event{entry.position == 0 ? "" : token(entry.position), Synced{}};
  if (const Known* machine = std::get_if<Known>(&entry.what)) event.what = **machine;
  if (TaskEvent* task = std::get_if<TaskEvent>(&entry.what)) event.what = std::move(*task);
  return event;
}

std::vector<Feed::Entry> Feed::snapshot(const std::string& cluster_id, std::uint64_t& position) const {
  const Lock lock(mutex_);
  std::vector<Entry> entries;
  for (const auto& [id, machine] : machines_)
    if (machine->ref.owner.cluster_id == cluster_id) entries.push_back({cluster_id, 0, machine});
  position = first_ + entries_.size();
  entries.push_back({cluster_id, position, Synced{}});
  return entries;
}

Result<std::vector<Feed::Entry>> Feed::next(const std::string& cluster_id, std::uint64_t& position,
                                            const Call& call) const {
  Lock lock(mutex_);
  std::vector<Entry> entries;
  while (true) {
    if (position < first_ || position > first_ + entries_.size()) {
      return Error(Code::kOutOfRange, "watch: the place to go on from is not known here any more");
    }
    for (; position < first_ + entries_.size(); ++position) {
      const Entry& entry = entries_[static_cast<std::size_t>(position - first_)];
      if (entry.cluster_id == cluster_id) entries.push_back(entry);
    }
    if (!entries.empty()) return entries;
    const bool news = changed_.wait_until(lock, call.stop, call.deadline,
                                          [&]() REQUIRES(mutex_) { return position < first_ + entries_.size(); });
    if (!news) return entries;
  }
}

Status Feed::watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                   const Call& call) const {
  std::uint64_t position = 0;
  std::vector<Entry> entries;
  if (resume.empty()) {
    {
      Lock lock(mutex_);
      changed_.wait_until(lock, call.stop, call.deadline, [&]() REQUIRES(mutex_) { return known_all_; });
      if (!known_all_) return Error(Code::kUnavailable, "watch: the host's machines are not known yet");
    }
    entries = snapshot(cluster_id, position);
  } else {
    position = TRY(position_of(resume));
    entries = TRY(next(cluster_id, position, call));
  }
  while (true) {
    for (Entry& entry : entries) {
      if (!on_event(event_of(std::move(entry)))) return {};
    }
    std::vector<Entry>().swap(entries);  // kept by nobody while nothing happens
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "watch: stopped");
    if (std::chrono::steady_clock::now() >= call.deadline) return Error(Code::kDeadlineExceeded, "watch: out of time");
    entries = TRY(next(cluster_id, position, call));
  }
}

}  // namespace rig::provider
