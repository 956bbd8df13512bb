// libvirt/fields.cc — the list. A field goes from it when something acts on it; its length may only fall.
//
// Subtrees for other hypervisors (source.vsphere, network.proxmox, ...) are not in it: they are meant for others. Nor is
// what only describes (metadata, distribution).
#include "hypervisor/libvirt/fields.h"

namespace rig::libvirt {
namespace {

constexpr std::string_view kUnsupported[] = {
    "VMClass.spec.diskDefaults.iops",
    "VMClass.spec.diskDefaults.storageClass",
    "VMClass.spec.diskDefaults.type",
    "VMClass.spec.extraConfig",
    "VMClass.spec.guestToolsPolicy",
    "VMClass.spec.performanceProfile.cpuHotAddEnabled",
    "VMClass.spec.performanceProfile.hyperThreadingPolicy",
    "VMClass.spec.performanceProfile.latencySensitivity",
    "VMClass.spec.performanceProfile.memoryHotAddEnabled",
    "VMClass.spec.performanceProfile.virtualizationBasedSecurity",
    "VMClass.spec.resourceLimits",
    "VMClass.spec.securityProfile.encryptionPolicy",
    "VMClass.spec.securityProfile.tpmVersion",
    "VMClass.spec.securityProfile.vtdEnabled",
    "VMImage.spec.prepare.optimization",
    "VMImage.spec.prepare.storage.compression",
    "VMImage.spec.prepare.storage.libvirt.allocationPolicy",
    "VMImage.spec.prepare.storage.libvirt.preallocation",
    "VMImage.spec.prepare.storage.preferredFormat",
    "VMImage.spec.source.dataVolume",
    "VMImage.spec.source.http.authentication",
    "VMImage.spec.source.http.headers",
    "VMImage.spec.source.http.timeout",
    "VMImage.spec.source.registry",
    "VMNetworkAttachment.spec.ipAllocation.dhcpConfig",
    "VMNetworkAttachment.spec.ipAllocation.dnsConfig",
    "VMNetworkAttachment.spec.ipAllocation.poolConfig",
    "VMNetworkAttachment.spec.ipAllocation.staticConfig",
    "VMNetworkAttachment.spec.network.libvirt.bridge.delay",
    "VMNetworkAttachment.spec.network.libvirt.bridge.stp",
    "VMNetworkAttachment.spec.network.libvirt.driver",
    "VMNetworkAttachment.spec.network.libvirt.filterRef",
    "VMNetworkAttachment.spec.network.type",
    "VMNetworkAttachment.spec.qos",
    "VMNetworkAttachment.spec.security",
    "VirtualMachine.spec.disks[].expandPolicy",
    "VirtualMachine.spec.disks[].scsi",
    "VirtualMachine.spec.importedDisk",
    "VirtualMachine.spec.lifecycle.postStart",
    "VirtualMachine.spec.lifecycle.preStop",
    "VirtualMachine.spec.placement.cluster",
    "VirtualMachine.spec.placement.folder",
    "VirtualMachine.spec.placement.host",
    "VirtualMachine.spec.placement.resourcePool",
    "VirtualMachine.spec.placement.storagePod",
    "VirtualMachine.spec.placementRef",
    "VirtualMachine.spec.resources.gpu",
    "VirtualMachine.spec.snapshot",
    "VirtualMachine.spec.tags",
    "VirtualMachine.spec.userData.ignition",
};

}  // namespace

std::span<const std::string_view> unsupported_fields() { return kUnsupported; }

}  // namespace rig::libvirt
