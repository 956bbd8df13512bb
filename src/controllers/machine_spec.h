// controllers/machine_spec.h — the neutral wish for a machine, composed from its objects. Pure.
#pragma once

#include "controllers/dependencies.h"
#include "provider/provider.h"

namespace rig::controllers {

// kInvalidArgument, kUnimplemented: with the path of the field that cannot be met.
Result<provider::MachineSpec> machine_spec(const v1::VirtualMachine& vm, const Dependencies& dependencies,
                                           const provider::Capabilities& capabilities);

// What a provider of this type is asked to have at hand for the image. kInvalidArgument: the image has no source for
// it.
Result<provider::ImageRequest> image_request(const v1::VmImage& image, v1::ProviderType type);

// spec.lifecycle.gracefulShutdownTimeout, 60 s by default.
Duration graceful_timeout(const v1::VirtualMachine& vm);

}  // namespace rig::controllers
