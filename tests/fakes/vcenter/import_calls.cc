// Importing machines: a descriptor becomes a spec, the spec a machine and a lease, under which its disks are uploaded.
#include <algorithm>

#include "base/digest.h"
#include "base/uuid.h"
#include "fakes/vcenter/call.h"
#include "fakes/vcenter/machine.h"
#include "fakes/vcenter/ovf.h"

namespace rig::fakes::vcenter {
namespace {

Tree text(std::string name, std::string value) { return leaf(std::move(name), std::move(value)); }

struct Drive {
  std::int64_t controller_key = 0, unit = 0;
  std::string type;
};

Tree change(Tree device, bool creates_file) {
  return node("deviceChange", {text("operation", "add"), creates_file ? text("fileOperation", "create") : nullptr,
                               named("device", device)});
}

std::string controller_type(const OvfItem& item) {
  if (item.type == 20)
    return item.subtype.find("nvme") != std::string::npos ? "VirtualNVMEController" : "VirtualAHCIController";
  return item.subtype == "lsilogic"      ? "VirtualLsiLogicController"
         : item.subtype == "lsilogicsas" ? "VirtualLsiLogicSASController"
                                         : "ParaVirtualSCSIController";
}

Tree controller(const OvfItem& item, std::int64_t key) {
  const std::string type = controller_type(item);
  const bool is_scsi = item.type == 6;
  return node("device",
              {leaf("key", key), leaf("busNumber", item.address), is_scsi ? text("sharedBus", "noSharing") : nullptr,
               is_scsi ? leaf("scsiCtlrUnitNumber", std::int64_t{7}) : nullptr},
              type);
}

Tree disk(const Drive& drive, std::int64_t key, const std::string& store, bool is_thin, std::int64_t bytes) {
  return node(
      "device",
      {leaf("key", key),
       node("backing",
            {text("fileName", "[" + store + "]"), text("diskMode", "persistent"), leaf("thinProvisioned", is_thin)},
            "VirtualDiskFlatVer2BackingInfo"),
       leaf("controllerKey", drive.controller_key), leaf("unitNumber", drive.unit), leaf("capacityInKB", bytes / 1024),
       leaf("capacityInBytes", bytes)},
      "VirtualDisk");
}

Tree card(const Object& network, std::int64_t key) {
  Tree backing = node("backing", {leaf("deviceName", text_of(network.tree, "name")), leaf("network", network.self)},
                      "VirtualEthernetCardNetworkBackingInfo");
  return node("device", {leaf("key", key), backing, text("addressType", "generated")}, "VirtualVmxnet3");
}

class Importer {
 public:
  Importer(Center& center, const Asked& asked, Ovf ovf, std::string store)
      : center_(center),
        asked_(asked),
        ovf_(std::move(ovf)),
        store_(std::move(store)),
        name_(asked.text("cisp.entityName")) {}

  Tree run() {
    for (const OvfItem& item : ovf_.items) take(item);
    Trees config = {text("name", name_),
                    text("version", ovf_.hardware_version.empty() ? "vmx-13" : ovf_.hardware_version),
                    text("guestId", "otherGuest"),
                    node("files", {text("vmPathName", "[" + store_ + "]")}),
                    leaf("numCPUs", cpus_),
                    leaf("memoryMB", memory_)};
    std::ranges::copy(changes_, std::back_inserter(config));
    if (!ovf_.firmware.empty()) config.push_back(text("firmware", ovf_.firmware));
    Trees out = {node("importSpec",
                      {node("configSpec", std::move(config)), leaf("resPoolEntity", asked_.ref("resourcePool"))},
                      "VirtualMachineImportSpec")};
    std::ranges::copy(files_, std::back_inserter(out));
    return node("returnval", std::move(out));
  }

