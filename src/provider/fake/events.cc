// provider/fake/events.cc — the log of events.
#include "base/text.h"
#include "provider/fake/internal/world.h"

namespace rig::provider::fake {

void World::tell(const std::string& cluster_id, std::variant<Machine, TaskEvent, Synced> what) {
  events_.push_back({cluster_id, std::move(what)});
  if (events_.size() > kEventsKept) {
    events_.pop_front();
    ++first_event_;
  }
  if (on_event) on_event();
}

void World::tell_task(const TaskId& id, const MachineRef& ref) {
  tell(ref.owner.cluster_id, TaskEvent{ref, id, state(id)});
}

std::vector<Event> World::snapshot(const std::string& cluster_id) const {
  std::vector<Event> all;
  for (const auto& [id, record] : host.machines())
    if (!record.ref.owner.uid.empty() && record.ref.owner.cluster_id == cluster_id)
      all.push_back({"", host.show(record, wall())});
  all.push_back({resume_token(next_event()), Synced{}});
  return all;
}

// "<process>.<number of the next event>"; a token of another process is too old, whatever its number.
std::string World::resume_token(std::uint64_t next) const {
  return std::to_string(process) + "." + std::to_string(next);
}

Result<std::uint64_t> World::parse_resume(const std::string& resume) const {
  const std::vector<std::string> parts = split(resume, '.');
  const Error too_old(Code::kOutOfRange, "resume token " + resume + " is of another time; start again without one");
  if (parts.size() != 2 || parts[0] != std::to_string(process)) return too_old;
  const auto number = parse_int(parts[1]);
  if (!number.ok()) return too_old;
  const auto next = static_cast<std::uint64_t>(*number);
  if (next < first_event_ || next > next_event()) return too_old;
  return next;
}

const World::Told* World::event(std::uint64_t number) const {
  return number < first_event_ ? nullptr : &events_[number - first_event_];
}

}  // namespace rig::provider::fake
