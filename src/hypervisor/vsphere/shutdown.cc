// vsphere/shutdown.cc — see shutdown.h.
#include "hypervisor/vsphere/shutdown.h"

#include <algorithm>

#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {

using provider::MachineRef;
using provider::TaskId;

void ShutdownList::add(const std::string& key, const MachineRef& ref, WallTime hard_at, bool at_once, WallTime now) {
  const auto [at, is_new] = entries_.try_emplace(key, Entry{last_ + 1, ref, hard_at, now + kAskAgain});
  if (is_new) ++last_;
  Entry& entry = at->second;
  entry.hard_at = std::min(entry.hard_at, hard_at);
  entry.due = std::min(entry.due, at_once ? now : entry.hard_at);
}

void ShutdownList::end(const std::string& key, std::optional<std::uint64_t> number) {
  const auto at = entries_.find(key);
  if (at != entries_.end() && at->second.number == number.value_or(at->second.number)) entries_.erase(at);
}

void ShutdownList::stepped(const std::string& key, const TaskId& step, WallTime now) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return;
  if (at->second.step == step) at->second.due = std::min(at->second.due, now + kTaskPauseFirst);
  at->second.step = step;
}

std::optional<ShutdownList::Entry> ShutdownList::find(const std::string& key) const {
  const auto at = entries_.find(key);
  return at == entries_.end() ? std::nullopt : std::optional(at->second);
}

std::vector<ShutdownList::Entry> ShutdownList::take_due(WallTime now) {
  std::vector<Entry> due;
  for (auto& [key, entry] : entries_) {
    if (entry.due > now) continue;
    due.push_back(entry);
    entry.due = now + kAskAgain;
    if (entry.hard_at > now) entry.due = std::min(entry.due, entry.hard_at);
  }
  return due;
}

std::optional<WallTime> ShutdownList::next_due() const {
  std::optional<WallTime> next;
  for (const auto& [key, entry] : entries_) next = std::min(next.value_or(entry.due), entry.due);
  return next;
}

void Shutdowns::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}
void Shutdowns::stop() { thread_ = {}; }

void Shutdowns::add(const std::string& key, const MachineRef& ref, WallTime hard_at, bool at_once) {
  const Lock lock(mutex_);
  list_.add(key, ref, hard_at, at_once, clock_.wall());
  has_changed_ = true;
  changed_.notify_all();
}

void Shutdowns::end(const std::string& key, std::optional<std::uint64_t> number) {
  const Lock lock(mutex_);
  list_.end(key, number);
}

void Shutdowns::stepped(const std::string& key, const TaskId& step) {
  const Lock lock(mutex_);
  list_.stepped(key, step, clock_.wall());
  has_changed_ = true;
  changed_.notify_all();
}

std::optional<ShutdownList::Entry> Shutdowns::find(const std::string& key) const {
  const Lock lock(mutex_);
  return list_.find(key);
}

void Shutdowns::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<ShutdownList::Entry> due;
    {
      Lock lock(mutex_);
      const auto next = list_.next_due();
      const Time now = std::chrono::steady_clock::now();
      const Time until = next ? now + std::max<Duration>(*next - clock_.wall(), {}) : Time::max();
      changed_.wait_until(lock, stop, until, [&]() REQUIRES(mutex_) { return has_changed_; });
      has_changed_ = false;
      due = list_.take_due(clock_.wall());
    }
    for (const ShutdownList::Entry& entry : due) on_due_(entry.ref, entry.hard_at);
  }
}

}  // namespace rig::vsphere
