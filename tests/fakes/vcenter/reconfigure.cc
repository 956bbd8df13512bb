// What a ConfigSpec makes of a machine. Sources of the rules that no recording shows: README.md.
#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "base/uuid.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {
namespace {

struct BusRow {
  std::string_view type;
  std::int64_t first_key, buses, units, first_disk_key;
  bool is_hot;  // what hangs on it may come and go while the machine runs
};
constexpr std::array kBuses = {
    BusRow{"VirtualSCSIController", 1000, 4, 16, 2000, true},
    BusRow{"VirtualAHCIController", 15000, 4, 30, 16000, true},
    BusRow{"VirtualNVMEController", 31000, 4, 15, 32000, true},
    BusRow{"VirtualIDEController", 200, 2, 2, 3000, false},
};
constexpr std::int64_t kScsiOwnUnit = 7;
constexpr std::size_t kNicsMax = 10;

// Of a spec, to an element of the same name in the configuration; those that a running machine does not take.
constexpr std::string_view kPlain[] = {"annotation", "guestId", "version", "alternateGuestName",
                                       "changeTrackingEnabled"};
constexpr std::string_view kOffOnly[] = {
    "firmware", "nestedHVEnabled", "cpuHotAddEnabled", "memoryHotAddEnabled", "cpuHotRemoveEnabled", "vPMCEnabled"};

Error is_running() {
  return refuse("InvalidPowerState", "The attempted operation cannot be performed in the current state (Powered on).",
                {leaf("requestedState", std::string("poweredOff")), leaf("existingState", std::string("poweredOn"))});
}

std::string store_in(std::string_view path) {
  const std::size_t end = path.find(']');
  return path.starts_with('[') && end != std::string_view::npos ? std::string(path.substr(1, end - 1)) : "";
}

class Work {
 public:
  Work(Center& center, Object& machine, const Tree& spec)
      : center_(center),
        machine_(machine),
        spec_(spec),
        config_(find(machine.tree, "config")),
        on_(is_on(machine.tree)),
        devices_(devices_of(machine.tree)) {}

  Status run() {
    if (config_ == nullptr) return wrong_state("The machine is still being made.");
    const std::string& version = text_of(spec_, "changeVersion");
    if (!version.empty() && version != text_of(config_, "changeVersion"))
      return refuse("ConcurrentAccess", "The resource is concurrently changed by someone else.");
    TRY(rename());
    TRY(set_plain());
    TRY(set_size());
    const Trees changes = all(spec_, "deviceChange");
    for (std::size_t i = 0; i < changes.size(); ++i) TRY(change_device(i, changes[i]));
    set_devices();
    for (const Tree& option : all(spec_, "extraConfig"))
      config_ = with_option(config_, text_of(option, "key"), text_of(option, "value"));
    commit();
    return {};
  }

 private:
  Status rename() {
    const std::string& name = text_of(spec_, "name");
    if (name.empty() || name == text_of(machine_.tree, "name")) return {};
    const Object* other = center_.child(ref_of(machine_.tree, "parent"), name);
    if (other != nullptr)
      return refuse("DuplicateName", "The name '" + name + "' already exists.",
                    {leaf("name", name), leaf("object", other->self)});
    name_ = name;
    config_ = with(config_, "name", leaf("name", name));
    return {};
  }

  Status set_plain() {
    for (const std::string_view name : kPlain)
      if (const Tree value = find(spec_, name)) config_ = with(config_, name, value);
    for (const std::string_view name : kOffOnly) {
      const Tree value = find(spec_, name);
      if (value == nullptr) continue;
      if (on_ && text_of(config_, name) != value->text) return is_running();
      config_ = with(config_, name, value);
    }
    if (const Tree wish = find(spec_, "instanceUuid"))
      config_ =
          with(config_, "instanceUuid", leaf("instanceUuid", new_instance_uuid(center_, wish->text, machine_.self)));
    if (const Tree wish = find(spec_, "uuid")) config_ = with(config_, "uuid", wish);
    const bool changes_secure_boot =
        find(spec_, "bootOptions.efiSecureBootEnabled") != nullptr &&
        is_true(spec_, "bootOptions.efiSecureBootEnabled") != is_true(config_, "bootOptions.efiSecureBootEnabled");
    if (on_ && changes_secure_boot) return is_running();
    for (const std::string_view name : {"bootOptions", "flags", "cpuAllocation", "memoryAllocation"})
      if (const Tree wish = find(spec_, name))
        for (const Tree& each : wish->children) config_ = with(config_, std::string(name) + "." + each->name, each);
    return {};
  }

