// libvirt/fields.cc — the list. A field goes from it when something acts on it; its length may only fall.
//
// What no controller asks of any provider is in controllers/fields.cc. Subtrees for other hypervisors (source.vsphere,
// network.proxmox, ...) are in neither: they are meant for others. Nor is what only describes (metadata, distribution).
#include "hypervisor/libvirt/fields.h"

namespace rig::libvirt {
namespace {

constexpr std::string_view kUnsupported[] = {
    "VMClass.spec.extraConfig",
    "VMClass.spec.resourceLimits",
    "VMNetworkAttachment.spec.network.libvirt.bridge.delay",
    "VMNetworkAttachment.spec.network.libvirt.bridge.stp",
    "VMNetworkAttachment.spec.network.libvirt.driver",
    "VMNetworkAttachment.spec.network.libvirt.filterRef",
    "VirtualMachine.spec.placement.cluster",
    "VirtualMachine.spec.placement.folder",
    "VirtualMachine.spec.placement.host",
    "VirtualMachine.spec.placement.resourcePool",
    "VirtualMachine.spec.placement.storagePod",
    "VirtualMachine.spec.tags",
};

}  // namespace

std::span<const std::string_view> unsupported_fields() { return kUnsupported; }

}  // namespace rig::libvirt
