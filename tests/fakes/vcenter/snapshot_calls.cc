// Snapshots: as much as a linked clone needs.
#include <algorithm>

#include "base/wall_time.h"
#include "fakes/vcenter/call.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {
namespace {

// The tree of snapshots without one, whose children move up; what is left of it.
Trees without(const Trees& snapshots, const std::string& id, const std::string& name) {
  Trees out;
  for (const Tree& each : snapshots) {
    const Trees below = without(all(each, "childSnapshotList"), id, "childSnapshotList");
    if (text_of(each, "snapshot") == id) {
      for (const Tree& child : below) out.push_back(named(name, child));
      continue;
    }
    out.push_back(with_all(each, "childSnapshotList", below));
  }
  return out;
}

Tree with_child(const Tree& at, const std::string& parent, const Tree& child) {
  if (text_of(at, "snapshot") == parent) {
    Trees below = all(at, "childSnapshotList");
    below.push_back(named("childSnapshotList", child));
    return with_all(at, "childSnapshotList", below);
  }
  Trees below;
  for (const Tree& each : all(at, "childSnapshotList")) below.push_back(with_child(each, parent, child));
  return with_all(at, "childSnapshotList", below);
}

void set_snapshots(Center& center, Object& machine, const Ref& current, const Trees& roots) {
  if (roots.empty()) return center.set(machine, "snapshot", nullptr);
  Trees parts = {leaf("currentSnapshot", current)};
  for (const Tree& root : roots) parts.push_back(named("rootSnapshotList", root));
  center.set(machine, "snapshot", node("snapshot", std::move(parts)));
}

Result<Answer> create(Center& center, Asked& asked) {
  return machine_task(center, asked, "VirtualMachine.createSnapshot", center.timing.reconfigure,
                      [call = asked.call](Center& of, Object& machine) -> Result<Tree> {
                        const Ref self{"VirtualMachineSnapshot", of.next_id("snapshot-")};
                        const bool keeps_power = is_true(call, "memory") && is_on(machine.tree);
                        of.add(self, node("", {leaf("vm", machine.self), find(machine.tree, "config"),
                                               keeps_power ? leaf("info_on", true) : nullptr}));
                        const Tree made =
                            node("rootSnapshotList",
                                 {leaf("snapshot", self), leaf("vm", machine.self), find(call, "name"),
                                  leaf("description", text_of(call, "description")), leaf("id", std::int64_t{1}),
                                  leaf("createTime", format_micro_time(of.now())),
                                  leaf("state", text_of(machine.tree, "runtime.powerState")),
                                  leaf("quiesced", is_true(call, "quiesce"))});
                        const std::string current = text_of(machine.tree, "snapshot.currentSnapshot");
                        Trees roots = all(find(machine.tree, "snapshot"), "rootSnapshotList");
                        for (Tree& root : roots) root = with_child(root, current, made);
                        if (roots.empty()) roots = {made};
                        set_snapshots(of, machine, self, roots);
                        return result_of(self);
                      });
}

Result<Answer> remove_all(Center& center, Asked& asked) {
  return machine_task(center, asked, "VirtualMachine.removeAllSnapshots", center.timing.reconfigure,
                      [](Center& of, Object& machine) -> Result<Tree> {
                        for (const Object* each : of.objects("VirtualMachineSnapshot"))
                          if (text_of(each->tree, "vm") == machine.self.id) of.remove(Ref(each->self));
                        of.set(machine, "snapshot", nullptr);
                        return Tree();
                      });
}

Asked of_machine(Center& center, const Asked& asked) {
  Asked out = asked;
  out.self = ref_of(center.object(asked.self)->tree, "vm");
  return out;
}

Result<Answer> remove(Center& center, Asked& asked) {
  return machine_task(
      center, of_machine(center, asked), "VirtualMachine.removeSnapshot", center.timing.reconfigure,
      [self = asked.self](Center& of, Object& machine) -> Result<Tree> {
        if (of.object(self) == nullptr) return gone(self);
        const Trees left =
            without(all(find(machine.tree, "snapshot"), "rootSnapshotList"), self.id, "rootSnapshotList");
        of.remove(self);
        const Ref current = ref_of(machine.tree, "snapshot.currentSnapshot");
        set_snapshots(of, machine, current == self && !left.empty() ? ref_of(left.front(), "snapshot") : current, left);
        return Tree();
      });
}

Result<Answer> revert(Center& center, Asked& asked) {
  return machine_task(center, of_machine(center, asked), "VirtualMachine.revertToSnapshot", center.timing.reconfigure,
                      [self = asked.self, suppress = is_true(asked.call, "suppressPowerOn")](
                          Center& of, Object& machine) -> Result<Tree> {
                        const Object* snapshot = of.object(self);
                        if (snapshot == nullptr) return gone(self);
                        of.set(machine, "config", find(snapshot->tree, "config"));
                        const bool goes_on = is_true(snapshot->tree, "info_on") && !suppress;
                        of.set_power(machine, goes_on ? "poweredOn" : "poweredOff");
                        of.touch_config(machine);
                        return Tree();
                      });
}

constexpr Row kRows[] = {
    {"CreateSnapshot_Task", "VirtualMachine", "VirtualMachine.State.CreateSnapshot", create},
    {"CreateSnapshotEx_Task", "VirtualMachine", "VirtualMachine.State.CreateSnapshot", create},
    {"RemoveAllSnapshots_Task", "VirtualMachine", "VirtualMachine.State.RemoveSnapshot", remove_all},
    {"RemoveSnapshot_Task", "VirtualMachineSnapshot", "VirtualMachine.State.RemoveSnapshot", remove},
    {"RevertToSnapshot_Task", "VirtualMachineSnapshot", "VirtualMachine.State.RevertToSnapshot", revert},
};

}  // namespace

std::span<const Row> snapshot_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
