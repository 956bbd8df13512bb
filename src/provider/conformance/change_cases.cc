// provider/conformance/change_cases.cc — changes: what they cost, and that nothing else happens.
#include <algorithm>

#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

constexpr std::int64_t kMib = 1LL << 20;

const Change* find_change(const Plan& plan, const std::string& path) {
  const auto change =
      std::find_if(plan.changes.begin(), plan.changes.end(), [&](const Change& c) { return c.path == path; });
  return change == plan.changes.end() ? nullptr : &*change;
}

Result<Change> price(Bench& bench, const MachineRef& ref, const MachineSpec& wish, const std::string& path) {
  const Plan plan = TRY(bench.provider().plan(ref, wish, bench.call()));
  const Change* change = find_change(plan, path);
  if (change == nullptr) return Error(Code::kFailedPrecondition, "the plan does not name " + path);
  return *change;
}

// The wish as the machine stands: what the provider chose is kept.
Result<MachineSpec> as_configured(Bench& bench, const Made& made) {
  MachineSpec wish = made.spec;
  wish.root_disk_bytes = TRY(bench.describe(made.ref)).configured.root_disk_bytes;
  return wish;
}

Status plan_of_nothing_is_empty(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const Plan plan = TRY(bench.provider().plan(made.ref, made.spec, bench.call()));
  const Machine machine = TRY(bench.describe(made.ref));
  TRY(want_same(plan.version, machine.version, "version"));
  return want(plan.changes.empty(),
              plan.changes.empty() ? "" : "an unchanged machine has the change " + plan.changes[0].path);
}

Status plan_has_no_effect(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const std::string before = TRY(bench.host().fingerprint(made.ref.id));
  MachineSpec wish = TRY(as_configured(bench, made));
  ++wish.cpus;
  wish.memory_mib *= 2;
  wish.root_disk_bytes += 64 * kMib;
  wish.disks.push_back({"more", 16 * kMib, "", ""});
  (void)TRY(bench.provider().plan(made.ref, wish, bench.call()));
  return want_same(bench.host().fingerprint(made.ref.id), before, "configuration after a plan");
}

Status plan_prices_fields(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const MachineSpec is = TRY(as_configured(bench, made));
  const bool grows_online = TRY(bench.provider().capabilities(bench.call())).disk_expansion_online;

  MachineSpec wish = is;
  wish.root_disk_bytes += 64 * kMib;
  const Change grown = TRY(price(bench, made.ref, wish, "root_disk_bytes"));
  TRY(want(grows_online ? grown.cost == Cost::kOnline : grown.cost != Cost::kImpossible,
           "growing the root disk has the wrong price"));
  wish = is;
  wish.root_disk_bytes = std::max<std::int64_t>(1, is.root_disk_bytes / 2);
  const Change shrunk = TRY(price(bench, made.ref, wish, "root_disk_bytes"));
  TRY(want(shrunk.cost == Cost::kImpossible, "shrinking the root disk is not impossible"));
  TRY(want(!shrunk.why.empty(), "what is impossible has a reason"));
  wish = is;
  ++wish.cpus;
  const Cost running = TRY(price(bench, made.ref, wish, "cpus")).cost;
  TRY(want(running == Cost::kOnline || running == Cost::kPowerCycle, "a processor more has the wrong price"));
  TRY(bench.power_off(made.ref));
  return want(TRY(price(bench, made.ref, wish, "cpus")).cost == Cost::kOnline,
              "a machine that is off has nothing to wait for");
}

Status apply_online_cpu_memory_disk(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const std::optional<WallTime> booted_at = TRY(bench.describe(made.ref)).booted_at;
  MachineSpec wish = TRY(as_configured(bench, made));
  ++wish.cpus;
  wish.memory_mib += 64;
  wish.root_disk_bytes += 64 * kMib;
  wish.disks.push_back({"more", 16 * kMib, "", ""});
  Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
  std::erase_if(plan.changes, [](const Change& change) { return change.cost != Cost::kOnline; });
  TRY(want(!plan.changes.empty(), "nothing can be changed online"));
  TRY(bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call())));

  const Machine machine = TRY(bench.describe(made.ref));
  TRY(want(machine.booted_at == booted_at, "apply() restarted the machine"));
  TRY(want(machine.version != plan.version, "the version did not change"));
  for (const MachineSpec* spec : {&machine.running, &machine.configured}) {
    if (find_change(plan, "cpus") != nullptr) TRY(want_same(spec->cpus, wish.cpus, "cpus"));
    if (find_change(plan, "memory_mib") != nullptr) TRY(want_same(spec->memory_mib, wish.memory_mib, "memory_mib"));
    if (find_change(plan, "root_disk_bytes") != nullptr)
      TRY(want_same(spec->root_disk_bytes, wish.root_disk_bytes, "root_disk_bytes"));
    if (find_change(plan, "disks[more]") != nullptr)
      TRY(want_same(spec->disks.size(), std::size_t{1}, "numbers of disks"));
  }
  return {};
}

