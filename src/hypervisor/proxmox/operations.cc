// proxmox/operations.cc — see operations.h.
#include "hypervisor/proxmox/operations.h"

#include "hypervisor/proxmox/look.h"
#include "hypervisor/proxmox/step_parts.h"

namespace rig::proxmox {

using provider::MachineRef;
using provider::MachineSpec;

Status create_machine(const Host& host, const MachineRef& ref, const MachineSpec& spec, const Source& source,
                      const std::string& node, const OnProgress& progress, const Call& call,
                      std::optional<There> first) {
  const Goal goal{.node = node,
                  .seed = spec.seed.empty() ? nullptr : &spec.seed,
                  .cloned_from = source.linked ? source.linked->vmid : "",
                  .first = std::move(first)};
  const Decide decide = [&](const There& there) { return next_create_step(there, ref, spec, source, host.settings); };
  return run_rounds(host, ref, goal, decide, progress, call);
}

Status remove_machine(const Host& host, const MachineRef& ref, const OnProgress& progress, const Call& call) {
  const Decide decide = [&](const There& there) { return next_remove_step(there, ref); };
  TRY(run_rounds(host, ref, {}, decide, progress, call));
  // An upload lies where the machine was to be made, and that may have been another node.
  const Inventory inventory = TRY(read_inventory(host.session, call));
  for (const StorageSighting& storage : inventory.storages) {
    if (storage.name != host.settings.import_storage || !storage.available) continue;
    There there;
    there.node = storage.node;
    there.seed_volume = TRY(find_seed(host, ref, storage.node, call));
    const Step step = TRY(next_remove_step(there, ref));
    if (step.kind == Step::Kind::kCall) TRY(carry_out(host, step, progress, call));
  }
  return {};
}

Status release_machine(const Host& host, const MachineRef& ref, const Call& call) {
  const Decide decide = [&](const There& there) -> Result<Step> {
    if (auto waiting = somebody_at_work(there)) return *waiting;
    const Judgement judgement = there.config ? TRY(judge(*there.config, ref)) : Judgement{};
    if (judgement.existence != provider::Existence::kOurs || !judgement.stamp) return Step{.name = "released"};
    Stamp stamp = *judgement.stamp;
    stamp.owner = {};
    Step step = TRY(stamp_step(there, ref, stamp, "release"));
    step.is_last = true;
    return step;
  };
  return run_rounds(
      host, ref, {}, decide, [](const auto&) {}, call);
}

Status apply_plan(const Host& host, const MachineRef& ref, const MachineSpec& spec, const provider::Plan& plan,
                  const OnProgress& progress, const Call& call) {
  bool begun = false;
  const Decide decide = [&](const There& there) {
    auto step = next_apply_step(there, ref, spec, plan, begun, host.settings);
    if (step.ok() && step->kind == Step::Kind::kCall) begun = true;
    return step;
  };
  return run_rounds(host, ref, {.looks_again = false}, decide, progress, call);
}

}  // namespace rig::proxmox
