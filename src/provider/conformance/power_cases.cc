// provider/conformance/power_cases.cc — what a machine is, on, off and in between.
#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kSlack = seconds(5);  // that a loaded test host may be late

Status describe_gone(Bench& bench) {
  const MachineSpec spec = TRY(bench.small_spec());
  const MachineRef reserved = TRY(bench.reserve(spec));
  TRY(bench.want_existence(reserved, Existence::kGone, "never made"));
  const Made made = TRY(make_small(bench));
  TRY(bench.want_existence(made.ref, Existence::kOurs, "made"));
  TRY(bench.host().erase(made.ref.id));
  TRY(bench.want_existence(made.ref, Existence::kGone, "erased by somebody"));
  return want_code(Code::kNotFound, bench.provider().power_on(made.ref, bench.call()), "power on of what is gone");
}

Status describe_many_in_order(Bench& bench) {
  const Made made = TRY(make_small(bench));
  const MachineSpec other = TRY(bench.named(made.spec));
  const MachineRef missing = TRY(bench.reserve(other));
  const std::vector<MachineRef> refs = {missing, made.ref};
  const std::vector<Machine> machines = TRY(bench.provider().describe_many(refs, bench.call()));
  TRY(want_same(machines.size(), refs.size(), "numbers of machines"));
  TRY(want(machines[0].existence == Existence::kGone, "the first is gone"));
  return want(machines[1].existence == Existence::kOurs && machines[1].ref == made.ref, "the second is ours");
}

Status describe_as(Bench& bench, Power power) {
  const Made made = TRY(make_running(bench));
  TRY(bench.host().set_power(made.ref.id, power));
  TRY(bench.want_power(made.ref, power, "behind our back"));
  TRY(bench.power_on(made.ref));
  return bench.want_power(made.ref, Power::kOn, "power on resumes it");
}
Status describe_paused(Bench& bench) { return describe_as(bench, Power::kPaused); }
Status describe_suspended(Bench& bench) { return describe_as(bench, Power::kSuspended); }

Status addresses_without_agent_fast(Bench& bench) {
  if (!bench.subject.stubborn) return Error(Code::kUnimplemented, "no machine without an agent");
  MachineSpec spec = TRY(bench.named(*bench.subject.stubborn));
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  TRY(bench.power_on(ref));
  const Time begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 5; ++i) (void)TRY(bench.describe(ref));
  const auto each = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin) / 5;
  return want(each < milliseconds(100),
              "describe takes " + std::to_string(each.count()) + " ms while the agent is silent");
}

Status power_on_off_repeat(Bench& bench) {
  const Made made = TRY(make_small(bench));
  for (const Power power : {Power::kOn, Power::kOff}) {
    const auto turn = [&] { return power == Power::kOn ? bench.power_on(made.ref) : bench.power_off(made.ref); };
    TRY(turn());
    TRY(bench.want_power(made.ref, power, "once"));
    const std::string before = TRY(bench.host().fingerprint(made.ref.id));
    const std::optional<WallTime> booted_at = TRY(bench.describe(made.ref)).booted_at;
    TRY(turn());
    TRY(bench.want_power(made.ref, power, "twice"));
    TRY(want_same(bench.host().fingerprint(made.ref.id), before, "configuration after a repeat"));
    const Machine machine = TRY(bench.describe(made.ref));
    TRY(want(machine.booted_at == booted_at, "a repeat started it again"));
  }
  return {};
}

Status power_off_graceful_obeys(Bench& bench) {
  if (bench.subject.boot_time == Duration::zero()) return Error(Code::kUnimplemented, "machines here do not boot");
  const Made made = TRY(make_running(bench));
  const WallTime hard_at = bench.now() + bench.subject.boot_time + seconds(60);
  TRY(bench.finish(bench.provider().power_off(made.ref, hard_at, bench.call())));
  TRY(bench.want_power(made.ref, Power::kOff, "after a graceful shutdown"));
  return want(bench.now() < hard_at, "it was off only when the power was cut");
}

