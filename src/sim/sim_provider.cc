// sim/sim_provider.cc — the way to a hypervisor, in bad weather.
#include "sim/sim_provider.h"

#include <set>

#include "sim/world.h"

namespace rig::sim {
namespace {

using namespace provider;

class SimProvider final : public Provider, public Images {
 public:
  SimProvider(World& world, Provider& host) : world_(world), host_(host) {}

  Result<Health> check(const Call& call) override {
    return probe("check", [&] { return host_.check(call); });
  }
  Result<Capabilities> capabilities(const Call& call) override {
    return probe("capabilities", [&] { return host_.capabilities(call); });
  }
  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    return across("reserve " + owner.name, [&] { return host_.reserve(owner, machine_id, spec, call); });
  }
  Result<TaskId> create(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return across("create " + ref.id, [&] { return host_.create(ref, spec, effect(call)); });
  }
  Result<Machine> describe(const MachineRef& ref, const Call& call) override {
    Result<Machine> found = across("describe " + ref.id, [&] { return host_.describe(ref, call); });
    if (world_.planted == Planted::kDoubtIsAbsence && !found.ok()) return Machine{};
    if (world_.planted == Planted::kRemovalBelieved && removals_.contains(ref)) return Machine{};
    return found;
  }
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> refs, const Call& call) override {
    return across("describe many", [&] { return host_.describe_many(refs, call); });
  }
  Status watch(const std::string&, const std::string&, const OnEvent&, const Call&) override {
    return Error(Code::kUnimplemented, "a reconciler watches a provider: nothing may block in the simulator");
  }
  Result<Plan> plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return across("plan " + ref.id, [&] { return host_.plan(ref, spec, call); });
  }
  Result<TaskId> apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) override {
    return across("apply " + ref.id, [&] { return host_.apply(ref, spec, plan, effect(call)); });
  }
  Result<TaskId> power_on(const MachineRef& ref, const Call& call) override {
    return across("power on " + ref.id, [&] { return host_.power_on(ref, effect(call)); });
  }
  Result<TaskId> power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) override {
    return across("power off " + ref.id, [&] { return host_.power_off(ref, hard_at, effect(call)); });
  }
  Result<TaskId> reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) override {
    return across("reboot " + ref.id, [&] { return host_.reboot(ref, if_booted_before, call); });
  }
  Result<TaskId> remove(const MachineRef& ref, const Call& call) override {
    removals_.insert(ref);
    return across("remove " + ref.id, [&] { return host_.remove(ref, effect(call)); });
  }
  Result<TaskId> release(const MachineRef& ref, const Call& call) override {
    return across("release " + ref.id, [&] { return host_.release(ref, call); });
  }
  Result<TaskState> poll(const TaskId& task, const Call& call) override {
    Result<TaskState> state = across("poll " + task.text, [&] { return host_.poll(task, call); });
    const bool forgotten = state.ok() && state->phase == TaskState::Phase::kForgotten;
    if (world_.planted == Planted::kForgottenTaskAwaited && forgotten) return TaskState{};
    return state;
  }
  Status cancel(const TaskId& task, const Call& call) override {
    return across("cancel " + task.text, [&] { return host_.cancel(task, call); });
  }
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override {
    return across("prepare " + request.name, [&] { return host_.images().prepare(request, effect(call)); });
  }
  Images& images() override { return *this; }
  Console& console() override { return host_.console(); }

 private:
  // Asked again and again while nothing happens: not a moment of which a mishap is worth trying.
  auto probe(const std::string& what, auto call) -> decltype(call()) {
    const Mishap later = std::exchange(world_.mishap, {});
    auto answer = across(what, call);
    world_.mishap = later;
    return answer;
  }
  auto across(const std::string& what, auto call) -> decltype(call()) {
    TRY(world_.before(what));
    auto answer = call();
    TRY(world_.after(what));
    return answer;
  }

  Call effect(Call call) const {
    if (world_.planted == Planted::kLeadOutlived) call.deadline = world_.call().deadline;
    return call;
  }

  World& world_;
  Provider& host_;
  std::set<MachineRef> removals_;  // for a planted bug
};

}  // namespace

std::shared_ptr<provider::Provider> sim_provider(World& world, provider::Provider& host) {
  return std::make_shared<SimProvider>(world, host);
}

}  // namespace rig::sim