// Wishes, one of which waits for a power cycle on most hosts.
Status apply_power_cycle_staged(Bench& bench) {
  Made made;
  {
    MachineSpec spec = TRY(bench.small_spec());
    spec.cpus = 2;
    MachineRef ref = TRY(bench.reserve(spec));
    TRY(bench.make(ref, spec));
    TRY(bench.power_on(ref));
    made = {ref, spec};
  }
  MachineSpec wish = TRY(as_configured(bench, made));
  wish.cpus = 1;
  Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
  const Change* change = find_change(plan, "cpus");
  TRY(want(change != nullptr, "the plan does not name cpus"));
  if (change->cost != Cost::kPowerCycle)
    return Error(Code::kUnimplemented, "a processor is taken away without a power cycle");
  const std::optional<WallTime> booted_at = TRY(bench.describe(made.ref)).booted_at;
  TRY(bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call())));

  const Machine staged = TRY(bench.describe(made.ref));
  TRY(want(staged.power == Power::kOn && staged.booted_at == booted_at, "apply() restarted the machine"));
  TRY(want_same(staged.configured.cpus, 1, "configured cpus"));
  TRY(want_same(staged.running.cpus, 2, "running cpus before the power cycle"));
  TRY(bench.power_off(made.ref));
  TRY(bench.power_on(made.ref));
  return want_same(TRY(bench.describe(made.ref)).running.cpus, 1, "running cpus after the power cycle");
}

Status apply_shrink_refused(Bench& bench) {
  const Made made = TRY(make_small(bench));
  MachineSpec wish = TRY(as_configured(bench, made));
  wish.root_disk_bytes = std::max<std::int64_t>(1, wish.root_disk_bytes / 2);
  const Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
  const std::string before = TRY(bench.host().fingerprint(made.ref.id));
  const Status applied = bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call()));
  TRY(want_code(Code::kOutOfRange, applied, "apply"));
  return want_same(bench.host().fingerprint(made.ref.id), before, "configuration");
}

Status apply_stale_version(Bench& bench) {
  const Made made = TRY(make_small(bench));
  MachineSpec wish = TRY(as_configured(bench, made));
  ++wish.cpus;
  const Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
  TRY(bench.host().edit(made.ref.id));
  const std::string edited = TRY(bench.host().fingerprint(made.ref.id));
  const Status applied = bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call()));
  TRY(want_code(Code::kAborted, applied, "apply"));
  return want_same(bench.host().fingerprint(made.ref.id), edited, "the foreign edit");
}

Status apply_only_what_was_planned(Bench& bench) {
  const Made made = TRY(make_small(bench));
  MachineSpec wish = TRY(as_configured(bench, made));
  wish.memory_mib += 64;
  const Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
  ++wish.cpus;  // wished since then, not planned
  TRY(bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call())));
  const MachineSpec is = TRY(bench.describe(made.ref)).configured;
  TRY(want_same(is.memory_mib, wish.memory_mib, "memory_mib"));
  return want_same(is.cpus, made.spec.cpus, "cpus");
}

