// What is done to machines, but for their power.
#include <algorithm>

#include "base/text.h"
#include "fakes/vcenter/call.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {

Answer machine_task(Center& center, const Asked& asked, std::string description_id, Duration takes,
                    std::function<Result<Tree>(Center&, Object&)> act) {
  Task task;
  task.name = asked.call->name;
  task.description_id = std::move(description_id);
  task.entity = task.busy = asked.self;
  task.takes = takes;
  task.act = [self = asked.self, act = std::move(act)](Center& of) -> Result<Tree> {
    Object* machine = of.object(self);
    return machine == nullptr ? Result<Tree>(gone(self)) : act(of, *machine);
  };
  return answer(center.begin(std::move(task), asked.user()));
}

namespace {

Result<Answer> reconfigure_machine(Center& center, Asked& asked) {
  return machine_task(center, asked, "VirtualMachine.reconfigure", center.timing.reconfigure,
                      [spec = asked.part("spec")](Center& of, Object& machine) -> Result<Tree> {
                        TRY(reconfigure(of, machine, spec));
                        return Tree();
                      });
}

Result<Answer> destroy(Center& center, Asked& asked) {
  if (asked.self.type != "VirtualMachine") {
    if (asked.self.type != "Folder" || !center.children(asked.self).empty())
      return refuse("NotSupported", "The operation is not supported on the object.");
    center.remove(asked.self);
    Task task;
    task.name = "Destroy_Task";
    task.description_id = "ManagedEntity.destroy";
    task.entity = asked.self;
    task.act = [](Center&) -> Result<Tree> { return Tree(); };
    return answer(center.begin(std::move(task), asked.user()));
  }
  return machine_task(center, asked, "VirtualMachine.destroy", center.timing.destroy,
                      [](Center& of, Object& machine) -> Result<Tree> {
                        if (is_on(machine.tree)) return wrong_power("poweredOff", "poweredOn");
                        const Ref self = machine.self;
                        for (const Object* each : of.objects("VirtualMachineSnapshot"))
                          if (text_of(each->tree, "vm") == self.id) of.remove(Ref(each->self));
                        of.erase_machine(self);
                        return Tree();
                      });
}

Result<Answer> rename(Center& center, Asked& asked) {
  Task task;
  task.name = "Rename_Task";
  task.description_id = "ManagedEntity.rename";
  task.entity = asked.self;
  task.act = [self = asked.self, wish = asked.text("newName")](Center& of) -> Result<Tree> {
    Object* object = of.object(self);
    if (object == nullptr) return gone(self);
    const std::string name = TRY(checked_name(wish));
    const Object* other = of.child(of.parent(self), name);
    if (other != nullptr && other != object) return duplicate(name, other->self);
    of.set(*object, "name", leaf("", name));
    if (find(object->tree, "config.name") != nullptr) {
      of.set(*object, "config.name", leaf("", name));
      of.touch_config(*object);
    }
    return Tree();
  };
  return answer(center.begin(std::move(task), asked.user()));
}

Result<Answer> mark_template(Center& center, Asked& asked) {
  Object& machine = machine_of(center, asked);
  if (is_on(machine.tree)) return wrong_power("poweredOff", "poweredOn");
  if (is_true(machine.tree, "config.template")) return wrong_state("It is a template already.");
  center.set(machine, "config.template", leaf("", true));
  center.set(machine, "resourcePool", nullptr);
  center.touch_config(machine);
  return Answer();
}

Result<Answer> mark_machine(Center& center, Asked& asked) {
  Object& machine = machine_of(center, asked);
  if (!is_true(machine.tree, "config.template")) return wrong_state("It is no template.");
  if (center.object(asked.ref("pool")) == nullptr) return gone(asked.ref("pool"));
  center.set(machine, "config.template", leaf("", false));
  center.set(machine, "resourcePool", named("resourcePool", asked.part("pool")));
  center.touch_config(machine);
  return Answer();
}

Result<Answer> unregister(Center& center, Asked& asked) {
  Object& machine = machine_of(center, asked);
  if (is_on(machine.tree)) return wrong_power("poweredOff", "poweredOn");
  center.unregistered[text_of(machine.tree, "config.files.vmPathName")] = machine.tree;
  center.remove(asked.self);
  return Answer();
}

Result<Answer> register_machine(Center& center, Asked& asked) {
  Task task;
  task.name = "RegisterVM_Task";
  task.description_id = "Folder.registerVm";
  task.entity = asked.self;
  task.act = [call = asked.call, folder = asked.self](Center& of) -> Result<Tree> {
    const std::string path = text_of(call, "path");
    const auto found = of.unregistered.find(path);
    if (found == of.unregistered.end()) return refuse("NotFound", "The object or item referred to could not be found.");
    const std::string name = text_of(call, "name").empty() ? text_of(found->second, "name") : text_of(call, "name");
    if (const Object* other = of.child(folder, name)) return duplicate(name, other->self);
    const Ref self{"VirtualMachine", of.next_id("vm-")};
    Object& machine = of.add(self, with(with(found->second, "name", leaf("", name)), "parent", leaf("", folder)));
    of.unregistered.erase(path);
    for (const Tree& device : devices_of(machine.tree))
      if (const auto file = of.files.find(text_of(device, "backing.fileName")); file != of.files.end())
        file->second.machine = self;
    of.set(machine, "config.instanceUuid",
           leaf("", new_instance_uuid(of, text_of(machine.tree, "config.instanceUuid"), self)));
    of.touch_config(machine);
    return result_of(self);
  };
  return answer(center.begin(std::move(task), asked.user()));
}

Result<Answer> relocate(Center& center, Asked& asked) {
  const Tree spec = asked.part("spec");
  for (const char* name : {"pool", "host", "datastore"})
    if (const Ref ref = ref_of(spec, name); !ref.empty() && center.object(ref) == nullptr) return gone(ref);
  return machine_task(center, asked, "VirtualMachine.relocate", center.timing.clone,
                      [spec](Center& of, Object& machine) -> Result<Tree> {
                        if (const Tree pool = find(spec, "pool")) of.set(machine, "resourcePool", pool);
                        if (const Tree host = find(spec, "host")) of.set(machine, "runtime.host", host);
                        return Tree();
                      });
}

Result<Answer> customize(Center& center, Asked& asked) {
  return machine_task(
      center, asked, "VirtualMachine.customize", center.timing.reconfigure,
      [spec = asked.part("spec")](Center& of, Object& machine) -> Result<Tree> {
        if (is_on(machine.tree)) return wrong_power("poweredOff", "poweredOn");
        const Trees devices = devices_of(machine.tree);
        const auto nics = std::ranges::count_if(devices, [&](const Tree& each) { return is_nic(of, each); });
        const auto mapped = std::ssize(all(spec, "nicSettingMap"));
        if (mapped != nics)
          return refuse(
              "NicSettingMismatch", "The number of network adapters does not match the settings.",
              {leaf("numberOfNicsInSpec", std::int64_t{mapped}), leaf("numberOfNicsInVM", std::int64_t{nics})});
        return Tree();
      });
}

Result<Answer> upgrade(Center& center, Asked& asked) {
  return machine_task(center, asked, "VirtualMachine.upgradeVirtualHardware", center.timing.reconfigure,
                      [version = asked.text("version")](Center& of, Object& machine) -> Result<Tree> {
                        const auto number = [](std::string_view text) {
                          return *parse_int(text.substr(4));
                        };  // "vmx-19"
                        const std::string wish = version.empty() ? "vmx-19" : version;
                        if (is_on(machine.tree)) return wrong_power("poweredOff", "poweredOn");
                        if (number(wish) <= number(text_of(machine.tree, "config.version")))
                          return refuse("AlreadyUpgraded", "The virtual machine is already up-to-date.");
                        of.set(machine, "config.version", leaf("", wish));
                        of.touch_config(machine);
                        return Tree();
                      });
}

constexpr Row kRows[] = {
    {"ReconfigVM_Task", "VirtualMachine", "VirtualMachine.Config.Settings", reconfigure_machine},
    {"Destroy_Task", "ManagedEntity", "VirtualMachine.Inventory.Delete", destroy},
    {"Rename_Task", "ManagedEntity", "VirtualMachine.Config.Rename", rename},
    {"MarkAsTemplate", "VirtualMachine", "VirtualMachine.Provisioning.MarkAsTemplate", mark_template},
    {"MarkAsVirtualMachine", "VirtualMachine", "VirtualMachine.Provisioning.MarkAsVM", mark_machine},
    {"UnregisterVM", "VirtualMachine", "VirtualMachine.Inventory.Unregister", unregister},
    {"RegisterVM_Task", "Folder", "VirtualMachine.Inventory.Register", register_machine},
    {"RelocateVM_Task", "VirtualMachine", "Resource.ColdMigrate", relocate},
    {"CustomizeVM_Task", "VirtualMachine", "VirtualMachine.Provisioning.Customize", customize},
    {"UpgradeVM_Task", "VirtualMachine", "VirtualMachine.Config.UpgradeVirtualHardware", upgrade},
};

}  // namespace

std::span<const Row> machine_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
