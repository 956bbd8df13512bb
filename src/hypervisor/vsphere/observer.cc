// vsphere/observer.cc — see observer.h.
#include "hypervisor/vsphere/observer.h"

#include <algorithm>

#include "base/log.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {

using provider::Existence;
using provider::MachineRef;

void Observer::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Observer::stop() {
  thread_.request_stop();
  {
    const Lock lock(mutex_);
    round_.request_stop();
  }
  thread_ = {};
}

void Observer::renew(const std::shared_ptr<Session>& now) {
  const Lock lock(mutex_);
  if (followed_ != nullptr && followed_ != now) round_.request_stop();
}

void Observer::run(const std::stop_token& stop) {
  backoff_ = kReconnectFirst;
  while (!stop.stop_requested()) {
    const Status ended = follow(stop);
    if (ended.ok() || stop.stop_requested()) continue;
    connection_.looked(ended, "");
    log::warn("vCenter does not answer", {{"error", ended.error()}});
    pause(backoff_, {Time::max(), stop, ""});
    backoff_ = std::min<Duration>(backoff_ * 2, kReconnectMax);
  }
}

Status Observer::follow(const std::stop_token& stop) {
  const std::shared_ptr<Session> session = TRY(connection_.session());
  std::stop_token round;
  {
    const Lock lock(mutex_);
    followed_ = session;
    round_ = {};
    round = round_.get_token();
  }
  Watch watch(*session);
  while (!stop.stop_requested() && TRY(connection_.session()) == session) {
    const Call call{std::chrono::steady_clock::now() + kWaitMax + 2 * kWaitGrace, round, "observer"};
    const auto happened = watch.wait(call);
    if (round.stop_requested()) return {};  // somebody has ended it
    if (!happened.ok()) return happened.error();
    if (happened->is_over) {
      log::info("vCenter has ended the session; logging in again", {});
      continue;
    }
    tell(watch.inventory(), *happened);
    mark(watch.inventory(), *happened);
    if (!happened->synced) continue;
    connection_.looked({}, TRY(session->service(call)).about.full_name);
    backoff_ = kReconnectFirst;
  }
  return {};
}

void Observer::tell(const Inventory& inventory, const Watch::Round& round) {
  if (round.began) synced_ = false;
  for (const MoRef& self : round.happened.left) forget(self);
  for (const MoRef& self : round.happened.changed)
    if (const Sight* sight = inventory.find(self)) tell_of(*sight);
  if (!round.synced || synced_) return;
  synced_ = true;
  // What was told before this watch began, and is not in it. Of what cannot be read nothing is known.
  std::vector<MoRef> gone;
  for (const auto& [self, id] : told_)
    if (!inventory.machines().contains(self)) gone.push_back(self);
  for (const MoRef& self : gone) forget(self);
  feed_.knows_all();
}

void Observer::tell_of(const Sight& sight) {
  if (is_blank(sight.props)) return;  // it is being made, or its host is away
  const auto stamp = own_stamp(sight);
  if (!stamp.ok()) return log::warn("a machine cannot be read", {{"error", stamp.error()}});
  if (!*stamp || is_released(**stamp)) return forget(sight.self);
  const MachineRef ref{(*stamp)->owner, (*stamp)->machine_id, sight.self.id};
  auto machine = read_machine(sight, ref, clock_.wall());
  if (!machine.ok() || machine->existence != Existence::kOurs) return;  // half-way: whoever is at it knows
  told_[sight.self] = ref.machine_id;
  const bool is_off = machine->power == provider::Power::kOff;
  feed_.put(machine.take());
  if ((*stamp)->power_off_at) on_shutting_down_(ref, *(*stamp)->power_off_at, is_off);
}

// One that was made anew under the same machine id is another object.
void Observer::forget(const MoRef& self) {
  const auto told = told_.extract(self);
  if (told.empty()) return;
  const bool is_elsewhere = std::ranges::any_of(told_, [&](const auto& each) { return each.second == told.mapped(); });
  if (!is_elsewhere) feed_.gone(told.mapped());
}

// ---- who waits to be told ----

Observer::Mark Observer::mark_of(const Sight& sight) {
  return {sight.props.change_version, sight.props.power_state, sight.props.name, is_blank(sight.props),
          sight.props.booted_at};
}

void Observer::mark(const Inventory& inventory, const Watch::Round& round) {
  const Lock lock(mutex_);
  if (round.began) marks_.clear();
  for (const MoRef& self : round.happened.left) marks_.erase(self);
  for (const MoRef& self : round.happened.changed)
    if (const Sight* sight = inventory.find(self)) marks_.insert_or_assign(self, mark_of(*sight));
  has_listed_ = round.synced;
  changed_.notify_all();
}

Status Observer::check_gone(const std::string& machine_id, const Call& call) {
  Lock lock(mutex_);
  const bool has_listed =
      changed_.wait_until(lock, call.stop, call.deadline, [&]() REQUIRES(mutex_) { return has_listed_; });
  if (!has_listed) return Error(Code::kUnavailable, "the machines of vCenter are not known yet");
  const std::string ending = "-" + machine_id.substr(0, 8);  // docs/ARCHITECTURE.md, Identity
  for (const auto& [self, mark] : marks_)
    if (mark.is_blank && mark.name.ends_with(ending))
      return Error(Code::kUnavailable,
                   "machine " + self.id + " ('" + mark.name + "') may be the one that is looked for")
          .with_hint("It is being made, or its host or datastore is away; it is looked at again.");
  return {};
}

void Observer::catch_up(Session& session, const MachineRef& ref, const Call& call) {
  const auto seen = look(session, ref, call);
  if (!seen.ok()) return;
  const MoRef self = *seen ? (*seen)->self : MoRef{"VirtualMachine", ref.id};
  Lock lock(mutex_);
  const auto is_told = [&]() REQUIRES(mutex_) {
    const auto known = marks_.find(self);
    return *seen ? known != marks_.end() && known->second == mark_of(**seen) : known == marks_.end();
  };
  const Time end = std::min(call.deadline, Time(std::chrono::steady_clock::now() + kCatchUpMax));
  changed_.wait_until(lock, call.stop, end, is_told);
}

}  // namespace rig::vsphere