 private:
  void take(const OvfItem& item) {
    if (item.type == 3) cpus_ = item.quantity;
    if (item.type == 4) memory_ = item.quantity;
    if (item.type == 5) drives_[item.id] = {200 + item.address, 0, "VirtualIDEController"};
    if (item.type == 6 || item.type == 20) {
      drives_[item.id] = {--key_, 0, controller_type(item) + std::to_string(item.address)};
      changes_.push_back(change(controller(item, key_), false));
    }
    if (item.type == 10) take_card(item);
    if (item.type == 17) take_disk(item);
  }

  void take_card(const OvfItem& item) {
    for (const Tree& mapping : all(asked_.part("cisp"), "networkMapping")) {
      const Object* network = center_.object(ref_of(mapping, "network"));
      if (text_of(mapping, "name") == item.connection && network != nullptr)
        changes_.push_back(change(card(*network, --key_), false));
    }
  }

  void take_disk(const OvfItem& item) {
    const OvfDisk& from = ovf_.disks[item.host_resource.substr(item.host_resource.rfind('/') + 1)];
    Drive drive = drives_[item.parent];
    drive.unit = item.on_parent;
    const bool is_thin = asked_.text("cisp.diskProvisioning") != "thick";
    changes_.push_back(change(disk(drive, --key_, store_, is_thin, from.bytes), true));
    if (from.file.empty()) return;
    const OvfFile& file = ovf_.files[from.file];
    files_.push_back(node(
        "fileItem",
        {text("deviceId", "/" + name_ + "/" + drive.type + ":" + std::to_string(drive.unit)), text("path", file.href),
         leaf("size", file.size), leaf("cimType", std::int64_t{17}), leaf("create", false)}));
  }

