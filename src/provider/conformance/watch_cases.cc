// provider/conformance/watch_cases.cc — events: a snapshot, then every change, none lost.
#include <map>

#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

Status check_has_events(Bench& bench) {
  const Capabilities capabilities = TRY(bench.provider().capabilities(bench.call()));
  if (capabilities.event_latency == Duration::zero()) return Error(Code::kUnimplemented, "this provider has no events");
  return {};
}

bool is_gone(const Event& event, const std::string& machine_id) {
  return is_machine(event, machine_id) && std::get<Machine>(event.what).existence == Existence::kGone;
}

Status watch_snapshot_then_delta(Bench& bench) {
  TRY(check_has_events(bench));
  const Made made = TRY(make_small(bench));
  Watcher watcher(bench, "");
  (void)TRY(watcher.wait_for_sync());
  const std::size_t snapshot = watcher.seen().size();
  TRY(want_same(snapshot, std::size_t{2}, "events of the snapshot: one machine, Synced; their numbers"));
  TRY(want(is_machine(watcher.seen()[0].event, made.ref.machine_id, Power::kOff), "the snapshot has our machine, off"));

  TRY(bench.power_on(made.ref));
  (void)TRY(watcher.wait_for(
      "power on", [&](const Event& e) { return is_machine(e, made.ref.machine_id, Power::kOn); }, snapshot));
  TRY(bench.host().set_power(made.ref.id, Power::kOff));
  const std::size_t on = watcher.seen().size();
  (void)TRY(watcher.wait_for(
      "power off behind our back", [&](const Event& e) { return is_machine(e, made.ref.machine_id, Power::kOff); },
      on > 0 ? snapshot : 0));
  TRY(bench.remove(made.ref));
  (void)TRY(watcher.wait_for(
      "gone", [&](const Event& e) { return is_gone(e, made.ref.machine_id); }, snapshot));
  return {};
}

Status watch_leaves_out_other_clusters(Bench& bench) {
  TRY(check_has_events(bench));
  Bench other(bench.subject);
  const Made theirs = TRY(make_small(other));
  Watcher watcher(bench, "");
  (void)TRY(watcher.wait_for_sync());
  TRY(other.power_on(theirs.ref));
  const Made ours = TRY(make_small(bench));
  (void)TRY(watcher.wait_for("our machine", [&](const Event& e) { return is_machine(e, ours.ref.machine_id); }));
  for (const Watcher::Seen& seen : watcher.seen())
    TRY(want(!is_machine(seen.event, theirs.ref.machine_id), "an event of another cluster's machine came"));
  return {};
}

Status watch_resume(Bench& bench) {
  TRY(check_has_events(bench));
  const Made made = TRY(make_small(bench));
  std::string resume;
  {
    Watcher watcher(bench, "");
    resume = TRY(watcher.wait_for_sync()).event.resume;
    TRY(want(!resume.empty(), "Synced carries a token"));
  }
  TRY(bench.power_on(made.ref));  // while nobody watches
  TRY(bench.power_off(made.ref));
  Watcher watcher(bench, resume);
  (void)TRY(watcher.wait_for("on", [&](const Event& e) { return is_machine(e, made.ref.machine_id, Power::kOn); }));
  const Watcher::Seen off = TRY(watcher.wait_for(
      "off", [&](const Event& e) { return is_machine(e, made.ref.machine_id, Power::kOff) && e.resume != resume; }));
  for (const Watcher::Seen& seen : watcher.seen())
    TRY(want(!std::holds_alternative<Synced>(seen.event.what), "a resumed watch has no snapshot"));
  Watcher rest(bench, off.event.resume);
  TRY(bench.remove(made.ref));
  (void)TRY(rest.wait_for("gone", [&](const Event& e) { return is_gone(e, made.ref.machine_id); }));
  return {};
}

Status watch_resync(Bench& bench) {
  TRY(check_has_events(bench));
  const Made made = TRY(make_small(bench));
  std::string resume;
  {
    Watcher watcher(bench, "");
    resume = TRY(watcher.wait_for_sync()).event.resume;
  }
  TRY(bench.restart_provider());
  TRY(bench.host().erase(made.ref.id));
  {
    Watcher watcher(bench, resume);
    TRY(bench.until("the end of a watch with a token of another life",
                    [&]() -> Result<bool> { return watcher.ended().has_value(); }));
    TRY(want_code(Code::kOutOfRange, Status(*watcher.ended()), "watch"));
  }
  Watcher watcher(bench, "");
  (void)TRY(watcher.wait_for_sync());
  // One that the new provider had seen before it was erased is told to be gone after that.
  for (const Watcher::Seen& seen : watcher.seen()) {
    if (!is_machine(seen.event, made.ref.machine_id)) continue;
    (void)TRY(watcher.wait_for("gone", [&](const Event& e) { return is_gone(e, made.ref.machine_id); }));
    break;
  }
  return {};
}

