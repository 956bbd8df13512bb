#include "fakes/vcenter/machine.h"

#include <algorithm>

#include "base/digest.h"
#include "base/uuid.h"
#include "base/wall_time.h"

namespace rig::fakes::vcenter {
namespace {

Tree text(std::string name, std::string_view value) { return leaf(std::move(name), std::string(value)); }
Tree whole(std::string name, std::int64_t value) { return leaf(std::move(name), value); }

Tree info(std::string_view label) {
  return node("deviceInfo", {text("label", label), text("summary", label)}, "Description");
}

Tree controller(std::string type, std::int64_t key, std::int64_t bus, std::string_view label) {
  return node("device", {whole("key", key), info(label), whole("busNumber", bus)}, std::move(type));
}

// What every machine has, and nobody can take away.
const Trees& built_in() {
  static const Trees devices = {
      controller("VirtualPCIController", 100, 0, "PCI controller 0"),
      controller("VirtualIDEController", 200, 0, "IDE 0"),
      controller("VirtualIDEController", 201, 1, "IDE 1"),
      node("device", {whole("key", 500), info("Video card"), whole("controllerKey", 100), whole("unitNumber", 0)},
           "VirtualMachineVideoCard"),
  };
  return devices;
}

std::string folder_of(std::string_view path) {  // "[store] folder/name.vmx" -> "folder"
  const std::size_t from = path.find("] "), slash = path.find('/');
  return from == std::string_view::npos || slash == std::string_view::npos
             ? ""
             : std::string(path.substr(from + 2, slash - from - 2));
}

std::vector<Ref> networks_of(const Center& center, const Object& machine) {
  std::vector<Ref> out;
  const Ref home = center.datacenter_of(machine.self);
  for (const Tree& device : devices_of(machine.tree)) {
    if (!is_nic(center, device)) continue;
    const std::string& key = text_of(device, "backing.port.portgroupKey");
    const std::string& name = text_of(device, "backing.deviceName");
    const std::string& opaque = text_of(device, "backing.opaqueNetworkId");
    for (const Object* network : center.objects("Network")) {
      const bool fits = !key.empty()      ? network->self.id == key
                        : !opaque.empty() ? text_of(network->tree, "summary.opaqueNetworkId") == opaque
                                          : text_of(network->tree, "name") == name;
      if (fits && center.datacenter_of(network->self) == home && std::ranges::find(out, network->self) == out.end())
        out.push_back(network->self);
    }
  }
  return out;
}

Tree config_summary(const Center& center, const Tree& config, const Trees& devices) {
  const auto count = [&](const auto& fits) { return std::int64_t{std::ranges::count_if(devices, fits)}; };
  return node(
      "config",
      {find(config, "name"), find(config, "template"), find(config, "files.vmPathName"),
       named("memorySizeMB", find(config, "hardware.memoryMB")), named("numCpu", find(config, "hardware.numCPU")),
       whole("numEthernetCards", count([&](const Tree& device) { return is_nic(center, device); })),
       whole("numVirtualDisks", count([](const Tree& device) { return device->type == "VirtualDisk"; })),
       find(config, "uuid"), find(config, "instanceUuid"), find(config, "guestId"), find(config, "guestFullName"),
       find(config, "annotation"), named("hwVersion", find(config, "version"))});
}

Tree summary(const Center& center, const Object& machine) {
  const Tree config = find(machine.tree, "config"), guest = find(machine.tree, "guest");
  Trees parts = {leaf("vm", machine.self), find(machine.tree, "runtime"),
                 node("guest", {find(guest, "toolsStatus"), find(guest, "toolsRunningStatus"), find(guest, "hostName"),
                                find(guest, "ipAddress")})};
  if (config != nullptr) parts.push_back(config_summary(center, config, devices_of(machine.tree)));
  parts.push_back(node("quickStats", {text("guestHeartbeatStatus", "gray")}));
  parts.push_back(text("overallStatus", "green"));
  return node("summary", std::move(parts));
}

Tree nic_of_guest(const Tree& card, const std::vector<std::string>& addresses) {
  Trees parts = {named("network", find(card, "backing.deviceName"))};
  for (const std::string& address : addresses) parts.push_back(text("ipAddress", address));
  parts.push_back(find(card, "macAddress"));
  parts.push_back(leaf("connected", true));
  parts.push_back(named("deviceConfigId", find(card, "key")));
  return node("net", std::move(parts));
}

Tree running_guest(const Center& center, const Object& machine, const Guest& guest) {
  if (guest.kind == Guest::Kind::kNoTools) return with(blank_guest(), "guestState", text("guestState", "running"));
  Trees parts = {text("toolsStatus", "toolsOk"), text("toolsRunningStatus", "guestToolsRunning"),
                 text("guestFullName", "Debian GNU/Linux 12 (64-bit)"), leaf("hostName", text_of(machine.tree, "name")),
                 guest.addresses.empty() ? nullptr : leaf("ipAddress", guest.addresses.front())};
  bool is_first = true;
  for (const Tree& device : devices_of(machine.tree)) {
    if (!is_nic(center, device)) continue;
    parts.push_back(
        nic_of_guest(device, std::exchange(is_first, false) ? guest.addresses : std::vector<std::string>()));
  }
  parts.push_back(text("guestState", "running"));
  return node("guest", std::move(parts));
}

}  // namespace

bool is_on(const Tree& machine) { return text_of(machine, "runtime.powerState") == "poweredOn"; }
bool is_nic(const Center& center, const Tree& device) { return center.types.is_a(device->type, "VirtualEthernetCard"); }
Trees devices_of(const Tree& machine) { return all(find(machine, "config.hardware"), "device"); }

Tree device_with_key(const Trees& devices, std::int64_t key) {
  const auto found = std::ranges::find_if(devices, [&](const Tree& each) { return number_of(each, "key") == key; });
  return found == devices.end() ? nullptr : *found;
}

Tree with_option(const Tree& config, std::string_view key, std::string_view value) {
  Trees options = all(config, "extraConfig");
  const Tree option =
      value.empty() ? nullptr
                    : node("extraConfig", {text("key", key), typed("string", text("value", value))}, "OptionValue");
  const auto at = std::ranges::find_if(options, [&](const Tree& each) { return text_of(each, "key") == key; });
  if (at == options.end())
    options.push_back(option);
  else
    *at = option;
  std::erase(options, nullptr);
  return with_all(config, "extraConfig", options);
}

Tree derived_of_machine(const Center& center, const Object& machine, std::string_view name) {
  const auto references = [&](const std::vector<Ref>& refs) {
    Trees out;
    for (const Ref& ref : refs) out.push_back(leaf(std::string(name), ref));
    return node("", std::move(out));
  };
  if (name == "summary") return node("", {summary(center, machine)});
  if (name == "network") return references(networks_of(center, machine));
  if (name == "datastore") {
    std::vector<Ref> stores;
    for (const Tree& device : devices_of(machine.tree)) {
      const Ref store = ref_of(device, "backing.datastore");
      if (device->type == "VirtualDisk" && !store.empty() && std::ranges::find(stores, store) == stores.end())
        stores.push_back(store);
    }
    return references(stores);
  }
  return nullptr;
}

Tree blank_runtime(const Ref& host) {
  return node("runtime", {leaf("host", host), text("connectionState", "connected"), text("powerState", "poweredOff"),
                          text("faultToleranceState", "notConfigured"), leaf("toolsInstallerMounted", false),
                          whole("numMksConnections", 0), text("recordReplayState", "inactive"),
                          leaf("onlineStandby", false), leaf("consolidationNeeded", false)});
}

Tree blank_guest() {
  return node("guest", {text("toolsStatus", "toolsNotRunning"), text("toolsRunningStatus", "guestToolsNotRunning"),
                        text("guestState", "notRunning")});
}

Tree blank_config(const Center& center, const std::string& name) {
  Trees devices = built_in();
  devices.insert(devices.begin(), {whole("numCPU", 1), whole("numCoresPerSocket", 1), whole("memoryMB", 32)});
  return node("config", {text("changeVersion", "0"), leaf("modified", format_micro_time(center.now())),
                         leaf("name", name), text("guestFullName", "Debian GNU/Linux 12 (64-bit)"),
                         text("version", "vmx-19"), leaf("uuid", random_uuid()), leaf("instanceUuid", random_uuid()),
                         leaf("template", false), text("guestId", "debian12_64Guest"), text("alternateGuestName", ""),
                         node("files", {}), node("flags", {}), node("defaultPowerOps", {}),
                         node("hardware", std::move(devices)), leaf("memoryHotAddEnabled", false),
                         leaf("cpuHotAddEnabled", false), text("firmware", "bios"), leaf("nestedHVEnabled", false)});
}

std::string new_instance_uuid(Center& center, const std::string& wish, const Ref& self) {
  if (wish.empty()) return random_uuid();
  for (const Object* each : center.objects("VirtualMachine"))
    if (each->self != self && text_of(each->tree, "config.instanceUuid") == wish) return random_uuid();
  return wish;
}

std::string new_mac(Center& center) {
  const std::string digits = sha256_hex(center.next_id("mac-"));
  return "00:50:56:" + std::string(1, "0123"[digits[0] % 4]) + digits.substr(1, 1) + ":" + digits.substr(2, 2) + ":" +
         digits.substr(4, 2);
}

Ref host_in(const Center& center, const Ref& pool_or_host) {
  Ref at = pool_or_host;
  while (!at.empty() && !center.types.is_a(at.type, "ComputeResource")) at = center.parent(at);
  for (const Object* host : center.objects("HostSystem"))
    if (center.parent(host->self) == at) return host->self;
  return {};
}

std::string new_disk_path(const Center& center, const std::string& store, const std::string& folder) {
  const std::string base = "[" + store + "] " + folder + "/" + folder;
  std::string path = base + ".vmdk";
  for (int i = 1; center.files.contains(path); ++i) path = base + "_" + std::to_string(i) + ".vmdk";
  return path;
}

Status check_room(const Center& center, const std::string& store, std::int64_t bytes) {
  if (center.free_bytes(store) >= bytes) return {};
  return refuse("NoDiskSpace", "Insufficient disk space on datastore '" + store + "'.",
                {leaf("file", "[" + store + "]"), leaf("datastore", store)});
}

Ref Center::add_machine(const MachineSeed& seed) {
  const Ref self{"VirtualMachine", next_id("vm-")};
  const Ref home = datacenter_of({"Folder", seed.folder});
  const Object* pool = nullptr;
  for (const Object* each : objects("ResourcePool"))
    if (pool == nullptr && datacenter_of(each->self) == home) pool = each;
  const std::string path = new_disk_path(*this, seed.datastore, seed.name);
  const Object* store = called("Datastore", seed.datastore);
  Tree config = blank_config(*this, seed.name);
  config = with(config, "files.vmPathName",
                text("vmPathName", "[" + seed.datastore + "] " + folder_of(path) + "/" + seed.name + ".vmx"));
  config = with(config, "template", leaf("template", seed.is_template));
  if (!seed.instance_uuid.empty()) config = with(config, "instanceUuid", leaf("instanceUuid", seed.instance_uuid));
  const Tree scsi =
      node("device",
           {whole("key", 1000), info("SCSI controller 0"), whole("controllerKey", 100), whole("unitNumber", 3),
            whole("busNumber", 0), text("sharedBus", "noSharing"), whole("scsiCtlrUnitNumber", 7)},
           "ParaVirtualSCSIController");
  const Tree disk = node("device",
                         {whole("key", 2000), info("Hard disk 1"),
                          node("backing",
                               {leaf("fileName", path), leaf("datastore", store->self), text("diskMode", "persistent"),
                                leaf("thinProvisioned", true), leaf("uuid", random_uuid())},
                               "VirtualDiskFlatVer2BackingInfo"),
                          whole("controllerKey", 1000), whole("unitNumber", 0),
                          whole("capacityInKB", seed.disk_bytes / 1024), whole("capacityInBytes", seed.disk_bytes)},
                         "VirtualDisk");
  const Object* network = nullptr;
  for (const Object* each : objects("Network"))
    if (text_of(each->tree, "name") == seed.network && datacenter_of(each->self) == home) network = each;
  const Tree nic = network == nullptr
                       ? nullptr
                       : node("device",
                              {whole("key", 4000), info("Network adapter 1"),
                               node("backing", {leaf("deviceName", seed.network), leaf("network", network->self)},
                                    "VirtualEthernetCardNetworkBackingInfo"),
                               node("connectable", {leaf("startConnected", true), leaf("allowGuestControl", true),
                                                    leaf("connected", true)}),
                               whole("controllerKey", 100), whole("unitNumber", 7), text("addressType", "assigned"),
                               leaf("macAddress", new_mac(*this)), leaf("wakeOnLanEnabled", true)},
                              "VirtualVmxnet3");
  Node hardware = *find(config, "hardware");
  for (const Tree& device : {scsi, disk, nic})
    if (device != nullptr) hardware.children.push_back(device);
  config = with(config, "hardware", std::make_shared<Node>(std::move(hardware)));
  config = with(config, "hardware.numCPU", whole("numCPU", seed.cpus));
  config = with(config, "hardware.memoryMB", whole("memoryMB", seed.memory_mib));
  for (const auto& [key, value] : seed.extra_config) config = with_option(config, key, value);
  files[path] = {self, seed.disk_bytes, ""};
  const Ref host = pool == nullptr ? Ref() : host_in(*this, pool->self);
  add(self, node("VirtualMachine", {leaf("parent", Ref{"Folder", seed.folder}), text("overallStatus", "green"),
                                    leaf("name", seed.name), types.sorted(config, "VirtualMachineConfigInfo"),
                                    seed.is_template || pool == nullptr ? nullptr : leaf("resourcePool", pool->self),
                                    blank_runtime(host), blank_guest()}));
  Object& made = *object(self.id);
  touch_config(made);
  if (seed.is_on) set_power(made, "poweredOn");
  return self;
}

void Center::set_power(Object& machine, std::string_view state) {
  set(machine, "runtime.powerState", text("powerState", state));
  const bool on = state == "poweredOn";
  set(machine, "runtime.bootTime", on ? leaf("bootTime", format_micro_time(now())) : nullptr);
  set(machine, "runtime", types.sorted(find(machine.tree, "runtime"), "VirtualMachineRuntimeInfo"));
  set(machine, "guest", on ? running_guest(*this, machine, guest_of(machine)) : blank_guest());
}

}  // namespace rig::fakes::vcenter
