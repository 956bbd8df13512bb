// vsphere/fields.cc — the list. A field goes from it when something acts on it; its length may only fall.
//
// What no controller asks of any provider is in controllers/fields.cc. Subtrees for other hypervisors are in neither.
#include "hypervisor/vsphere/fields.h"

namespace rig::vsphere {
namespace {

constexpr std::string_view kUnsupported[] = {
    "VMImage.spec.prepare.storage.vsphere.diskType",
    "VMImage.spec.prepare.storage.vsphere.folder",
    "VMImage.spec.prepare.storage.vsphere.thinProvisioned",
    "VMImage.spec.source.vsphere.contentLibrary",
    "VMImage.spec.source.vsphere.providerRef",
    "VMNetworkAttachment.spec.network.mtu",
    "VMNetworkAttachment.spec.network.vsphere.distributedSwitch",
    "VMNetworkAttachment.spec.network.vsphere.pciSlotNumber",
    "VMNetworkAttachment.spec.network.vsphere.security",
    "VMNetworkAttachment.spec.network.vsphere.trafficShaping",
    "VMNetworkAttachment.spec.network.vsphere.vlan",
    "VirtualMachine.spec.tags",
};

}  // namespace

std::span<const std::string_view> unsupported_fields() { return kUnsupported; }

}  // namespace rig::vsphere
