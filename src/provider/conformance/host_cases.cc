// provider/conformance/host_cases.cc — what hosts do by themselves: move machines, use a name again, fall silent, end
// sessions, let somebody else work on a machine; and what a provider costs them while nothing happens.
#include <cstdio>

#include "base/uuid.h"
#include "provider/conformance/internal/bench.h"

namespace rig::provider::conformance {
namespace {

using std::chrono::seconds;

Status describe_foreign_same_id(Bench& bench) {
  const Made made = TRY(make_small(bench));
  TRY(bench.host().erase(made.ref.id));
  TRY(bench.host().add_foreign_machine(made.ref.id, random_uuid()));
  const std::string before = TRY(bench.host().fingerprint(made.ref.id));
  TRY(bench.want_existence(made.ref, Existence::kForeign, "its id was used again"));
  TRY(want_code(Code::kFailedPrecondition, bench.provider().remove(made.ref, bench.call()), "remove"));
  return want_same(bench.host().fingerprint(made.ref.id), before, "the other machine's configuration");
}

Status describe_unknown_is_not_gone(Bench& bench) {
  const Made made = TRY(make_small(bench));
  for (int kind = 0; TRY(bench.host().doubt(kind)); ++kind) {
    const std::string when = "in doubt of kind " + std::to_string(kind);
    TRY(want(!bench.describe(made.ref).ok(), when + ": describe() knows something"));
    TRY(want(!bench.provider().describe_many(std::span(&made.ref, 1), bench.call()).ok(),
             when + ": describe_many() knows something"));
  }
  TRY(bench.until("an answer without doubt", [&]() -> Result<bool> { return bench.describe(made.ref).ok(); }));
  return bench.want_existence(made.ref, Existence::kOurs, "without doubt");
}

Status moved_by_host(Bench& bench) {
  const Made made = TRY(make_small(bench));
  const std::string there = TRY(bench.host().move(made.ref.id));
  const Machine moved = TRY(bench.describe(made.ref));
  TRY(want_same(moved.host, there, "host"));
  TRY(bench.power_on(made.ref));
  TRY(bench.want_power(made.ref, Power::kOn, "turned on where it is now"));
  TRY(bench.remove(made.ref));
  return bench.want_existence(made.ref, Existence::kGone, "removed where it is now");
}

Status session_expiry_single_flight(Bench& bench) {
  const Made made = TRY(make_small(bench));
  const std::int64_t before = TRY(bench.host().logins());
  TRY(bench.host().end_sessions());
  std::vector<Status> outcomes(20);  // a wire serves 32 at once
  {
    std::vector<std::jthread> threads;
    for (Status& outcome : outcomes)
      threads.emplace_back(
          [&] { outcome = bench.want_existence(made.ref, Existence::kOurs, "after the session's end"); });
  }
  for (Status& outcome : outcomes) TRY(std::move(outcome));
  return want_same(std::to_string(TRY(bench.host().logins()) - before), "1", "logins for 20 calls");
}

// Somebody works on the machine. A try ends with an error that says who and may be repeated; it asks no more often than
// another one does, and the next try after the other's end succeeds.
Status lock_contention_backs_off(Bench& bench) {
  constexpr double kCallsMax = 200;  // a loop that does not wait makes thousands
  const Made made = TRY(make_small(bench));
  TRY(bench.power_on(made.ref));
  MachineSpec wish = made.spec;
  wish.disks.push_back({"more", 16LL << 20, "", ""});
  const auto attempt = [&]() -> Status {
    const Plan plan = TRY(bench.provider().plan(made.ref, wish, bench.call()));
    return bench.finish(bench.provider().apply(made.ref, wish, plan, bench.call()));
  };
  const std::string who = TRY(bench.host().hold(made.ref.id));
  const std::int64_t calls = TRY(bench.host().calls());
  const Time begin = std::chrono::steady_clock::now();
  const Status refused = attempt();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto asked = static_cast<double>(TRY(bench.host().calls()) - calls);
  TRY(bench.host().let_go(made.ref.id));
  TRY(want(!refused.ok(), "the machine was changed while somebody else held it"));
  const std::string told = refused.error().to_string();
  const Remedy what = remedy(refused.error().code());
  TRY(want(what == Remedy::kRetry || what == Remedy::kReread, "the error says not to try again: " + told));
  TRY(want(told.find(who) != std::string::npos, "the error does not say that " + who + " holds the machine: " + told));
  TRY(want(asked <= kCallsMax + bench.subject.idle_calls_per_second.value_or(0) * took.count(),
           std::to_string(static_cast<int>(asked)) + " calls for one try"));
  const auto is_done = [&]() -> Result<bool> {
    const Status done = attempt();
    if (!done.ok() && remedy(done.error().code()) == Remedy::kUserFix) return done.error();
    return done.ok();
  };
  TRY(bench.until("the change, once nobody holds the machine", is_done));
  return want_same(TRY(bench.describe(made.ref)).configured.disks.size(), wish.disks.size(), "numbers of disks");
}

Status idle_call_budget(Bench& bench) {
  if (!bench.subject.idle_calls_per_second) return Error(Code::kUnimplemented, "calls are not counted on this host");
  const Made made = TRY(make_running(bench));
  const Duration time = seconds(2);
  // What was done is looked at once more, then it is quiet: one of a few such times is within the budget.
  const auto is_quiet = [&]() -> Result<bool> {
    const std::int64_t before = TRY(bench.host().calls());
    const WallTime end = bench.now() + time;
    TRY(bench.until("time to pass", [&]() -> Result<bool> { return bench.now() >= end; }));
    const auto calls = static_cast<double>(TRY(bench.host().calls()) - before);
    std::printf("[   idle   ] %.1f calls a second\n", calls / 2);
    return calls <= *bench.subject.idle_calls_per_second * 2;
  };
  return bench.until("a quiet time within the budget", is_quiet, 15 * time);
}

constexpr Case kCases[] = {
    {"describe_foreign_same_id", "an id that was used again is another's machine", run<describe_foreign_same_id>},
    {"describe_unknown_is_not_gone", "no doubt is taken for absence", run<describe_unknown_is_not_gone>},
    {"moved_by_host", "found and served where it is now", run<moved_by_host>},
    {"session_expiry_single_flight", "one login for many calls", run<session_expiry_single_flight>},
    {"lock_contention_backs_off", "no storm; the error says who holds the machine", run<lock_contention_backs_off>},
    {"idle_call_budget", "counted on the host's side", run<idle_call_budget>},
};

}  // namespace

std::span<const Case> host_cases() { return kCases; }

}  // namespace rig::provider::conformance
