// libvirt/console.cc — 
#include "hypervisor/libvirt/console.h"
namespace rig::libvirt {
Result<std::unique_ptr<ByteStream>> LibvirtConsole::open_serial(const provider::MachineRef&, const Call&) {
  return Error(Code::kUnimplemented, "console");
}
}  // namespace rig::libvirt