Result<Made> make_stubborn(Bench& bench) {
  if (!bench.subject.stubborn) return Error(Code::kUnimplemented, "every machine here obeys");
  MachineSpec spec = TRY(bench.named(*bench.subject.stubborn));
  MachineRef ref = TRY(bench.reserve(spec));
  TRY(bench.make(ref, spec));
  TRY(bench.power_on(ref));
  return Made{std::move(ref), std::move(spec)};
}

Status want_off_at(Bench& bench, const MachineRef& ref, WallTime hard_at) {
  const Duration patience = (hard_at - bench.now()) + kSlack;
  const auto is_off = [&]() -> Result<bool> { return TRY(bench.describe(ref)).power == Power::kOff; };
  TRY(bench.until("the power to be cut", is_off, patience));
  return want(bench.now() >= hard_at - milliseconds(50), "the power was cut before its time");
}

Status graceful_deadline(Bench& bench) {
  const Made made = TRY(make_stubborn(bench));
  const WallTime hard_at = bench.now() + seconds(1);
  (void)TRY(bench.provider().power_off(made.ref, hard_at, bench.call()));
  // A repeat, also one with a later time, does not extend it.
  (void)TRY(bench.provider().power_off(made.ref, hard_at + seconds(60), bench.call()));
  return want_off_at(bench, made.ref, hard_at);
}

Status power_off_deadline_survives_restart(Bench& bench) {
  const Made made = TRY(make_stubborn(bench));
  const WallTime hard_at = bench.now() + seconds(2);
  (void)TRY(bench.provider().power_off(made.ref, hard_at, bench.call()));
  TRY(bench.restart_provider());
  return want_off_at(bench, made.ref, hard_at);
}

Status power_off_at_once_beats_a_graceful_one(Bench& bench) {
  const Made made = TRY(make_stubborn(bench));
  (void)TRY(bench.provider().power_off(made.ref, bench.now() + seconds(60), bench.call()));
  const WallTime asked = bench.now();
  TRY(bench.power_off(made.ref));
  TRY(bench.want_power(made.ref, Power::kOff, "after power off at once"));
  return want(bench.now() < asked + kSlack + seconds(5), "it waited for the graceful one");
}

Status reboot_repeat_once(Bench& bench) {
  const Made made = TRY(make_running(bench));
  const std::optional<WallTime> first = TRY(bench.describe(made.ref)).booted_at;
  TRY(want(first.has_value(), "a running machine tells when it was booted"));
  const WallTime asked = bench.now();
  TRY(bench.finish(bench.provider().reboot(made.ref, asked, bench.call())));
  const std::optional<WallTime> second = TRY(bench.describe(made.ref)).booted_at;
  TRY(want(second.has_value() && *second >= asked, "it was not rebooted"));
  TRY(bench.finish(bench.provider().reboot(made.ref, asked, bench.call())));  // the reply was lost: asked again
  const Machine machine = TRY(bench.describe(made.ref));
  TRY(want(machine.power == Power::kOn, "it is on after a reboot"));
  return want(machine.booted_at == second, "a repeat rebooted it again");
}

constexpr Case kCases[] = {
    {"describe_gone", "gone only when proven", run<describe_gone>},
    {"describe_many_in_order", "one answer per machine", run<describe_many_in_order>},
    {"describe_paused", "reported as such", run<describe_paused>},
    {"describe_suspended", "reported as such", run<describe_suspended>},
    {"addresses_without_agent_fast", "describe < 100 ms with a silent agent", run<addresses_without_agent_fast>},
    {"power_on_off_repeat", "idempotent", run<power_on_off_repeat>},
    {"power_off_graceful_obeys", "clean before the deadline", run<power_off_graceful_obeys>},
    {"graceful_deadline", "hard at the deadline", run<graceful_deadline>},
    {"power_off_deadline_survives_restart", "the same absolute instant", run<power_off_deadline_survives_restart>},
    {"power_off_at_once_beats_a_graceful_one", "at once", run<power_off_at_once_beats_a_graceful_one>},
    {"reboot_repeat_once", "a lost reply does not reboot twice", run<reboot_repeat_once>},
};

}  // namespace

std::span<const Case> power_cases() { return kCases; }

}  // namespace rig::provider::conformance