  Center& center_;
  const Asked& asked_;
  Ovf ovf_;
  const std::string store_, name_;
  std::map<std::string, Drive> drives_;  // by the item's id
  Trees changes_, files_;
  std::int64_t cpus_ = 1, memory_ = 32, key_ = -100;
};

Result<Answer> create_spec(Center& center, Asked& asked) {
  for (const char* name : {"resourcePool", "datastore"})
    if (center.object(asked.ref(name)) == nullptr) return gone(asked.ref(name));
  auto ovf = parse_ovf(asked.text("ovfDescriptor"));
  if (!ovf.ok()) {
    const Tree error =
        node("error", {node("fault", {}, "OvfInvalidPackage"), text("localizedMessage", ovf.error().message())});
    return answer(node("", {error}));
  }
  const std::string store = text_of(center.object(asked.ref("datastore"))->tree, "name");
  return answer(Importer(center, asked, ovf.take(), store).run());
}

// "/name/ParaVirtualSCSIController0:0"
std::string device_id(const std::string& name, const Trees& devices, const Tree& disk) {
  const Tree controller = device_with_key(devices, number_of(disk, "controllerKey"));
  return "/" + name + "/" + controller->type + text_of(controller, "busNumber") + ":" + text_of(disk, "unitNumber");
}

Tree lease_info(Center& center, const Ref& lease, const Object& machine) {
  Trees parts = {leaf("lease", lease), leaf("entity", machine.self)};
  std::int64_t total = 0;
  const Trees devices = devices_of(machine.tree);
  for (const Tree& device : devices) {
    if (device->type != "VirtualDisk") continue;
    const std::string& path = text_of(device, "backing.fileName");
    const std::string file = path.substr(path.rfind('/') + 1);
    const std::string id = device_id(text_of(machine.tree, "name"), devices, device);
    total += number_of(device, "capacityInKB");
    parts.push_back(
        node("deviceUrl", {text("key", "/" + machine.self.id + id.substr(id.rfind('/'))), text("importKey", id),
                           text("url", center.upload_url + "/nfc/" + lease.id + "/" + file), text("sslThumbprint", ""),
                           leaf("disk", true), text("targetId", file)}));
  }
  parts.push_back(leaf("totalDiskCapacityInKB", total));
  parts.push_back(leaf("leaseTimeout", std::int64_t{center.timing.lease_idle / std::chrono::seconds(1)}));
  return node("info", std::move(parts));
}

void drop(Center& center, const Ref& lease, bool keeps_machine) {
  const Object* object = center.object(lease);
  if (object == nullptr) return;
  const Ref machine = ref_of(object->tree, "info.entity");
  if (!keeps_machine) center.erase_machine(machine);
  center.leases.erase(lease.id);
  center.remove(lease);
}

// A lease that nobody is heard of ends, and takes the machine along.
void hear_of(Center& center, const Ref& lease) {
  const int number = ++center.leases[lease.id];
  center.at(center.now() + center.timing.lease_idle, [lease, number](Center& of) {
    const auto found = of.leases.find(lease.id);
    if (found != of.leases.end() && found->second == number) drop(of, lease, false);
  });
}

Result<Answer> import(Center& center, Asked& asked) {
  const Tree spec = asked.part("spec");
  if (spec->type != "VirtualMachineImportSpec")
    return refuse("NotSupported", "Only single machines are imported here.");
  const Ref folder = asked.ref("folder").empty() ? Ref{"Folder", "group-v3"} : asked.ref("folder");
  if (center.object(folder) == nullptr) return gone(folder);
  const Ref machine = TRY(create_machine(center, folder, asked.self, asked.ref("host"), find(spec, "configSpec")));
  const Ref self{"HttpNfcLease", "session[" + asked.session->key + "]" + random_uuid()};
  center.add(self, node("", {leaf("initializeProgress", std::int64_t{100}), leaf("transferProgress", std::int64_t{0}),
                             text("mode", "pushOrGet"), lease_info(center, self, *center.object(machine)),
                             text("state", "initializing")}));
  center.at(center.now() + center.timing.lease, [self](Center& of) {
    if (Object* lease = of.object(self)) of.set(*lease, "state", text("", "ready"));
  });
  hear_of(center, self);
  return answer(self);
}

Status check_ready(Center& center, const Asked& asked) {
  if (text_of(center.object(asked.self)->tree, "state") == "ready") return {};
  return wrong_state("The lease is not ready.");
}

Result<Answer> progress(Center& center, Asked& asked) {
  TRY(check_ready(center, asked));
  center.set(*center.object(asked.self), "transferProgress", named("transferProgress", asked.part("percent")));
  hear_of(center, asked.self);
  return Answer();
}

Result<Answer> complete(Center& center, Asked& asked) {
  TRY(check_ready(center, asked));
  drop(center, asked.self, /*keeps_machine=*/true);
  return Answer();
}

Result<Answer> abort(Center& center, Asked& asked) {
  drop(center, asked.self, /*keeps_machine=*/false);
  return Answer();
}

Result<Answer> manifest(Center& center, Asked& asked) {
  TRY(check_ready(center, asked));
  Answer out;
  const Tree info = find(center.object(asked.self)->tree, "info");
  for (const Tree& url : all(info, "deviceUrl"))
    for (const auto& [path, file] : center.files)
      if (file.machine == ref_of(info, "entity") && path.ends_with("/" + text_of(url, "targetId")) &&
          !file.data.empty())
        out.values.push_back(node(
            "returnval", {find(url, "key"), text("sha1", ""), text("checksum", sha256_hex(file.data)),
                          text("checksumType", "sha256"), leaf("size", std::ssize(file.data)), leaf("disk", true)}));
  return out;
}

constexpr Row kRows[] = {
    {"CreateImportSpec", "OvfManager", "System.View", create_spec},
    {"ImportVApp", "ResourcePool", "VApp.Import", import},
    {"HttpNfcLeaseProgress", "HttpNfcLease", "System.View", progress},
    {"HttpNfcLeaseComplete", "HttpNfcLease", "System.View", complete},
    {"HttpNfcLeaseAbort", "HttpNfcLease", "System.View", abort},
    {"HttpNfcLeaseGetManifest", "HttpNfcLease", "System.View", manifest},
};

}  // namespace

std::span<const Row> import_calls() { return kRows; }

}  // namespace rig::fakes::vcenter
