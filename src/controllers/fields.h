// controllers/fields.h — which accepted fields are not acted on, and which of them an object sets.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "controllers/dependencies.h"
#include "provider/provider.h"

namespace rig::controllers {

// Rows that no provider sees because the controllers do not act on them yet ("VirtualMachine.spec.placementRef").
// A test holds its length, which may only fall.
std::span<const std::string_view> fields_without_controller();

// The fields of the machine and of what it refers to that are set, differ from their default, and are not acted on
// by this provider or by us: "spec.disks[0].scsi.controller", "VMClass tiny: spec.extraConfig". Sorted.
std::vector<std::string> unsupported_fields(const v1::VirtualMachine& vm, const Dependencies& dependencies,
                                            const provider::Capabilities& capabilities);
// Those of them that guard the machine (encryption, secure boot, TPM): a machine without them is not made.
std::vector<std::string> unmet_security_fields(std::span<const std::string> unsupported);

}  // namespace rig::controllers