  Status set_size() {
    struct Row {
      std::string_view wish, is, hot_add;
      const char* fault;
    };
    constexpr std::array kRows = {
        Row{"numCPUs", "hardware.numCPU", "cpuHotAddEnabled", "CpuHotPlugNotSupported"},
        Row{"memoryMB", "hardware.memoryMB", "memoryHotAddEnabled", "MemoryHotPlugNotSupported"},
    };
    for (const Row& row : kRows) {
      if (find(spec_, row.wish) == nullptr) continue;
      const std::int64_t wish = number_of(spec_, row.wish), is = number_of(config_, row.is);
      if (wish <= 0) return wrong_argument("spec." + std::string(row.wish));
      if (on_ && (wish < is || (wish > is && !is_true(config_, row.hot_add))))
        return refuse(row.fault, "Hot plug is not supported for this virtual machine.");
      config_ = with(config_, row.is, leaf("", wish));
    }
    if (const Tree cores = find(spec_, "numCoresPerSocket")) {
      if (on_ && cores->text != text_of(config_, "hardware.numCoresPerSocket")) return is_running();
      config_ = with(config_, "hardware.numCoresPerSocket", cores);
    }
    return {};
  }

  // ---- devices ----

  const BusRow* bus_of(const Tree& controller) const {
    const auto found =
        std::ranges::find_if(kBuses, [&](const BusRow& row) { return center_.types.is_a(controller->type, row.type); });
    return found == kBuses.end() ? nullptr : &*found;
  }

  Status change_device(std::size_t index, const Tree& change) {
    const std::string& operation = text_of(change, "operation");
    const Tree device = find(change, "device");
    if (operation == "add") return add_device(index, change, device);
    const auto there = std::ranges::find_if(
        devices_, [&](const Tree& each) { return number_of(each, "key") == number_of(device, "key"); });
    if (there == devices_.end()) return wrong_device(index, "device.key");
    if ((*there)->type != device->type) return wrong_device(index, "device");
    if (operation == "remove") return remove_device(index, change, there);
    if (operation == "edit") return edit_device(index, device, *there);
    return wrong_device(index, "operation");
  }

  Status add_device(std::size_t index, const Tree& change, Tree device) {
    const std::int64_t asked_key = number_of(device, "key");
    if (keys_.contains(asked_key) || (asked_key >= 0 && device_with_key(devices_, asked_key) != nullptr))
      return wrong_device(index, "device.key");
    if (find(device, "controllerKey") != nullptr) {
      std::int64_t controller = number_of(device, "controllerKey");
      if (keys_.contains(controller)) controller = keys_[controller];
      device = with(device, "controllerKey", leaf("", controller));
    }
    std::int64_t first_key = 12000;
    if (const BusRow* row = bus_of(device)) {
      device = TRY(new_controller(index, *row, device));
      first_key = row->first_key + number_of(device, "busNumber");
    } else if (device->type == "VirtualDisk") {
      device = TRY(new_disk(index, change, device, first_key));
    } else if (is_nic(center_, device)) {
      device = TRY(new_nic(index, device));
      first_key = 4000;
    } else if (device->type == "VirtualTPM") {
      if (on_) return is_running();
      const Tree firmware = find(spec_, "firmware");
      if ((firmware == nullptr ? text_of(config_, "firmware") : firmware->text) != "efi")
        return wrong_device(index, "device");
      first_key = 11000;
    }
    std::int64_t key = first_key;
    while (device_with_key(devices_, key) != nullptr) ++key;
    keys_[asked_key] = key;
    devices_.push_back(in_order(with(named("device", device), "key", leaf("", key))));
    return {};
  }

  Result<Tree> new_controller(std::size_t index, const BusRow& row, const Tree& device) {
    const std::int64_t bus = number_of(device, "busNumber");
    if (bus < 0 || bus >= row.buses) return wrong_device(index, "device.busNumber");
    for (const Tree& each : devices_)
      if (center_.types.is_a(each->type, row.type) && number_of(each, "busNumber") == bus)
        return wrong_device(index, "device.busNumber");
    Node out = *device;
    std::erase_if(out.children, [](const Tree& child) { return child->name == "device"; });
    return Tree(std::make_shared<Node>(std::move(out)));
  }

  Result<Tree> new_disk(std::size_t index, const Tree& change, Tree device, std::int64_t& first_key) {
    const std::int64_t controller_key = number_of(device, "controllerKey"), unit = number_of(device, "unitNumber");
    const Tree controller = device_with_key(devices_, controller_key);
    const BusRow* bus = controller == nullptr ? nullptr : bus_of(controller);
    if (bus == nullptr) return wrong_device(index, "device.controllerKey");
    if (on_ && !bus->is_hot) return is_running();
    const bool is_own = bus->type == "VirtualSCSIController" && unit == kScsiOwnUnit;
    const bool is_taken = std::ranges::any_of(devices_, [&](const Tree& each) {
      return find(each, "controllerKey") != nullptr && number_of(each, "controllerKey") == controller_key &&
             number_of(each, "unitNumber") == unit;
    });
    if (find(device, "unitNumber") == nullptr || unit < 0 || unit >= bus->units || is_own || is_taken)
      return wrong_device(index, "device.unitNumber");
    first_key = bus->first_disk_key + number_of(controller, "busNumber") * bus->units + unit;
    return disk_with_file(index, change, device);
  }

