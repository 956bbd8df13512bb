// provider/conformance/remove_cases.cc — removals, forgotten and cancelled tasks, secrets.
#include "base/uuid.h"
#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

Status remove_ours_exact(Bench& bench) {
  const Made kept = TRY(make_small(bench));
  const std::string foreign = TRY(bench.named(kept.spec)).display_name;
  TRY(bench.host().add_foreign_machine(foreign, random_uuid()));
  const std::vector<std::string> machines = TRY(bench.host().machine_names());
  const std::vector<std::string> volumes = TRY(bench.host().volumes());

  MachineSpec spec = TRY(bench.small_spec());
  spec.disks = {{"data", 16LL << 20, "", ""}};
  spec.seed.user_data = "#cloud-config\n";
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  TRY(bench.power_on(ref));
  TRY(bench.remove(ref));
  TRY(bench.want_existence(ref, Existence::kGone, "after removal"));
  TRY(want_same(bench.host().machine_names(), machines, "machines"));
  return want_same(bench.host().volumes(), volumes, "volumes");
}

// A machine of somebody else's under the id of `ref`. Where the hypervisor chooses ids, one that has our UUID, so that
// it is found in the place of ours.
Status put_foreign(Bench& bench, const MachineSpec& spec, MachineRef& ref) {
  if (!ref.id.empty()) return bench.host().add_foreign_machine(ref.id, random_uuid());
  const MachineSpec theirs = TRY(bench.named(spec));
  TRY(bench.host().add_foreign_machine(theirs.display_name, ref.machine_id));
  ref = TRY(bench.reserve(spec));
  return want(!ref.id.empty(), "reserve() does not find the machine that has our UUID");
}

// Every mutation of what another owns is refused, and not a byte of it is changed.
Status mutations_of_foreign_refused(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(put_foreign(bench, spec, ref));
  const std::string before = TRY(bench.host().fingerprint(ref.id));
  Provider& provider = bench.provider();
  const Call call = bench.call();
  TRY(want_code(Code::kFailedPrecondition, provider.remove(ref, call), "remove"));
  TRY(want_code(Code::kFailedPrecondition, provider.power_on(ref, call), "power on"));
  TRY(want_code(Code::kFailedPrecondition, provider.power_off(ref, std::nullopt, call), "power off"));
  TRY(want_code(Code::kFailedPrecondition, provider.reboot(ref, bench.now(), call), "reboot"));
  TRY(want_code(Code::kFailedPrecondition, provider.plan(ref, spec, call), "plan"));
  TRY(want_code(Code::kFailedPrecondition, provider.apply(ref, spec, {}, call), "apply"));
  TRY(bench.want_existence(ref, Existence::kForeign, "afterwards"));
  return want_same(bench.host().fingerprint(ref.id), before, "the foreign machine's configuration");
}

// The same uid in another cluster is another's.
Status another_clusters_machine_is_foreign(Bench& bench) {
  const Made made = TRY(make_small(bench));
  MachineRef ref = made.ref;
  ref.owner.cluster_id = "another-" + bench.cluster_id;
  TRY(bench.want_existence(ref, Existence::kForeign, "asked by another cluster"));
  TRY(want_code(Code::kFailedPrecondition, bench.provider().remove(ref, bench.call()), "remove"));
  const Machine machine = TRY(bench.describe(ref));
  TRY(want(machine.ref.owner == made.ref.owner, "a foreign machine's ref tells whose it is"));
  return bench.want_existence(made.ref, Existence::kOurs, "asked by its own");
}

Status remove_twice(Bench& bench) {
  Made made = TRY(make_small(bench));
  TRY(bench.remove(made.ref));
  TRY(bench.remove(made.ref));
  TRY(bench.make(made.ref, made.spec).context("made again"));
  return bench.want_existence(made.ref, Existence::kOurs, "made again");
}

Status remove_under(Bench& bench, Fault fault) {
  const MachineSpec spec = TRY(bench.small_spec());
  const std::vector<std::string> machines = TRY(bench.host().machine_names());
  const std::vector<std::string> volumes = TRY(bench.host().volumes());
  for (int effect = 0; effect < 50; ++effect) {
    const std::string when = "fault after effect " + std::to_string(effect);
    const MachineSpec wish = TRY(bench.named(spec));
    MachineRef ref = TRY(bench.reserve(wish));
    TRY(bench.make(ref, wish));
    TRY(bench.power_on(ref));
    (void)TRY(bench.host().plan_fault(fault, effect));
    Status removed = bench.remove(ref);
    const bool happened = TRY(bench.host().plan_fault(std::nullopt, 0));
    if (fault == Fault::kKilled && happened) TRY(bench.restart_provider());
    if (!removed.ok()) TRY(bench.remove(ref).context(when + ", asked again"));
    TRY(bench.want_existence(ref, Existence::kGone, when));
    TRY(want_same(bench.host().machine_names(), machines, when + ": machines"));
    TRY(want_same(bench.host().volumes(), volumes, when + ": volumes"));
    if (!happened) return want(effect > 0, "no fault ever happened");
  }
  return want(false, "removal has more than 50 effects");
}
Status remove_lost_reply_each_call(Bench& bench) { return remove_under(bench, Fault::kReplyLost); }
Status remove_killed_each_call(Bench& bench) { return remove_under(bench, Fault::kKilled); }

