// vsphere/sample_test.cc — see sample_test.h.
#include "hypervisor/vsphere/sample_test.h"

#include "hypervisor/vsphere/devices.h"

namespace rig::vsphere {

provider::MachineRef sample_ref() {
  provider::MachineRef ref;
  ref.owner = {"cluster-1", "team", "web", "uid-1"};
  ref.machine_id = kMachineId;
  ref.id = "vm-96";
  return ref;
}

Stamp sample_stamp() {
  Stamp stamp;
  stamp.phase = Phase::kReady;
  stamp.owner = sample_ref().owner;
  stamp.machine_id = kMachineId;
  stamp.id = "vm-96";
  stamp.image = "ubuntu";
  stamp.disks["root"] = {"scsi0:0", "", ""};
  stamp.nics["eth0"] = {4000, "VM Network", "VM Network"};
  return stamp;
}

void set_stamp(Sight& sight, const Stamp& stamp) {
  sight.props.stamp = OptionValue{std::string(kStampKey), {stamp_text(stamp)}};
}

Sight sample_sight() {
  Sight sight{{"VirtualMachine", "vm-96"}, {}, "esx1"};
  MachineProps& props = sight.props;
  props.name = "web-6a3f0d2e";
  props.change_version = "v1";
  props.instance_uuid = kMachineId;
  props.firmware = "bios";
  props.hardware_version = "vmx-13";
  props.cpus = 2;
  props.memory_mib = 2048;
  props.power_state = "poweredOff";
  props.connection_state = "connected";
  props.host = {"HostSystem", "host-1"};
  props.parent = {"Folder", "group-v1"};
  Device scsi = new_scsi_controller(0);
  scsi.key = 1000;
  Device root = new_disk(1000, 0, 10LL << 30, "thin", {"Datastore", "datastore-1"}, "ssd");
  root.key = 2000;
  root.backing->file_name = "[ssd] web/web.vmdk";
  Backing network;
  network.xsi_type = "VirtualEthernetCardNetworkBackingInfo";
  network.device_name = "VM Network";
  Device nic = new_nic("VirtualVmxnet3", network, "");
  nic.key = 4000;
  nic.mac_address = "00:50:56:AA:00:01";
  nic.slot_info.xml = "<slotInfo xsi:type=\"VirtualDevicePciBusSlotInfo\"><pciSlotNumber>32</pciSlotNumber></slotInfo>";
  props.devices = {scsi, root, nic};
  set_stamp(sight, sample_stamp());
  return sight;
}

Catalogue sample_catalogue() {
  Catalogue catalogue;
  const auto add = [&](const char* type, const std::string& id, const std::string& name, const MoRef& parent) {
    Entity entity{{type, id}, {}};
    entity.props.name = name;
    entity.props.parent = parent;
    return entity;
  };
  const auto put = [&](const char* type, const std::string& id, const std::string& name, const MoRef& parent) {
    catalogue.add(add(type, id, name, parent));
    return MoRef{type, id};
  };
  for (const std::string n : {"0", "1"}) {
    const MoRef center = put("Datacenter", "datacenter-" + n, "DC" + n, {"Folder", "group-d1"});
    const MoRef machines = put("Folder", "group-v" + n, "vm", center),
                hosts = put("Folder", "group-h" + n, "host", center);
    const MoRef stores = put("Folder", "group-s" + n, "datastore", center),
                nets = put("Folder", "group-n" + n, "network", center);
    put("Folder", "group-t" + n, "templates", nets);
    const MoRef cluster = put("ClusterComputeResource", "domain-c" + n, "C0", hosts);
    put("HostSystem", "host-" + n + "1", "esx" + n + "1", cluster);
    put("HostSystem", "host-" + n + "2", "esx" + n + "2", cluster);
    const MoRef pool = put("ResourcePool", "resgroup-" + n, "Resources", cluster);
    put("ResourcePool", "resgroup-" + n + "1", "gold", pool);
    const MoRef pod = put("StoragePod", "group-p" + n, "pod", stores);
    for (const std::string m : {"1", "2", "3"}) {
      Entity store = add("Datastore", "datastore-" + n + m, "ds" + m, pod);
      store.props.free_bytes = std::stoll(m) << 30;
      store.props.accessible = true;
      store.props.maintenance = m == "3" ? "inMaintenance" : "normal";
      catalogue.add(store);
    }
    put("Network", "network-" + n, "VM Network", nets);
    Entity dvs = add("VmwareDistributedVirtualSwitch", "dvs-" + n, "DVS", nets);
    dvs.props.switch_uuid = "uuid-" + n;
    catalogue.add(dvs);
    Entity group = add("DistributedVirtualPortgroup", "dvportgroup-" + n, "web", nets);
    group.props.distributed_switch = {"VmwareDistributedVirtualSwitch", "dvs-" + n};
    group.props.portgroup_key = "dvportgroup-" + n;
    catalogue.add(group);
    Entity opaque = add("OpaqueNetwork", "network-o" + n, "nsx", nets);
    opaque.props.summary = OpaqueSummary{"seg-" + n, "nsx.LogicalSwitch"};
    catalogue.add(opaque);
    if (n == "0") {
      put("Folder", "group-v01", "templates", machines);
      put("Folder", "group-v02", "web%2fold", machines);
    }
  }
  return catalogue;
}

Entity sample_source() {
  Entity source{{"VirtualMachine", "vm-1"}, {}};
  source.props.name = "ubuntu";
  source.props.parent = {"Folder", "group-v01"};
  return source;
}

}  // namespace rig::vsphere
