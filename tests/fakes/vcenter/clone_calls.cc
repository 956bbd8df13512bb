// Making machines: clones, full and linked, and machines from nothing.
#include <algorithm>

#include "base/text.h"
#include "base/uuid.h"
#include "base/wall_time.h"
#include "fakes/vcenter/call.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {
namespace {

constexpr std::size_t kNameBytesMax = 80;

struct Place {
  Ref folder, pool, host, datastore;
};

// A cluster of which nobody says who chooses its hosts.
bool is_without_drs(Center& center, const Ref& pool) {
  Ref at = pool;
  while (!at.empty() && at.type != "ClusterComputeResource") at = center.parent(at);
  const Tree enabled = at.empty() ? nullptr : find(center.object(at)->tree, "configuration.drsConfig.enabled");
  return enabled != nullptr && enabled->text == "false";
}

// Where it goes, and that all of it is in one datacenter.
Result<Place> place_of(Center& center, const Tree& location, const Ref& folder, const Object& source) {
  Place place;
  place.folder = find(location, "folder") == nullptr ? folder : ref_of(location, "folder");
  place.pool = find(location, "pool") == nullptr ? ref_of(source.tree, "resourcePool") : ref_of(location, "pool");
  place.host = ref_of(location, "host");
  place.datastore = ref_of(location, "datastore");
  if (place.pool.empty()) return wrong_argument("spec.location.pool");
  for (const Ref& ref : {place.folder, place.pool, place.host, place.datastore})
    if (!ref.empty() && center.object(ref) == nullptr) return gone(ref);
  if (!center.types.is_a(place.pool.type, "ResourcePool")) return wrong_argument("spec.location.pool");
  const Ref home = center.datacenter_of(place.folder);
  if (center.datacenter_of(place.pool) != home) return wrong_argument("spec.location.pool");
  if (!place.datastore.empty() && place.datastore.type != "Datastore") return wrong_argument("spec.location.datastore");
  if (!place.datastore.empty() && center.datacenter_of(place.datastore) != home)
    return wrong_argument("spec.location.datastore");
  if (place.host.empty() && is_without_drs(center, place.pool)) return wrong_argument("spec.location.host");
  if (place.host.empty()) place.host = host_in(center, place.pool);
  const Trees types = all(center.object(place.folder)->tree, "childType");
  if (std::ranges::none_of(types, [](const Tree& type) { return type->text == "VirtualMachine"; }))
    return refuse("InvalidFolder", "The folder takes no virtual machines.", {leaf("target", place.folder)});
  return place;
}

// A disk like `disk` of the source, in the new machine's folder.
Result<Tree> cloned_disk(Center& center, const Object& machine, const Tree& disk, const Place& place,
                         const std::string& name, const std::string& move_type) {
  const Ref store = place.datastore.empty() ? ref_of(disk, "backing.datastore") : place.datastore;
  const Object* object = center.object(store);
  if (object == nullptr) return gone(store);
  const std::string& called = text_of(object->tree, "name");
  const bool is_linked = move_type == "createNewChildDiskBacking";
  const std::string& from = text_of(disk, "backing.fileName");
  const std::string path = new_disk_path(center, called, name);
  const std::int64_t bytes = is_linked ? 0 : number_of(disk, "capacityInBytes");
  TRY(check_room(center, called, bytes));
  const auto data = center.files.find(from);
  center.files[path] = {machine.self, bytes, data == center.files.end() ? "" : data->second.data};
  Tree out = disk;
  if (is_linked) out = with(out, "backing.parent", find(disk, "backing"));
  out = with(out, "backing.fileName", leaf("", path));
  out = with(out, "backing.datastore", leaf("", store));
  out = with(out, "backing.uuid", leaf("", random_uuid()));
  return with(out, "backing", center.types.sorted(find(out, "backing"), find(out, "backing")->type));
}

Status check_customization(Center& center, const Object& machine, const Tree& spec) {
  const Tree customization = find(spec, "customization");
  if (customization == nullptr) return {};
  const Trees devices = devices_of(machine.tree);
  const auto nics = std::ranges::count_if(devices, [&](const Tree& each) { return is_nic(center, each); });
  const auto mapped = std::ssize(all(customization, "nicSettingMap"));
  if (mapped == nics) return {};
  return refuse("NicSettingMismatch", "The number of network adapters does not match the settings.",
                {leaf("numberOfNicsInSpec", std::int64_t{mapped}), leaf("numberOfNicsInVM", std::int64_t{nics})});
}

// Fills in what begin_clone() has reserved.
Status fill(Center& center, const Ref& self, const Tree& source, const Place& place, const std::string& name,
            const Tree& spec) {
  Object& machine = *center.object(self.id);
  Tree config = find(source, "config");
  const std::string move_type = text_of(spec, "location.diskMoveType");
  Trees hardware;
  std::string vmx;
  for (const Tree& part : find(config, "hardware")->children) {
    Tree device = part;
    if (device->type == "VirtualDisk") {
      device = TRY(cloned_disk(center, machine, device, place, name, move_type));
      const std::string& path = text_of(device, "backing.fileName");
      if (vmx.empty()) vmx = path.substr(0, path.find(']') + 1) + " " + name + "/" + name + ".vmx";
    } else if (device->name == "device" && is_nic(center, device) && text_of(device, "addressType") != "manual") {
      device = with(device, "macAddress", leaf("", new_mac(center)));
    }
    hardware.push_back(device);
  }
  config = with(config, "hardware", node("hardware", std::move(hardware)));
  config = with(config, "name", leaf("", name));
  config = with(config, "uuid", leaf("", random_uuid()));
  config = with(config, "instanceUuid", leaf("", random_uuid()));
  config = with(config, "template", leaf("", false));
  config = with(config, "files.vmPathName", leaf("", vmx));
  center.set(machine, "config", config);
  center.set(machine, "resourcePool", leaf("", place.pool));
  if (const Tree wish = find(spec, "config")) TRY(reconfigure(center, machine, wish));
  TRY(check_customization(center, machine, spec));  // of the cards that it has by then
  center.touch_config(machine);
  center.set(machine, "config.template", leaf("", is_true(spec, "template")));
  if (is_true(spec, "template")) center.set(machine, "resourcePool", nullptr);
  if (is_true(spec, "powerOn")) center.set_power(machine, "poweredOn");
  return {};
}

Status check_source(Center& center, const Object& source, const Tree& spec) {
  if (find(source.tree, "config") == nullptr) return wrong_state("The machine is still being made.");
  const Ref snapshot = ref_of(spec, "snapshot");
  if (!snapshot.empty() && center.object(snapshot) == nullptr) return gone(snapshot);
  if (text_of(spec, "location.diskMoveType") == "createNewChildDiskBacking" && snapshot.empty())
    return refuse("InvalidArgument", "A linked clone needs a snapshot.",
                  {leaf("invalidProperty", std::string("spec.snapshot"))});
  return {};
}

// A machine that has a name, a place and nothing else yet.
Ref reserve(Center& center, const std::string& name, const Place& place) {
  const Ref self{"VirtualMachine", center.next_id("vm-")};
  center.add(self, node("", {leaf("parent", place.folder), leaf("overallStatus", std::string("green")),
                             leaf("name", name), blank_runtime(place.host), blank_guest()}));
  return self;
}

}  // namespace

