// libvirt/console.h — the serial console of a running machine as a ByteStream.
#pragma once

#include "hypervisor/libvirt/connection.h"

namespace rig::libvirt {

class LibvirtConsole final : public provider::Console {
 public:
  explicit LibvirtConsole(Connection& connection) : connection_(connection) {}
  Result<std::unique_ptr<ByteStream>> open_serial(const provider::MachineRef& ref, const Call& call) override;

 private:
  Connection& connection_;
};

}  // namespace rig::libvirt
