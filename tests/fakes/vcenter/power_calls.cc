// Power, and what a guest is asked for.
#include <array>

#include "base/wall_time.h"
#include "fakes/vcenter/call.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {

Error wrong_power(std::string_view wanted, std::string_view is) {
  return refuse("InvalidPowerState", "The attempted operation cannot be performed in the current state.",
                {leaf("requestedState", std::string(wanted)), leaf("existingState", std::string(is))});
}

namespace {

struct PowerRow {
  std::string_view method, description_id, state, wrong_when;  // wrong_when: of these states, between blanks
};
constexpr std::array kPowers = {
    PowerRow{"PowerOnVM_Task", "VirtualMachine.powerOn", "poweredOn", " poweredOn "},
    PowerRow{"PowerOffVM_Task", "VirtualMachine.powerOff", "poweredOff", " poweredOff "},
    PowerRow{"ResetVM_Task", "VirtualMachine.reset", "poweredOn", " poweredOff suspended "},
    PowerRow{"SuspendVM_Task", "VirtualMachine.suspend", "suspended", " poweredOff suspended "},
};

Result<Answer> set_power(Center& center, Asked& asked) {
  const PowerRow* row = &kPowers.front();
  for (const PowerRow& each : kPowers)
    if (each.method == asked.call->name) row = &each;
  if (is_true(machine_of(center, asked).tree, "config.template")) return wrong_state("It is a template.");
  return machine_task(center, asked, std::string(row->description_id), center.timing.power,
                      [row](Center& of, Object& machine) -> Result<Tree> {
                        const std::string is = text_of(machine.tree, "runtime.powerState");
                        if (find(machine.tree, "config") == nullptr)
                          return wrong_state("The machine is still being made.");
                        if (row->wrong_when.find(" " + is + " ") != std::string_view::npos)
                          return wrong_power(row->state, is);
                        of.set_power(machine, row->state);
                        return Tree();
                      });
}

// What a guest does of itself, some time after it was asked.
Result<Answer> ask_guest(Center& center, Asked& asked) {
  const Object& machine = machine_of(center, asked);
  const std::string& is = text_of(machine.tree, "runtime.powerState");
  if (is != "poweredOn") return wrong_power("poweredOn", is);
  const Guest guest = center.guest_of(machine);
  if (guest.kind == Guest::Kind::kNoTools)
    return refuse("ToolsUnavailable", "Cannot complete operation because VMware Tools is not running.");
  if (guest.kind == Guest::Kind::kIgnores) return Answer();
  const std::string& method = asked.call->name;
  const std::string_view state = method == "ShutdownGuest" ? "poweredOff"
                                 : method == "RebootGuest" ? "poweredOn"
                                                           : "suspended";
  const std::string boot = text_of(machine.tree, "runtime.bootTime");
  center.at(center.now() + center.timing.shutdown, [self = machine.self, boot, state](Center& of) {
    Object* there = of.object(self);
    if (there != nullptr && text_of(there->tree, "runtime.bootTime") == boot && is_on(there->tree))
      of.set_power(*there, state);
  });
  return Answer();
}

constexpr Row kRows[] = {
    {"PowerOnVM_Task", "VirtualMachine", "VirtualMachine.Interact.PowerOn", set_power},
    {"PowerOffVM_Task", "VirtualMachine", "VirtualMachine.Interact.PowerOff", set_power},
    {"ResetVM_Task", "VirtualMachine", "VirtualMachine.Interact.Reset", set_power},
    {"SuspendVM_Task", "VirtualMachine", "VirtualMachine.Interact.Suspend", set_power},
    {"ShutdownGuest", "VirtualMachine", "VirtualMachine.Interact.PowerOff", ask_guest},
    {"RebootGuest", "VirtualMachine", "VirtualMachine.Interact.Reset", ask_guest},
    {"StandbyGuest", "VirtualMachine", "VirtualMachine.Interact.Suspend", ask_guest},
};

}  // namespace

std::span<const Row> power_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
