// provider/differences.h — what differs between the machine that is and the machine that is wished, field by field.
#pragma once

#include <vector>

#include "provider/machine.h"

namespace rig::provider {

// Every provider puts its own price and reason on each of these; here they are kOnline and "". Where a wish leaves
// the choice to the provider ("" or 0, see machine.h) nothing differs. Not compared, because no hypervisor tells them
// back: the seed, NicSpec::native, hostname. Disks and NICs are matched by name; "disks[data]" alone is one that
// comes (from == "") or goes (to == "").
std::vector<Change> differences(const MachineSpec& is, const MachineSpec& wish);

}  // namespace rig::provider
