// controllers/machine_spec.h — the neutral wish for a machine, composed from its objects. Pure.
#pragma once

#include "controllers/dependencies.h"
#include "provider/provider.h"

namespace rig::controllers {

// kInvalidArgument, kUnimplemented: with the path of the field that cannot be met.
Result<provider::MachineSpec> machine_spec(const v1::VirtualMachine& vm, const Dependencies& dependencies,
                                           const provider::Capabilities& capabilities);

// spec.lifecycle.gracefulShutdownTimeout, 60 s by default.
Duration graceful_timeout(const v1::VirtualMachine& vm);

}  // namespace rig::controllers