  static std::int64_t bytes_of(const Tree& disk) {
    return find(disk, "capacityInBytes") != nullptr ? number_of(disk, "capacityInBytes")
                                                    : number_of(disk, "capacityInKB") * 1024;
  }

  Result<Tree> disk_with_file(std::size_t index, const Tree& change, Tree device) {
    if (find(device, "backing") == nullptr) return wrong_device(index, "device.backing");
    const std::string home = text_of(config_, "files.vmPathName");
    std::string path = text_of(device, "backing.fileName");
    std::string store = store_in(path);
    if (const Ref asked = ref_of(device, "backing.datastore"); store.empty() && !asked.empty()) {
      const Object* object = center_.object(asked);
      if (object == nullptr) return wrong_device(index, "device.backing.datastore", "InvalidDeviceBacking");
      store = text_of(object->tree, "name");
    }
    if (store.empty()) store = store_in(home);
    const Object* object = center_.called("Datastore", store);
    if (object == nullptr)
      return refuse("InvalidDatastorePath", "Invalid datastore path '" + path + "'.", {leaf("datastorePath", path)});
    if (path.find(']') == std::string::npos || trim(path).ends_with("]"))
      path = free_path(store, home.substr(home.find("] ") + 2, home.find('/') - home.find("] ") - 2));
    if (text_of(change, "fileOperation") != "create") {
      const auto file = center_.files.find(path);
      if (file == center_.files.end())
        return refuse("FileNotFound", "File " + path + " was not found", {leaf("file", path)});
      added_[path] = file->second;
      added_[path].machine = machine_.self;
    } else {
      const std::int64_t bytes = bytes_of(device);
      if (bytes <= 0) return wrong_device(index, "device.capacityInKB");
      if (center_.files.contains(path))
        return refuse("FileAlreadyExists", "The file " + path + " already exists", {leaf("file", path)});
      TRY(room_for(store, bytes));
      added_[path] = {machine_.self, bytes, ""};
      device = with(device, "capacityInKB", leaf("", bytes / 1024));
      device = with(device, "capacityInBytes", leaf("", bytes));
      device = with(device, "backing.uuid", leaf("", random_uuid()));
    }
    device = with(device, "backing.fileName", leaf("", path));
    return with(device, "backing.datastore", leaf("datastore", object->self));
  }

  std::string free_path(const std::string& store, const std::string& folder) const {
    std::string path = new_disk_path(center_, store, folder);
    const std::string base = "[" + store + "] " + folder + "/" + folder;
    for (int i = 1; center_.files.contains(path) || added_.contains(path); ++i)
      path = base + "_" + std::to_string(i) + ".vmdk";
    return path;
  }

  Status room_for(const std::string& store, std::int64_t bytes) {
    taken_[store] += bytes;
    return check_room(center_, store, taken_[store]);
  }

  Status check_nic(std::size_t index, const Tree& device) const {
    const Ref home = center_.datacenter_of(machine_.self);
    const std::string& type = find(device, "backing") == nullptr ? text_of(device) : find(device, "backing")->type;
    const auto here = [&](const Object* each) { return center_.datacenter_of(each->self) == home; };
    for (const Object* network : center_.objects("Network")) {
      if (!here(network)) continue;
      if (type == "VirtualEthernetCardNetworkBackingInfo" && network->self.type == "Network" &&
          text_of(network->tree, "name") == text_of(device, "backing.deviceName"))
        return {};
      if (type == "VirtualEthernetCardOpaqueNetworkBackingInfo" &&
          !text_of(device, "backing.opaqueNetworkId").empty() &&
          text_of(network->tree, "summary.opaqueNetworkId") == text_of(device, "backing.opaqueNetworkId") &&
          text_of(network->tree, "summary.opaqueNetworkType") == text_of(device, "backing.opaqueNetworkType"))
        return {};
      if (type != "VirtualEthernetCardDistributedVirtualPortBackingInfo") continue;
      const Object* of = center_.object(ref_of(network->tree, "config.distributedVirtualSwitch"));
      if (of != nullptr && network->self.id == text_of(device, "backing.port.portgroupKey") &&
          text_of(of->tree, "uuid") == text_of(device, "backing.port.switchUuid"))
        return {};
    }
    if (type == "VirtualEthernetCardDistributedVirtualPortBackingInfo")
      return refuse("NotFound", "The object or item referred to could not be found.");
    return wrong_device(index, "device.backing", "InvalidDeviceBacking");
  }

