// provider/fake/events.cc — the log of events, and watches that read it.
#include "base/text.h"
#include "provider/fake/internal/impl.h"

namespace rig::provider::fake {

void FakeProvider::Impl::tell(const std::string& cluster_id, std::variant<Machine, TaskEvent, Synced> what) {
  events.push_back({cluster_id, std::move(what)});
  if (events.size() > kEventsKept) {
    events.pop_front();
    ++first_event;
  }
  changed.notify_all();
}

void FakeProvider::Impl::tell_task(const TaskId& id, const MachineRef& ref) {
  tell(ref.owner.cluster_id, TaskEvent{ref, id, state(id)});
}

// "<process>.<number of the next event>"; a token of another process is too old, whatever its number.
std::string FakeProvider::Impl::resume_token(std::uint64_t next) const {
  return std::to_string(process) + "." + std::to_string(next);
}

Result<std::uint64_t> FakeProvider::Impl::parse_resume(const std::string& resume) const {
  const std::vector<std::string> parts = split(resume, '.');
  const Error too_old(Code::kOutOfRange, "resume token " + resume + " is of another time; start again without one");
  if (parts.size() != 2 || parts[0] != std::to_string(process)) return too_old;
  const auto number = parse_int(parts[1]);
  if (!number.ok()) return too_old;
  const auto next = static_cast<std::uint64_t>(*number);
  if (next < first_event || next > first_event + events.size()) return too_old;
  return next;
}

Status FakeProvider::Impl::watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
                                 const Call& call) {
  std::vector<Event> snapshot;
  std::uint64_t next = 0;
  {
    const Lock lock(mutex);
    TRY(enter(Call{{}, call.stop, {}}));  // the deadline counts when everything known was told
    if (!resume.empty()) {
      next = TRY(parse_resume(resume));
    } else {
      next = first_event + events.size();
      for (const auto& [id, record] : host.machines)
        if (!record.ref.owner.uid.empty() && record.ref.owner.cluster_id == cluster_id)
          snapshot.push_back({"", host.show(record, clock.wall())});
      snapshot.push_back({resume_token(next), Synced{}});
    }
  }
  for (Event& event : snapshot)
    if (!on_event(std::move(event))) return {};
  return on_event_after(cluster_id, next, on_event, call);
}

Status FakeProvider::Impl::on_event_after(const std::string& cluster_id, std::uint64_t next, const OnEvent& on_event,
                                          const Call& call) {
  Lock lock(mutex);
  const int process_at_start = process;
  for (;;) {
    advance();
    if (process != process_at_start || is_killed)
      return Error(Code::kUnavailable, "watch: the provider process ended");
    if (next < first_event) return Error(Code::kOutOfRange, "watch: the reader is too slow; start again without a token");
    if (next < first_event + events.size()) {
      const Told& told = events[next - first_event];
      ++next;
      if (!told.cluster_id.empty() && told.cluster_id != cluster_id) continue;
      Event event{resume_token(next), told.what};
      lock.unlock();
      const bool go_on = on_event(std::move(event));
      lock.lock();
      if (!go_on) return {};
      continue;
    }
    TRY(enter(call));
    changed.wait_for(lock, call.stop, kWatchLook, [&] { return next < first_event + events.size(); });
  }
}

}  // namespace rig::provider::fake
