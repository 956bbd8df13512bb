// proxmox/fields.cc — the list. A field goes from it when something acts on it; its length may only fall.
//
// What no controller asks of any provider is in controllers/fields.cc. Subtrees for other hypervisors are in neither.
#include "hypervisor/proxmox/fields.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kUnsupported[] = {
    "VMClass.spec.extraConfig",
    "VMClass.spec.resourceLimits",
    "VMImage.spec.source.proxmox.format",
    "VMImage.spec.source.proxmox.storage",
    "VirtualMachine.spec.placement.cluster",
    "VirtualMachine.spec.placement.folder",
    "VirtualMachine.spec.placement.resourcePool",
    "VirtualMachine.spec.placement.storagePod",
};

}  // namespace

std::span<const std::string_view> unsupported_fields() { return kUnsupported; }

}  // namespace rig::proxmox