Result<std::string> checked_name(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const std::string escape = to_lower(std::string_view(name).substr(i, 3));
    const bool is_escape = escape == "%2f" || escape == "%5c" || escape == "%25";
    out += name[i] == '/'                 ? "%2f"
           : name[i] == '\\'              ? "%5c"
           : name[i] == '%' && !is_escape ? "%25"
                                          : std::string(1, name[i]);
  }
  if (out.empty() || out.size() > kNameBytesMax)
    return refuse("InvalidName", "The name '" + name + "' is not valid.", {leaf("name", name)});
  return out;
}

Error duplicate(const std::string& name, const Ref& other) {
  return refuse("DuplicateName", "The name '" + name + "' already exists.",
                {leaf("name", name), leaf("object", other)});
}

Result<Ref> begin_clone(Center& center, const Ref& source, const Ref& folder, const std::string& asked_name,
                        const Tree& spec, const std::string& user, std::function<Tree(const Ref&)> result) {
  Task task;
  task.name = "CloneVM_Task";
  task.description_id = "VirtualMachine.clone";
  task.entity = source;
  const Object* from = center.object(source);
  if (from == nullptr) return gone(source);
  const Tree tree = from->tree;  // as it is now, whatever becomes of it
  const auto check = [&]() -> Result<std::pair<std::string, Place>> {
    std::string name = TRY(checked_name(asked_name));
    TRY(check_source(center, *from, spec));
    const Place place = TRY(place_of(center, find(spec, "location"), folder, *from));
    if (const Object* other = center.child(place.folder, name)) return duplicate(name, other->self);
    return std::pair(std::move(name), place);
  };
  const auto checked = check();
  if (!checked.ok()) {
    task.act = [error = checked.error()](Center&) -> Result<Tree> { return error; };
    return center.begin(std::move(task), user);
  }
  const auto [name, place] = *checked;
  const Ref self = reserve(center, name, place);
  task.takes = center.timing.clone;
  task.is_cancelable = true;
  task.undo = [self](Center& of) { of.erase_machine(self); };
  task.act = [=](Center& of) -> Result<Tree> {
    if (of.object(self) == nullptr) return gone(self);
    const Status filled = fill(of, self, tree, place, name, spec);
    if (filled.ok()) return result(self);
    of.erase_machine(self);
    return filled.error();
  };
  const auto failing = center.begin(std::move(task), user);
  if (center.tasks().at(failing.id).state == Task::State::kFailed) center.erase_machine(self);
  return failing;
}