Status add_remove_nic_disk_by_name(Bench& bench) {
  MachineSpec spec = TRY(bench.small_spec());
  spec.disks = {{"first", 16 * kMib, "", ""}, {"second", 32 * kMib, "", ""}};
  NicSpec nic = spec.nics.at(0);
  nic.name = "second";
  nic.mac.clear();
  spec.nics.push_back(nic);
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  const std::vector<std::string> before = TRY(bench.host().volumes());
  const std::string kept_mac = TRY(bench.describe(ref)).configured.nics.at(1).mac;

  MachineSpec wish = spec;
  wish.root_disk_bytes = 0;
  wish.disks.erase(wish.disks.begin());
  wish.nics.erase(wish.nics.begin());
  const Plan plan = TRY(bench.provider().plan(ref, wish, bench.call()));
  TRY(want_same(plan.changes.size(), std::size_t{2}, "numbers of changes"));
  TRY(bench.finish(bench.provider().apply(ref, wish, plan, bench.call())));
  const MachineSpec is = TRY(bench.describe(ref)).configured;
  TRY(want(is.disks.size() == 1 && is.disks[0].name == "second" && is.disks[0].size_bytes == 32 * kMib,
           "the wrong disk went"));
  TRY(want(is.nics.size() == 1 && is.nics[0].name == "second", "the wrong NIC went"));
  TRY(want_same(is.nics[0].mac, kept_mac, "the MAC of the NIC that stays"));
  return want_same(TRY(bench.host().volumes()).size() + 1, before.size(), "numbers of volumes");
}

Status change_under(Bench& bench, Fault fault) {
  for (int effect = 0; effect < 50; ++effect) {
    const std::string when = "fault after effect " + std::to_string(effect);
    const Made made = TRY(make_small(bench));
    const std::vector<std::string> before = TRY(bench.host().volumes());
    MachineSpec wish = TRY(as_configured(bench, made));
    wish.memory_mib += 64;
    wish.disks.push_back({"more", 16 * kMib, "", ""});
    const auto apply = [&]() -> Status {
      const Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
      return bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call()));
    };
    (void)TRY(bench.host().plan_fault(fault, effect));
    TRY(bench.insist(fault, apply).context(when + ", apply"));
    TRY(bench.insist(fault, [&] { return bench.power_on(made.ref); }).context(when + ", power on"));
    TRY(bench.insist(fault, [&] { return bench.power_off(made.ref); }).context(when + ", power off"));
    const bool happened = TRY(bench.host().plan_fault(std::nullopt, 0));
    TRY(bench.insist(fault, [&] { return bench.want_existence(made.ref, Existence::kOurs, when); }));
    TRY(bench.want_power(made.ref, Power::kOff, when));
    const MachineSpec is = TRY(bench.describe(made.ref)).configured;
    TRY(want_same(is.memory_mib, wish.memory_mib, when + ": memory_mib"));
    TRY(want_same(is.disks.size(), std::size_t{1}, when + ": numbers of disks"));
    const std::vector<std::string> after = TRY(bench.host().volumes());
    TRY(want_same(after.size(), before.size() + 1, when + ": numbers of volumes"));
    TRY(bench.remove(made.ref));
    if (!happened) return want(effect > 0, "no fault ever happened");
  }
  return want(false, "a change, power on and power off have more than 50 effects");
}
Status change_lost_reply_each_call(Bench& bench) { return change_under(bench, Fault::kReplyLost); }
Status change_killed_each_call(Bench& bench) { return change_under(bench, Fault::kKilled); }

constexpr Case kCases[] = {
    {"plan_of_nothing_is_empty", "what the provider chose is no change", run<plan_of_nothing_is_empty>},
    {"plan_has_no_effect", "the configuration is untouched", run<plan_has_no_effect>},
    {"plan_prices_fields", "online, power cycle, impossible are right", run<plan_prices_fields>},
    {"apply_online_cpu_memory_disk", "running and configured agree", run<apply_online_cpu_memory_disk>},
    {"apply_power_cycle_staged", "no restart by us; applied after off and on", run<apply_power_cycle_staged>},
    {"apply_shrink_refused", "OutOfRange, nothing changed", run<apply_shrink_refused>},
    {"apply_stale_version", "Aborted, the foreign edit kept", run<apply_stale_version>},
    {"apply_only_what_was_planned", "that plan and nothing else", run<apply_only_what_was_planned>},
    {"add_remove_nic_disk_by_name", "the right one removed", run<add_remove_nic_disk_by_name>},
    {"change_lost_reply_each_call", "changed and switched once, no orphan volume", run<change_lost_reply_each_call>},
    {"change_killed_each_call", "changed and switched once, no orphan volume", run<change_killed_each_call>},
};

}  // namespace

std::span<const Case> change_cases() { return kCases; }

}  // namespace rig::provider::conformance