  Result<Tree> new_nic(std::size_t index, Tree device) {
    TRY(check_nic(index, device));
    const auto nics = std::ranges::count_if(devices_, [&](const Tree& each) { return is_nic(center_, each); });
    if (nics >= static_cast<std::ptrdiff_t>(kNicsMax)) return wrong_device(index, "device");
    if (text_of(device, "addressType") == "manual") {
      if (text_of(device, "macAddress").empty()) return wrong_device(index, "device.macAddress");
    } else {
      device = with(device, "addressType", leaf("", std::string("assigned")));
      device = with(device, "macAddress", leaf("", new_mac(center_)));
    }
    device = with(device, "controllerKey", leaf("", std::int64_t{100}));
    return with(device, "unitNumber", leaf("", std::int64_t{nics + 7}));
  }

  Status edit_device(std::size_t index, const Tree& wish, Tree& there) {
    if (wish->type == "VirtualDisk") TRY(grow(index, wish, there));
    if (is_nic(center_, wish) && find(wish, "backing") != nullptr) TRY(check_nic(index, wish));
    Tree out = there;
    for (const Tree& child : wish->children) {
      if (child->name == "key" || child->name == "controllerKey" || child->name == "unitNumber") continue;
      const bool is_first = find(wish, child->name) == child;
      if (is_first) out = with_all(out, child->name, all(wish, child->name));
    }
    if (wish->type == "VirtualDisk") {
      const std::int64_t bytes = std::max(bytes_of(wish), bytes_of(there));
      out = with(out, "capacityInKB", leaf("", bytes / 1024));
      out = with(out, "capacityInBytes", leaf("", bytes));
    }
    there = in_order(out);
    return {};
  }

  Status grow(std::size_t index, const Tree& wish, const Tree& there) {
    const std::int64_t is = bytes_of(there), bytes = bytes_of(wish);
    if (bytes < is) return wrong_device(index, "device.capacityInKB");
    if (bytes == is) return {};
    const std::string& path = text_of(there, "backing.fileName");
    TRY(room_for(store_in(path), bytes - is));
    grown_[path] = bytes;
    return {};
  }

  Status remove_device(std::size_t index, const Tree& change, Trees::iterator there) {
    const std::int64_t key = number_of(*there, "key");
    if (key < 1000) return wrong_device(index, "device.key");  // built in
    for (const Tree& each : devices_)
      if (find(each, "controllerKey") != nullptr && number_of(each, "controllerKey") == key)
        return wrong_device(index, "device.key");
    if ((*there)->type == "VirtualTPM" && on_) return is_running();
    if ((*there)->type == "VirtualDisk") {
      const std::string& path = text_of(*there, "backing.fileName");
      if (text_of(change, "fileOperation") == "destroy") removed_.push_back(path);
      if (text_of(change, "fileOperation").empty() && center_.files.contains(path)) left_.push_back(path);
    }
    devices_.erase(there);
    return {};
  }

  Tree in_order(const Tree& device) const {
    return center_.types.elements(device->type) == nullptr ? device : center_.types.sorted(device, device->type);
  }

  void set_devices() {
    Node hardware = *find(config_, "hardware");
    std::erase_if(hardware.children, [](const Tree& child) { return child->name == "device"; });
    std::ranges::copy(devices_, std::back_inserter(hardware.children));
    config_ = with(config_, "hardware", std::make_shared<Node>(std::move(hardware)));
  }

  void commit() {
    for (const std::string& path : removed_) center_.files.erase(path);
    for (const std::string& path : left_) center_.files[path].machine = {};
    for (const auto& [path, bytes] : grown_) center_.files[path].bytes = bytes;
    for (const auto& [path, file] : added_) center_.files[path] = file;
    center_.set(machine_, "config", center_.types.sorted(config_, "VirtualMachineConfigInfo"));
    if (!name_.empty()) center_.set(machine_, "name", leaf("name", name_));
    center_.touch_config(machine_);
  }

  Center& center_;
  Object& machine_;
  const Tree& spec_;
  Tree config_;
  const bool on_;
  Trees devices_;
  std::string name_;
  std::map<std::int64_t, std::int64_t> keys_;  // that were asked for, and those that new devices got
  std::map<std::string, File> added_;
  std::map<std::string, std::int64_t> grown_, taken_;
  std::vector<std::string> removed_, left_;
};

}  // namespace

Status reconfigure(Center& center, Object& machine, const Tree& spec) { return Work(center, machine, spec).run(); }

}  // namespace rig::fakes::vcenter
