// libvirt/capabilities.h — what a host can do, from its capabilities XML. The rules are pure.
#pragma once

#include <string>
#include <string_view>

#include "hypervisor/libvirt/handle.h"

namespace rig::libvirt {

struct VirtType {
  std::string name;            // for <domain type=...>
  std::string vendor_feature;  // "vmx", "svm", "" : neither
};

// `wanted`: "auto", "kvm", "qemu". `capabilities`: virConnectGetCapabilities(); `cpu`: the host's CPU model with all
// its features. "auto" is kvm only where libvirt offers it and the CPU has vmx or svm: a kernel may have /dev/kvm, and
// libvirt believe it, without either. kInvalidArgument: another word; kFailedPrecondition: the host cannot.
Result<VirtType> choose_virt_type(std::string_view wanted, std::string_view capabilities, std::string_view cpu);

Result<VirtType> virt_type_of(virConnectPtr host, const std::string& wanted);  // asks the host

}  // namespace rig::libvirt