Status remove_raced_by_id_reuse(Bench& bench) {
  const Made made = TRY(make_small(bench));
  const std::string theirs = TRY(bench.host().be_quicker_than_removal(made.ref.id));
  Status removed = bench.remove(made.ref);
  const std::string before = TRY(bench.host().fingerprint(theirs).context("the new machine"));
  if (!removed.ok()) removed = bench.remove(made.ref);  // as a controller does, which then is told that it is another's
  TRY(want_same(bench.host().fingerprint(theirs), before, "the new machine's configuration"));
  const Machine left = TRY(bench.describe(made.ref));
  return want(left.existence == Existence::kForeign || left.existence == Existence::kGone,
              "the new machine is taken for ours");
}

// ---- released and taken over ----

// The same machine id asked for by another cluster's object of another name.
Result<Made> elsewhere(Bench& bench, const Made& made) {
  const MachineSpec spec = TRY(bench.named(made.spec));
  Owner owner = bench.owner(spec.hostname);
  owner.cluster_id = "elsewhere-" + bench.cluster_id;
  return Made{{owner, made.ref.machine_id, "", /*legacy=*/false}, spec};
}
Status take_over(Bench& bench, Made& taker) {
  if (taker.ref.id.empty())
    taker.ref = TRY(bench.provider().reserve(taker.ref.owner, taker.ref.machine_id, taker.spec, bench.call()));
  return bench.make(taker.ref, taker.spec);
}

Status release_hands_it_over_as_it_runs(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const auto booted_at = TRY(bench.describe(made.ref)).booted_at;
  const std::vector<std::string> volumes = TRY(bench.host().volumes());
  Made taker = TRY(elsewhere(bench, made));
  TRY(want_code(Code::kAlreadyExists, take_over(bench, taker), "taken before it was released"));

  TRY(bench.release(made.ref));
  TRY(bench.release(made.ref).context("again"));
  TRY(bench.want_existence(made.ref, Existence::kReleased, "for the old owner"));
  TRY(want_code(Code::kFailedPrecondition, bench.provider().remove(made.ref, bench.call()), "remove by the old owner"));
  TRY(want_code(Code::kFailedPrecondition, bench.power_off(made.ref), "power off by the old owner"));

  TRY(bench.want_existence(taker.ref, Existence::kReleased, "for the new owner"));
  TRY(want_code(Code::kFailedPrecondition, bench.power_off(taker.ref), "power off before it was taken over"));
  TRY(take_over(bench, taker).context("take over"));
  TRY(take_over(bench, taker).context("take over again"));
  const MachineRef& ref = taker.ref;
  TRY(bench.want_existence(ref, Existence::kOurs, "for the new owner"));
  TRY(bench.want_power(ref, Power::kOn, "taken over"));
  const Machine taken = TRY(bench.describe(ref));
  TRY(want(taken.booted_at == booted_at, "it was booted again"));
  TRY(want_same(taken.ref.id, made.ref.id, "the hypervisor's id"));
  TRY(bench.want_existence(made.ref, Existence::kForeign, "for the old owner"));
  TRY(bench.release(made.ref).context("what is another's now"));
  TRY(bench.want_existence(ref, Existence::kOurs, "after the old owner released it once more"));
  TRY(want_same(bench.host().volumes(), volumes, "volumes"));
  TRY(bench.remove(ref));
  return bench.want_existence(ref, Existence::kGone, "removed by the new owner");
}

Status release_touches_nothing_of_others(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.release(ref).context("of what is not there"));
  TRY(put_foreign(bench, spec, ref));
  const std::string before = TRY(bench.host().fingerprint(ref.id));
  TRY(bench.release(ref));
  TRY(bench.want_existence(ref, Existence::kForeign, "afterwards"));
  return want_same(bench.host().fingerprint(ref.id), before, "the foreign machine's configuration");
}

