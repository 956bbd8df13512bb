// vsphere/customization.h — fixed addresses for guests without cloud-init: VMware Tools set them up at the first start.
// Pure.
//
// A class asks for it by its extraConfig, "vsphere.customization": "linux". It is for machines that have an address of
// their own and no user data: what has some has cloud-init, which sets the addresses itself. vSphere takes it with the
// clone, and refuses guests that it cannot set up.
//
// Source: vSphere Web Services SDK, CustomizationSpec: as many adapters as cards (NicSettingMismatch is recorded), in
// the order of the cards.
#pragma once

#include <optional>
#include <string_view>

#include "hypervisor/vsphere/hardware.h"

namespace rig::vsphere {

inline constexpr char kCustomization[] = "vsphere.customization";

bool is_customized(const provider::MachineSpec& spec);

// For the clone of a template with these devices; none: it is not wished. kInvalidArgument: an address is none.
Result<std::optional<CustomizationSpec>> customization(Devices devices, const provider::MachineSpec& wish,
                                                       const Parts& parts);

}  // namespace rig::vsphere
