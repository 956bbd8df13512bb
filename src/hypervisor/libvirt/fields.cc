// libvirt/fields.cc — the list. It may only get shorter (fields_test.cc).
#include "hypervisor/libvirt/fields.h"

#include <array>

namespace rig::libvirt {
namespace {

constexpr std::array<std::string_view, 1> kUnsupported = {
    "VirtualMachine.spec.disks[].scsi",
};

}  // namespace

std::span<const std::string_view> unsupported_fields() { return kUnsupported; }

}  // namespace rig::libvirt