Status watch_tells_of_tasks(Bench& bench) {
  TRY(check_has_events(bench));
  Watcher watcher(bench, "");
  (void)TRY(watcher.wait_for_sync());
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  const TaskId task = TRY(bench.provider().create(ref, spec, bench.call()));
  TRY(bench.finish(task));
  if (task.text.empty()) return {};
  (void)TRY(watcher.wait_for("the task's end", [&](const Event& e) {
    const auto* told = std::get_if<TaskEvent>(&e.what);
    return told != nullptr && told->id == task && told->ref.machine_id == ref.machine_id &&
           told->state.phase == TaskState::Phase::kDone;
  }));
  return {};
}

Status watch_within_claimed_latency(Bench& bench) {
  TRY(check_has_events(bench));
  const Duration claimed = TRY(bench.provider().capabilities(bench.call())).event_latency;
  const Made made = TRY(make_small(bench));
  Watcher watcher(bench, "");
  (void)TRY(watcher.wait_for_sync());
  for (const Power power : {Power::kOn, Power::kOff}) {
    const std::size_t before = watcher.seen().size();
    const WallTime changed = bench.now();
    TRY(bench.host().set_power(made.ref.id, power));
    const Watcher::Seen seen = TRY(watcher.wait_for(
        "out-of-band power", [&](const Event& e) { return is_machine(e, made.ref.machine_id, power); }, before));
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(seen.at - changed).count();
    TRY(want(seen.at - changed <= claimed, "an event came after " + std::to_string(took) + " ms, later than claimed"));
  }
  return {};
}

// More than any one answer and any backlog of events holds.
Status watch_10000(Bench& bench) {
  TRY(check_has_events(bench));
  constexpr std::size_t kMany = 10'000, kAskedAtOnce = 500;
  const Made made = TRY(make_small(bench));
  std::vector<MachineRef> refs = TRY(bench.host().add_machines(made.ref, kMany - 1));
  refs.push_back(made.ref);
  TRY(bench.restart_provider());  // so that all of them are in the snapshot
  std::map<std::string, int> told;
  bool is_synced = false;
  const auto on_event = [&](const Event& event) {
    if (const auto* machine = std::get_if<Machine>(&event.what))
      told[machine->ref.machine_id] += machine->existence == Existence::kOurs ? 1 : 0;
    is_synced = is_synced || std::holds_alternative<Synced>(event.what);
    return !is_synced;
  };
  const Call call{std::chrono::steady_clock::now() + 3 * kPatience, {}, "conformance"};
  const Status ended = bench.provider().watch(bench.cluster_id, "", on_event, call);
  TRY(want(is_synced, "the watch ended before Synced" + (ended.ok() ? "" : ": " + ended.error().to_string())));
  TRY(want_same(std::to_string(told.size()), std::to_string(kMany), "machines of the snapshot"));
  for (const MachineRef& ref : refs)
    TRY(want(told[ref.machine_id] == 1, ref.id + ": told " + std::to_string(told[ref.machine_id]) + " times as ours"));
  const std::span<const MachineRef> some = std::span(refs).last(kAskedAtOnce);
  const std::vector<Machine> machines = TRY(bench.provider().describe_many(some, bench.call()));
  TRY(want_same(machines.size(), some.size(), "numbers of machines asked for and answered"));
  for (std::size_t i = 0; i < some.size(); ++i)
    TRY(want(machines[i].ref == some[i] && machines[i].existence == Existence::kOurs, some[i].id + ": is not ours"));
  return {};
}

constexpr Case kCases[] = {
    {"watch_snapshot_then_delta", "none lost", run<watch_snapshot_then_delta>},
    {"watch_leaves_out_other_clusters", "one cluster's machines", run<watch_leaves_out_other_clusters>},
    {"watch_resume", "none lost while nobody watched", run<watch_resume>},
    {"watch_resync", "gone only at Synced", run<watch_resync>},
    {"watch_tells_of_tasks", "the end of a task is an event", run<watch_tells_of_tasks>},
    {"watch_10000", "each once, then Synced", run<watch_10000>},
    {"watch_within_claimed_latency", "events true and in time", run<watch_within_claimed_latency>},
};

}  // namespace

std::span<const Case> watch_cases() { return kCases; }

}  // namespace rig::provider::conformance