Result<Ref> create_machine(Center& center, const Ref& folder, const Ref& pool, const Ref& asked_host,
                           const Tree& config) {
  const Place place{folder, pool, asked_host.empty() ? host_in(center, pool) : asked_host, {}};
  const std::string name = TRY(checked_name(text_of(config, "name")));
  const std::string path = text_of(config, "files.vmPathName");
  if (path.empty()) return wrong_config("files.vmPathName");
  if (const Object* other = center.child(folder, name)) return duplicate(name, other->self);
  const std::string store = path.substr(1, path.find(']') - 1);
  if (center.called("Datastore", store) == nullptr)
    return refuse("InvalidDatastorePath", "Invalid datastore path '" + path + "'.", {leaf("datastorePath", path)});
  const Ref self = reserve(center, name, place);
  Object& machine = *center.object(self.id);
  Tree blank = blank_config(center, name);
  blank = with(blank, "files.vmPathName", leaf("", "[" + store + "] " + name + "/" + name + ".vmx"));
  center.set(machine, "resourcePool", leaf("", place.pool));
  center.set(machine, "config", blank);
  const Status made = reconfigure(center, machine, with(config, "name", nullptr));
  if (made.ok()) return self;
  center.erase_machine(self);
  return made.error();
}

namespace {

Result<Answer> clone(Center& center, Asked& asked) {
  if (center.object(asked.ref("folder")) == nullptr) return gone(asked.ref("folder"));
  const Ref task = TRY(begin_clone(center, asked.self, asked.ref("folder"), asked.text("name"), asked.part("spec"),
                                   asked.user(), result_of));
  return answer(task);
}

Result<Answer> create(Center& center, Asked& asked) {
  Task task;
  task.name = "CreateVM_Task";
  task.description_id = "Folder.createVm";
  task.entity = asked.self;
  task.takes = center.timing.clone;
  const Ref pool = asked.ref("pool");
  if (center.object(pool) == nullptr) return gone(pool);
  task.act = [call = asked.call, folder = asked.self, pool](Center& of) -> Result<Tree> {
    const Ref made = TRY(create_machine(of, folder, pool, ref_of(call, "host"), find(call, "config")));
    return result_of(made);
  };
  return answer(center.begin(std::move(task), asked.user()));
}

constexpr Row kRows[] = {
    {"CloneVM_Task", "VirtualMachine", "VirtualMachine.Inventory.CreateFromExisting", clone},
    {"CreateVM_Task", "Folder", "VirtualMachine.Inventory.Create", create},
};

}  // namespace

std::span<const Row> clone_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