Status release_under(Bench& bench, Fault fault) {
  for (int effect = 0; effect < 50; ++effect) {
    const std::string when = "fault after effect " + std::to_string(effect);
    const Made made = TRY(make_small(bench));
    const std::vector<std::string> volumes = TRY(bench.host().volumes());
    (void)TRY(bench.host().plan_fault(fault, effect));
    TRY(bench.insist(fault, [&] { return bench.release(made.ref); }).context(when + ", release"));
    Made taker = TRY(elsewhere(bench, made));
    TRY(bench.insist(fault, [&] { return take_over(bench, taker); }).context(when + ", take over"));
    const bool happened = TRY(bench.host().plan_fault(std::nullopt, 0));
    TRY(bench.want_existence(made.ref, Existence::kForeign, when));
    TRY(bench.want_existence(taker.ref, Existence::kOurs, when));
    TRY(want_same(bench.host().volumes(), volumes, when + ": volumes"));
    if (!happened) return want(effect > 0, "no fault ever happened");
  }
  return want(false, "releasing and taking over has more than 50 effects");
}
Status release_lost_reply_each_call(Bench& bench) { return release_under(bench, Fault::kReplyLost); }
Status release_killed_each_call(Bench& bench) { return release_under(bench, Fault::kKilled); }

// ---- tasks ----

Status task_forgotten_after_restart(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  const TaskId task = TRY(bench.provider().create(ref, spec, bench.call()));
  TRY(bench.restart_provider());
  if (!task.text.empty()) {
    const TaskState state = TRY(bench.provider().poll(task, bench.call()));
    TRY(want(state.phase == TaskState::Phase::kForgotten, "a task outlived its provider"));
  }
  const TaskState unknown = TRY(bench.provider().poll({"task-of-nobody"}, bench.call()));
  TRY(want(unknown.phase == TaskState::Phase::kForgotten, "an unknown task is not forgotten"));
  TRY(bench.make(ref, spec));
  return bench.want_existence(ref, Existence::kOurs, "describe and create converge");
}

Status cancel_running_task(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  MachineRef ref = TRY(bench.reserve(spec));
  const TaskId task = TRY(bench.provider().create(ref, spec, bench.call()));
  if (!task.text.empty()) TRY(bench.provider().cancel(task, bench.call()));
  const Status ended = bench.finish(task);
  if (!ended.ok()) TRY(want_code(Code::kCancelled, ended, "the cancelled task"));
  TRY(bench.provider().cancel({"task-of-nobody"}, bench.call()).context("cancel of what is over"));
  TRY(bench.make(ref, spec));
  return bench.want_existence(ref, Existence::kOurs, "the state is derivable");
}

// ---- secrets ----

Status secrets_never_leave(Bench& bench) {
  const std::string secret = "s3cr3t-" + random_suffix(12);
  MachineSpec spec = TRY(bench.small_spec());
  spec.seed.user_data = "#cloud-config\npassword: " + secret + "\n";
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  TRY(bench.power_on(ref));
  const Machine machine = TRY(bench.describe(ref));
  std::string told = machine.detail + machine.console_url + machine.version;
  for (const MachineSpec* is : {&machine.running, &machine.configured}) {
    told += is->seed.user_data + is->seed.meta_data + is->seed.network_config;
    for (const auto& [key, value] : is->extra_config) told += key + value;
  }
  for (const auto& [key, value] : machine.facts) told += key + value;
  MachineSpec impossible = spec;
  impossible.nics.at(0).network = "conf-network-that-is-nowhere";
  impossible.nics.at(0).bridge.clear();
  const auto plan = bench.provider().plan(ref, impossible, bench.call());
  if (!plan.ok()) told += plan.error().to_string();
  TRY(want(told.find(secret) == std::string::npos, "a secret came back from describe() or in an error"));
  return want(TRY(bench.host().log()).find(secret) == std::string::npos, "a secret stands in the log");
}

constexpr Case kCases[] = {
    {"remove_ours_exact", "disks of others and images stay", run<remove_ours_exact>},
    {"remove_foreign_refused", "no mutation of what is another's", run<mutations_of_foreign_refused>},
    {"another_clusters_machine_is_foreign", "the stamp decides", run<another_clusters_machine_is_foreign>},
    {"remove_twice", "removing what is gone succeeds", run<remove_twice>},
    {"remove_lost_reply_each_call", "gone, nothing orphaned", run<remove_lost_reply_each_call>},
    {"remove_killed_each_call", "gone, nothing orphaned", run<remove_killed_each_call>},
    {"remove_raced_by_id_reuse", "the new machine survives", run<remove_raced_by_id_reuse>},
    {"release_hands_it_over_as_it_runs", "same boot, same disks; one owner at a time",
     run<release_hands_it_over_as_it_runs>},
    {"release_touches_nothing_of_others", "not a byte of theirs", run<release_touches_nothing_of_others>},
    {"release_lost_reply_each_call", "released and taken over once", run<release_lost_reply_each_call>},
    {"release_killed_each_call", "released and taken over once", run<release_killed_each_call>},
    {"task_forgotten_after_restart", "kForgotten; describe + create converge", run<task_forgotten_after_restart>},
    {"cancel_running_task", "stops, state derivable", run<cancel_running_task>},
    {"secrets_never_leave", "planted values are nowhere", run<secrets_never_leave>},
};

}  // namespace

std::span<const Case> remove_cases() { return kCases; }

}  // namespace rig::provider::conformance
