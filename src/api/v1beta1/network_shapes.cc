// api/v1beta1/network_shapes.cc — the rows of network_shapes.h.
#include "api/v1beta1/network_shapes.h"

namespace rig::schema {

using namespace api;
using namespace api::v1beta1;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<LibvirtNicModel>::info() {
  using enum LibvirtNicModel;
  static const TypeInfo t = enumeration<LibvirtNicModel>(
      "LibvirtNicModel", "Model of the interface that the guest sees.", {
      {kVirtio, "virtio", "Paravirtual."},
      {kE1000, "e1000", "Intel 82540EM."},
      {kE1000e, "e1000e", "Intel 82574L."},
      {kRtl8139, "rtl8139", "Realtek RTL8139."},
      {kPcnet, "pcnet", "AMD PCnet."},
      {kNe2kPci, "ne2k_pci", "NE2000."},
  });
  return t;
}

const TypeInfo& Describe<ProxmoxNicModel>::info() {
  using enum ProxmoxNicModel;
  static const TypeInfo t = enumeration<ProxmoxNicModel>(
      "ProxmoxNicModel", "Model of the interface that the guest sees.", {
      {kVirtio, "virtio", "Paravirtual."},
      {kE1000, "e1000", "Intel 82540EM."},
      {kRtl8139, "rtl8139", "Realtek RTL8139."},
      {kVmxnet3, "vmxnet3", "VMware paravirtual."},
  });
  return t;
}

const TypeInfo& Describe<VsphereNicModel>::info() {
  using enum VsphereNicModel;
  static const TypeInfo t = enumeration<VsphereNicModel>(
      "VsphereNicModel", "Model of the interface that the guest sees.", {
      {kVmxnet3, "vmxnet3", "VMware paravirtual."},
      {kE1000, "e1000", "Intel 82545EM."},
      {kE1000e, "e1000e", "Intel 82574L."},
  });
  return t;
}

const TypeInfo& Describe<NicDriverName>::info() {
  using enum NicDriverName;
  static const TypeInfo t = enumeration<NicDriverName>(
      "NicDriverName", "What moves the packets of a virtio interface.", {
      {kKvm, "kvm", "The kernel (vhost)."},
      {kVfio, "vfio", "A device passed through."},
      {kUio, "uio", "A user space driver."},
  });
  return t;
}

const TypeInfo& Describe<NicTxMode>::info() {
  using enum NicTxMode;
  static const TypeInfo t = enumeration<NicTxMode>("NicTxMode", "How packets are sent when the queue is full.", {
      {kIothread, "iothread", "A thread of its own sends them."},
      {kTimer, "timer", "They wait for a timer."},
  });
  return t;
}

const TypeInfo& Describe<VlanType>::info() {
  using enum VlanType;
  static const TypeInfo t = enumeration<VlanType>("VlanType", "How frames are tagged.", {
      {kNone, "none", "Not at all."},
      {kVlan, "vlan", "With one VLAN."},
      {kPvlan, "pvlan", "With a private VLAN."},
      {kTrunk, "trunk", "By the guest, with any of several VLANs."},
  });
  return t;
}

const TypeInfo& Describe<PortgroupType>::info() {
  using enum PortgroupType;
  static const TypeInfo t = enumeration<PortgroupType>(
      "PortgroupType", "How ports of a distributed port group are bound.", {
      {kEphemeral, "ephemeral", "When a machine is powered on."},
      {kDistributed, "distributed", "When a machine is connected."},
  });
  return t;
}

const TypeInfo& Describe<LibvirtBridge>::info() {
  static const TypeInfo t = object("LibvirtBridge", "A bridge of the host.", {
      field<&LibvirtBridge::name>("name").required().max_length(15).doc("Name of the bridge, such as br0."),
      field<&LibvirtBridge::stp>("stp").def("false").doc("Whether the bridge speaks the spanning tree protocol."),
      field<&LibvirtBridge::delay>("delay").range(0, 30).doc("Seconds after which a new port forwards."),
  });
  return t;
}

const TypeInfo& Describe<LibvirtNicDriver>::info() {
  static const TypeInfo t = object("LibvirtNicDriver", "Tuning of a virtio interface.", {
      field<&LibvirtNicDriver::name>("name").doc("What moves the packets."),
      field<&LibvirtNicDriver::queues>("queues").range(1, 16).doc("Number of queues."),
      field<&LibvirtNicDriver::tx_mode>("txMode").doc("How packets are sent when the queue is full."),
      field<&LibvirtNicDriver::io_event_fd>("ioEventFD")
          .doc("Whether the guest's notifications are handled by a separate thread."),
      field<&LibvirtNicDriver::event_idx>("eventIDX").doc("Whether guest and host suppress needless notifications."),
  });
  return t;
}

const TypeInfo& Describe<LibvirtFilterRef>::info() {
  static const TypeInfo t = object("LibvirtFilterRef", "A network filter of libvirt.", {
      field<&LibvirtFilterRef::filter>("filter").required().max_length(255)
          .doc("Name of the filter, such as clean-traffic."),
      field<&LibvirtFilterRef::parameters>("parameters").max_items(20).doc("Parameters of the filter."),
  });
  return t;
}

const TypeInfo& Describe<LibvirtNetwork>::info() {
  static const TypeInfo t = object(
      "LibvirtNetwork", "The network on libvirt: one of its networks, or a bridge of the host.", {
      field<&LibvirtNetwork::network_name>("networkName").max_length(255).doc("Name of the libvirt network."),
      field<&LibvirtNetwork::bridge>("bridge").doc("Bridge of the host, instead of networkName."),
      field<&LibvirtNetwork::model>("model").def(R"("virtio")").doc("Model of the interface."),
      field<&LibvirtNetwork::driver>("driver").doc("Tuning of a virtio interface."),
      field<&LibvirtNetwork::filter_ref>("filterRef").doc("Network filter."),
  });
  return t;
}

const TypeInfo& Describe<ProxmoxNetwork>::info() {
  static const TypeInfo t = object("ProxmoxNetwork", "The network on Proxmox VE.", {
      field<&ProxmoxNetwork::bridge>("bridge").max_length(15).pattern(R"(^vmbr[0-9]+$)").doc("Bridge, such as vmbr0."),
      field<&ProxmoxNetwork::vlan_tag>("vlanTag").range(1, 4094).doc("VLAN that the interface is in."),
      field<&ProxmoxNetwork::model>("model").def(R"("virtio")").doc("Model of the interface."),
      field<&ProxmoxNetwork::firewall>("firewall").def("false").doc("Whether Proxmox's firewall guards the interface."),
      field<&ProxmoxNetwork::mtu>("mtu").range(68, 65520).doc("Largest frame, in bytes."),
      field<&ProxmoxNetwork::rate_limit>("rateLimit").min(1).doc("Rate limit, in megabytes a second."),
  });
  return t;
}

const TypeInfo& Describe<DistributedSwitch>::info() {
  static const TypeInfo t = object("DistributedSwitch", "A distributed virtual switch.", {
      field<&DistributedSwitch::name>("name").required().max_length(255).doc("Name of the switch."),
      field<&DistributedSwitch::uuid>("uuid").doc("UUID of the switch, when names are not unique."),
      field<&DistributedSwitch::portgroup_type>("portgroupType").doc("How its ports are bound."),
  });
  return t;
}

const TypeInfo& Describe<VsphereVlan>::info() {
  static const TypeInfo t = object("VsphereVlan", "VLANs on vSphere.", {
      field<&VsphereVlan::type>("type").def(R"("none")").doc("How frames are tagged."),
      field<&VsphereVlan::vlan_id>("vlanID").range(1, 4094).doc("The VLAN (vlan)."),
      field<&VsphereVlan::primary_vlan_id>("primaryVlanID").range(1, 4094).doc("The primary VLAN (pvlan)."),
      field<&VsphereVlan::secondary_vlan_id>("secondaryVlanID").range(1, 4094).doc("The secondary VLAN (pvlan)."),
      field<&VsphereVlan::trunk_vlan_ids>("trunkVlanIDs").max_items(100)
          .doc("The VLANs that the guest may use (trunk)."),
  });
  return t;
}

const TypeInfo& Describe<VsphereNicSecurity>::info() {
  static const TypeInfo t = object("VsphereNicSecurity", "What a guest may do on the port.", {
      field<&VsphereNicSecurity::allow_promiscuous>("allowPromiscuous").def("false")
          .doc("Whether it sees the frames of others."),
      field<&VsphereNicSecurity::allow_mac_changes>("allowMACChanges").def("true")
          .doc("Whether it may receive under another MAC address."),
      field<&VsphereNicSecurity::allow_forged_transmits>("allowForgedTransmits").def("true")
          .doc("Whether it may send under another MAC address."),
  });
  return t;
}

const TypeInfo& Describe<TrafficShaping>::info() {
  static const TypeInfo t = object("TrafficShaping", "Limits of the port.", {
      field<&TrafficShaping::enabled>("enabled").def("false").doc("Whether there are limits."),
      field<&TrafficShaping::average_bandwidth>("averageBandwidth").min(1000)
          .doc("Average rate, in kilobits a second."),
      field<&TrafficShaping::peak_bandwidth>("peakBandwidth").min(1000).doc("Highest rate, in kilobits a second."),
      field<&TrafficShaping::burst_size>("burstSize").min(1024).doc("Bytes that may be sent at the highest rate."),
  });
  return t;
}

const TypeInfo& Describe<VsphereNetwork>::info() {
  static const TypeInfo t = object("VsphereNetwork", "The network on vSphere.", {
      field<&VsphereNetwork::portgroup>("portgroup").max_length(255).doc("Name of the port group."),
      field<&VsphereNetwork::distributed_switch>("distributedSwitch")
          .doc("The distributed switch that has the port group."),
      field<&VsphereNetwork::adapter_type>("adapterType").def(R"("vmxnet3")").doc("Model of the interface."),
      field<&VsphereNetwork::vlan>("vlan").doc("VLANs."),
      field<&VsphereNetwork::security>("security").doc("What a guest may do on the port."),
      field<&VsphereNetwork::traffic_shaping>("trafficShaping").doc("Limits of the port."),
      field<&VsphereNetwork::pci_slot_number>("pciSlotNumber").range(32, 1024).doc("PCI slot of the interface."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
